"""`alpgraph mcp`: a server for agents, on standard streams."""

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


def _need(package: str, extra: str) -> None:
    """Wrong use where an extra is not installed, with the line that installs it."""
    if find_spec(package) is None:
        raise click.UsageError(
            f"`alpgraph {extra}` needs the package {package}: pip install 'alpgraph[{extra}]'"
        )
