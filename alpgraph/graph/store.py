"""The map kept between starts, so that known notes stay where readers remember them."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from alpgraph.graph.communities import Area
from alpgraph.graph.layout import Layout, layout
from alpgraph.graph.model import NoteGraph

VERSION = 1


def stored_layout(graph: NoteGraph, folder: Path, *, fresh: bool = False) -> Layout:
    """Return the map kept in `folder`, drawn on from it where the graph has changed since.

    `fresh` starts over. What cannot be read counts as absent.
    """
    path = folder / "layout.json"
    digest = layout_digest(graph)
    kept = None if fresh else load_layout(path)
    if kept and kept[0] == digest:
        return kept[1]
    drawn = layout(graph, previous=kept[1] if kept else None)
    save_layout(path, drawn, digest)
    return drawn


def layout_digest(graph: NoteGraph) -> str:
    """Return a hash of all that a layout depends on.

    >>> import networkx as nx
    >>> layout_digest(nx.MultiDiGraph())[:8]
    '4f53cda1'
    """
    nodes = sorted(
        (slug, data["title"], data["topics"], data["ghost"])
        for slug, data in graph.nodes(data=True)
    )
    said = json.dumps([*nodes, *sorted(graph.edges(keys=True))])
    return sha256(said.encode()).hexdigest()


def save_layout(path: Path, drawn: Layout, digest: str) -> None:
    """Write the map whole or not at all."""
    data = {
        "version": VERSION,
        "digest": digest,
        "positions": drawn.positions,
        "communities": drawn.communities,
        "areas": [
            {"id": area.id, "name": area.name, "slugs": area.slugs, "centre": area.centre}
            for area in drawn.areas
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".tmp")
    whole.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
    whole.replace(path)


def load_layout(path: Path) -> tuple[str, Layout] | None:
    """Return the digest and the map kept at `path`, or None where there is none to trust."""
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != VERSION:
            return None
        areas = tuple(
            Area(int(row["id"]), str(row["name"]), tuple(row["slugs"]), _point(row["centre"]))
            for row in data["areas"]
        )
        positions = {str(slug): _point(at) for slug, at in data["positions"].items()}
        numbers = {str(slug): int(number) for slug, number in data["communities"].items()}
        return str(data["digest"]), Layout(positions, numbers, areas)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _point(pair: Any) -> tuple[float, float]:
    x, y = pair
    return float(x), float(y)
