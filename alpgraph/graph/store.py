"""The map kept between starts, so that known notes stay where readers remember them."""

import json
import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import networkx as nx

from alpgraph.graph.communities import Area
from alpgraph.graph.model import NoteGraph
from alpgraph.graph.placing import Layout, layout, layout_digest, layout_text
from alpgraph.processes import ctrl_c_held
from alpgraph.state import read_regular

NAME = "layout.json"
VERSION = 2
NICE = 10
"""By how much a map drawn apart stands back behind pages that somebody waits for."""


def stored_layout(
    graph: NoteGraph,
    folder: Path | None,
    *,
    previous: Layout | None = None,
    fresh: bool = False,
    apart: bool = False,
) -> Layout:
    """Return the map kept in `folder`, drawn on from it where the graph has changed since.

    What cannot be read counts as absent; then `previous` is drawn on from. What cannot be written
    is not kept. `fresh` starts over. `apart` draws in another process, so that the threads of this
    one go on; it needs a folder.
    """
    digest = layout_digest(graph)
    if previous and previous.digest == digest:
        return previous
    stored = None if fresh else load_layout(folder)
    if stored and stored.digest == digest:
        return stored
    if previous and stored is None:
        _save_if_changed(previous, folder)
        stored = previous
    if apart and folder and (made := draw_apart(graph, folder)) and made.digest == digest:
        return made
    drawn = layout(graph, previous=stored, digest=digest)
    _save_if_changed(drawn, folder)
    return drawn


def _save_if_changed(drawn: Layout, folder: Path | None) -> None:
    if folder is not None:
        with suppress(OSError):
            save_layout(drawn, folder)


def draw_apart(graph: NoteGraph, folder: Path) -> Layout | None:
    """Return what `folder` keeps after another process had it draw the map of a graph.

    It is spawned: a fork of a process with threads may hang.
    """
    context = get_context("spawn")
    reading, writing = context.Pipe(duplex=False)
    process = context.Process(target=_draw, args=(reading, folder), daemon=True)
    with ctrl_c_held("spawn"):
        process.start()
    reading.close()
    with writing, suppress(OSError):  # it is gone, as its map will say
        for piece in layout_text(graph):
            writing.send_bytes(piece.encode())
    process.join()
    return load_layout(folder)


def _draw(reading: Connection, folder: Path) -> None:
    """Draw the map of the graph whose text comes through a pipe, after all that is urgent."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICE)
    pieces = []
    with suppress(EOFError):
        while True:
            pieces.append(reading.recv_bytes())
    graph: NoteGraph = nx.MultiDiGraph()
    for first, second, *rest in json.loads(b"".join(pieces)):
        if len(rest) == 2:
            topics, ghost = rest
            graph.add_node(first, title=second, topics=tuple(topics), ghost=ghost)
        else:
            graph.add_edge(first, second, rest[0])
    stored_layout(graph, folder)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def save_layout(drawn: Layout, folder: Path) -> None:
    """Write the map whole or not at all; raises OSError."""
    data = {"version": VERSION, **asdict(drawn)}
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 a descriptor
            json.dump(data, file, separators=(",", ":"))
        Path(name).replace(folder / NAME)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def load_layout(folder: Path | None) -> Layout | None:
    """Return the map kept in `folder`, or None where there is none to trust."""
    if folder is None:
        return None
    try:
        data: dict[str, Any] = json.loads(read_regular(folder / NAME))
        if data["version"] != VERSION:
            return None
        areas = tuple(
            Area(int(row["id"]), str(row["name"]), tuple(row["slugs"]), _point(row["centre"]))
            for row in data["areas"]
        )
        positions = {str(slug): _point(at) for slug, at in data["positions"].items()}
        numbers = {str(slug): int(number) for slug, number in data["communities"].items()}
        links = {str(slug): int(number) for slug, number in data.get("links", {}).items()}
        return Layout(positions, numbers, areas, str(data["digest"]), links)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _point(pair: Any) -> tuple[float, float]:
    x, y = pair
    return float(x), float(y)
