"""Areas and standing: what stands out in the collection, each figure with how it was computed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from alpgraph.graph import NoteGraph, RelatedPair, Stats, stats
from alpgraph.pages.addresses import network_url, note_url, path_url, relation_url
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import EdgeRow, LinkRow, NoteRow, edge_row, rows
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection

SHOWN = 12
"""Rows of a figure."""

_kept: WeakKeyDictionary[NoteGraph, Stats] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it counts."""

    name: str
    """As in `alpgraph stats --json`."""
    heading: str
    count: int
    how: str
    """One sentence: how it was computed."""
    links: tuple[LinkRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    edges: tuple[EdgeRow, ...] = ()
    chain: tuple[NoteRow, ...] = ()
    """Notes of which each leads to the next."""


def stats_of(collection: Collection) -> Stats:
    """Return the figures of a collection; kept for each state of its graph."""
    if collection.graph not in _kept:
        sources = {slug: len(note.sources) for slug, note in collection.notes.items()}
        areas = collection.layout.areas
        _kept[collection.graph] = stats(collection.graph, sources=sources, areas=areas)
    return _kept[collection.graph]


def standing(collection: Collection) -> list[Figure]:
    """Return what stands out, in the order in which it is worth reading; empty figures too."""
    figures = stats_of(collection)
    headings: dict[str, tuple[str, dict[str, Any]]] = {
        "areas": ("Areas", {"links": _areas(collection)}),
        "go_betweens": ("Notes that join areas", {"links": _joining(collection, figures)}),
        "central": ("Most pointed at, by relation", {"links": _central(collection, figures)}),
        "contradictions": (
            "Contradictions",
            {"edges": _edges(collection, "contradicts", figures.contradictions)},
        ),
        "qualifiers": ("Limits", {"edges": _edges(collection, "qualified-by", figures.qualifiers)}),
        "longest_chain": (
            "Longest chain of consequence",
            {"chain": _rows(collection, figures.longest_chain)},
        ),
        "single_source": (
            "Claims that rest on one source",
            {"notes": _rows(collection, figures.single_source)},
        ),
        "bridges": ("Bridges", {"links": _bridges(collection, figures)}),
        "parts": ("Separate parts", {"links": _parts(collection, figures)}),
        "orphans": ("Orphans", {"notes": _rows(collection, figures.orphans)}),
    }
    return [
        Figure(name, heading, len(getattr(figures, name)), figures.how[name], **rows_of)
        for name, (heading, rows_of) in headings.items()
    ]


def standing_page(collection: Collection) -> str:
    """Return the page of all figures."""
    figures = stats_of(collection)
    counted = {
        name: getattr(figures, name) for name in ("notes", "relations", "mentions", "missing")
    }
    return render(
        "standing.html",
        **frame(collection),
        figures=standing(collection),
        counts=[
            (name.removesuffix("s") if number == 1 else name, number, figures.how[name])
            for name, number in counted.items()
        ],
        shown=SHOWN,
    )


def _rows(collection: Collection, slugs: Sequence[str]) -> tuple[NoteRow, ...]:
    return tuple(rows(collection, slugs[:SHOWN]))


def _areas(collection: Collection) -> tuple[LinkRow, ...]:
    areas = sorted(collection.layout.areas, key=lambda area: (-len(area.slugs), area.id))
    return tuple(
        LinkRow(
            area.name[:1].upper() + area.name[1:],
            f"{network_url(area=area.id)}#area-{area.id}",
            len(area.slugs),
            collection.notes[area.slugs[0]].title,
        )
        for area in areas[:SHOWN]
    )


def _joining(collection: Collection, figures: Stats) -> tuple[LinkRow, ...]:
    return tuple(
        LinkRow(collection.notes[slug].title, note_url(slug), count, collection.apart(slug))
        for slug, count in figures.go_betweens
    )


def _central(collection: Collection, figures: Stats) -> tuple[LinkRow, ...]:
    by_id = collection.notebook.types.by_id
    return tuple(
        LinkRow(
            f"{by_id[kind].label} …",
            relation_url(kind),
            ranked[0][1],
            f"most often “{collection.notes[ranked[0][0]].title}”",
        )
        for kind, ranked in figures.central.items()
    )


def _bridges(collection: Collection, figures: Stats) -> tuple[LinkRow, ...]:
    notes = collection.notes
    return tuple(
        LinkRow(f"{notes[a].title} – {notes[b].title}", path_url(a, b))
        for a, b in figures.bridges[:SHOWN]
    )


def _parts(collection: Collection, figures: Stats) -> tuple[LinkRow, ...]:
    return tuple(
        LinkRow(f"around {collection.notes[part[0]].title}", note_url(part[0]), len(part))
        for part in figures.parts[:SHOWN]
    )


def _edges(
    collection: Collection, type_id: str, pairs: Iterable[RelatedPair]
) -> tuple[EdgeRow, ...]:
    kind, notes = collection.notebook.types.by_id.get(type_id), collection.notes
    shown = [pair for pair in pairs if pair.a in notes and pair.b in notes]
    return tuple(
        edge_row(
            *(collection, pair.a, kind, pair.b, pair.why),
            collection.graph.edges[pair.a, pair.b, type_id]["basis"],
        )
        for pair in shown[:SHOWN]
        if kind
    )
