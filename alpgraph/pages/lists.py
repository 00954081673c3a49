"""Rows that pages list: notes, links with counts, relations as sentences."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from typing import Any
from weakref import WeakKeyDictionary

from alpgraph.graph import MENTION, NoteGraph
from alpgraph.notes import RelationType, modified
from alpgraph.notes.names import INDEX_NAMES
from alpgraph.pages.dates import file_date, instant
from alpgraph.pages.state import Collection, VerdictInfo
from alpgraph.search import topic_key


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note in a list."""

    slug: str
    title: str
    summary: str
    verdict: VerdictInfo | None
    date: str = ""
    """ISO date to show, if any."""
    apart: str = ""
    """What tells it from other notes of its title, where there are any."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link with a count and a line that says what is there."""

    name: str
    url: str
    count: int | str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """One relation as a sentence: A label B, because why."""

    a: str
    a_title: str
    label: str
    b: str
    b_title: str
    why: str
    basis: str
    kind: RelationType
    a_apart: str = ""
    b_apart: str = ""
    """What tells each end from other notes of its title, where there are any."""


def rows(collection: Collection, slugs: Iterable[str]) -> list[NoteRow]:
    """Return notes as rows of a list; slugs without a note are left out."""
    return [
        NoteRow(
            slug,
            note.title,
            note.summary,
            collection.verdicts.get(slug),
            apart=collection.apart(slug),
        )
        for slug in slugs
        if (note := collection.notes.get(slug))
    ]


def attaching(collection: Collection, name: str) -> tuple[list[NoteRow], list[NoteRow]]:
    """Return the notes that attach an experiment: whose claims it tests, and the others."""
    slugs = [slug for slug, attached in collection.attached.items() if attached == name]
    tested = [slug for slug in slugs if collection.notes[slug].claim_test]
    beside = [slug for slug in slugs if slug not in tested]
    return rows(collection, tested), rows(collection, beside)


def topics(collection: Collection) -> list[tuple[str, list[str]]]:
    """Return each topic with its notes, the largest first; spellings of one address are one."""
    cached = _TOPICS.get(collection.graph)
    if cached is None:
        cached = _TOPICS[collection.graph] = _topics(collection)
    return cached


_TOPICS: WeakKeyDictionary[NoteGraph, list[tuple[str, list[str]]]] = WeakKeyDictionary()


def _topics(collection: Collection) -> list[tuple[str, list[str]]]:
    by_key: dict[str, tuple[str, list[str]]] = {}
    nodes = collection.graph.nodes
    for slug in collection.notes:
        for topic in dict.fromkeys(nodes[slug]["topics"]):
            by_key.setdefault(topic_key(topic), (topic, []))[1].append(slug)
    return sorted(by_key.values(), key=lambda pair: (-len(pair[1]), pair[0]))


def entry_notes(collection: Collection) -> list[str]:
    """Return the notes named `start-...`, each a way into an area."""
    return [slug for slug in collection.notes if slug.rpartition("/")[2].startswith("start-")]


def most_linked(collection: Collection, count: int) -> list[str]:
    """Return the notes that relations and links join to most others, entry notes left out."""
    entries = set(entry_notes(collection))
    counts = _NEIGHBOURS.get(collection.graph)
    if counts is None:
        counts = _NEIGHBOURS[collection.graph] = _neighbours(collection)
    joined = [slug for slug in collection.notes if counts[slug] and slug not in entries]
    return nsmallest(count, joined, key=lambda slug: (-counts[slug], slug))


_NEIGHBOURS: WeakKeyDictionary[NoteGraph, Counter[str]] = WeakKeyDictionary()


def _neighbours(collection: Collection) -> Counter[str]:
    """Count the notes that each is joined to, be it by a mention only."""
    leaving, notes = dict(collection.graph.adjacency()), collection.notes
    counts: Counter[str] = Counter()
    for slug, beside in leaving.items():
        for other in beside:
            if other == slug or other not in notes or slug not in notes:
                continue
            if slug < other or slug not in leaving[other]:
                counts[slug] += 1
                counts[other] += 1
    return counts


def front_page(collection: Collection) -> list[str]:
    """Return the page that the folder opens with, as `index` or `README`, if it has one."""
    names = {slug.lower(): slug for slug in collection.notes if slug.lower() in INDEX_NAMES}
    return [names[name] for name in INDEX_NAMES if name in names][:1]


def newest(collection: Collection, count: int) -> list[NoteRow]:
    """Return the notes that were added last, with their dates; none where no date is known.

    Where no history is kept, these are the notes whose files changed last.
    """
    notes = collection.notes
    if collection.dates.unversioned:
        latest = nlargest(count, notes, key=lambda slug: (int(modified(notes, slug)), slug))
        dated = [(file_date(notes, slug), slug) for slug in latest]
    else:
        known = [
            (created, slug)
            for slug, note in collection.notebook.index.notes.items()
            if (created := collection.dates.get(note.path, ("", ""))[0])  # a shallow clone has none
        ]
        dated = nlargest(count, known, key=lambda pair: (instant(pair[0]), pair[1]))
    found = []
    for day, slug in dated:
        note = notes[slug]
        verdict, apart = collection.verdicts.get(slug), collection.apart(slug)
        found.append(NoteRow(slug, note.title, "", verdict, day[:10], apart))
    return found


def edge_counts(collection: Collection) -> Counter[str]:
    """Count the relations between notes by type."""
    graph, notes = collection.graph, collection.notes
    return Counter(
        key
        for a, beside in graph.adjacency()
        if a in notes
        for b, keyed in beside.items()
        if b in notes
        for key in keyed
    )


def edges(collection: Collection, type_ids: Iterable[str]) -> list[EdgeRow]:
    """Return every relation of the given types between notes, by title."""
    by_id, by_type = collection.notebook.types.by_id, edges_by_type(collection)
    matching = [
        edge_row(collection, a, by_id[type_id], b, data["why"], data["basis"])
        for type_id in dict.fromkeys(type_ids)
        for a, b, data in by_type.get(type_id, ())
    ]
    return sorted(
        matching, key=lambda row: (row.a_title.casefold(), row.b_title.casefold(), row.a, row.b)
    )


Edges = list[tuple[str, str, dict[str, Any]]]
_EDGES: WeakKeyDictionary[NoteGraph, dict[str, Edges]] = WeakKeyDictionary()


def edges_by_type(collection: Collection) -> dict[str, Edges]:
    """Return by type the relations between notes, with their attributes."""
    cached = _EDGES.get(collection.graph)
    if cached is None:
        cached = _EDGES[collection.graph] = {}
        ghosts = {slug for slug, is_ghost in collection.graph.nodes(data="ghost") if is_ghost}
        for a, beside in collection.graph.adjacency():
            for b, keyed in beside.items():
                for type_id, data in keyed.items():
                    if type_id != MENTION and a not in ghosts and b not in ghosts:
                        cached.setdefault(type_id, []).append((a, b, data))
    return cached


def edge_row(
    collection: Collection, a: str, kind: RelationType, b: str, why: str, basis: str
) -> EdgeRow:
    """Return a relation between two notes as a row; raises KeyError for the slug of no note."""
    nodes = collection.graph.nodes
    return EdgeRow(
        *(a, nodes[a]["title"], kind.label, b, nodes[b]["title"], why, basis, kind),
        a_apart=collection.apart(a),
        b_apart=collection.apart(b),
    )
