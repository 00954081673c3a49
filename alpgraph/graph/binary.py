r"""The whole network as two compact files for the viewer: what the first picture needs, then names.

`network_bytes`, little-endian, without gaps after the header:

    uint32            length of the header in bytes, such that 4 + length is a multiple of 4
    header            JSON in UTF-8, padded with spaces
    uint32[n]         out: how many edges leave each node, in the table's direction; edges are
                      sorted by the node they leave, so these counts say where each begins
    uint16[n]         x of each node, 0 to 65535
    uint16[n]         y, growing downwards; both axes have one scale and the map is centred
    uint16[m]         to: index of each edge's target, its lower 16 bits
    uint8[m]          to: the upper 8 bits
    uint8[n]          area id; 255 for none
    uint8[n]          verdict: index into header `verdicts`; 0 is none
    uint8[n]          flags: 1 ghost, 2 joined by no relation, 4 has an experiment
    uint8[m]          type: index into header `types`
    uint8[m]          basis: index into header `bases`; 0 is unsaid

Header: `{"format": 2, "n": n, "m": m, "ghosts": count, "types": [{"id", "label", "inverse",
"signature", "weight"}], "areas": [{"id", "name", "x", "y", "size"}], "topics": [name],
"verdicts": ["", ...], "bases": ["", ...]}`; `inverse` is the label read from the target,
`weight` what a step costs a path, the last type is `mention`. Types beyond the 255th share the
last index. Ghosts come after all notes, so a viewer that hides them draws the first n - ghosts
nodes. Two notes joined several times are several edges; self
links are edges from a node to itself.

`titles_bytes`: one line for each node in the same order, `slug TAB title TAB topics`, lines ended
by `\n`; topics are indices into header `topics` joined by commas. Control characters in titles
are spaces. A ghost's slug is its key, `ghost://...`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alpgraph.graph.communities import NO_AREA
from alpgraph.graph.model import MENTION, MENTION_TYPE, NoteGraph, types_of_graph
from alpgraph.graph.placing import Layout

FORMAT = 2
RANGE = 65535
VERDICTS = ("", "supported", "contradicted", "no effect", "inconclusive")
BASES = ("", "paper", "measured", "reading")
GHOST, LONELY, EXPERIMENT = 1, 2, 4


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps positions into the range of two bytes, both axes alike."""

    middle: tuple[float, float]
    factor: float

    def __call__(self, points: Any) -> Any:
        centred = (np.asarray(points, dtype=float).reshape(-1, 2) - self.middle) * self.factor
        return np.clip(np.round(centred + RANGE / 2), 0, RANGE).astype("<u2")


def network_bytes(graph: NoteGraph, layout: Layout, verdicts: Mapping[str, str | None]) -> bytes:
    """Return the network without its titles, as the module's docstring lays down.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> data = network_bytes(nx.MultiDiGraph(types=RelationTypes()), Layout(), {})
    >>> json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])["n"]
    0
    """
    slugs = node_order(graph, layout)
    scale = _scale(layout)
    edges = _edges(graph, slugs)
    header = _header(graph, layout, scale, len(slugs), len(edges))
    at = scale([layout.positions[slug] for slug in slugs])
    areas = [layout.communities.get(slug, NO_AREA) % 256 for slug in slugs]
    verdict_indices = [_index(VERDICTS, verdicts.get(slug) or "") for slug in slugs]
    flags = _flags(graph, slugs, edges)
    out = np.bincount(edges[:, 0], minlength=len(slugs))
    parts = [
        out.astype("<u4"),
        at[:, 0],
        at[:, 1],
        (edges[:, 1] & 0xFFFF).astype("<u2"),
        *(
            np.array(column, dtype=np.uint8)
            for column in (
                edges[:, 1] >> 16,
                areas,
                verdict_indices,
                flags,
                edges[:, 2],
                edges[:, 3],
            )
        ),
    ]
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=True).encode()
    text += b" " * (-(len(text) + 4) % 4)
    return len(text).to_bytes(4, "little") + text + b"".join(part.tobytes() for part in parts)


