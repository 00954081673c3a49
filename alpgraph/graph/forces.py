"""A force-directed layout in NumPy: ForceAtlas2 with LinLog attraction, repulsion on a mesh.

Jacomy, Venturini, Heymann, Bastian (2014), ForceAtlas2, PLOS ONE 9(6); Noack (2009), Modularity
clustering is force-directed layout, Physical Review E 79; Brandes and Pich (2007), Eigensolver
methods for progressive multidimensional scaling. Repulsion is summed on a mesh by fast Fourier
transform, as in particle-mesh methods, so a step costs O(n + G² log G).
"""

from functools import lru_cache

import numpy as np

from alpgraph.graph.arrays import Arrays, Floats, Ints

ATTRACTION = 30.0
GRAVITY = 0.05
PIVOTS = 40
SEED = 7


def start(arrays: Arrays) -> Floats:
    """Return starting positions by multidimensional scaling from pivots, with a little noise."""
    size, rng = arrays.size, np.random.default_rng(SEED)
    scale = float(np.sqrt((arrays.degrees + 1).sum()))
    noise = rng.normal(0, scale * 0.02, (size, 2))
    return _pivot_scaling(arrays) * scale * 0.3 + noise if size > 2 else noise


def relax(
    arrays: Arrays,
    positions: Floats,
    *,
    steps: int = 200,
    step: float | None = None,
    free: Ints | None = None,
) -> Floats:
    """Move nodes along the forces in ever smaller steps and return the new positions.

    With `free` (indices) all other nodes stay where they are.
    """
    mass: Floats = arrays.degrees.astype(np.float64) + 1  # (n,)
    grid = int(np.clip(2 ** np.ceil(np.log2(np.sqrt(arrays.size) * 2)), 64, 512))
    scale = float(np.sqrt(mass.sum()))
    first = scale * 0.05 if step is None else step
    positions = positions.copy()
    moved = slice(None) if free is None else free
    for turn in range(steps):
        longest = first * (1 - turn / steps + 1e-3)
        force = _forces(arrays, positions, mass, grid, scale)[moved] / mass[moved, None]
        length = np.linalg.norm(force, axis=1, keepdims=True) + 1e-12
        positions[moved] += force / length * np.minimum(length, longest)
    return positions


def spread(positions: Floats, gap: float, *, rounds: int = 30, free: Ints | None = None) -> Floats:
    """Push apart dots closer than `gap`; with `free` (indices) only these move."""
    rng = np.random.default_rng(SEED)
    positions = positions.copy()
    moved = np.arange(len(positions)) if free is None else free
    positions[moved] += rng.normal(0, gap * 0.05, (len(moved), 2))
    for _ in range(rounds):
        push = _pushes(positions, gap)[moved]  # (k, 2)
        if not push.any():
            break
        length = np.linalg.norm(push, axis=1, keepdims=True) + 1e-12
        positions[moved] += push * np.minimum(1, gap / length)
    return positions


def spacing(positions: Floats) -> float:
    """Return the mean distance that dots would have if spread evenly over their disc."""
    radius = np.linalg.norm(positions - np.median(positions, axis=0), axis=1)
    inner = float(np.quantile(radius, 0.95))
    return float(np.sqrt(np.pi * inner * inner / (0.95 * len(positions)))) or 1.0


def _forces(arrays: Arrays, positions: Floats, mass: Floats, grid: int, scale: float) -> Floats:
    size = arrays.size
    force: Floats = mass[:, None] * _mesh_repulsion(positions, mass, grid)  # (n, 2)
    a, b = arrays.edges[:, 0], arrays.edges[:, 1]
    apart = positions[b] - positions[a]  # (m, 2)
    length = np.linalg.norm(apart, axis=1) + 1e-9
    pull = apart * (ATTRACTION * arrays.weights * np.log1p(length) / length)[:, None]
    for axis in range(2):
        force[:, axis] += np.bincount(a, pull[:, axis], size) - np.bincount(b, pull[:, axis], size)
    radius = np.linalg.norm(positions, axis=1, keepdims=True)
    force -= GRAVITY * mass[:, None] * positions / (radius + scale * 0.1)
    return force


