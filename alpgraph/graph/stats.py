"""What stands out in a graph of notes, each figure with how it was computed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import networkx as nx

from alpgraph.graph.ego import relates
from alpgraph.graph.model import MENTION, NoteGraph, types_of_graph

if TYPE_CHECKING:
    from alpgraph.graph.communities import Area

MAX_CENTRAL = 5
SHOWN = 10
"""Rows of a figure that the terminal shows."""

HOW: Mapping[str, str] = {
    "notes": "Files of the folder; targets that no note answers to are not counted.",
    "relations": "Typed links between notes; one told from both ends counts once.",
    "mentions": "Ordered pairs of notes of which the first links to the second in running text.",
    "missing": "Targets of relations and mentions that no note answers to.",
    "areas": "Groups of notes more linked inside than chance would have it (Louvain communities of "
    "relations and mentions, mentions counting half), named by a topic that most of their notes "
    "share, else by their best linked note; the largest first.",
    "go_betweens": "Notes whose relations lead to the most areas besides their own, at least two; "
    "up to five.",
    "orphans": "Notes that no relation and no mention joins to another note.",
    "parts": "Groups of notes with a way between any two over relations and mentions, either "
    "direction; orphans left out, the largest first.",
    "bridges": "Pairs of notes whose links are the only way between two sides of a part; pairs "
    "with a note that has no other link are left out.",
    "central": "For each type the notes it points at most often (for symmetric types: that it "
    "touches most often), up to five.",
    "longest_chain": "The longest row of notes in which each leads to the next; of notes that "
    "lead to each other in a circle, links inside the circle are left out.",
    "contradictions": "Pairs of notes joined by `contradicts`.",
    "qualifiers": "Pairs of a note and the note that says when it holds, by `qualified-by`.",
    "single_source": "Notes with a claim that name exactly one source.",
}
"""One sentence for each field of `Stats`."""


@dataclass(frozen=True, slots=True)
class RelatedPair:
    """A relation between two notes with its reason."""

    a: str
    b: str
    why: str


@dataclass(frozen=True, slots=True)
class AreaSize:
    """An area of the map."""

    name: str
    notes: int
    central: tuple[str, ...]
    """The best connected of its notes."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures of a graph; `HOW` says how each was computed."""

    notes: int
    relations: int
    mentions: int
    missing: int
    areas: tuple[AreaSize, ...]
    go_betweens: tuple[tuple[str, int], ...]
    """Slugs with how many other areas they reach."""
    orphans: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    bridges: tuple[tuple[str, str], ...]
    central: Mapping[str, tuple[tuple[str, int], ...]]
    """By type id: slugs with how often."""
    longest_chain: tuple[str, ...]
    contradictions: tuple[RelatedPair, ...]
    qualifiers: tuple[RelatedPair, ...]
    single_source: tuple[str, ...]
    how: Mapping[str, str]


def stats(
    graph: NoteGraph,
    *,
    sources: Mapping[str, int] | None = None,
    areas: Sequence["Area"] = (),
) -> Stats:
    """Return the figures of a graph; `sources` says how many sources each note names.

    `areas` are those of its map.

    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph(types=RelationTypes())
    >>> graph.add_node("a", ghost=False, claim="")
    >>> stats(graph).orphans
    ('a',)
    """
    joined, by_type = _joined(graph), _by_type(graph)
    parts = (tuple(sorted(part)) for part in nx.connected_components(joined) if len(part) > 1)
    counted = sources or {}
    single = (s for s in joined if graph.nodes[s]["claim"] and counted.get(s) == 1)
    mentions = len(by_type.pop(MENTION, ()))
    return Stats(
        notes=len(joined),
        relations=sum(map(len, by_type.values())),
        mentions=mentions,
        missing=len(graph) - len(joined),
        areas=tuple(
            AreaSize(area.name, len(area.slugs), area.slugs[:MAX_CENTRAL])
            for area in sorted(areas, key=lambda area: (-len(area.slugs), area.id))
        ),
        go_betweens=_go_betweens(graph, areas),
        orphans=tuple(sorted(nx.isolates(joined))),
        parts=tuple(sorted(parts, key=lambda part: (-len(part), part))),
        bridges=_bridges(joined),
        central=_central(graph, by_type),
        longest_chain=_longest_chain(graph, by_type.get("leads-to", ())),
        contradictions=_related_pairs(by_type.get("contradicts", ())),
        qualifiers=_related_pairs(by_type.get("qualified-by", ())),
        single_source=tuple(sorted(single)),
        how=HOW,
    )


def stats_to_json(figures: Stats) -> dict[str, Any]:
    """Return the figures as plain values, `how` beside them.

    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph(types=RelationTypes())
    >>> stats_to_json(stats(graph))["notes"]
    0
    """
    return asdict(figures)


