"""Contour lines of how densely points stand: crowded ground is high ground.

Points are spread over a grid by a bell-shaped kernel (three box blurs); lines of equal height are
found by marching squares. `static/map/ground.js` draws the same lines in the browser.
"""

import math

import numpy as np
from numpy.typing import NDArray

LINES = 7
CELLS = 2.5
"""Grid cells to the reach of one point."""
EVEN = 0.6
"""Share of the mean height of the ground below which it is no hill."""
LONG = 24
"""Points above which every other one of a line is enough."""
MAX_CELLS = 700
"""Cells along one side of the grid."""

Floats = NDArray[np.float64]
Ring = list[tuple[float, float]]

# for each pattern of high corners (1 top left, 2 top right, 4 bottom right, 8 bottom left) the
# turns a line takes from side to side (0 top, 1 right, 2 bottom, 3 left), high ground on its left
_TURNS = (
    *("", "30", "01", "31", "12", "30 12", "02", "32"),
    *("23", "20", "01 23", "21", "13", "10", "03", ""),
)


def contours(points: Floats, reach: float) -> list[list[Ring]]:
    """Return for each of LINES heights, the lowest first, its closed lines.

    `points` (n, 2); `reach` is the distance up to which a point counts, in the same unit. The
    lowest line is a quarter of the height of a lone point, or, where points are many, a share of
    the height that they would have if spread evenly; the others rise by equal factors.

    >>> rings = contours(np.array([[0.0, 0.0], [9.0, 0.0]]), 1.0)[0]
    >>> len(rings)
    2
    """
    if not len(points):
        return []
    low, high = points.min(axis=0), points.max(axis=0)
    cell = max(reach / CELLS, float((high - low).max()) / MAX_CELLS)
    room = max(4 * reach, 6 * cell)  # or lines would run off the grid, open
    low, high = low - room, high + room
    radius = max(1, round(reach / cell * 0.8))
    field = _crowding((points - low) / cell, np.ceil((high - low) / cell).astype(int) + 1, radius)
    lone = 1 / (2 * math.pi * 3 * ((2 * radius + 1) ** 2 - 1) / 12)
    base = max(lone / 4, EVEN * len(points) / field.size)
    growth = max(1.0, float(field.max()) / base)
    heights = (base * growth ** (step / LINES) for step in range(LINES))
    return [
        [
            [(low[0] + u * cell, low[1] + v * cell) for u, v in ring]
            for ring in _rings(field, height)
        ]
        for height in heights
    ]


def _crowding(places: Floats, shape: NDArray[np.int64], radius: int) -> Floats:
    """Spread points over the cells round them and blur: (rows, columns)."""
    wide, tall = (int(side) for side in shape)
    corner = places.astype(int)
    s, t = (places - corner).T
    at = corner[:, 1] * wide + corner[:, 0]
    grid = np.zeros(wide * tall)
    for step, share in (
        (0, (1 - s) * (1 - t)),
        (1, s * (1 - t)),
        (wide, (1 - s) * t),
        (wide + 1, s * t),
    ):
        grid += np.bincount(at + step, share, wide * tall)
    field = grid.reshape(tall, wide)
    for _ in range(3):
        for axis in (0, 1):
            field = _box_blur(field, radius, axis)
    return field


def _box_blur(field: Floats, radius: int, axis: int) -> Floats:
    width = 2 * radius + 1
    pads = [(radius + 1, radius) if side == axis else (0, 0) for side in (0, 1)]
    sums = np.cumsum(np.pad(field, pads), axis=axis)
    length = field.shape[axis]
    after = np.take(sums, np.arange(width, width + length), axis=axis)
    before = np.take(sums, np.arange(length), axis=axis)
    return np.asarray((after - before) / width)


def _rings(field: Floats, level: float) -> list[Ring]:
    """Walk round every closed line at one height, from side to side of the grid's cells."""
    wide = field.shape[1]
    high = field > level
    pattern = high[:-1, :-1] + 2 * high[:-1, 1:] + 4 * high[1:, 1:] + 8 * high[1:, :-1]
    # a side is named by the corner it starts from: even numbers run right, odd ones down
    follow: dict[int, int] = {}
    for row, column in np.argwhere((pattern > 0) & (pattern < 15)).tolist():
        corner = row * wide + column
        sides = (2 * corner, 2 * corner + 3, 2 * (corner + wide), 2 * corner + 1)
        for turn in _TURNS[pattern[row, column]].split():
            follow[sides[int(turn[0])]] = sides[int(turn[1])]
    rings = []
    while follow:
        side, ring = next(iter(follow)), []
        while side in follow:
            ring.append(_crossing(field, side, level))
            side = follow.pop(side)
        rings.append(ring[::2] if len(ring) > LONG else ring)
    return rings


def _crossing(field: Floats, side: int, level: float) -> tuple[float, float]:
    """Return where a line of this height crosses a side of the grid."""
    row, column = divmod(side >> 1, field.shape[1])
    down = side & 1
    here, there = field[row, column], field[row + down, column + 1 - down]
    part = float((level - here) / (there - here))
    return (column, row + part) if down else (column + part, row)
