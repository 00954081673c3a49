"""Which notes differ between two notebooks, found without making those that do not."""

from collections.abc import Container, Iterable, Mapping, Sequence

from alpgraph.notes.lazy import LazyNotes
from alpgraph.notes.model import Note
from alpgraph.notes.names import names_asked, names_of
from alpgraph.notes.packing import Packed, targets_of


def changed_slugs(before: Mapping[str, Note], after: Mapping[str, Note]) -> set[str]:
    """Return the slugs of notes that came, went or became others; the same object did not.

    >>> changed_slugs({}, {"a": Note(slug="a", path="a.md", title="A")})
    {'a'}
    """
    if isinstance(before, LazyNotes) and isinstance(after, LazyNotes):
        other = _perhaps_changed(before, after)
    else:
        other = {s for s in before.keys() | after.keys() if before.get(s) is not after.get(s)}
    return {slug for slug in other if before.get(slug) != after.get(slug)}


def _perhaps_changed(before: LazyNotes, after: LazyNotes) -> set[str]:
    """Name all notes whose text differs or whose links may mean others, making none."""
    old, new = before.index.notes, after.index.notes
    if before.index.mostly_dotted != after.index.mostly_dotted:
        return {*old, *new}
    other = {slug for slug, note in new.items() if old.get(slug) is not note}
    other |= old.keys() - new.keys()
    names = names_changed([old[s] for s in other if s in old], [new[s] for s in other if s in new])
    if names:
        sure = before.index.sure & after.index.sure
        made, now = before.made, after.made.copy()  # pages in other threads go on making notes
        same = {slug for slug, note in now.items() if made.get(slug) is note}
        left = new.keys() - other - same
        other |= {slug for slug in left if asks(targets_of(new[slug]), names, sure)}
    return other


def names_changed(stale: Iterable[Packed], fresh: Iterable[Packed]) -> set[str]:
    """Return the names that notes lost or got, or by which they are meant in another way."""
    lost, new = ({note.slug: note for note in notes} for notes in (stale, fresh))
    return {
        name
        for slug in lost.keys() | new.keys()
        if called(lost.get(slug)) != called(new.get(slug))
        for note in (lost.get(slug), new.get(slug))
        if note is not None
        for name in names_of(note)
    }


def called(note: Packed | None) -> tuple[str, Sequence[str]] | None:
    """Return what a note of one slug may be called beside it: a title is not an alias."""
    return None if note is None else (note.title, note.aliases)


def asks(targets: Iterable[tuple[str, str]], names: set[str], sure: Container[str]) -> bool:
    """Tell whether a link asks for one of the names; `sure` ones mean a note whatever these are."""
    return any(
        to not in sure and not names.isdisjoint(names_asked(to, text)) for to, text in targets
    )
