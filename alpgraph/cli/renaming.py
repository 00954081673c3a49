"""`alpgraph rename`."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alpgraph.cli.options import find_own, folder_of, notes_option, read, state_option

if TYPE_CHECKING:
    from alpgraph.notes import Notebook


@click.command(
    epilog="Examples: `alpgraph rename old-name new-name`; `alpgraph rename a topic/` moves it; "
    "`--diff` shows what would be done."
)
@click.argument("note")
@click.argument("name")
@click.option("--diff", "show", is_flag=True, help="Show what would change; write nothing.")
@notes_option
@state_option
def rename(note: str, name: str, show: bool, notes: Path | None, state: Path | None) -> int:
    """Give NOTE, a slug or a file, another NAME; links to it go on leading there.

    Links are written anew where they have to be, in every note and in the way they were written.
    The former slug becomes an alias, so that addresses elsewhere lead on. Nothing is written where
    a link would be lost. Exit codes: 0 done, 1 some file was left, 2 nothing was done.
    """
    from alpgraph.authoring import RenamingError, apply_renaming, path_named, plan_renaming

    file = Path(note)
    location, config = find_own(notes or (folder_of(file) if file.is_file() else None), state)
    notebook, root = read(location, config), location.notes
    _refuse_folder(notebook, note, name)
    old = _path_of(notebook, note)
    new = path_named(_below(root, name), old)
    try:
        plan = plan_renaming(notebook, {old: new}, lambda path: (root / path).read_bytes())
    except RenamingError as error:
        raise click.UsageError(str(error)) from None
    if show:
        click.echo(plan.diff, nl=False)
        click.echo(f"nothing was written; it would be: {plan.summary}", err=True)
        return 0
    problems = apply_renaming(root, plan)
    summary = f"not all of this was done: {plan.summary}" if problems else plan.summary
    click.echo("\n".join([summary, *problems]), err=True)
    return int(bool(problems))


def _refuse_folder(notebook: "Notebook", note: str, name: str) -> None:
    """Say how the notes of a folder are renamed, where `note` means one and no note."""
    from alpgraph.check.terminal import counted, escape

    folder = _below(notebook.root, note).rstrip("/") + "/"
    paths = (one.path for one in notebook.index.notes.values())
    inside = sorted(path for path in paths if path.startswith(folder))
    found = notebook.resolve(note, "")
    if not inside or (not note.endswith("/") and (found.slug or found.candidates)):
        return
    new = f"{_below(notebook.root, name).rstrip('/')}/{inside[0].removeprefix(folder)}"
    raise click.UsageError(
        f"{note!r} is a folder, with {counted(len(inside), 'note')}; rename them one by one: "
        + escape(f"alpgraph rename {shlex.quote(inside[0])} {shlex.quote(new)}")
    )


def _path_of(notebook: "Notebook", note: str) -> str:
    """Return the path below the notes folder of what is given as a file, or as a link is."""
    file = Path(note)
    place = file.parent.resolve() / file.name
    if file.is_file() and place.is_relative_to(notebook.root):
        return place.relative_to(notebook.root).as_posix()
    found = notebook.resolve(note, "")
    if found.candidates:
        listed = ", ".join(found.candidates[:5])
        raise click.UsageError(f"{note!r} fits several notes: {listed}")
    if found.slug is None:
        raise click.UsageError(f"no note answers to {note!r}; name its slug or its file")
    return notebook.index.notes[found.slug].path


def _below(root: Path, name: str) -> str:
    """Return a name without the notes folder, where it is written as a path on disk."""
    written = Path(name)
    if not written.is_absolute() and written.parts[:1] not in ((root.name,), ("..",), (".",)):
        return name
    place = written.parent.resolve() / written.name
    if not place.is_relative_to(root):
        return name
    below = place.relative_to(root).as_posix()
    return below + "/" * name.endswith("/")
