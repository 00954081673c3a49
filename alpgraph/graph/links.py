"""The links of one note, each read from this note."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

from alpgraph.graph.model import (
    MENTION,
    NoteGraph,
    Reason,
    reasons_from,
    type_of,
    types_of_graph,
)
from alpgraph.notes.model import Basis
from alpgraph.notes.relation_table import RelationType
from alpgraph.notes.relation_types import label_from

Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Link:
    """One edge as the note being read sees it: this note *label* `other`, because `why`."""

    other: str
    title: str
    """Title of the other note."""
    ghost: bool
    """Whether no note answers to the other end."""
    type: str
    """Id of the table's row, or `mention`."""
    label: str
    """Read from this note."""
    forward: bool
    """Whether this note is A of the table."""
    why: str
    """This note's reason if it gave one, else the other's."""
    basis: Basis
    form: str
    reasons: tuple[Reason, ...]
    """This note's first."""
    authored: bool
    """Whether this note's author wrote it."""
    side: Side
    """Left is what this note rests on, right what follows."""


def links(graph: NoteGraph, slug: str, *, mentions: bool = False) -> list[Link]:
    """Return the links of a note in both directions, in the order of the table of types.

    Within a type: as A before as B, this note's own in the order they were written, then the
    other's by title. Raises KeyError for a node that is not there.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph(types=RelationTypes())
    >>> graph.add_nodes_from("ab", title="T", ghost=False)
    >>> said = {"why": "", "basis": "", "form": "native", "reasons": ()}
    >>> _ = graph.add_edge("a", "b", "leads-to", type="leads-to", **said)
    >>> [(link.label, link.side) for link in links(graph, "b")]
    [('results from', 'left')]
    """
    last = _last.setdefault(graph, {})
    cached = last.get(mentions)
    if cached is None or cached[0] != slug:
        cached = last[mentions] = slug, _all_links(graph, slug, mentions=mentions)
    return [*cached[1]]


_last: WeakKeyDictionary[NoteGraph, dict[bool, tuple[str, list[Link]]]] = WeakKeyDictionary()
"""The links of the note asked for last in a state of a graph, which is never changed.

A note's page, its walk and its twins all ask, with mentions or without.
"""


def _all_links(graph: NoteGraph, slug: str, *, mentions: bool) -> list[Link]:
    if slug not in graph:
        raise KeyError(slug)
    outgoing = _linked(graph, slug, graph.succ[slug], forward=True, mentions=mentions)
    # a self link reads once
    beside = {other: keyed for other, keyed in graph.pred[slug].items() if other != slug}
    back = _linked(graph, slug, beside, forward=False, mentions=mentions)
    return _ordered(graph, [*outgoing, *back])


def links_between(graph: NoteGraph, slug: str, other: str) -> list[Link]:
    """Return the links that join two notes, mentions too, read from `slug`, in the same order.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> links_between(nx.MultiDiGraph(types=RelationTypes()), "a", "b")
    []
    """
    forward = graph.get_edge_data(slug, other) or {}
    backward = (graph.get_edge_data(other, slug) or {}) if other != slug else {}
    outgoing = _linked(graph, slug, {other: forward}, forward=True)
    back = _linked(graph, slug, {other: backward}, forward=False)
    return _ordered(graph, [*outgoing, *back])


def side_of(kind: RelationType, *, forward: bool) -> Side:
    """Say on which side of a note the other end stands: ground left, what follows right.

    >>> side_of(RelationType("x", "x", "", "y", rests_on=True), forward=True)
    'left'
    """
    if kind.symmetric:
        return "left" if kind.rests_on else "right"
    return "left" if forward == kind.rests_on else "right"


def _ordered(graph: NoteGraph, found: Iterable[Link]) -> list[Link]:
    order = {kind.id: rank for rank, kind in enumerate(types_of_graph(graph).types)}

    def place(link: Link) -> tuple[int, bool, bool, int, str, str]:
        line = link.reasons[0].line if link.authored and link.reasons else 0
        rank = order.get(link.type, len(order))
        title = link.title.casefold()
        return rank, not link.forward, not link.authored, line, title, link.other

    return sorted(found, key=place)


def _linked(
    graph: NoteGraph,
    slug: str,
    beside: Mapping[str, Mapping[Any, dict[str, Any]]],
    *,
    forward: bool,
    mentions: bool = True,
) -> Iterator[Link]:
    """Read from a note the edges that join it to those beside it."""
    types, nodes = types_of_graph(graph), graph.nodes
    for other, keyed in beside.items():
        for edge in keyed.values():
            kind = type_of(types, edge["type"])
            if mentions or kind.id != MENTION:
                yield _link(slug, (other, nodes[other]), kind, edge, forward=forward)


def _link(
    slug: str,
    end: tuple[str, Mapping[str, Any]],
    kind: RelationType,
    edge: Mapping[str, Any],
    *,
    forward: bool,
) -> Link:
    other, node = end
    reasons = reasons_from(edge["reasons"], slug)
    first = reasons[0] if reasons else None
    return Link(
        other=other,
        title=node["title"],
        ghost=node["ghost"],
        type=kind.id,
        label=label_from(kind, forward=forward),
        forward=forward,
        why=first.why if first else edge["why"],
        basis=first.basis if first else edge["basis"],
        form=first.form if first else edge["form"],
        reasons=reasons,
        authored=any(reason.by == slug for reason in reasons),
        side=side_of(kind, forward=forward),
    )
