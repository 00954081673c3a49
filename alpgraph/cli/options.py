"""Options that several commands share, and the collection they name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from alpgraph.config import Config, Location
    from alpgraph.notes import Notebook

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = click.Path(path_type=Path)


def notes_argument(command: F) -> F:
    """Add the argument NOTES."""
    return click.argument("notes", required=False, type=FOLDER)(command)


def notes_option(command: F) -> F:
    """Add the option `--notes`."""
    return click.option(
        "--notes", type=FOLDER, help="Folder of notes; ./notes, else the bundled collection."
    )(command)


def state_option(command: F) -> F:
    """Add the option `--state`."""
    return click.option(
        "--state", type=FOLDER, help="Folder for derived data; .alpgraph beside the notes."
    )(command)


def json_option(command: F) -> F:
    """Add the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def find(
    notes: Path | None, state: Path | None = None, flags: Mapping[str, Any] | None = None
) -> "tuple[Location, Config]":
    """Locate the notes and read their settings; raises ConfigError where these are of no use."""
    from alpgraph.config import load_config, locate

    location = locate(notes, state)
    config = load_config(location.notes, flags)
    if config.relation_types:
        from alpgraph.notes import types_of

        types_of(config.relation_types)  # here, since a server would listen before it knew
    return location, config


def find_own(notes: Path | None, state: Path | None = None) -> "tuple[Location, Config]":
    """Locate notes that are to be written; raises UsageError where these are the bundled ones."""
    location, config = find(notes, state)
    if location.bundled:
        hint = "`alpgraph init` begins one here, or name one"
        raise click.UsageError(f"there is no notes folder here; {hint}")
    return location, config


def folder_of(file: Path) -> Path | None:
    """Return the notes folder around a file: ./notes, or where there is none, one of that name."""
    default, around = Path("notes"), (file.parent.resolve() / file.name).parents
    if default.is_dir():
        return default if default.resolve() in around else None
    return next((folder for folder in around if folder.name == "notes"), None)


def read(location: "Location", config: "Config") -> "Notebook":
    """Read the notes, from the parse cache where they have not changed."""
    from alpgraph.notes import read_notebook, types_of

    types = types_of(config.relation_types)
    return read_notebook(location.notes, types=types, cache=location.cache())
