"""One resolver for every link: strict, in a fixed order, and never a guess.

The order: exact path, relative, folder root, nearest common ancestor among equal names, alias,
title; all with exact case first, then folded. A tie stays unresolved, with its candidates.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, KeysView
from dataclasses import dataclass
from operator import attrgetter
from urllib.parse import unquote

from alpgraph.notes.anchors import KnownAnchors
from alpgraph.notes.names import NOTHING, Found, Names
from alpgraph.notes.packing import Packed, Resolve, Resolved

_PLACES = frozenset(("path", "relative", "root", "name", "ancestor"))
_SIMPLE = re.compile(r"[\w/-]+", re.ASCII)
_NAMES = attrgetter("slug", "title", "aliases")
"""All that a note is looked up by."""
_VAULT = re.compile(r"dendron://[^/]+/")


def is_place(how: str) -> bool:
    """Whether a note was found by where its file lies, not by what it calls itself.

    >>> is_place("name-folded"), is_place("title")
    (True, False)
    """
    return how.partition("-")[0] in _PLACES


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


class LinkIndex:
    """Every name by which a note can be linked to."""

    def __init__(self, notes: Iterable[Packed], folder: str = "") -> None:
        """Enter every note; `folder` is what the notes folder itself is called."""
        self._mount = f"/{folder}/"
        self.notes: dict[str, Packed] = {}
        self._exact = Names(str)
        self._folded = Names(str.casefold)
        self._dotted = 0
        """Notes whose names have parts divided by dots, as Dendron's."""
        self._direct: dict[str, Resolution] = {}
        """Names that are exactly a note's path: most links need no more."""
        self._memory: dict[tuple[str, str, str], Resolution] = {}
        self._anchors: dict[str, KnownAnchors] = {}
        """Of the notes that were asked for one."""
        for note in notes:
            self._enter(note)

    @property
    def mostly_dotted(self) -> bool:
        """Whether most notes are named as Dendron's, so that what a link shows may be a name."""
        return 2 * self._dotted > len(self.notes)

    def updated(self, removed: Iterable[Packed], added: Iterable[Packed]) -> "LinkIndex":
        """Return an index in which some notes are left out and some are entered."""
        index = LinkIndex(())
        index._mount = self._mount
        index.notes = dict(self.notes)
        removed, added = list(removed), list(added)
        if set(map(_NAMES, removed)) == set(map(_NAMES, added)):  # as after an edit of a text
            index.notes |= {note.slug: note for note in added}
            index._direct, index._dotted = self._direct, self._dotted
            index._exact, index._folded = self._exact, self._folded
            return index
        index._direct, index._dotted = dict(self._direct), self._dotted
        index._exact, index._folded = self._exact.copied(), self._folded.copied()
        for note in removed:
            if index.notes.pop(note.slug, None) is not None:
                index._direct.pop(note.slug, None)
                index._dotted -= _is_dotted(note.slug)
                index._exact.remove(note)
                index._folded.remove(note)
        for note in added:
            index._enter(note)
        return index

    def _enter(self, note: Packed) -> None:
        self.notes[note.slug] = note
        self._dotted += _is_dotted(note.slug)
        if _SIMPLE.fullmatch(note.slug):
            self._direct[note.slug] = Resolution(note.slug, "path")
        self._exact.add(note)
        self._folded.add(note)

    def titled(self, title: str) -> tuple[str, ...]:
        """Return the slugs of all notes of a title, whatever its case."""
        return self._folded.titles.get(unicodedata.normalize("NFC", title).casefold(), ())

    @property
    def sure(self) -> KeysView[str]:
        """Names that mean a note whatever else there is, from wherever they are written."""
        return self._direct.keys()

    def resolve(self, to: str, origin: str, *, label: str = "") -> Resolution:
        """Find the note that `to`, written in the note `origin`, means."""
        direct = self._direct.get(to)
        if direct is not None:
            return direct
        key = to, origin.rpartition("/")[0], label if label != to else ""
        resolution = self._memory.get(key)
        if resolution is None:
            resolution = self._memory[key] = self._resolve(*key)
        return resolution

    def resolver(self, origin: str) -> Resolve:
        """Return what resolves the links of the note `origin`, given the words shown for each."""
        direct = self._direct

        def resolve(to: str, label: str) -> Resolved:
            resolution = direct.get(to) or self.resolve(to, origin, label=label)
            return resolution.slug, resolution.how, resolution.candidates

        return resolve

    def _resolve(self, to: str, folder: str, label: str) -> Resolution:
        whole = unicodedata.normalize("NFC", to.strip())
        if vault := _VAULT.match(whole):
            whole = whole[vault.end() :]
        slug, how, candidates = self._find(whole, folder)
        heading = ""
        if slug is None and not candidates and "#" in whole:
            whole, _, heading = whole.partition("#")
            slug, how, candidates = self._find(whole, folder)
        if label and not is_place(how):
            slug, how, candidates, heading = self._label_first(
                label, folder, (slug, how, candidates, heading)
            )
        anchor = self.anchor(slug, heading) if slug and heading else ""
        return Resolution(slug, how, candidates, anchor)

    def _label_first(
        self, label: str, folder: str, by_target: tuple[str | None, str, tuple[str, ...], str]
    ) -> tuple[str | None, str, tuple[str, ...], str]:
        """Read `[[words|note]]` of Dendron and Roam, where only that can be meant.

        The right side must be a note's own name, and look like one: with dots or a folder, and
        without spaces. Where most notes are named so and the left side means nothing, any name
        will do.
        """
        slug, _, candidates, heading = by_target
        name, _, part = unicodedata.normalize("NFC", label.strip()).partition("#")
        vault = _VAULT.match(name)
        name = name[vault.end() :] if vault else name
        structured = bool(vault) or (" " not in name and ("." in name or "/" in name))
        nothing_else = slug is None and not candidates and self.mostly_dotted
        if not name or not (structured or nothing_else):
            return by_target
        target, how, _ = self._exact.find(name, folder)
        if target is None or not is_place(how):
            return by_target
        return target, "label-first", (), heading or part

    def anchor(self, slug: str, heading: str) -> str:
        """Return the anchor in a note that a link's part after `#` means, if it is there."""
        anchors = self._anchors.get(slug)
        if anchors is None:
            anchors = self._anchors[slug] = KnownAnchors(self.notes[slug].anchors)
        return anchors.find(heading)

    def _from_above(self, to: str) -> Found:
        """Find what an address from a root above the notes folder may mean in it.

        Sites and forges begin with the folder's own name; Jekyll leaves out the `_` of folders.
        """
        paths = ["_" + to[1:]]
        if len(self._mount) > 2 and to.startswith(self._mount):
            paths.append(to[len(self._mount) :])
        for names, mark in ((self._exact, ""), (self._folded, "-folded")):
            for path in paths:
                if slug := names.at_root(path):
                    return slug, "root" + mark, ()
        return NOTHING

    def _find(self, to: str, folder: str) -> Found:
        if not to:
            return NOTHING
        spellings = [to]
        if "%" in to and (decoded := unicodedata.normalize("NFC", unquote(to))) != to:
            spellings.append(decoded)
        for names, mark in ((self._exact, ""), (self._folded, "-folded")):
            for spelling in spellings:
                slug, how, candidates = names.find(spelling, folder)
                if slug is not None:
                    return slug, how + mark, ()
                if candidates:
                    return None, "tie", tuple(sorted(candidates))
        return self._from_above(spellings[-1]) if to.startswith("/") else NOTHING


def _is_dotted(slug: str) -> bool:
    return "." in slug.rpartition("/")[2].strip(".")


def redirects_of(notes: Iterable[Packed], slugs: Container[str]) -> dict[str, str]:
    """Return the aliases that lead to exactly one note and are no note's slug."""
    owners: dict[str, set[str]] = {}
    for note in notes:
        for alias in note.aliases:
            owners.setdefault(unicodedata.normalize("NFC", alias), set()).add(note.slug)
    return {
        alias: next(iter(owned))
        for alias, owned in owners.items()
        if len(owned) == 1 and alias not in slugs
    }
