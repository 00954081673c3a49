"""Settings: a file beside the notes, overridden by `ALPGRAPH_*`, overridden by flags."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from alpgraph.resources import resource_dir
from alpgraph.state import NAME, cache_folder, user_state_dir

Signature = Literal["solid", "double", "long", "short", "dots", "dashdot", "ticks", "heavy"]


class ConfigError(ValueError):
    """A configuration that cannot be used; the message says where and what to do."""


def web_address(text: str) -> str:
    """Return the address of a site without a slash at its end; empty stays empty.

    Raises ValueError where links and feeds could not begin with it.

    >>> web_address("https://example.org/notes/")
    'https://example.org/notes'
    """
    odd = any(c.isspace() or c in "\"'<>;," for c in text)
    if text and (odd or not text.startswith(("https://", "http://"))):
        raise ValueError(
            "it should begin with https:// or http://, and have no space or quote in it"
        )
    return text.rstrip("/")


def web_origin(text: str) -> str:
    """Return the address of a site as its pages name it in the header `Origin`.

    Raises ValueError where no page could name it so.

    >>> web_origin("https://Example.org/")
    'https://example.org'
    """
    origin = web_address(text).lower()
    if not re.fullmatch(r"https?://[^/?#@]+", origin):
        raise ValueError("it should be like https://name, without a path")
    return origin


def host_name(text: str) -> str:
    """Return the name of a server as browsers write it in the header `Host`.

    Raises ValueError where no browser could write it so.

    >>> host_name("Example.org:8080")
    'example.org:8080'
    """
    if not re.fullmatch(r"[^\s/\\?#@,]+", text):
        raise ValueError("it should be like name or name:port, without https:// or a path")
    return text.lower()


Address = Annotated[str, AfterValidator(web_address)]


class RelationRow(BaseModel):
    """One relation type that a collection adds, or that changes the one with its id.

    What a row leaves out stays as it was; a new type then has the colours of `related` and a
    line of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    label: str = Field(min_length=2, max_length=40)
    meaning: str = ""
    inverse: str = ""
    inverse_label: str = ""
    words: tuple[str, ...] = ()
    inverse_words: tuple[str, ...] = ()
    signature: Signature = "solid"
    light: str = Field("#676b62", pattern=r"^#[0-9a-fA-F]{6}$")
    dark: str = Field("#b4b1a4", pattern=r"^#[0-9a-fA-F]{6}$")
    rests_on: bool = False
    weight: float = Field(1.0, gt=0, le=10)
    orders: bool = False
    cito: str = ""
    cito_inverse: str = ""


