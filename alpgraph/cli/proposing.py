"""`alpgraph propose` and `alpgraph diff`."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alpgraph.cli.checking import findings_of, shown_prefix, source_reader
from alpgraph.cli.options import find, folder_of, notes_option, read, state_option

if TYPE_CHECKING:
    from alpgraph.authoring import Proposal
    from alpgraph.notes import Notebook


@click.command(
    epilog="Examples: `alpgraph propose notes/my-note.md`; "
    "`alpgraph propose notes/my-note.md --branch note/my-note` adds to an earlier proposal."
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--message", "-m", default="", help="Commit message; a sensible one unless told.")
@click.option("--branch", default="", help="Branch to make, or to add to; note/NAME unless told.")
@click.option("--no-push", is_flag=True, help="Only make the branch and the commit.")
@click.option("--with-errors", is_flag=True, help="Propose in spite of findings of level error.")
@click.option("--open", "open_page", is_flag=True, help="Open the pull-request address.")
@notes_option
@state_option
def propose(
    files: tuple[Path, ...],
    message: str,
    branch: str,
    no_push: bool,
    with_errors: bool,
    open_page: bool,
    notes: Path | None,
    state: Path | None,
) -> int:
    """Branch, commit and push notes, and give the pull-request address.

    Pictures that belong to them may be named too. Nothing else in the work tree is touched.
    Exit codes: 0 proposed, 1 errors found in these notes, 2 nothing could be proposed.
    """
    from alpgraph.authoring import ProposalError
    from alpgraph.authoring import propose as make
    from alpgraph.check import to_full
    from alpgraph.diagnostics import Severity

    location, config = find(notes or folder_of(files[0]), state)
    notebook = read(location, config)
    named = _named(files, notebook)
    names = {path for path, _ in named.values()}
    errors = [
        finding
        for finding in findings_of(notebook, None)
        if finding.severity is Severity.ERROR and finding.place.file in names
    ]
    if errors and not with_errors:
        report = to_full(errors, source_reader(location.notes), prefix=shown_prefix(location.notes))
        click.echo(report, nl=False)
        click.echo("not proposed: mend these, or add --with-errors", err=True)
        return 1
    try:
        proposal = make(
            list(named),
            {file: title for file, (_, title) in named.items()},
            repository=config.repository,
            kind=config.forge,
            base=config.branch,
            branch=branch,
            message=message,
            push=not no_push,
            ask=sys.stdin.isatty(),
        )
    except ProposalError as error:
        raise click.UsageError(str(error)) from None
    _print_proposal(proposal)
    if proposal.url and open_page:
        click.launch(proposal.url)
    return 0


def _named(files: Sequence[Path], notebook: "Notebook") -> dict[Path, tuple[str, str]]:
    """Return each file's path below the notes folder and its title; a picture has none.

    Raises UsageError for what does not lie there.
    """
    from alpgraph.notes.files import is_note_name

    titles = {note.path: note.title for note in notebook.notes.values()}
    names: dict[Path, tuple[str, str]] = {}
    for file in files:
        place = file.parent.resolve() / file.name
        inside = place.is_relative_to(notebook.root) and file.is_file() and not file.is_symlink()
        path = place.relative_to(notebook.root).as_posix() if inside else ""
        if not path or (path not in titles and is_note_name(file.name)):
            raise click.UsageError(f"{os.fspath(file)!r} is no note of {notebook.root}")
        names[place] = path, titles.get(path, "")
    return names


def _print_proposal(proposal: "Proposal") -> None:
    """Say what was done; the address alone stands on standard output."""
    if proposal.earlier:
        branch = proposal.earlier
        message = f"{branch} proposes this note already; `--branch {branch}` adds to it"
        click.echo(message, err=True)
    if not proposal.remote:
        what = (
            f"committed {proposal.commit[:12]} on the branch {proposal.branch}; nothing was pushed"
        )
        click.echo(what, err=True)
        click.echo(proposal.branch)
        return
    more = "" if proposal.url else "; open a pull request from it on your forge"
    click.echo(f"pushed the branch {proposal.branch} to {proposal.remote}{more}", err=True)
    click.echo(proposal.url or proposal.branch)


@click.command(epilog="Examples: `alpgraph diff main`; `alpgraph diff HEAD~5 HEAD --format md`.")
@click.argument("base")
@click.argument("head", required=False)
@click.option("--format", "style", type=click.Choice(("text", "md", "json")), default="text")
@click.option("--experiments", is_flag=True, help="Only name changed notes with an experiment.")
@notes_option
@state_option
def diff(
    base: str,
    head: str | None,
    style: str,
    experiments: bool,
    notes: Path | None,
    state: Path | None,
) -> int:
    """Say what a change does to the graph, as a reviewer wants to read it.

    BASE and HEAD are revisions; without HEAD the notes as they are on disk. `BASE...HEAD` is what
    was done since the two parted. Both are read from git's objects: nothing is checked out or run.
    """
    from alpgraph.history import HistoryError
    from alpgraph.review import compare_revisions, to_json, to_markdown, to_text

    location, config = find(notes, state)
    try:
        compared = compare_revisions(read(location, config), base, head or "")
    except HistoryError as error:
        raise click.UsageError(str(error)) from None
    review = compared.review
    if experiments:
        click.echo("".join(f"{slug}\n" for slug in compared.experiments), nl=False)
        return 0
    if style == "json":
        click.echo(json.dumps(to_json(review), indent=2, ensure_ascii=False))
    else:
        text = to_markdown(review) if style == "md" else to_text(review, colour=sys.stdout.isatty())
        click.echo(text, nl=not text.endswith("\n"))
    return 0
