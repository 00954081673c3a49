"""NetworkX node-link JSON."""

import json
from collections.abc import Mapping
from typing import Any

from alpgraph.graph.exports.rows import clean, edge_rows, node_rows
from alpgraph.graph.model import NoteGraph


def node_link(graph: NoteGraph, verdicts: Mapping[str, str | None]) -> dict[str, Any]:
    """Return what `networkx.node_link_graph(data, edges="edges")` reads, as plain values.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> node_link(nx.MultiDiGraph(types=RelationTypes()), {})["multigraph"]
    True
    """
    return {
        "directed": True,
        "multigraph": True,
        "graph": {},
        "nodes": [
            {"id": slug, **node, "topics": list(node["topics"]), "verdict": verdicts.get(slug)}
            for slug, node in node_rows(graph)
        ],
        "edges": [
            {"source": source, "target": target, "key": key}
            | edge
            | {"reasons": [reason._asdict() for reason in edge["reasons"]]}
            for source, target, key, edge in edge_rows(graph)
        ],
    }


def to_json(graph: NoteGraph, verdicts: Mapping[str, str | None], base: str) -> str:
    """Return node-link JSON; it names notes by slug, so it needs no addresses."""
    text = json.dumps(node_link(graph, verdicts), ensure_ascii=False, separators=(",", ":"))
    return clean(text) + "\n"