@lru_cache(maxsize=4)
def _kernels(grid: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the transformed field of one unit of mass along both axes, (2G, G + 1)."""
    offsets = np.fft.fftfreq(2 * grid, 1 / (2 * grid))
    x, y = np.meshgrid(offsets, offsets, indexing="ij")
    squared = x * x + y * y + 0.5
    return np.fft.rfft2(x / squared), np.fft.rfft2(y / squared)


def _mesh_repulsion(positions: Floats, mass: Floats, grid: int) -> Floats:
    """Return the 1/r repulsion of all nodes on each, masses spread over a G x G mesh."""
    low = positions.min(axis=0)
    cell = ((positions - low).max() * 1.0001 + 1e-9) / (grid - 1)
    place = (positions - low) / cell
    corner = place.astype(np.int64)
    x, y = (place - corner).T  # each (n,)
    base = corner[:, 0] * grid + corner[:, 1]
    shares = (
        (base, (1 - x) * (1 - y)),
        (base + grid, x * (1 - y)),
        (base + 1, (1 - x) * y),
        (base + grid + 1, x * y),
    )
    mesh = np.zeros(grid * grid + grid + 2)
    for at, share in shares:
        mesh += np.bincount(at, mass * share, len(mesh))
    doubled = (2 * grid, 2 * grid)  # zero padding, or forces would wrap around
    spectrum = np.fft.rfft2(mesh[: grid * grid].reshape(grid, grid), doubled)
    force: Floats = np.empty_like(positions)
    for axis, kernel in enumerate(_kernels(grid)):
        field = np.zeros(len(mesh))
        field[: grid * grid] = np.fft.irfft2(spectrum * kernel, doubled)[:grid, :grid].ravel()
        force[:, axis] = sum(share * field[at] for at, share in shares)
    force /= cell
    return force


def _pivot_scaling(arrays: Arrays) -> Floats:
    """Return the first two axes of the distances to some far-apart nodes, unit variance."""
    size, degrees = arrays.size, arrays.degrees
    count = min(PIVOTS, size)
    distances = np.empty((size, count))
    nearest = np.full(size, np.inf)
    pivot = int(np.argmax(degrees))
    for column in range(count):
        hops = hops_from(arrays, pivot).astype(float)
        hops[hops < 0] = max(hops.max(), 1) + 2  # other parts stand a little beyond
        distances[:, column] = hops
        nearest = np.minimum(nearest, hops)
        pivot = int(np.argmax(nearest + 1e-6 * degrees))
    squared = distances**2
    centred = squared - squared.mean(0) - squared.mean(1, keepdims=True) + squared.mean()
    _, axes = np.linalg.eigh(centred.T @ centred)
    scaled = -centred @ axes[:, -2:] / 2  # (n, 2)
    peak = np.argmax(np.abs(scaled), axis=0)
    scaled *= np.where(scaled[peak, [0, 1]] < 0, -1.0, 1.0)  # an axis has no sign of its own
    deviation = scaled.std(axis=0)
    return np.asarray(scaled / np.where(deviation > 0, deviation, 1.0))


def hops_from(arrays: Arrays, source: int) -> Ints:
    """Return the number of steps from a node to each, -1 where there is no way."""
    starts, indices = arrays.rows
    hops = np.full(arrays.size, -1, dtype=np.int64)
    hops[source] = 0
    front, level = np.array([source]), 0
    while len(front):
        level += 1
        counts = starts[front + 1] - starts[front]
        before = np.concatenate([[0], np.cumsum(counts)[:-1]])
        at = np.repeat(starts[front] - before, counts) + np.arange(counts.sum())
        reached = indices[at]
        front = np.unique(reached[hops[reached] < 0])
        hops[front] = level
    return hops


NEIGHBOURS_IN_CELL = 4
"""Dots of a cell that push; more only matter in a heap, which the next round thins out."""


def _pushes(positions: Floats, gap: float) -> Floats:
    """Return for each dot the sum of pushes by dots nearer than `gap`, found by a grid of cells."""
    size = len(positions)
    cells = np.floor((positions - positions.min(axis=0)) / gap).astype(np.int64) + 1
    width = int(cells[:, 1].max()) + 2
    key = cells[:, 0] * width + cells[:, 1]
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    push = np.zeros_like(positions)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            wanted = key + dx * width + dy
            first = np.searchsorted(ranked, wanted)
            end = np.searchsorted(ranked, wanted, "right")
            for turn in range(NEIGHBOURS_IN_CELL):
                dots = np.nonzero(first + turn < end)[0]
                others = order[first[dots] + turn]
                dots, others = dots[others != dots], others[others != dots]
                apart = positions[dots] - positions[others]
                length = np.linalg.norm(apart, axis=1) + 1e-9
                strength = np.maximum(0, gap - length) * 0.35 / length
                for axis in range(2):
                    push[:, axis] += np.bincount(dots, apart[:, axis] * strength, size)
    return push
