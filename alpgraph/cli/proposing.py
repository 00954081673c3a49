"""`alpgraph propose` and `alpgraph diff`."""

import json
import sys
from pathlib import Path

import click

from alpgraph.cli.checking import _findings
from alpgraph.cli.options import find, notes_option, read


@click.command(epilog="Example: `alpgraph propose notes/my-note.md`.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--message", "-m", default="", help="Commit message; a sensible one unless told.")
@click.option("--no-push", is_flag=True, help="Only make the branch and the commit.")
@click.option("--with-errors", is_flag=True, help="Propose in spite of findings of level error.")
@click.option("--open", "open_page", is_flag=True, help="Open the pull-request address.")
@notes_option
def propose(
    files: tuple[Path, ...],
    message: str,
    no_push: bool,
    with_errors: bool,
    open_page: bool,
    notes: Path | None,
) -> int:
    """Branch, commit and push notes, and give the pull-request address.

    Nothing else in the work tree is touched.
    """
    from alpgraph.authoring import ProposalError
    from alpgraph.authoring import propose as make
    from alpgraph.check import to_concise
    from alpgraph.diagnostics import Severity

    location, config = find(notes)
    notebook = read(location, config)
    by_path = {location.notes / note.path: note for note in notebook.notes.values()}
    wanted = {file.resolve() for file in files}
    outside = [str(file) for file in files if file.resolve() not in by_path]
    if outside:
        raise click.UsageError(f"{', '.join(outside)}: no note of {location.notes}")
    names = {by_path[path].path for path in wanted}
    errors = [
        finding
        for finding in _findings(notebook, None)
        if finding.severity is Severity.ERROR and finding.place.file in names
    ]
    if errors and not with_errors:
        click.echo(to_concise(errors), nl=False)
        click.echo("not proposed: mend these, or add --with-errors", err=True)
        return 1
    titles = {file: by_path[file.resolve()].title for file in files}
    try:
        done = make(
            files,
            titles,
            repository=config.repository,
            kind=config.forge,
            branch=config.branch,
            message=message,
            push=not no_push,
        )
    except ProposalError as error:
        raise click.UsageError(str(error)) from None
    if not done.remote:
        click.echo(f"committed {done.commit[:12]} on the branch {done.branch}; nothing was pushed")
    elif done.url:
        click.echo(f"pushed the branch {done.branch} to {done.remote}", err=True)
        click.echo(done.url)
        if open_page:
            click.launch(done.url)
    else:
        click.echo(f"pushed the branch {done.branch} to {done.remote}; open a pull request from it")
    return 0


@click.command(epilog="Examples: `alpgraph diff main`; `alpgraph diff HEAD~5 HEAD --format md`.")
@click.argument("base")
@click.argument("head", required=False)
@click.option("--format", "style", type=click.Choice(("text", "md", "json")), default="text")
@notes_option
def diff(base: str, head: str | None, style: str, notes: Path | None) -> int:
    """Say what a change does to the graph, as a reviewer wants to read it.

    BASE and HEAD are revisions; without HEAD the notes as they are on disk. `BASE...HEAD` is what
    was done since the two parted. Both are read from git's objects: nothing is checked out or run.
    """
    from alpgraph.history import HistoryError
    from alpgraph.review import compare_revisions, to_json, to_markdown, to_text

    location, config = find(notes)
    try:
        review = compare_revisions(read(location, config), base, head or "").review
    except HistoryError as error:
        raise click.UsageError(str(error)) from None
    if style == "json":
        click.echo(json.dumps(to_json(review), indent=2, ensure_ascii=False))
    else:
        text = to_markdown(review) if style == "md" else to_text(review, colour=sys.stdout.isatty())
        click.echo(text, nl=not text.endswith("\n"))
    return 0
