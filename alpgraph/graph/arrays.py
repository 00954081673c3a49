"""The graph as arrays: one weighted, undirected edge for each pair of notes that is joined."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alpgraph.graph.model import MENTION, NoteGraph

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MENTION_WEIGHT = 0.5
"""A pair joined only in running text pulls half as hard as one with a relation."""


@dataclass(frozen=True)
class Arrays:
    """A simple graph: names, edges as index pairs, and their weights (mean 1)."""

    slugs: tuple[str, ...]
    edges: Ints  # (m, 2), smaller index first
    weights: Floats  # (m,)

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.slugs)

    @cached_property
    def degrees(self) -> Ints:
        """Number of neighbours of each node."""
        return np.bincount(self.edges.ravel(), minlength=self.size)  # (n,)

    @cached_property
    def rows(self) -> tuple[Ints, Ints]:
        """Neighbours as compressed rows: those of i are `indices[starts[i]:starts[i + 1]]`."""
        source = np.concatenate([self.edges[:, 0], self.edges[:, 1]])
        target = np.concatenate([self.edges[:, 1], self.edges[:, 0]])
        starts = np.concatenate([[0], np.cumsum(self.degrees)])
        return starts, target[np.argsort(source, kind="stable")]

    def part(self, members: Ints) -> "Arrays":
        """Return what joins some of the nodes, given by ascending index."""
        if len(members) == self.size:
            return self
        place = np.full(self.size, -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        edges = place[self.edges]
        inside = (edges >= 0).all(axis=1)
        return Arrays(tuple(self.slugs[i] for i in members), edges[inside], self.weights[inside])


def to_arrays(graph: NoteGraph, *, ghosts: bool = False) -> Arrays:
    """Return the graph as arrays, nodes sorted by name; self links are left out.

    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph([("b", "a", "extends"), ("a", "b", "mention")])
    >>> nx.set_node_attributes(graph, False, "ghost")
    >>> to_arrays(graph).edges.tolist()
    [[0, 1]]
    """
    slugs = tuple(sorted(s for s, ghost in graph.nodes(data="ghost") if ghosts or not ghost))
    index = {slug: i for i, slug in enumerate(slugs)}
    weights: dict[tuple[int, int], float] = {}
    for source, target, key in graph.edges(keys=True):
        if source in index and target in index and source != target:
            a, b = index[source], index[target]
            pair = (a, b) if a < b else (b, a)
            weight = MENTION_WEIGHT if key == MENTION else 1.0
            weights[pair] = max(weight, weights.get(pair, 0.0))
    pairs = sorted(weights)
    values = np.array([weights[pair] for pair in pairs])
    edges = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Arrays(slugs, edges, values / values.mean() if len(values) else values)
