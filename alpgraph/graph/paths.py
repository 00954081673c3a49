"""How two notes are related: the best typed paths between them, told as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx

from alpgraph.graph.links import links_between
from alpgraph.graph.model import MENTION, MENTION_TYPE, NoteGraph, type_of, types_of_graph
from alpgraph.notes.model import Basis

if TYPE_CHECKING:
    Ways = nx.Graph[str]
else:
    Ways = nx.Graph


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path, read in the direction it is walked."""

    from_: str
    type: str
    label: str
    to: str
    why: str
    basis: Basis = ""


@dataclass(frozen=True, slots=True)
class GraphPath:
    """A path between two notes; a higher score is a closer relation."""

    score: float
    steps: tuple[Step, ...]
    sentence: str


def find_paths(
    graph: NoteGraph, a: str, b: str, *, k: int = 3, ways: Ways | None = None
) -> list[GraphPath]:
    """Return up to `k` loopless paths between two notes, the best first; [] when there is none.

    A step costs the weight of its type, along or against it, and a mention much more; the score
    is 1 divided by the cost of all steps. Ghosts are no way through. `ways` (of `find_ways`) saves
    their search when many questions go to one graph. Raises KeyError for a note that is not there.

    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph(types=RelationTypes())
    >>> graph.add_nodes_from("ab", title="T", ghost=False)
    >>> said = {"why": "", "basis": "", "form": "native", "reasons": ()}
    >>> _ = graph.add_edge("b", "a", "extends", type="extends", **said)
    >>> [[step.label for step in path.steps] for path in find_paths(graph, "a", "b")]
    [['is extended by']]
    """
    ways = find_ways(graph) if ways is None else ways
    for slug in (a, b):
        if slug not in ways:
            raise KeyError(slug)
    if a == b:
        return []
    try:
        walks = list(islice(nx.shortest_simple_paths(ways, a, b, weight="weight"), k))
    except nx.NetworkXNoPath:
        return []
    return [_path_of(graph, ways, walk) for walk in walks]


def find_ways(graph: NoteGraph) -> Ways:
    """Return which notes are joined, each pair once with the cost of its best edge.

    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph([("a", "b", "mention"), ("b", "a", "extends")])
    >>> graph.graph["types"] = RelationTypes()
    >>> find_ways(graph).edges["a", "b"]["weight"]
    1.0
    """
    costs = {kind.id: kind.weight for kind in types_of_graph(graph).types}
    costs[MENTION] = MENTION_TYPE.weight
    ways: Ways = nx.Graph()
    slugs = sorted(slug for slug, ghost in graph.nodes(data="ghost") if not ghost)
    ways.add_nodes_from(slugs)
    leaving, known = dict(graph.adjacency()), set(slugs)
    best: dict[tuple[str, str], float] = {}
    for source in slugs:  # sorted, so that equally good paths do not depend on insertion
        for target in sorted(leaving[source]):
            if target in known and target != source:
                cost = min(costs[key] for key in leaving[source][target])
                pair = (target, source) if (target, source) in best else (source, target)
                best[pair] = min(cost, best.get(pair, cost))
    ways.add_weighted_edges_from((a, b, cost) for (a, b), cost in best.items())
    return ways


def step_between(graph: NoteGraph, one: str, other: str) -> Step | None:
    """Return the strongest link between two notes, read from `one`; None where there is none.

    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> step_between(nx.MultiDiGraph(types=RelationTypes()), "a", "b")
    """
    types = types_of_graph(graph)
    between = links_between(graph, one, other)
    if not between:
        return None
    best = min(between, key=lambda link: type_of(types, link.type).weight)
    return Step(one, best.type, best.label, other, best.why, best.basis)


def explain_no_path(graph: NoteGraph, a: str, b: str) -> str:
    """Say in one sentence in which parts two notes without a path stand.

    >>> graph = nx.MultiDiGraph()
    >>> graph.add_nodes_from("ab", title="T", ghost=False)
    >>> explain_no_path(graph, "a", "b")
    'No path: “T” stands in a part of 1 note, and “T” in another of 1 note.'
    """
    if a == b:
        return "No path: both ends are the same note."
    first, second = (_part_size(graph, slug) for slug in (a, b))
    one, other = (graph.nodes[slug]["title"] for slug in (a, b))
    return f"No path: “{one}” stands in a part of {first}, and “{other}” in another of {second}."


def path_to_json(path: GraphPath) -> dict[str, Any]:
    """Return a path in the shape of the API.

    >>> path_to_json(GraphPath(1.0, (Step("a", "extends", "extends", "b", ""),), "."))["steps"]
    [{'from': 'a', 'type': 'extends', 'label': 'extends', 'to': 'b', 'why': '', 'basis': None}]
    """
    steps = [
        {
            "from": step.from_,
            "type": step.type,
            "label": step.label,
            "to": step.to,
            "why": step.why,
            "basis": step.basis or None,
        }
        for step in path.steps
    ]
    return {"score": path.score, "steps": steps, "sentence": path.sentence}


def _part_size(graph: NoteGraph, slug: str) -> str:
    seen, front = {slug}, [slug]
    while front:
        front = [other for at in front for other in _neighbours(graph, at) if other not in seen]
        front = list(dict.fromkeys(front))
        seen.update(front)
    return "1 note" if len(seen) == 1 else f"{len(seen)} notes"


def _neighbours(graph: NoteGraph, slug: str) -> Iterator[str]:
    for side in (graph.succ, graph.pred):
        yield from (other for other in side[slug] if not graph.nodes[other]["ghost"])


def _path_of(graph: NoteGraph, ways: Ways, walk: list[str]) -> GraphPath:
    links = (step_between(graph, one, other) for one, other in pairwise(walk))
    steps = tuple(step for step in links if step is not None)
    cost = sum(ways.edges[pair]["weight"] for pair in pairwise(walk))
    sentence = "; ".join(_sentence(graph, step) for step in steps) + "."
    return GraphPath(round(1 / cost, 4), steps, sentence)


def _sentence(graph: NoteGraph, step: Step) -> str:
    one, other = (graph.nodes[slug]["title"] for slug in (step.from_, step.to))
    why = step.why.rstrip(" .")
    if not why:
        return f"“{one}” {step.label} “{other}”"
    if step.type == MENTION:
        return f"“{one}” {step.label} “{other}”: “{why}”"
    return f"“{one}” {step.label} “{other}”, because: {why}"
