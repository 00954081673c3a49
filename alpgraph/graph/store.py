"""The map kept between starts, so that known notes stay where readers remember them."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from alpgraph.graph.communities import Area
from alpgraph.graph.model import NoteGraph
from alpgraph.graph.placing import Layout, layout, layout_digest

NAME = "layout.json"
VERSION = 1


def stored_layout(graph: NoteGraph, folder: Path, *, fresh: bool = False) -> Layout:
    """Return the map kept in `folder`, drawn on from it where the graph has changed since.

    `fresh` starts over. What cannot be read counts as absent.
    """
    kept = None if fresh else load_layout(folder)
    if kept and kept.digest == layout_digest(graph):
        return kept
    drawn = layout(graph, previous=kept)
    save_layout(drawn, folder)
    return drawn


def save_layout(drawn: Layout, folder: Path) -> None:
    """Write the map whole or not at all."""
    data = {"version": VERSION, **asdict(drawn)}
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 a descriptor
        json.dump(data, file, separators=(",", ":"))
    Path(name).replace(folder / NAME)


def load_layout(folder: Path) -> Layout | None:
    """Return the map kept in `folder`, or None where there is none to trust."""
    try:
        data: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if data["version"] != VERSION:
            return None
        areas = tuple(
            Area(int(row["id"]), str(row["name"]), tuple(row["slugs"]), _point(row["centre"]))
            for row in data["areas"]
        )
        positions = {str(slug): _point(at) for slug, at in data["positions"].items()}
        numbers = {str(slug): int(number) for slug, number in data["communities"].items()}
        return Layout(positions, numbers, areas, str(data["digest"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _point(pair: Any) -> tuple[float, float]:
    x, y = pair
    return float(x), float(y)
