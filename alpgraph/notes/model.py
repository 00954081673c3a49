"""What a folder of Markdown is read into: passive, frozen values that remember their places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from alpgraph.diagnostics import Diagnostic, Place

Basis = Literal["paper", "measured", "reading", ""]


@dataclass(frozen=True, slots=True)
class Source:
    """A work a note reports on."""

    kind: Literal["arxiv", "doi", "url", "isbn", "other"]
    id: str
    place: Place
    title: str = ""
    authors: tuple[str, ...] = ()
    year: str = ""


class Relation(NamedTuple):
    """A typed link as its author wrote it, read from the author's end."""

    type: str
    """Id read from the author's end, as `explains`; empty when the word is not known."""
    written: str
    """The word the author used."""
    to: str
    """The target as written."""
    why: str
    basis: Basis
    form: str
    """How it was written: `native`, or the name of another tool's form."""
    place: Place
    """The whole relation."""
    type_place: Place
    to_place: Place
    why_place: Place | None = None
    target: str | None = None
    """Slug of the target, once a notebook has resolved it."""
    how: str = ""
    """How the target was found: `path`, `relative`, `root`, `ancestor`, `alias`, `title`, ..."""
    candidates: tuple[str, ...] = ()
    """Slugs among which the link could not decide."""
    text: str = ""
    """The words shown for a link of the body."""


class Mention(NamedTuple):
    """An untyped link in running text."""

    to: str
    text: str
    """The words shown for it."""
    heading: str
    """Heading or block it points at in the target; empty for the whole note."""
    sentence: str
    place: Place
    embed: bool = False
    target: str | None = None
    how: str = ""
    candidates: tuple[str, ...] = ()


class FileLink(NamedTuple):
    """A picture, or a link to a file that is no note."""

    to: str
    """The path as written, without what stands after `#` or `?`."""
    place: Place


@dataclass(frozen=True, slots=True)
class ExperimentRef:
    """The experiment a note attaches: a name, parameters and what it tests, never code."""

    name: str
    params: Mapping[str, object]
    """Values as YAML scalars' text, sequences or mappings of it; the experiment converts them."""
    place: Place
    param_places: Mapping[str, Place] = field(default_factory=dict)
    """Where each parameter's key and value stand."""
    scope: str = ""
    """What the run tests, where that is not the note's claim; the claim then bears no verdict."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the body with the anchor that the page gives it."""

    level: int
    text: str
    anchor: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One file."""

    slug: str
    path: str
    """File below the notes folder, with `/`."""
    title: str
    summary: str = ""
    claim: str = ""
    topics: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    relations: tuple[Relation, ...] = ()
    mentions: tuple[Mention, ...] = ()
    files: tuple[FileLink, ...] = ()
    experiment: ExperimentRef | None = None
    headings: tuple[Heading, ...] = ()
    blocks: tuple[str, ...] = ()
    """Names of paragraphs marked `^name`, which links may point at."""
    body: str = ""
    """Markdown without the front matter."""
    body_line: int = 1
    """Line of the file on which the body starts."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each front-matter key's value stands."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Front-matter keys alpgraph does not know, as text."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What parsing this file alone found."""
    digest: str = ""
    """Hash of the file's bytes."""
    modified: float = 0.0
    """Time of the file's last change, seconds since the epoch."""

    @property
    def claim_test(self) -> ExperimentRef | None:
        """The experiment whose verdict the claim bears: none where it tests something else."""
        return None if self.experiment is None or self.experiment.scope else self.experiment
