"""Where each note stands on the map, and which area it belongs to."""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice
from typing import Any

import numpy as np

from alpgraph.graph.arrays import Arrays, Floats, to_arrays
from alpgraph.graph.communities import (
    NO_AREA,
    Area,
    communities,
    kept_areas,
    link_hashes,
    name_areas,
)
from alpgraph.graph.forces import hops_from, relax, spacing, spread, start
from alpgraph.graph.model import NoteGraph
from alpgraph.graph.packing import pack, parts_of

Point = tuple[float, float]

GAP = 0.6
"""Least distance of two dots, as a share of the mean spacing."""
WARM_STEPS = 60
KNOWN = 0.5
"""Share of notes with an old position below which the map is drawn anew."""
ACROSS = 0.45
"""Pull of a link between areas, as a share of one inside: areas become islands."""
PIECE = 400
"""Nodes or edges in a piece of what a layout depends on."""
SMALL = 12
"""Notes up to which a part apart from the main one needs no forces."""
GOLDEN = np.pi * (3 - np.sqrt(5))
LANDSCAPE = 1.3
"""Most that a map drawn anew is stretched sideways, for sheets wider than high."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The map: a position for each node, ghosts too, and the areas."""

    positions: Mapping[str, Point] = field(default_factory=dict)
    communities: Mapping[str, int] = field(default_factory=dict)
    """Area by slug, -1 for none; ghosts have none."""
    areas: tuple[Area, ...] = ()
    digest: str = ""
    """Hash of all that it was made from."""
    links: Mapping[str, int] = field(default_factory=dict)
    """`link_hashes` of the notes when areas were last searched for."""


def layout(graph: NoteGraph, *, previous: Layout | None = None, digest: str = "") -> Layout:
    """Return the map of a graph; deterministic on one machine.

    With `previous` known notes stay exactly where they were and new ones find a place among
    them, unless more than half are new. What nothing joins to the largest part is packed beside
    it. Ghosts are placed last and move nobody. `digest` is the `layout_digest`, where it is known.

    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph()
    >>> graph.add_node("a", title="A", topics=(), ghost=False)
    >>> layout(graph).positions
    {'a': (0.0, 0.0)}
    """
    known = previous.positions if previous else {}
    notes = to_arrays(graph)
    areas, links = _find_areas(notes, previous)
    positions = _place(_islands(notes, areas), known)
    everything = to_arrays(graph, ghosts=True) if len(graph) > notes.size else notes
    if everything is not notes:
        ghosts = {slug: known[slug] for slug in everything.slugs if slug in known}
        positions = _place_new(everything, ghosts | positions)
    named = name_areas(graph, notes, areas, positions)
    none = {slug: NO_AREA for slug in everything.slugs if slug not in areas}
    return Layout(positions, areas | none, named, digest or layout_digest(graph), links)


def _find_areas(notes: Arrays, previous: Layout | None) -> tuple[dict[str, int], Mapping[str, int]]:
    """Return the area of each note, and the links at the time these were searched for."""
    if previous is None:
        return communities(notes), link_hashes(notes)
    kept = kept_areas(notes, previous.communities, previous.links)
    if kept is not None:
        return kept, previous.links
    return communities(notes, previous.communities), link_hashes(notes)


def layout_digest(graph: NoteGraph) -> str:
    """Return a hash of all that a layout depends on.

    >>> import networkx as nx
    >>> layout_digest(nx.MultiDiGraph())[:8]
    '4f53cda1'
    """
    hasher = sha256()
    for piece in layout_text(graph):
        hasher.update(piece.encode())
    return hasher.hexdigest()


def layout_text(graph: NoteGraph) -> Iterator[str]:
    """Yield in pieces, as one JSON list, all that a layout depends on: nodes, then edges.

    In pieces, since other threads wait while one is made.

    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph()
    >>> graph.add_nodes_from("ab", title="T", topics=(), ghost=False)
    >>> _ = graph.add_edge("a", "b", "extends")
    >>> "".join(layout_text(graph))
    '[["a", "T", [], false], ["b", "T", [], false], ["a", "b", "extends"]]'
    """
    rows, divider = _layout_rows(graph), "["
    while some := list(islice(rows, PIECE)):
        yield divider + json.dumps(some)[1:-1]
        divider = ", "
    yield "]" if divider == ", " else "[]"


def _layout_rows(graph: NoteGraph) -> Iterator[tuple[Any, ...]]:
    for slug in sorted(graph):
        data = graph.nodes[slug]
        yield slug, data["title"], data["topics"], data["ghost"]
    for source in sorted(graph):
        beside = graph.adj[source]
        for target in sorted(beside):
            for key in sorted(beside[target]):
                yield source, target, key


def _place(arrays: Arrays, known: Mapping[str, Point]) -> dict[str, Point]:
    kept = {slug: known[slug] for slug in arrays.slugs if slug in known}
    if arrays.size < 2:
        return kept or dict.fromkeys(arrays.slugs, (0.0, 0.0))
    if len(kept) < KNOWN * arrays.size:
        main = arrays.part(parts_of(arrays)[0])
        settled = _landscape(relax(main, start(main)))
        kept = _points(main, spread(settled, GAP * spacing(settled)))
    return _place_new(arrays, kept)


