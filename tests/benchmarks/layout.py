"""Layout: seconds and quality, ours beside networkx's and Graphviz's, on one machine.

Run `python tests/benchmarks/layout.py [--sizes 1000,10000] [--dense]`. Quality is the share of each
dot's five nearest that belong to its own community; communities are those the generator planted.
networkx's layouts compare every pair of notes: above 2,000 notes they are asked for with `--dense`
only (some gigabytes of memory), there for two steps, scaled to their 100.
"""

import argparse
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from alpgraph.graph.binary import network_bytes, titles_bytes
from alpgraph.graph.placing import layout
from alpgraph.notes.relation_types import RelationTypes

DENSE_LIMIT = 2_000
STEPS = 100


def notes_like(size: int, seed: int = 1) -> tuple[Any, np.ndarray]:
    """Return a graph that grew note by note: three links each, four of five inside a community."""
    rng = np.random.default_rng(seed)
    groups = max(3, int(size**0.5 * 0.75))
    weights = rng.lognormal(0, 0.8, groups)
    group = rng.choice(groups, size, p=weights / weights.sum())
    graph: Any = nx.MultiDiGraph(types=RelationTypes())
    types = [kind.id for kind in RelationTypes().types]
    inside: list[list[int]] = [[] for _ in range(groups)]
    everywhere: list[int] = []
    said = {"why": "because", "basis": "", "form": "native", "reasons": ()}
    words = {"topics": (), "ghost": False, "experiment": "", "summary": "", "claim": ""}
    for i in range(size):
        graph.add_node(f"note-{i:06}", title=f"Note {i}", **words)
        own = inside[group[i]]
        for _ in range(3):  # ends of links are chosen by how many they have
            pool = own if own and rng.random() < 0.8 else everywhere
            if pool:
                other = pool[int(rng.random() * len(pool))]
                kind = types[int(rng.integers(len(types)))]
                if other != i:
                    graph.add_edge(f"note-{i:06}", f"note-{other:06}", kind, type=kind, **said)
                    everywhere.append(other)
                    inside[group[other]].append(other)
        everywhere += [i] * 3
        own += [i] * 3
    return graph, group


def quality(points: np.ndarray, group: np.ndarray, sample: int = 1000) -> float:
    """Return the share of the five nearest dots of the same group, over a sample of dots."""
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(points), min(sample, len(points)), replace=False)
    shares = []
    for i in chosen:
        apart = ((points - points[i]) ** 2).sum(axis=1)
        apart[i] = np.inf
        nearest = np.argpartition(apart, 5)[:5]
        shares.append((group[nearest] == group[i]).mean())
    return float(np.mean(shares))


def ours(graph: Any) -> np.ndarray:
    """Place by alpgraph, areas and names included."""
    positions = layout(graph).positions
    return np.array([positions[slug] for slug in graph])


def forceatlas2(graph: Any, steps: int = STEPS) -> np.ndarray:
    """Place by networkx, with its own settings."""
    found = nx.forceatlas2_layout(nx.Graph(graph), max_iter=steps, seed=1)
    return np.array([found[slug] for slug in graph])


def spring(graph: Any, steps: int = 50) -> np.ndarray:
    """Place by networkx; above 500 notes it needs SciPy."""
    found = nx.spring_layout(nx.Graph(graph), iterations=steps, seed=1)
    return np.array([found[slug] for slug in graph])


def sfdp(graph: Any) -> np.ndarray:
    """Place by Graphviz."""
    edges = "".join(f'"{a}" -- "{b}";' for a, b in nx.Graph(graph).edges)
    nodes = "".join(f'"{slug}" [shape=point, label=""];' for slug in graph)
    command = ["sfdp", "-Tplain", "-Goverlap=true"]
    text = f"graph {{ {nodes}{edges} }}"
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("node ")]
    at = {row[1].strip('"'): (float(row[2]), float(row[3])) for row in rows}
    return np.array([at[slug] for slug in graph])


def measure(
    name: str, graph: Any, group: np.ndarray, place: Callable[[Any], np.ndarray], scale: float = 1
) -> None:
    """Print one line: wall and CPU seconds, quality."""
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    try:
        points = place(graph)
    except ImportError as error:
        print(f"{len(graph):>7} {name:<24} needs {error.name}")
        return
    wall, cpu = time.perf_counter() - wall, sum(os.times()[:4]) - cpu
    shown = f"{quality(points, group):.2f}" if scale == 1 else "   -"
    scaled = "" if scale == 1 else f"  scaled from {STEPS / scale:.0f} steps"
    print(f"{len(graph):>7} {name:<24} {wall * scale:8.2f} {cpu * scale:8.2f} {shown}{scaled}")


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--dense", action="store_true")
    options = parser.parse_args()
    print(f"{'notes':>7} {'layout':<24} {'wall s':>8} {'CPU s':>8} own community")
    for size in map(int, options.sizes.split(",")):
        graph, group = notes_like(size)
        measure("alpgraph", graph, group, ours)
        if size <= DENSE_LIMIT:
            measure("networkx forceatlas2", graph, group, forceatlas2)
            measure("networkx spring", graph, group, spring)
        elif options.dense:
            two = STEPS / 2
            measure("networkx forceatlas2", graph, group, lambda g: forceatlas2(g, 2), two)
        if shutil.which("sfdp"):
            measure("Graphviz sfdp", graph, group, sfdp)
        drawn = layout(graph)
        sizes = len(network_bytes(graph, drawn, {})), len(titles_bytes(graph, drawn))
        print(f"{size:>7} bytes for the map: {sizes[0]:,}, titles {sizes[1]:,}")


if __name__ == "__main__":
    main()
