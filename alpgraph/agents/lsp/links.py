"""What stands at a place of a note: where its link leads, what it says, what links back."""

from collections.abc import Iterator
from dataclasses import dataclass

from alpgraph.agents.lsp.documents import TextPosition
from alpgraph.diagnostics import Place
from alpgraph.graph import Link, links_between
from alpgraph.notes import Mention, Note, Reading, Relation
from alpgraph.notes.decoding import show_hidden
from alpgraph.pages import Collection

MAX_PLACES = 1000
"""Backlinks of one answer."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A link, or the word of a relation's type."""

    place: Place
    written: str = ""
    """The target, or the type."""
    target: str | None = None
    candidates: tuple[str, ...] = ()
    heading: str = ""
    reading: Reading | None = None
    """What a type's word means, where that is pointed at."""


def symbol_at(collection: Collection, note: Note, position: TextPosition) -> Symbol | None:
    """Return what stands at a place; None for plain text."""
    for place, link in _links(note):
        if _contains(place, position):
            heading = link.heading if isinstance(link, Mention) else ""
            return Symbol(place, link.to, link.target, link.candidates, heading)
    for relation in note.relations:
        if _contains(relation.type_place, position):
            reading = collection.notebook.types.read(relation.written)
            return Symbol(relation.type_place, reading=reading) if reading else None
    return None


def _links(note: Note) -> Iterator[tuple[Place, Relation | Mention]]:
    """Yield links with the place of their target."""
    for relation in note.relations:
        yield relation.to_place, relation
    for mention in note.mentions:
        yield mention.place, mention


def _contains(place: Place, position: TextPosition) -> bool:
    return (place.line, place.column) <= position <= (place.end_line, place.end_column)


def hover_text(collection: Collection, note: Note, symbol: Symbol) -> str:
    """Say in plain text what a link leads to and why, or what a type means."""
    if symbol.reading:
        kind, label = symbol.reading.type, symbol.reading.label
        return f"this note {label} the other\nA {kind.label} B: {kind.meaning}"
    if symbol.target is None:
        ties = ", ".join(symbol.candidates)
        return show_hidden(f"fits several notes: {ties}" if ties else f"no note `{symbol.written}`")
    target = collection.notes[symbol.target]
    lines = [target.title, target.claim or target.summary, _verdict(collection, target.slug)]
    between = links_between(collection.graph, note.slug, target.slug)
    lines += ["", *(_reason(link) for link in between if link.why)]
    return show_hidden("\n".join(lines).strip("\n"))


def _verdict(collection: Collection, slug: str) -> str:
    info = collection.verdicts.get(slug)
    if info is None:
        return ""
    interval = (
        f"{info.difference:+.3g} {info.unit}, 95 % interval {info.low:+.3g} to {info.high:+.3g}"
    )
    return f"verdict of {info.experiment}: {info.verdict} ({interval})"


def _reason(link: Link) -> str:
    return f"{link.label}: {link.why}{'' if link.authored else ' (told there)'}"


def target_place(collection: Collection, symbol: Symbol) -> Place | None:
    """Return the place a link leads to: the note, or the heading asked for."""
    if symbol.target is None:
        return None
    note = collection.notes[symbol.target]
    anchor = collection.notebook.index.anchor(note.slug, symbol.heading) if symbol.heading else ""
    line = next((one.line for one in note.headings if anchor and one.anchor == anchor), 1)
    return Place(note.path, line, 1, line, 1)


def places_linking(collection: Collection, slug: str) -> list[Place]:
    """Return where other notes, or the note itself, name a note as the target of a link."""
    graph = collection.graph
    near = {slug, *graph.pred[slug], *graph.succ[slug]} if slug in graph else {slug}
    places = {
        place
        for one in near
        if one in collection.notes
        for place, link in _links(collection.notes[one])
        if link.target == slug
    }
    return sorted(places)[:MAX_PLACES]
