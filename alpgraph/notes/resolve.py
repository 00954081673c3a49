"""One resolver for every link: strict, in a fixed order, and never a guess.

The order: exact path, relative, folder root, nearest common ancestor among equal names, alias,
title; all with exact case first, then folded. A tie stays unresolved, with its candidates.
"""

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from alpgraph.notes.anchors import wanted_anchor
from alpgraph.notes.model import Note

_ENDING = re.compile(r"\.(?:md|markdown)$", re.I)
_INDEX_NAMES = ("index", "_index", "README", "readme", "Readme", "Index")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a link means, and how that was found."""

    slug: str | None
    """The note; nothing when the link dangles or ties."""
    how: str = ""
    """`path`, `relative`, `root`, `name`, `ancestor`, `alias`, `title`, `label-first`, with
    `-folded` where case had to be ignored; `tie` or empty when unresolved."""
    candidates: tuple[str, ...] = ()
    """The slugs of a tie."""
    heading: str = ""
    """Anchor of the heading or block in the note; empty when none is asked for or none is there."""


_NOTHING = Resolution(None)


class LinkIndex:
    """Every name by which a note can be linked to."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self.notes: dict[str, Note] = {}
        self._exact = _Names()
        self._folded = _Names()
        for note in notes:
            self.notes[note.slug] = note
            self._exact.add(note, str)
            self._folded.add(note, _fold)

    def resolve(self, to: str, origin: str, *, label: str = "") -> Resolution:
        """Find the note that `to`, written in the note `origin`, means."""
        whole = unicodedata.normalize("NFC", to.strip())
        slug, how, candidates = self._find(whole, origin)
        heading = ""
        if slug is None and not candidates and "#" in whole:
            whole, _, heading = whole.partition("#")
            slug, how, candidates = self._find(whole, origin)
        if slug is None and not candidates and label and label != to:
            # `[[words|note]]` of Dendron and Roam, when nothing but the right side exists
            normal = unicodedata.normalize("NFC", label.strip())
            name, _, part = normal.partition("#")
            if name in self.notes:
                slug, how, heading = name, "label-first", heading or part
        anchor = self.anchor(slug, heading) if slug and heading else ""
        return Resolution(slug, how, candidates, anchor)

    def anchor(self, slug: str, heading: str) -> str:
        """Return the anchor in a note that a link's part after `#` means, if it is there."""
        note = self.notes[slug]
        wanted = wanted_anchor(heading)
        if wanted.startswith("b-"):
            return wanted if any(f"b-{name.lower()}" == wanted for name in note.blocks) else ""
        return wanted if any(item.anchor == wanted for item in note.headings) else ""

    def _find(self, to: str, origin: str) -> tuple[str | None, str, tuple[str, ...]]:
        if not to:
            return None, "", ()
        spellings = [to]
        if "%" in to and (decoded := unicodedata.normalize("NFC", unquote(to))) != to:
            spellings.append(decoded)
        for names, fold, mark in ((self._exact, str, ""), (self._folded, _fold, "-folded")):
            for spelling in spellings:
                slug, how, candidates = names.find(fold(spelling), fold(origin), origin)
                if slug is not None or candidates:
                    return slug, how + mark if slug is not None else "tie", candidates
        return None, "", ()


