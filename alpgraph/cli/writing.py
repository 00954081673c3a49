"""`alpgraph fmt`, `import`, `schema`: files written whole or not at all."""

import json
from pathlib import Path

import click

from alpgraph.cli.options import (
    find,
    find_own,
    folder_of,
    notes_argument,
    notes_option,
    read,
    state_option,
)


@click.command(epilog="Examples: `alpgraph fmt`; `alpgraph fmt --check` in CI.")
@notes_argument
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if it would.")
@click.option("--diff", "show", is_flag=True, help="Show what would change; write nothing.")
@state_option
def fmt(notes: Path | None, only_check: bool, show: bool, state: Path | None) -> int:
    """Tidy front matter: key order, relations; comments stay, meaning stays."""
    from alpgraph.authoring import format_folder
    from alpgraph.check.terminal import escape
    from alpgraph.cli.checking import shown_prefix

    file = notes if notes is not None and notes.is_file() else None
    location, config = find_own(folder_of(file) or file.parent if file else notes, state)
    only = None
    if file:
        place = file.parent.resolve() / file.name
        only = place.relative_to(location.notes).as_posix()
    outcome = format_folder(
        location.notes, read(location, config), write=not (only_check or show), only=only
    )
    prefix = shown_prefix(location.notes)
    paths = "".join(f"{escape(prefix + path)}\n" for path in outcome.changed)
    click.echo(outcome.diff if show else paths, nl=False)
    click.echo(outcome.summary, err=True)
    return int(only_check and bool(outcome.changed))


@click.command(
    "import", epilog="Examples: `alpgraph import vault/` previews; `--output notes/` writes."
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="Write copies here.")
@state_option
def import_(folder: Path, output: Path | None, state: Path | None) -> int:
    """Turn another tool's typed links into native relations; the originals stay untouched."""
    from alpgraph.authoring import import_folder

    location, config = find(folder, state)
    try:
        outcome = import_folder(location.notes, read(location, config), output)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(outcome.diff, nl=False)
    click.echo(outcome.summary, err=True)
    return 0


@click.command(epilog="Example: `alpgraph schema > note.schema.json`.")
@notes_option
@state_option
def schema(notes: Path | None, state: Path | None) -> None:
    """Print the JSON Schema of a note's front matter, with this collection's types and slugs."""
    from alpgraph.authoring import note_schema
    from alpgraph.experiments import all_experiments

    location, config = find(notes, state)
    click.echo(json.dumps(note_schema(read(location, config), list(all_experiments())), indent=2))
