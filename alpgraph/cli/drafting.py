"""`alpgraph new`: a note from flags, or from questions on a terminal."""

import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from alpgraph.cli.options import find_own, notes_option, read, state_option

if TYPE_CHECKING:
    from alpgraph.config import Config, Location
    from alpgraph.notes import Notebook

T = TypeVar("T")


@click.command(
    epilog="Examples: `alpgraph new` asks; `alpgraph new --title 'Does X hurt Y?' "
    "--source arxiv:2511.07699 "
    "--relation utility-weighted-loss:parallel:'the same mechanism in another field'`; "
    "`alpgraph new --experiment my-check`."
)
@click.option("--title", help="The question the note asks.")
@click.option("--claim", default="", help="One sentence that could be false.")
@click.option("--summary", default="", help="Two or three lines for cards.")
@click.option("--topic", "topics", multiple=True, help="A topic; may be repeated.")
@click.option(
    "--source", "sources", multiple=True, metavar="KIND:ID", help="arxiv, doi, url, isbn."
)
@click.option("--relation", "relations", multiple=True, metavar="SLUG:TYPE:WHY")
@click.option("--body", default="", help="Its text in Markdown; `-` reads standard input.")
@click.option("--slug", default="", help="Name of the file, without .md; made of the title.")
@click.option("--experiment", metavar="NAME", help="Write an experiment with its test instead.")
@notes_option
@state_option
def new(
    title: str | None,
    claim: str,
    summary: str,
    topics: tuple[str, ...],
    sources: tuple[str, ...],
    relations: tuple[str, ...],
    body: str,
    slug: str,
    experiment: str | None,
    notes: Path | None,
    state: Path | None,
) -> int:
    """Write a valid note; asks only on a terminal.

    Near notes are named, so that duplicates are noticed and links found. Exit codes: 0 written,
    1 written with findings of level error, 2 not written.
    """
    if experiment is not None:
        return _new_experiment(experiment)
    from alpgraph.authoring import parse_relation, parse_source

    location, config = find_own(notes, state)
    notebook = read(location, config)
    cited = _each(sources, "--source", parse_source)
    linked = _each(relations, "--relation", lambda word: parse_relation(word, notebook))
    fields: dict[str, Any] = {
        "title": title or "",
        "claim": claim,
        "summary": summary,
        "topics": topics,
        "sources": cited,
        "relations": linked,
        "body": sys.stdin.read() if body == "-" else body,
        "slug": slug,
    }
    if title is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise click.UsageError("--title is missing, and this is no terminal to ask on")
        from alpgraph.cli.questions import ask

        fields = ask(fields, location, notebook)
    else:
        _suggest(location, notebook, f"{title} {claim} {summary}", {one.to for one in linked})
    return _write(location, config, notebook, fields)


def _each(words: Sequence[str], option: str, read_one: Callable[[str], T]) -> list[T]:
    """Read each word of an option; raises BadParameter with the reason."""
    try:
        return [read_one(word) for word in words]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _suggest(
    location: "Location", notebook: "Notebook", text: str, linked: Collection[str]
) -> None:
    """Name near notes that are not linked yet, as duplicates or targets of `--relation`."""
    from alpgraph.check.terminal import escape
    from alpgraph.search import open_index

    hits = open_index(notebook, location.cache()).near(text)
    near = [hit for hit in hits if hit.slug not in linked]
    if near:
        click.echo("near notes; is one of them the same, or worth a --relation?", err=True)
    for hit in near:
        click.echo(f"  {escape(hit.slug)}  {escape(notebook.notes[hit.slug].title)}", err=True)


def _write(
    location: "Location", config: "Config", notebook: "Notebook", fields: dict[str, Any]
) -> int:
    """Write the note, say what `check` finds in it, and what comes next."""
    from alpgraph.authoring import find_forge, new_note, write_new
    from alpgraph.check import to_full
    from alpgraph.cli.checking import findings_of, shown_prefix
    from alpgraph.diagnostics import Severity
    from alpgraph.notes import update_notebook

    try:
        draft = new_note(notebook, **fields)
        written = write_new(location.notes, draft)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    after = update_notebook(notebook, [draft.path])
    findings = [one for one in findings_of(after, None) if one.place.file == draft.path]
    report = to_full(findings, lambda _: draft.text, prefix=shown_prefix(location.notes))
    click.echo(report, nl=False, err=True)
    shown = Path(written)
    shown = shown.relative_to(Path.cwd()) if shown.is_relative_to(Path.cwd()) else shown
    click.echo(shown)
    name = _quoted(str(shown))
    click.echo(f"next: write its text in {name}, then", err=True)
    click.echo(f"  alpgraph check\n  alpgraph propose {name}", err=True)
    forge = find_forge(config.repository, kind=config.forge, branch=config.branch,
                       notes_path=config.notes_path)  # fmt: skip
    if forge and (url := forge.new_url(draft.path, draft.text)):
        click.echo(f"or, without git, open\n  {url}", err=True)
    return int(any(one.severity is Severity.ERROR for one in findings))


def _quoted(path: str) -> str:
    """Write a path as a shell takes it; a leading dash is no option then."""
    import shlex

    return shlex.quote(path if not path.startswith("-") else f"./{path}")


def _new_experiment(name: str) -> int:
    """Write the template of an experiment and its test into the current folder."""
    from alpgraph.experiments import experiment_template

    try:
        files = experiment_template(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--experiment") from None
    existing = [path for path in files if Path(path).exists()]
    if existing:
        raise click.UsageError(
            f"{', '.join(map(str, existing))} exists already; nothing was written"
        )
    for path, text in files.items():
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        click.echo(path)
    return 0
