"""A note with its neighbours: what a walk shows."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain, zip_longest
from weakref import WeakKeyDictionary

from alpgraph.graph.links import Link, Side, links
from alpgraph.graph.model import MENTION, NoteGraph, types_of_graph

ONWARD = 6
"""How many notes behind a neighbour are named at depth 2."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A note beside the centre, with every link that joins the two."""

    slug: str
    title: str
    ghost: bool
    links: tuple[Link, ...]
    """Read from the centre; the first one says to which group the neighbour belongs."""
    degree: int
    """Number of notes it is joined to by relations."""
    onward: tuple[str, ...]
    """Best connected notes behind it that are not shown, at depth 2."""
    farther: int = 0
    """How many more there are behind it."""

    @property
    def side(self) -> Side:
        """Side of the centre it stands on."""
        return self.links[0].side


@dataclass(frozen=True, slots=True)
class Ego:
    """The centre, its neighbours grouped by relation in the table's order, and what joins them."""

    centre: str
    neighbours: tuple[Neighbour, ...]
    cross: tuple[tuple[str, str, str], ...]
    """Edges among the neighbours shown, as (from, to, type)."""
    hidden: int
    """Neighbours that pass the filters but were over the limit."""


def ego(
    graph: NoteGraph,
    slug: str,
    *,
    depth: int = 1,
    types: Collection[str] = (),
    bases: Collection[str] = (),
    limit: int = 24,
    mentions: bool = True,
) -> Ego:
    """Return the neighbourhood of a note; deterministic, and quick beside hubs.

    `types` and `bases` keep only links of these types (ids of the table, or `mention`) and bases
    (`""` for unsaid). A mention counts only where no relation joins the two, unless asked for.
    Over the limit every group keeps a share of its best connected notes.
    Raises KeyError for a node that is not there.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph(types=RelationTypes())
    >>> graph.add_nodes_from("ab", title="T", ghost=False)
    >>> said = {"why": "", "basis": "", "form": "native", "reasons": ()}
    >>> _ = graph.add_edge("a", "b", "extends", type="extends", **said)
    >>> [(n.slug, n.side) for n in ego(graph, "a").neighbours]
    [('b', 'left')]
    """
    joined = _joined(graph, slug, types, bases, mentions=mentions or MENTION in types)
    chosen = _fair_share(graph, joined, limit)
    shown = {slug, *chosen}
    neighbours = tuple(
        Neighbour(
            other,
            found[0].title,
            found[0].ghost,
            tuple(found),
            degree(graph, other),
            *(_onward(graph, other, shown) if depth > 1 else ((), 0)),
        )
        for other, found in joined.items()
        if other in chosen
    )
    return Ego(
        slug,
        neighbours,
        _cross(graph, chosen, types),
        len(joined) - len(chosen),
    )


_degrees: WeakKeyDictionary[NoteGraph, dict[str, int]] = WeakKeyDictionary()
"""Counted once for each state of a graph, which is never changed."""


def degree(graph: NoteGraph, slug: str) -> int:
    """Return the number of other notes a note is joined to by relations.

    >>> import networkx as nx
    >>> degree(nx.MultiDiGraph([("a", "b", "extends"), ("b", "a", "mention")]), "a")
    1
    """
    cache = _degrees.setdefault(graph, {})
    count = cache.get(slug)
    if count is None:
        count = cache[slug] = len(set(related(graph, slug)))
    return count


def degrees(graph: NoteGraph) -> Mapping[str, int]:
    """Return the degree of every node; much quicker than asking one by one.

    >>> import networkx as nx
    >>> degrees(nx.MultiDiGraph([("a", "b", "extends"), ("b", "a", "mention"), ("a", "a", "x")]))
    {'a': 1, 'b': 1}
    """
    cache = _degrees.setdefault(graph, {})
    if len(cache) < len(graph):
        cache.update(_count_degrees(graph))
    return cache


def _count_degrees(graph: NoteGraph) -> dict[str, int]:
    counts = dict.fromkeys(graph, 0)
    leaving = dict(graph.adjacency())
    for slug, beside in leaving.items():
        for other, keyed in beside.items():
            if other == slug or not relates(keyed):
                continue
            if slug < other or not relates(leaving[other].get(slug, {MENTION: None})):
                counts[slug] += 1
                counts[other] += 1
    return counts


def relates(keyed: Collection[str]) -> bool:
    """Whether the edges from one note to another, by their keys, are more than a mention.

    >>> relates([MENTION]), relates(["extends", MENTION])
    (False, True)
    """
    return len(keyed) > 1 or MENTION not in keyed


def related(graph: NoteGraph, slug: str) -> Iterator[str]:
    """Name the notes joined to a note by relations, those at both ends twice.

    >>> import networkx as nx
    >>> list(related(nx.MultiDiGraph([("a", "b", "extends")]), "b"))
    ['a']
    """
    for other, keyed in chain(graph.succ[slug].items(), graph.pred[slug].items()):
        if other != slug and relates(keyed):
            yield other


def _joined(
    graph: NoteGraph,
    slug: str,
    types: Collection[str],
    bases: Collection[str],
    *,
    mentions: bool,
) -> dict[str, list[Link]]:
    """Return the links by neighbour, in the order of each one's first link."""
    joined: dict[str, list[Link]] = {}
    for link in links(graph, slug, mentions=mentions):
        wanted = (not types or link.type in types) and (not bases or link.basis in bases)
        second = link.type == MENTION and link.other in joined and MENTION not in types
        if wanted and not second and link.other != slug:
            joined.setdefault(link.other, []).append(link)
    return joined


def _fair_share(graph: NoteGraph, joined: dict[str, list[Link]], limit: int) -> set[str]:
    """Choose neighbours round the groups, the best connected of each first."""
    if len(joined) <= limit:
        return set(joined)
    groups: dict[tuple[str, bool], list[str]] = {}
    for other, found in joined.items():
        groups.setdefault((found[0].type, found[0].forward), []).append(other)
    ranked = [
        nsmallest(limit, group, key=lambda other: (-degree(graph, other), other))
        for group in groups.values()
    ]
    turns = (other for turn in zip_longest(*ranked) for other in turn if other is not None)
    return {other for other, _ in zip(turns, range(limit), strict=False)}


def _onward(graph: NoteGraph, slug: str, shown: Collection[str]) -> tuple[tuple[str, ...], int]:
    """Name the best connected notes behind a note, and count the others."""
    behind = {
        other
        for other in related(graph, slug)
        if other not in shown and not graph.nodes[other]["ghost"]
    }
    # counting edges, not notes: a hub behind a hub would cost its whole neighbourhood
    best = tuple(nsmallest(ONWARD, behind, key=lambda other: (-graph.degree(other), other)))
    return best, len(behind) - len(best)


def _cross(
    graph: NoteGraph, shown: Collection[str], types: Collection[str]
) -> tuple[tuple[str, str, str], ...]:
    order = [kind.id for kind in types_of_graph(graph).types]
    among = sorted(shown)
    return tuple(
        (one, other, key)
        for one in among
        for other in among
        if one != other and graph.has_edge(one, other)
        for key in order
        if key in graph.succ[one][other] and (not types or key in types)
    )
