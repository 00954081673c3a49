"""The first page: what this collection is, and where one may begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from alpgraph.notes import Note
from alpgraph.pages.addresses import note_url, topic_url
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import (
    EdgeRow,
    LinkRow,
    edges,
    entry_notes,
    front_page,
    most_linked,
    newest,
    rows,
    topics,
)
from alpgraph.pages.network import map_svg
from alpgraph.pages.related import AGAINST
from alpgraph.pages.render import render
from alpgraph.pages.retelling import tours
from alpgraph.pages.state import Collection

SAYS = {
    "supported": "the check agrees",
    "contradicted": "the check says the opposite",
    "no effect": "too small to matter",
    "inconclusive": "the check cannot tell",
    "not tested": "no check tests it",
}
MAX_CLAIMS = 60
MAX_TENSIONS = 6
NEWEST = 8
_STRENGTH = ("measured", "paper", "reading", "")


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """Claims of one verdict."""

    name: str
    says: str
    count: int
    notes: tuple[Note, ...]
    """The first of them."""


def start_note(collection: Collection) -> str:
    """Return the note to begin with.

    The configured one, which may be named by a former slug, else an entry note, else the folder's
    own first page, else the most linked.
    """
    start = collection.config.start
    configured = collection.notebook.redirects.get(start, start)
    if configured in collection.notes:
        return configured
    first = entry_notes(collection) or front_page(collection) or most_linked(collection, 1)
    return next(iter(first or collection.notes), "")


def verdict_rows(collection: Collection) -> list[VerdictRow]:
    """Return the claims by verdict, in the order of `SAYS`."""
    by_name: dict[str, list[str]] = {name: [] for name in SAYS}
    for slug in collection.notes:
        if collection.graph.nodes[slug]["claim"]:
            verdict = collection.verdicts.get(slug)
            by_name[verdict.verdict if verdict else "not tested"].append(slug)
    return [
        VerdictRow(name, SAYS[name], len(slugs), _first(collection, slugs))
        for name, slugs in by_name.items()
        if slugs
    ]


def _first(collection: Collection, slugs: Sequence[str]) -> tuple[Note, ...]:
    return tuple(collection.notes[slug] for slug in slugs[:MAX_CLAIMS])


def tensions(collection: Collection) -> Sequence[EdgeRow]:
    """Return where claims pull against each other: contradictions, then limits, measured first."""
    rows = edges(collection, AGAINST)
    rows.sort(key=lambda row: (row.kind.id != "contradicts", _STRENGTH.index(row.basis)))
    return rows


def home_page(collection: Collection) -> str:
    """Return the first page."""
    first = start_note(collection)
    claims = verdict_rows(collection)
    against = tensions(collection)
    return render(
        "home.html",
        **frame(collection, "/"),
        count=len(collection.notes),
        map=map_svg(collection, labels=0, linked=False) if collection.places.quick else "",
        start=collection.notes.get(first),
        claims=sum(row.count for row in claims),
        verdict_rows=claims,
        entries=[
            LinkRow(note.title.removeprefix("Start here: ").capitalize(), note_url(slug), "",
                    note.summary)
            for slug in entry_notes(collection)
            if (note := collection.notes[slug])
        ],
        linked=rows(collection, most_linked(collection, 6)),
        newest=newest(collection, NEWEST),
        by_file=collection.dates.unversioned,
        tensions=against[:MAX_TENSIONS],
        tension_count=len(against),
        tours=tours(collection) if collection.config.tours else (),
        topics=[LinkRow(name, topic_url(name), len(slugs)) for name, slugs in topics(collection)],
    )  # fmt: skip