class Tour(BaseModel):
    """A named walk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=2, max_length=120)
    notes: tuple[str, ...]
    """Slugs in the order walked."""


class Config(BaseModel):
    """What a collection may say about itself and how it is served."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = "alpgraph"
    tagline: str = ""
    """One line under the title on the home page."""
    about: str = ""
    start: str = ""
    """Slug of the note to begin with; else the first entry note, else `index` or `README`,
    else the most linked."""
    tours: tuple[Tour | tuple[str, ...], ...] = ()
    """Walks to begin with, each a list of slugs or a table with `title` and `notes`."""
    language: str = "en"
    licence: str = ""
    """Under which terms the notes may be used: a sentence at the foot of every page."""
    url: Address = ""
    """Public address of the site; feeds, sitemap and canonical links begin with it."""
    repository: str = ""
    """Address of the repository that holds the notes, for edit and history links."""
    branch: str = "main"
    forge: Literal["", "github", "gitlab", "forgejo", "gitea"] = ""
    """Kind of forge, when its address does not tell."""
    notes_path: str = "notes"
    """Folder of the notes inside the repository."""
    run_server: Address = ""
    """alpgraph server that a static site sends its runs to."""
    relation_types: tuple[RelationRow, ...] = ()
    host: str = "127.0.0.1"
    port: int | None = Field(None, ge=0, le=65535)
    allow_hosts: tuple[Annotated[str, AfterValidator(host_name)], ...] = ()
    allow_runs: bool = False
    allow_origins: tuple[Annotated[str, AfterValidator(web_origin)], ...] = ()
    """Static sites whose forms may send runs here, each as `https://name`."""
    database: str = ""
    dask: str = ""
    workers: int = Field(1, ge=1, le=64)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a collection lies and where its derived data go."""

    notes: Path
    state: Path
    bundled: bool

    def cache(self) -> Path | None:
        """Return the folder for derived data, made if need be; None where none can be kept."""
        return cache_folder(self.state)


def locate(notes: Path | None, state: Path | None = None) -> Location:
    """Choose the notes folder (given, `./notes`, else the bundled one) and the state folder.

    Raises ConfigError when the given folder does not exist, or when links lead in a circle.
    """
    if notes is not None and not notes.is_dir():
        what = "is a file, not a folder" if notes.exists() else "does not exist"
        raise ConfigError(f"the notes folder '{notes}' {what}")
    chosen = notes or (Path("notes") if Path("notes").is_dir() else None)
    root = (chosen or resource_dir("notes")).resolve()
    try:
        place = state or (root.parent / NAME if chosen else user_state_dir())
        return Location(root, place.resolve(), bundled=chosen is None)
    except (OSError, RuntimeError) as error:  # a circle of links, or a user without a home
        raise ConfigError(f"no state folder: {error}; name one with --state") from None


def load_config(
    notes: Path, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ
) -> Config:
    """Read the settings that belong to the folder `notes`; flags in `overrides` win.

    Raises ConfigError naming the file and key.
    """
    values, file = _from_file(notes)
    origins = dict.fromkeys(values, file)
    for key in Config.model_fields:
        text = environ.get(name := f"ALPGRAPH_{key.upper()}")
        if text is not None:
            values[key], origins[key] = _from_text(key, text), name
    flags = {key: value for key, value in (overrides or {}).items() if value is not None}
    origins |= dict.fromkeys(flags, "the command line")
    try:
        return Config.model_validate(values | flags)
    except ValidationError as error:
        raise ConfigError(_explain(error, origins)) from None


def _from_file(notes: Path) -> tuple[dict[str, Any], str]:
    """Return the table of the nearest configuration file and the file's name."""
    folders = [notes, notes.parent]
    for folder in folders:
        for name, table in (("alpgraph.toml", ()), ("pyproject.toml", ("tool", "alpgraph"))):
            path = folder / name
            if not path.is_file():
                continue
            try:
                values: Any = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
                raise ConfigError(f"{path}: cannot be read: {error}") from None
            for key in table:
                values = values.get(key, {})
                if not isinstance(values, dict):
                    raise ConfigError(f"{path}: '{key}' is {values!r}, but should be a table")
            if values or not table:
                return dict(values), str(path)
    return {}, "the configuration"


def _from_text(key: str, text: str) -> Any:
    """Read the value of an environment variable: JSON-like for lists and flags, else as it is."""
    field = Config.model_fields[key]
    if field.annotation is str or "Literal" in str(field.annotation):
        return text
    if str(field.annotation).startswith("tuple") and not text.lstrip().startswith("["):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return TypeAdapter(Any).validate_json(text)
    except ValidationError:
        return text


def _explain(error: ValidationError, origins: Mapping[str, str]) -> str:
    """Say the first fault of a configuration with a hint; `origins` has the place of each key."""
    # a key that is unknown tells more than the one that is missing since it was misspelt
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    loc = first["loc"]
    key, origin = ".".join(str(part) for part in loc), origins[str(loc[0])]
    if first["type"] == "extra_forbidden":
        rows: dict[str, type[BaseModel]] = {"relation_types": RelationRow, "tours": Tour}
        names = list((rows[str(loc[0])] if len(loc) > 1 else Config).model_fields)
        near = difflib.get_close_matches(str(loc[-1]), names, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names)}"
        return f"{origin}: unknown key '{key}'; {hint}"
    message = first["msg"].removeprefix("Value error, ").lower()
    return f"{origin}: '{key}' is {first['input']!r}: {message}"
