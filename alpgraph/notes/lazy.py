"""The notes of a notebook, each made when it is first asked for."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView

from alpgraph.notes.cache import Entry
from alpgraph.notes.model import Note
from alpgraph.notes.packing import (
    Outline,
    ResolvedLink,
    links_of,
    outline_of,
    packed_links,
    packed_outline,
    unpack,
)
from alpgraph.notes.reading import collector_paused
from alpgraph.notes.resolve import LinkIndex


class LazyNotes(Mapping[str, Note]):
    """Notes by slug, each made when it is first asked for."""

    def __init__(self, entries: Mapping[str, Entry], index: LinkIndex) -> None:
        """Take entries by slug and the index that resolves their links."""
        self.entries = entries
        self.index = index
        self.made: dict[str, Note] = {}

    def __getitem__(self, slug: str) -> Note:
        """Return the note `slug`."""
        note = self.made.get(slug)
        if note is None:
            note = self.made[slug] = self._make(self.entries[slug])
        return note

    def __iter__(self) -> Iterator[str]:
        """Iterate over slugs in order of path."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the notes."""
        return len(self.entries)

    def __contains__(self, slug: object) -> bool:
        """Tell whether there is such a note, without making it."""
        return slug in self.entries

    def keys(self) -> KeysView[str]:
        """Return all slugs."""
        return self.entries.keys()

    def values(self) -> ValuesView[Note]:
        """Return all notes."""
        self._make_all()
        return ValuesView(self)

    def items(self) -> ItemsView[str, Note]:
        """Return all slugs with their notes."""
        self._make_all()
        return ItemsView(self)

    def outline(self, slug: str) -> Outline:
        """Return what a note is known by, without making it."""
        return packed_outline(self.entries[slug].packed)

    def links(self, slug: str) -> Iterator[ResolvedLink]:
        """Yield the relations and then the mentions of a note, without making it."""
        note = self.made.get(slug)
        if note is not None:
            return links_of(note)
        return packed_links(self.entries[slug].packed, self.index.resolver(slug))

    def _make_all(self) -> None:
        if len(self.made) < len(self.entries):
            with collector_paused():
                for slug in self.entries:
                    self[slug]

    def _make(self, entry: Entry) -> Note:
        return unpack(entry.packed, entry.modified, self.index.resolver(entry.packed.slug))


def modified(notes: Mapping[str, Note], slug: str) -> float:
    """Return when a note's file last changed, in seconds, as quickly as may be.

    >>> modified({"a": Note(slug="a", path="a.md", title="A", modified=2.0)}, "a")
    2.0
    """
    return notes.entries[slug].modified if isinstance(notes, LazyNotes) else notes[slug].modified


def outline(notes: Mapping[str, Note], slug: str) -> Outline:
    """Return what a note is known by, as quickly as may be.

    >>> outline({"a": Note(slug="a", path="a.md", title="A")}, "a").title
    'A'
    """
    return notes.outline(slug) if isinstance(notes, LazyNotes) else outline_of(notes[slug])


def links(notes: Mapping[str, Note], slug: str) -> Iterator[ResolvedLink]:
    """Return a note's relations and then its mentions, as quickly as may be.

    >>> list(links({"a": Note(slug="a", path="a.md", title="A")}, "a"))
    []
    """
    return notes.links(slug) if isinstance(notes, LazyNotes) else links_of(notes[slug])