def titles_bytes(graph: NoteGraph, layout: Layout) -> bytes:
    """Return slug, title and topics of each node, in the order of `network_bytes`.

    >>> import networkx as nx
    >>> titles_bytes(nx.MultiDiGraph(), Layout())
    b''
    """
    numbers = {topic: str(i) for i, topic in enumerate(_topics(graph))}
    lines = []
    for slug in node_order(graph, layout):
        node = graph.nodes[slug]
        topics = ",".join(numbers[topic] for topic in node["topics"])
        lines.append(f"{_one_line(slug)}\t{_one_line(node['title'])}\t{topics}\n")
    return "".join(lines).encode("utf-8", "replace")


def node_order(graph: NoteGraph, layout: Layout) -> list[str]:
    """Return the nodes as both files list them: notes before ghosts, by area, then by slug.

    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph()
    >>> graph.add_nodes_from("ba", ghost=False)
    >>> node_order(graph, Layout({"a": (0, 0), "b": (0, 0)}))
    ['a', 'b']
    """
    placed = (slug for slug in graph if slug in layout.positions)
    area = layout.communities
    return sorted(placed, key=lambda s: (graph.nodes[s]["ghost"], area.get(s, NO_AREA) % 256, s))


def _header(
    graph: NoteGraph, layout: Layout, scale: _Scale, nodes: int, edges: int
) -> dict[str, Any]:
    centres = scale([area.centre for area in layout.areas]).tolist()
    kinds = (*types_of_graph(graph).types, MENTION_TYPE)
    return {
        "format": FORMAT,
        "n": nodes,
        "m": edges,
        "ghosts": sum(graph.nodes[slug]["ghost"] for slug in layout.positions if slug in graph),
        "types": [
            {
                "id": kind.id,
                "label": kind.label,
                "inverse": kind.inverse_label or kind.label,
                "signature": kind.signature,
                "weight": kind.weight,
            }
            for kind in kinds
        ],
        "areas": [
            {"id": area.id, "name": area.name, "x": x, "y": y, "size": len(area.slugs)}
            for area, (x, y) in zip(layout.areas, centres, strict=True)
        ],
        "topics": _topics(graph),
        "verdicts": list(VERDICTS),
        "bases": list(BASES),
    }


def _edges(graph: NoteGraph, slugs: list[str]) -> Any:
    """Return rows (from, to, type, basis), sorted."""
    index = {slug: i for i, slug in enumerate(slugs)}
    kinds = [kind.id for kind in types_of_graph(graph).types] + [MENTION]
    number = {kind: min(i, 255) for i, kind in enumerate(kinds)}
    bases = {basis: i for i, basis in enumerate(BASES)}
    rows = [
        (index[source], index[target], number[key], bases.get(edge.get("basis", ""), 0))
        for source, beside in graph.adjacency()
        if source in index
        for target, keyed in beside.items()
        if target in index
        for key, edge in keyed.items()
    ]
    found = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return found[np.lexsort(found.T[::-1])]


def _flags(graph: NoteGraph, slugs: list[str], edges: Any) -> Any:
    joins = (edges[:, 2] < len(types_of_graph(graph).types)) & (edges[:, 0] != edges[:, 1])
    flags = np.full(len(slugs), LONELY, dtype=np.uint8)
    flags[edges[joins, :2].ravel()] = 0
    nodes = [graph.nodes[slug] for slug in slugs]
    flags |= np.array([GHOST * node["ghost"] for node in nodes], dtype=np.uint8)
    flags |= np.array([EXPERIMENT * bool(node["experiment"]) for node in nodes], dtype=np.uint8)
    return flags


def _scale(layout: Layout) -> _Scale:
    if not layout.positions:
        return _Scale((0.0, 0.0), 1.0)
    points = np.array(list(layout.positions.values()))
    low, high = points.min(axis=0), points.max(axis=0)
    x, y = ((low + high) / 2).tolist()
    return _Scale((x, y), RANGE / (float((high - low).max()) or 1.0))


def _topics(graph: NoteGraph) -> list[str]:
    return sorted({topic for _, topics in graph.nodes(data="topics") for topic in topics})


def _index(values: tuple[str, ...], value: str) -> int:
    return values.index(value) if value in values else 0


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)
