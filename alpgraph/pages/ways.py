"""How two notes are related: the best ways from one to the other, told with their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from alpgraph.graph import (
    MENTION,
    MENTION_TYPE,
    GraphPath,
    NoteGraph,
    Step,
    degrees,
    explain_no_path,
    find_paths,
    find_ways,
    step_between,
)
from alpgraph.graph.paths import Ways
from alpgraph.notes import RelationType
from alpgraph.pages.addresses import network_url, trail_url
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import NoteRow, rows
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection, VerdictInfo

SUGGESTED = 300
"""Titles that the form suggests without scripts, the best connected ones."""

MAX_WAYS = 5
"""Ways that can be asked for."""

_kept: WeakKeyDictionary[NoteGraph, Ways] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class End:
    """One end of a way as it was asked for."""

    written: str
    slug: str = ""
    """The note that answers to it, if one does."""
    near: Sequence[NoteRow] = ()
    """Notes that were perhaps meant."""
    tie: bool = False
    """Whether all of these go by the name that was asked for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What leads from one note to the next."""

    label: str
    kind: RelationType
    why: str
    basis: str


@dataclass(frozen=True, slots=True)
class PathStop:
    """A note one comes by, and what leads on from it."""

    slug: str
    title: str
    verdict: VerdictInfo | None
    onward: Passage | None


@dataclass(frozen=True, slots=True)
class Way:
    """A path as a page shows it."""

    posts: tuple[PathStop, ...]
    steps: int
    map_url: str
    trail_url: str


def ways_of(graph: NoteGraph) -> Ways:
    """Return which notes are joined; kept for each state of the graph."""
    if graph not in _kept:
        _kept[graph] = find_ways(graph)
    return _kept[graph]


def find_end(collection: Collection, written: str, near: Sequence[str] = ()) -> End:
    """Return the note that a slug, former slug, alias or title means, else those that are near."""
    words = written.strip()
    if words in collection.notes:
        return End(words, words)
    slug = collection.notebook.redirects.get(words) or collection.notebook.resolve(words, "").slug
    if slug:
        return End(words, slug)
    ties = collection.notebook.resolve(words, "").candidates
    return End(words, near=rows(collection, ties or near), tie=bool(ties))


def passage(collection: Collection, step: Step) -> Passage:
    """Return what a step says."""
    kind = collection.notebook.types.by_id.get(step.type, MENTION_TYPE)
    label = f"{step.label} in its text" if step.type == MENTION else step.label
    return Passage(label, kind, step.why, step.basis)


def passage_between(collection: Collection, one: str, other: str) -> Passage | None:
    """Return the strongest link from one note to another, if there is one."""
    step = step_between(collection.graph, one, other)
    return passage(collection, step) if step else None


def shortest(collection: Collection, one: str, other: str) -> GraphPath | None:
    """Return the best path between two notes, if there is one."""
    paths = find_paths(collection.graph, one, other, k=1, ways=ways_of(collection.graph))
    return paths[0] if paths else None


def path_page(collection: Collection, start: End, end: End, *, most: int = 3) -> str:
    """Return the page of the ways between two notes; with an end open it asks for it."""
    both = bool(start.slug and end.slug)
    shown = []
    if both:
        paths = find_paths(
            collection.graph, start.slug, end.slug, k=most, ways=ways_of(collection.graph)
        )
        shown = [_way(collection, path) for path in paths]
    nowhere = both and not shown and start.slug != end.slug
    return render(
        "path.html",
        **frame(collection),
        start=start,
        end=end,
        titles=tuple(_title(collection, one) for one in (start, end)),
        ways=shown,
        same=both and start.slug == end.slug,
        nowhere=explain_no_path(collection.graph, start.slug, end.slug) if nowhere else "",
        more=len(shown) == most and most < MAX_WAYS,
        most=most,
        suggested=_suggested(collection),
    )


def _way(collection: Collection, path: GraphPath) -> Way:
    slugs = [path.steps[0].from_, *(step.to for step in path.steps)]
    onward = [*(passage(collection, step) for step in path.steps), None]
    posts = tuple(
        PathStop(slug, collection.notes[slug].title, collection.verdicts.get(slug), step)
        for slug, step in zip(slugs, onward, strict=True)
    )
    return Way(posts, len(path.steps), network_url(path=slugs), trail_url(slugs))


def _title(collection: Collection, end: End) -> str:
    return _name(collection, end.slug) if end.slug else end.written


def _name(collection: Collection, slug: str) -> str:
    """Return by what the form finds a note again: its title, unless others have it too."""
    return collection.apart(slug) or collection.notes[slug].title


def _suggested(collection: Collection) -> list[str]:
    counts = degrees(collection.graph)
    best = sorted(collection.notes, key=lambda slug: (-counts[slug], slug))[:SUGGESTED]
    return [_name(collection, slug) for slug in best]
