"""The notes as a frozen multigraph, and questions to it: pure functions of the graph."""

from alpgraph.graph.build import build_graph, patch_graph
from alpgraph.graph.ego import Ego, Neighbour, degree, ego
from alpgraph.graph.links import Link, links, side_of
from alpgraph.graph.model import MENTION, MENTION_TYPE, NoteGraph, Reason, ghost_key, reasons_from

__all__ = [
    "MENTION",
    "MENTION_TYPE",
    "Ego",
    "Link",
    "Neighbour",
    "NoteGraph",
    "Reason",
    "build_graph",
    "degree",
    "ego",
    "ghost_key",
    "links",
    "patch_graph",
    "reasons_from",
    "side_of",
]