def _islands(arrays: Arrays, areas: Mapping[str, int]) -> Arrays:
    """Weaken the links between areas, so that each stands apart."""
    labels = np.array([areas[slug] for slug in arrays.slugs], dtype=np.int64)
    a, b = labels[arrays.edges[:, 0]], labels[arrays.edges[:, 1]]  # each (m,)
    weights = arrays.weights * np.where((a == b) | (a == NO_AREA) | (b == NO_AREA), 1.0, ACROSS)
    return replace(arrays, weights=weights / weights.mean() if len(weights) else weights)


def _landscape(positions: Floats) -> Floats:
    """Turn the longest way across the map sideways, and stretch it there if it is round."""
    centred = positions - positions.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1]  # (n, 2), the widest first
    peak = np.argmax(np.abs(turned), axis=0)
    turned *= np.where(turned[peak, [0, 1]] < 0, -1.0, 1.0)  # an axis has no sign of its own
    wide, tall = np.ptp(turned, axis=0)
    return np.asarray(turned * [max(1.0, LANDSCAPE * tall / wide) if wide else 1.0, 1.0])


def _place_new(arrays: Arrays, known: Mapping[str, Point]) -> dict[str, Point]:
    """Place the nodes that `known` lacks: near their neighbours, or beside all; the others stay."""
    if all(slug in known for slug in arrays.slugs):
        return {slug: known[slug] for slug in arrays.slugs}
    placed = np.array([slug in known for slug in arrays.slugs])
    parts = parts_of(arrays)
    main = max(parts, key=lambda part: int(placed[part].sum()))
    old = np.array([known[arrays.slugs[i]] for i in main if placed[i]])
    gap = GAP * spacing(old) if len(old) > 1 else 1.0
    joined = arrays.part(np.sort(np.concatenate([p for p in parts if placed[p].any()])))
    found = _place_joined(joined, known, gap)
    loose = [arrays.part(part) for part in parts if not placed[part].any()]
    standing = [
        np.array([found[arrays.slugs[i]] for i in part]) for part in parts if placed[part].any()
    ]
    standing.sort(key=len, reverse=True)
    shapes = [_shape(part, gap) for part in loose]
    for part, positions in zip(loose, pack(standing[0], standing[1:], shapes, gap), strict=True):
        found |= _points(part, positions)
    return found


def _place_joined(arrays: Arrays, known: Mapping[str, Point], gap: float) -> dict[str, Point]:
    """Place new nodes near the neighbours that lead to known ones."""
    new = np.array([i for i, slug in enumerate(arrays.slugs) if slug not in known], dtype=np.int64)
    if not len(new):
        return dict(known)
    begun = _beside_neighbours(arrays, known, gap)
    moved = relax(arrays, begun, steps=WARM_STEPS, step=4 * gap, free=new)
    return _points(arrays, spread(moved, gap, free=new)) | dict(known)


def _beside_neighbours(arrays: Arrays, known: Mapping[str, Point], gap: float) -> Floats:
    """Start each new node at the mean of its placed neighbours, from known ones outwards."""
    rng = np.random.default_rng(0)
    placed = np.array([slug in known for slug in arrays.slugs])
    positions = np.array([known.get(slug, (0.0, 0.0)) for slug in arrays.slugs], dtype=float)
    starts, indices = arrays.rows
    beside = [indices[starts[i] : starts[i + 1]] for i in range(arrays.size)]
    waiting = deque(i for i in range(arrays.size) if not placed[i] and placed[beside[i]].any())
    while waiting:
        i = waiting.popleft()
        if placed[i]:
            continue
        near = beside[i][placed[beside[i]]]
        angle = rng.uniform(0, 2 * np.pi)
        positions[i] = positions[near].mean(axis=0) + gap * np.array([np.cos(angle), np.sin(angle)])
        placed[i] = True
        waiting.extend(beside[i][~placed[beside[i]]].tolist())
    return positions


def _shape(part: Arrays, gap: float) -> Floats:
    """Lay out a part that nothing joins to the rest, as dense as the rest is."""
    if part.size > SMALL:
        settled = _landscape(relax(part, start(part), steps=WARM_STEPS))
        return spread(settled * (gap / GAP / spacing(settled)), gap)
    ranks = np.argsort(np.argsort(hops_from(part, int(np.argmax(part.degrees))), kind="stable"))
    turned = GOLDEN * ranks  # as seeds of a sunflower, the best connected in the middle
    return np.stack([np.cos(turned), np.sin(turned)], axis=1) * gap * np.sqrt(ranks)[:, None]


def _points(arrays: Arrays, positions: Floats) -> dict[str, Point]:
    pairs = np.round(positions, 2).tolist()
    return {slug: (x, y) for slug, (x, y) in zip(arrays.slugs, pairs, strict=True)}
