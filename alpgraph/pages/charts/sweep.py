"""A sweep: the effect with its interval for each value of one parameter."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from alpgraph.pages.charts.axes import Scale, label, padded, signed_label, svg, text, ticks
from alpgraph.pages.formats import decimals, signed

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 640, 64, 620, 14, 220
LINE, LETTER = 24, 13
"""Height of a line of names, and width of a letter: as large as they are on a phone."""


@dataclass(frozen=True, slots=True)
class Point:
    """One answered value of the parameter."""

    value: float | str
    difference: float
    low: float
    high: float
    verdict: str
    replicates: int
    here: bool = False


def sweep_chart(points: Sequence[Point], smallest: float, x_label: str) -> Markup:
    """Draw the differences over the parameter: to scale where its values are numbers."""
    ends = [end for point in points for end in (point.low, point.high)]
    y = Scale(*padded([*ends, -1.5 * smallest, 1.5 * smallest]), BOTTOM, TOP)
    places = _places([point.value for point in points])
    names = [p.value if isinstance(p.value, str) else label(p.value) for p in points]
    rows = _rows(names, places)
    below = BOTTOM + 20 + LINE * max(rows)
    parts = [
        f'<rect class="c-sei" x="{LEFT}" y="{y(smallest):g}" width="{RIGHT - LEFT}" '
        f'height="{y(-smallest) - y(smallest):.1f}"/>'
    ]
    for tick in ticks(y.low, y.high):
        kind = "c-zero" if tick == 0 else "c-grid"
        parts.append(f'<path class="{kind}" d="M{LEFT} {y(tick):g}H{RIGHT}"/>')
        parts.append(text("c-tick", LEFT - 8, y(tick) + 4, signed_label(tick), "end"))
    digits = decimals(point.difference for point in points)
    for point, x, name, row in zip(points, places, names, rows, strict=True):
        weight = " c-here" if point.here else ""
        parts.append(
            f'<path class="c-ci" d="M{x:g} {y(point.low):g}V{y(point.high):g}"/>'
            f'<circle class="c-mean v-{point.verdict.replace(" ", "-")}{weight}" cx="{x:g}" '
            f'cy="{y(point.difference):g}" r="6">'
            f"<title>{escape(_point_label(point, digits))}</title></circle>"
        )
        parts.append(text("c-tick", x, BOTTOM + 20 + LINE * row, name, "middle"))
    parts.append(text("c-side", (LEFT + RIGHT) / 2, below + LINE, x_label, "middle"))
    says = "; ".join(_point_label(point, digits) for point in points)
    return svg(WIDTH, below + LINE + 8, f"Difference by {x_label}: {says}", parts)


def _point_label(point: Point, digits: int) -> str:
    return f"{point.value}: {signed(point.difference, digits)}, {point.replicates} replicates"


def _rows(names: Sequence[str], places: Sequence[float]) -> list[int]:
    """Return the line below the axis that each name stands in, clear of those before it.

    >>> _rows(["40", "60", "500"], [88.0, 96.0, 596.0])
    [0, 1, 0]
    """
    ends: list[float] = []
    rows = []
    for name, x in zip(names, places, strict=True):
        half = LETTER * len(name) / 2
        free = (row for row, end in enumerate(ends) if x - half > end + LETTER / 2)
        row = next(free, len(ends))
        ends[row : row + 1] = [x + half]
        rows.append(row)
    return rows


def _places(values: Sequence[float | str]) -> list[float]:
    numbers = [value for value in values if not isinstance(value, str)]
    inside = LEFT + 24, RIGHT - 24
    if len(numbers) < len(values) or len(set(numbers)) < 2:
        x = Scale(0, max(1, len(values) - 1), *inside)
        return [x(i) for i in range(len(values))]
    low, high = min(numbers), max(numbers)
    x = Scale(low, high, *inside, log=low > 0 and high / low >= 20)
    return [x(value) for value in numbers]
