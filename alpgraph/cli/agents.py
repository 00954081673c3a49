"""`alpgraph mcp` and `alpgraph lsp`: servers for agents and editors, on standard streams."""

from importlib.util import find_spec
from pathlib import Path

import click

from alpgraph.cli.options import find, notes_argument, state_option


@click.command(epilog="Example: `alpgraph mcp notes/` is what an agent's client starts.")
@notes_argument
@state_option
def mcp(notes: Path | None, state: Path | None) -> None:
    """Answer an agent over the Model Context Protocol, on standard input and output.

    Its tools search, read and walk the notes, tell experiments and their verdicts, check a text,
    draft a note; none writes a note or runs anything. Edits of the folder are followed.
    """
    _need("mcp", "mcp")
    location, config = find(notes, state)
    from alpgraph.agents.mcp.server import serve

    serve(location, config)


@click.command(epilog="Example: `alpgraph lsp notes/` is what an editor starts.")
@notes_argument
@state_option
def lsp(notes: Path | None, state: Path | None) -> None:
    """Serve an editor over the Language Server Protocol, on standard input and output.

    Findings of `alpgraph check` while one types, completion of links, relation types and topics,
    what a link says, where it leads, what links here, fixes. Without NOTES it serves the folder
    notes/ of the editor's workspace, else the workspace itself.
    """
    _need("pygls", "lsp")
    from alpgraph.agents.lsp.server import serve

    serve(notes, state)


def _need(package: str, extra: str) -> None:
    """Wrong use where an extra is not installed, with the line that installs it."""
    if find_spec(package) is None:
        raise click.UsageError(
            f"`alpgraph {extra}` needs the package {package}: pip install 'alpgraph[{extra}]'"
        )