def stats_to_text(figures: Stats) -> str:
    """Return the figures for reading, each with how it was computed.

    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph(types=RelationTypes())
    >>> print(stats_to_text(stats(graph)).splitlines()[0])
    notes: 0
    """
    blocks = []
    for name, how in figures.how.items():
        count, lines = _shown(getattr(figures, name))
        shown = [f"  - {line}" for line in lines[:SHOWN]]
        more = [f"  ({len(lines) - SHOWN} more)"] if len(lines) > SHOWN else []
        title = f"{name.replace('_', ' ')}: {count}"
        blocks.append("\n".join([title, f"  {how}", *shown, *more]))
    return "\n".join(blocks) + "\n"


def _shown(value: Any) -> tuple[int, list[str]]:
    """Return how many, and a line for each."""
    if isinstance(value, int):
        return value, []
    if isinstance(value, Mapping):
        lines = [
            f"{kind}: " + ", ".join(f"{slug} ({count})" for slug, count in ranked)
            for kind, ranked in value.items()
        ]
        return len(lines), lines
    lines = []
    for item in value:
        if isinstance(item, RelatedPair):
            lines.append(f"{item.a}, {item.b}" + (f": {item.why}" if item.why else ""))
        elif isinstance(item, AreaSize):
            lines.append(f"{item.name} ({item.notes}): {', '.join(item.central)}")
        elif isinstance(item, str):
            lines.append(item)
        elif isinstance(item[-1], int):
            lines.append(f"{item[0]} ({item[1]})")
        else:
            first = ", ".join(item[:SHOWN])
            lines.append(first if len(item) <= SHOWN else f"{len(item)} notes: {first}, ...")
    return len(lines), lines


Edge = tuple[str, str, dict[str, Any]]


def _by_type(graph: NoteGraph) -> dict[str, list[Edge]]:
    """Return the edges by type, each with its ends and attributes."""
    found: dict[str, list[Edge]] = {}
    for a, beside in graph.adjacency():
        for b, keyed in beside.items():
            for key, edge in keyed.items():
                found.setdefault(key, []).append((a, b, edge))
    return found


def _joined(graph: NoteGraph) -> "nx.Graph[str]":
    """Return the notes, each joined to those that anything links it to."""
    joined: nx.Graph[str] = nx.Graph()
    joined.add_nodes_from(slug for slug, ghost in graph.nodes(data="ghost") if not ghost)
    joined.add_edges_from(
        (slug, other)
        for slug, beside in graph.adjacency()
        for other in beside
        if slug != other and slug in joined and other in joined
    )
    return joined


def _bridges(joined: "nx.Graph[str]") -> tuple[tuple[str, str], ...]:
    found = (sorted(pair) for pair in nx.bridges(joined))
    return tuple(sorted((a, b) for a, b in found if joined.degree(a) > 1 and joined.degree(b) > 1))


def _go_betweens(graph: NoteGraph, areas: Sequence["Area"]) -> tuple[tuple[str, int], ...]:
    home = {slug: area.id for area in areas for slug in area.slugs if slug in graph}
    joined: dict[str, set[int]] = {slug: set() for slug in home}
    for slug, beside in graph.adjacency():
        for other, keyed in beside.items():
            if slug in home and other in home and home[slug] != home[other] and relates(keyed):
                joined[slug].add(home[other])
                joined[other].add(home[slug])
    ranked = sorted(joined.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple((slug, len(found)) for slug, found in ranked[:MAX_CENTRAL] if len(found) > 1)


def _central(
    graph: NoteGraph, by_type: Mapping[str, Sequence[Edge]]
) -> dict[str, tuple[tuple[str, int], ...]]:
    counts: dict[str, Counter[str]] = {}
    for kind in types_of_graph(graph).types:
        edges = ((a, b) for a, b, _ in by_type.get(kind.id, ()) if a != b)
        ends = edges if kind.symmetric else ((b,) for _, b in edges)
        counts[kind.id] = Counter(chain.from_iterable(ends))
    ranked = {
        kind: sorted(
            ((slug, n) for slug, n in count.items() if not graph.nodes[slug]["ghost"]),
            key=lambda pair: (-pair[1], pair[0]),
        )
        for kind, count in counts.items()
    }
    return {kind: tuple(found[:MAX_CENTRAL]) for kind, found in ranked.items() if found}


def _longest_chain(graph: NoteGraph, leading: Sequence[Edge]) -> tuple[str, ...]:
    leads: nx.DiGraph[str] = nx.DiGraph()
    edges = sorted((a, b) for a, b, _ in leading)
    leads.add_edges_from(
        (a, b) for a, b in edges if not (graph.nodes[a]["ghost"] or graph.nodes[b]["ghost"])
    )
    circle = {
        slug: number
        for number, group in enumerate(nx.strongly_connected_components(leads))
        for slug in group
    }
    leads.remove_edges_from([(a, b) for a, b in leads.edges if circle[a] == circle[b]])
    return tuple(nx.dag_longest_path(leads)) if leads.number_of_edges() else ()


def _related_pairs(edges: Sequence[Edge]) -> tuple[RelatedPair, ...]:
    found = (RelatedPair(a, b, edge["why"]) for a, b, edge in edges if a != b)
    return tuple(sorted(found, key=lambda pair: (pair.a, pair.b)))
