"""The notes as a frozen multigraph, and questions to it: pure functions of the graph.

What needs NumPy or writes other formats is imported on first use: `check` needs none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from alpgraph.graph.build import build_graph, patch_graph
from alpgraph.graph.diff import Change, GraphDiff, NoteChange, Told, diff_graphs
from alpgraph.graph.ego import Ego, Neighbour, degree, degrees, ego
from alpgraph.graph.links import Link, links, links_between, side_of
from alpgraph.graph.model import MENTION, MENTION_TYPE, NoteGraph, Reason, ghost_key, reasons_from
from alpgraph.graph.paths import (
    GraphPath,
    Step,
    explain_no_path,
    find_paths,
    find_ways,
    path_to_json,
    step_between,
)
from alpgraph.graph.stats import AreaSize, Said, Stats, stats, stats_to_json, stats_to_text

if TYPE_CHECKING:
    from alpgraph.graph.binary import network_bytes, node_order, titles_bytes
    from alpgraph.graph.communities import Area, find_areas
    from alpgraph.graph.exports import FORMATS, export, node_link, read_graphml
    from alpgraph.graph.placing import Layout, layout, layout_digest
    from alpgraph.graph.store import load_layout, save_layout, stored_layout

_LATER = {
    "binary": ("network_bytes", "node_order", "titles_bytes"),
    "communities": ("Area", "find_areas"),
    "exports": ("FORMATS", "export", "node_link", "read_graphml"),
    "placing": ("Layout", "layout", "layout_digest"),
    "store": ("load_layout", "save_layout", "stored_layout"),
}
_HOME = {name: module for module, names in _LATER.items() for name in names}

__all__ = [
    "FORMATS",
    "MENTION",
    "MENTION_TYPE",
    "Area",
    "AreaSize",
    "Change",
    "Ego",
    "GraphDiff",
    "GraphPath",
    "Layout",
    "Link",
    "Neighbour",
    "NoteChange",
    "NoteGraph",
    "Reason",
    "Said",
    "Stats",
    "Step",
    "Told",
    "build_graph",
    "degree",
    "degrees",
    "diff_graphs",
    "ego",
    "explain_no_path",
    "export",
    "find_areas",
    "find_paths",
    "find_ways",
    "ghost_key",
    "layout",
    "layout_digest",
    "links",
    "links_between",
    "load_layout",
    "network_bytes",
    "node_link",
    "node_order",
    "patch_graph",
    "path_to_json",
    "read_graphml",
    "reasons_from",
    "save_layout",
    "side_of",
    "stats",
    "stats_to_json",
    "stats_to_text",
    "step_between",
    "stored_layout",
    "titles_bytes",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for late."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
