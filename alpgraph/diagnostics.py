"""What can be said about a fault in a note: a fact with a place, never an exception."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a finding weighs; `check` exits 1 on errors only, unless told otherwise."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(NamedTuple):
    """A span in a file: lines and columns from 1, columns in characters, the end exclusive.

    A tuple, since a collection has hundreds of thousands and frozen dataclasses take three times
    as long to make.
    """

    file: str
    """Path below the notes folder, with `/`."""
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `place`, which is `old`, with `text`."""

    place: Place
    text: str
    old: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that certainly mends a finding."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong, where, and what to do."""

    code: str
    """Stable, as `ALP011`."""
    name: str
    """Short kebab-case name of the rule, as `unknown-relation-type`."""
    severity: Severity
    message: str
    """What is wrong, with the value quoted in backticks."""
    hint: str
    """What to do instead; empty when there is nothing useful to say."""
    place: Place
    fix: Fix | None = None
