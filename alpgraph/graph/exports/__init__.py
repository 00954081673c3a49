"""The graph in other tools' formats, each escaped for itself."""

from collections.abc import Callable, Mapping

from alpgraph.graph.exports.dot import to_dot
from alpgraph.graph.exports.gexf import to_gexf
from alpgraph.graph.exports.graphml import read_graphml, to_graphml
from alpgraph.graph.exports.nodelink import node_link, to_json
from alpgraph.graph.exports.rdf import to_jsonld, to_turtle
from alpgraph.graph.model import NoteGraph

__all__ = ["FORMATS", "export", "node_link", "read_graphml"]

Writer = Callable[[NoteGraph, Mapping[str, str | None], str], str]

FORMATS: Mapping[str, tuple[str, Writer]] = {
    "json": ("application/json", to_json),
    "graphml": ("application/graphml+xml", to_graphml),
    "gexf": ("application/gexf+xml", to_gexf),
    "jsonld": ("application/ld+json", to_jsonld),
    "ttl": ("text/turtle", to_turtle),
    "dot": ("text/vnd.graphviz", to_dot),
}
"""Media type and writer by format; the names are also the file endings."""


def export(
    graph: NoteGraph,
    format: str,
    *,
    verdicts: Mapping[str, str | None] | None = None,
    base: str = "",
) -> str:
    """Return the graph as text in one of FORMATS; the same graph gives the same text.

    Addresses of notes are built on `base`, the site's address; without one they are URNs.
    Raises ValueError for another format.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> export(nx.MultiDiGraph(types=RelationTypes()), "dot").split()[:2]
    ['digraph', 'alpgraph']
    """
    if format not in FORMATS:
        msg = f"unknown export format '{format}'; there are {', '.join(FORMATS)}"
        raise ValueError(msg)
    return FORMATS[format][1](graph, verdicts or {}, base.rstrip("/"))