class _Names:
    """Tables of names under one rule of case."""

    def __init__(self) -> None:
        self.paths: dict[str, list[str]] = {}
        self.names: dict[str, list[str]] = {}
        self.aliases: dict[str, list[str]] = {}
        self.titles: dict[str, list[str]] = {}

    def add(self, note: Note, fold: "type[str] | _Fold") -> None:
        """Enter a note under all its names."""
        slug = note.slug
        self.paths.setdefault(fold(slug), []).append(slug)
        name = slug.rsplit("/", 1)[-1]
        self.names.setdefault(fold(name), []).append(slug)
        for other in _other_names(name):
            self.aliases.setdefault(fold(other), []).append(slug)
        for alias in note.aliases:
            _enter(self.aliases, fold(unicodedata.normalize("NFC", alias)), slug)
        _enter(self.titles, fold(unicodedata.normalize("NFC", note.title)), slug)

    def find(
        self, to: str, origin: str, exact_origin: str
    ) -> tuple[str | None, str, tuple[str, ...]]:
        """Look a name up in the order of the module's first lines."""
        folder = origin.rpartition("/")[0]
        for path, how in _path_forms(to, folder):
            if found := self._at(path):
                return _one(found, how)
        stem = _ENDING.sub("", to).strip("/")
        while stem.startswith(("./", "../")):
            stem = stem.partition("/")[2]
        if not stem:
            return None, "", ()
        ending = "/" + stem
        named = self.names.get(stem.rsplit("/", 1)[-1], ())
        if "/" in stem:
            named = [slug for slug in named if self._ends(slug, ending)]
        if named:
            return _nearest(named, exact_origin, "name", "ancestor")
        for table, how in ((self.aliases, "alias"), (self.titles, "title")):
            for key in (to, stem):
                if found := table.get(key):
                    return _nearest(found, exact_origin, how, how)
        return None, "", ()

    def _at(self, path: str) -> list[str] | None:
        if found := self.paths.get(path):
            return found
        return None

    def _ends(self, slug: str, ending: str) -> bool:
        return slug.endswith(ending) or _fold(slug).endswith(ending)


class _Fold:
    """The type of a function that folds case, for the reader of signatures."""

    def __call__(self, text: str) -> str:
        """Fold a text."""
        return text.casefold()


_fold = _Fold()


def _enter(table: dict[str, list[str]], key: str, slug: str) -> None:
    slugs = table.setdefault(key, [])
    if slug not in slugs:
        slugs.append(slug)


def _other_names(name: str) -> Iterable[str]:
    """Names that Logseq means by a file's name: `a___b` is `a/b`, `%3A` is `:`."""
    other = name.replace("___", "/")
    if "%" in other:
        other = unquote(other)
    return (other,) if other != name else ()


def _path_forms(to: str, folder: str) -> Iterable[tuple[str, str]]:
    """Paths that `to` may name, nearest meaning first."""
    stem = _ENDING.sub("", to)
    is_file = stem != to
    if stem.startswith("/"):
        return _with_index(stem.strip("/"), "root")
    explicit = stem.startswith(("./", "../")) or stem in (".", "..")
    joined = posixpath.normpath(posixpath.join(folder, stem)) if stem else folder
    relative = _with_index("" if joined == "." else joined, "relative")
    if explicit:
        return relative
    exact = _with_index(stem.strip("/"), "path")
    if is_file:  # a Markdown link: an address, so the folder it stands in comes first
        return [*relative, *((path, "root") for path, _ in exact)]
    return [*exact, *relative]


def _with_index(path: str, how: str) -> list[tuple[str, str]]:
    prefix = f"{path}/" if path else ""
    forms = [(prefix + name, how) for name in _INDEX_NAMES]
    return [(path, how), *forms] if path else forms


def _one(found: list[str], how: str) -> tuple[str | None, str, tuple[str, ...]]:
    return (found[0], how, ()) if len(found) == 1 else (None, "tie", tuple(sorted(found)))


def _nearest(
    found: Iterable[str], origin: str, alone: str, chosen: str
) -> tuple[str | None, str, tuple[str, ...]]:
    """Choose the one that shares most folders with the origin; equals are a tie."""
    slugs = list(found)
    if len(slugs) == 1:
        return slugs[0], alone, ()
    folders = origin.split("/")[:-1]
    shared = {slug: _shared(slug.split("/")[:-1], folders) for slug in slugs}
    most = max(shared.values())
    nearest = [slug for slug in slugs if shared[slug] == most]
    if len(nearest) == 1:
        return nearest[0], chosen, ()
    return None, "tie", tuple(sorted(nearest))


def _shared(folders: list[str], others: list[str]) -> int:
    count = 0
    for one, other in zip(folders, others, strict=False):
        if one != other:
            break
        count += 1
    return count


def redirects_of(notes: Mapping[str, Note]) -> dict[str, str]:
    """Return the aliases that lead to exactly one note and are no note's slug."""
    owners: dict[str, set[str]] = {}
    for note in notes.values():
        for alias in note.aliases:
            owners.setdefault(unicodedata.normalize("NFC", alias), set()).add(note.slug)
    return {
        alias: next(iter(slugs))
        for alias, slugs in owners.items()
        if len(slugs) == 1 and alias not in notes
    }
