"""Where the parts of a graph stand that nothing joins to its largest one: packed beside it.

Forces would push them away for ever, and the sheet would shrink around them. So cells surround the
main part, and each other part takes the best free square of them: first those that make the sheet
no larger, then those nearest to its middle.
"""

from collections.abc import Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from alpgraph.graph.arrays import Arrays, Floats, Ints

SHEET = 1.4
"""Width of the sheet as a share of its height."""
AWAY = 2.0
"""Distance of all else from the outline of the main part, in cells."""
BESIDE = 0.9
"""Distance within which a cell beside a placed note is taken, in cells."""
DIRECTIONS = 32
"""Sides of the outline around the main part."""


def parts_of(arrays: Arrays) -> list[Ints]:
    """Return the indices of each connected part, the largest part first.

    >>> edges = np.array([[0, 1], [2, 3], [3, 4]])
    >>> [part.tolist() for part in parts_of(Arrays(tuple("abcdef"), edges, np.ones(3)))]
    [[2, 3, 4], [0, 1], [5]]
    """
    simple: nx.Graph[int] = nx.Graph()
    simple.add_nodes_from(range(arrays.size))
    simple.add_edges_from(arrays.edges.tolist())
    found = [sorted(part) for part in nx.connected_components(simple)]
    return [np.array(part) for part in sorted(found, key=lambda part: (-len(part), part[0]))]


def pack(
    main: Floats, placed: Sequence[Floats], loose: Sequence[Floats], cell: float
) -> list[Floats]:
    """Return the loose parts moved beside the main one; `main` and `placed` parts stay.

    >>> pack(np.zeros((1, 2)), [], [np.ones((1, 2))], 1.0)[0].tolist()
    [[-2.0, -1.0]]
    """
    middle = (main.min(axis=0) + main.max(axis=0)) / 2
    standing = (np.concatenate([main, *placed]) - middle) / cell
    sheet = np.array([standing.min(axis=0), standing.max(axis=0)])
    spans = [part.max(axis=0) - part.min(axis=0) for part in loose]
    # one more cell around what is more than a dot, so that parts are told apart
    sizes = [
        tuple((np.ceil(span / cell).astype(int) + (2 if len(part) > 1 else 1)).tolist())
        for span, part in zip(spans, loose, strict=True)
    ]
    radius = float((np.ptp((main - middle) / cell, axis=0) / 2 / [SHEET, 1]).max())
    room = int(radius + AWAY + 2 * sum(wide * tall for wide, tall in sizes) ** 0.5) + 1
    while (seats := _seats(_occupied(main, placed, middle, cell, room), sizes, sheet)) is None:
        room *= 2
    centres = [part.min(axis=0) + span / 2 for part, span in zip(loose, spans, strict=True)]
    return [
        part - centre + middle + seats[i] * cell
        for i, (part, centre) in enumerate(zip(loose, centres, strict=True))
    ]


def _occupied(
    main: Floats, placed: Sequence[Floats], middle: Floats, cell: float, room: int
) -> NDArray[np.bool_]:
    """Return which cells of a sheet around the middle are taken, (columns, rows)."""
    wide = int(room * SHEET)
    x, y = np.arange(-wide, wide + 1)[:, None], np.arange(-room, room + 1)[None]
    occupied = np.ones((len(x), y.shape[1]), dtype=bool)
    turns = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    for direction in np.stack([np.cos(turns), np.sin(turns)], axis=1):
        farthest = float(((main - middle) @ direction).max()) / cell
        occupied &= x * direction[0] + y * direction[1] <= farthest + AWAY
    for part in placed:
        left, top = (part.min(axis=0) - middle) / cell - BESIDE
        right, bottom = (part.max(axis=0) - middle) / cell + BESIDE
        columns = (x[:, 0] > left) & (x[:, 0] < right)
        occupied[np.ix_(columns, (y[0] > top) & (y[0] < bottom))] = True
    return occupied


def _seats(
    occupied: NDArray[np.bool_], sizes: Sequence[tuple[int, int]], sheet: Floats
) -> dict[int, Floats] | None:
    """Return the middle of a free place for each size, in cells; None where there is no room.

    `sheet` is the least and the greatest place that is in use.
    """
    half = (np.array(occupied.shape) - 1) / 2
    seats: dict[int, Floats] = {}
    for wide, tall in sorted(set(sizes), key=lambda size: (-size[0] * size[1], size)):
        corners = _free_corners(occupied, wide, tall)
        inner = (np.array([wide, tall]) - 1) / 2
        middles = corners + inner - half
        low, high = np.minimum(sheet[0], middles - inner), np.maximum(sheet[1], middles + inner)
        grown = ((high - low) / [SHEET, 1]).max(axis=1)
        order = np.lexsort((np.hypot(*middles.T), grown))
        best = iter(order.tolist())
        for part in (i for i, size in enumerate(sizes) if size == (wide, tall)):
            for at in best:
                x, y = corners[at]
                if not occupied[x : x + wide, y : y + tall].any():
                    break
            else:
                return None
            occupied[x : x + wide, y : y + tall] = True
            seats[part] = middles[at]
            sheet = np.array([np.minimum(sheet[0], low[at]), np.maximum(sheet[1], high[at])])
    return seats


def _free_corners(occupied: NDArray[np.bool_], wide: int, tall: int) -> Ints:
    """Return the first corner of each rectangle of free cells, (k, 2)."""
    sums = np.pad(occupied.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    columns = sums[wide:] - sums[:-wide]
    return np.argwhere(columns[:, tall:] == columns[:, :-tall])
