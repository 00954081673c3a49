"""`alpgraph new`, `fmt`, `import`, `schema`: files written whole or not at all."""

import json
import sys
from pathlib import Path

import click

from alpgraph.cli.options import find, notes_argument, notes_option, read


@click.command(
    epilog="Examples: `alpgraph new --title 'Does X hurt Y?' "
    "--relation utility-weighted-loss:parallel:'the same mechanism in another field'`; "
    "`alpgraph new --experiment my-check`."
)
@click.option("--title", help="The question the note asks.")
@click.option("--claim", default="", help="One sentence that could be false.")
@click.option("--summary", default="", help="Two or three lines for cards.")
@click.option("--topic", "topics", multiple=True, help="A topic; may be repeated.")
@click.option("--relation", "relations", multiple=True, metavar="SLUG:TYPE:WHY")
@click.option("--experiment", metavar="NAME", help="Write an experiment with its test instead.")
@notes_option
def new(
    title: str | None,
    claim: str,
    summary: str,
    topics: tuple[str, ...],
    relations: tuple[str, ...],
    experiment: str | None,
    notes: Path | None,
) -> int:
    """Write a valid note; asks only on a terminal."""
    if experiment is not None:
        return _new_experiment(experiment)
    from alpgraph.authoring import new_note, parse_relation, write_new

    location, config = find(notes)
    notebook = read(location, config)
    if title is None and sys.stdin.isatty() and sys.stdout.isatty():
        title = click.prompt("The question the note asks")
        claim = claim or click.prompt("Its claim, one sentence that could be false", default="")
        summary = summary or click.prompt("Two or three lines for cards", default="")
    if title is None:
        raise click.UsageError("--title is missing, and this is no terminal to ask on")
    parsed = []
    for word in relations:
        try:
            parsed.append(parse_relation(word, notebook))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--relation") from None
    draft = new_note(
        notebook,
        title=title,
        claim=claim,
        summary=summary,
        topics=topics,
        relations=parsed,
    )
    written = write_new(location.notes, draft)
    click.echo(written)
    click.echo(
        f"next: write its text, then `alpgraph check` and `alpgraph propose {written}`", err=True
    )
    return 0


def _new_experiment(name: str) -> int:
    """Write the template of an experiment and its test into the current folder."""
    from alpgraph.experiments import experiment_template

    try:
        files = experiment_template(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--experiment") from None
    taken = [path for path in files if Path(path).exists()]
    if taken:
        raise click.UsageError(f"{', '.join(map(str, taken))} exists already; nothing was written")
    for path, text in files.items():
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        click.echo(path)
    return 0


@click.command(epilog="Examples: `alpgraph fmt`; `alpgraph fmt --check` in CI.")
@notes_argument
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if it would.")
@click.option("--diff", "show", is_flag=True, help="Show what would change; write nothing.")
def fmt(notes: Path | None, only_check: bool, show: bool) -> int:
    """Tidy front matter: key order, relations; comments stay, meaning stays."""
    from alpgraph.authoring import format_folder

    target = notes if notes is None or notes.is_dir() else notes.parent
    location, config = find(target)
    only = None if notes is None or notes.is_dir() else notes.name
    outcome = format_folder(
        location.notes, read(location, config), write=not (only_check or show), only=only
    )
    click.echo(outcome.diff if show else "".join(f"{path}\n" for path in outcome.changed), nl=False)
    click.echo(outcome.summary, err=True)
    return int(only_check and bool(outcome.changed))


@click.command(
    "import", epilog="Examples: `alpgraph import vault/` previews; `--output notes/` writes."
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="Write copies here.")
def import_(folder: Path, output: Path | None) -> int:
    """Turn another tool's typed links into native relations; the originals stay untouched."""
    from alpgraph.authoring import import_folder

    location, config = find(folder)
    try:
        outcome = import_folder(location.notes, read(location, config), output)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(outcome.diff, nl=False)
    click.echo(outcome.summary, err=True)
    return 0


@click.command(epilog="Example: `alpgraph schema > note.schema.json`.")
@notes_option
def schema(notes: Path | None) -> None:
    """Print the JSON Schema of a note's front matter, with this collection's types and slugs."""
    from alpgraph.authoring import note_schema
    from alpgraph.experiments import all_experiments

    location, config = find(notes)
    click.echo(json.dumps(note_schema(read(location, config), list(all_experiments())), indent=2))
