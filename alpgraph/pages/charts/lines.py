"""Lines with their 95 % bands, each named at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from alpgraph.pages.charts.axes import Scale, apart, label, padded, spread, svg, text, ticks, words
from alpgraph.pages.charts.bars import rows_chart
from alpgraph.pages.formats import NONE, decimals

WIDTH, HEIGHT = 480, 236
LEFT, RIGHT, TOP, BOTTOM = 54, 350, 12, 190
STYLES = ("c-a", "c-b", "c-c", "c-d", "c-e", "c-f")
ROW = 18


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is called, how it is drawn, where it goes; a gap where a value is None."""

    name: str
    style: str
    x: Sequence[float | None]
    mean: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]

    @property
    def last(self) -> tuple[float, float] | None:
        """The last point there is."""
        points = zip(self.x, self.mean, strict=True)
        return next(
            ((x, y) for x, y in reversed([*points]) if x is not None and y is not None), None
        )


def curves_chart(curves: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Markup:
    """Draw the curve of each arm; `names` are what the arms are called."""
    lines = [
        Line(
            names.get(curve["arm"], curve["arm"]),
            "c-b" if curve["arm"] == "treatment" else "c-a",
            curve["x"],
            curve["mean"],
            curve["low"],
            curve["high"],
        )
        for curve in curves
    ]
    return lines_chart(lines, curves[0]["x_label"])


def picture_chart(picture: Mapping[str, Any], names: Mapping[str, str]) -> Markup:
    """Draw an experiment's picture: lines over numbers, else rows of intervals."""
    series = picture["series"]
    if picture["kind"] != "lines" or any(isinstance(x, str) for one in series for x in one["x"]):
        return rows_chart(picture, names)
    lines = [
        Line(
            names.get(one["name"], one["name"]),
            {"control": "c-a", "treatment": "c-b"}.get(one["name"], STYLES[i % len(STYLES)]),
            one["x"],
            one["y"],
            *([ends[side] for ends in map(spread, one["y"], one["half_width"])] for side in (0, 1)),
        )
        for i, one in enumerate(series)
    ]
    return lines_chart(lines, picture["x_label"])


def lines_chart(lines: Sequence[Line], x_label: str) -> Markup:
    """Draw lines on common axes; wide ranges of x are drawn on a logarithmic scale."""
    xs = [value for line in lines for value in line.x if value is not None] or [0.0]
    ys = [value for line in lines for part in (line.mean, line.low, line.high) for value in part]
    log = min(xs) > 0 and max(xs) / min(xs) >= 50
    x = Scale(min(xs), max(xs), LEFT, RIGHT, log=log)
    y = Scale(*padded(ys), BOTTOM, TOP)
    parts = _axes(x, y, xs, x_label)
    drawn = [(line, line.last[1]) for line in lines if line.last is not None]
    names = [words(line.name) for line, _ in drawn]
    sizes = [ROW * len(rows) + 3.0 for rows in names]
    heights = apart([y(end) - ROW / 2 for _, end in drawn], sizes, BOTTOM + 12)
    for (line, _), rows, height in zip(drawn, names, heights, strict=True):
        parts += _line(line, x, y)
        parts += [
            text(f"c-name {line.style}", RIGHT + 10, height + ROW * (i + 0.75), row)
            for i, row in enumerate(rows)
        ]
    digits = decimals(end for _, end in drawn)
    last = {line.name: label(round(end, digits)) for line, end in drawn}
    ends = ", ".join(f"{line.name} {last.get(line.name, NONE)}" for line in lines)
    return svg(WIDTH, HEIGHT, f"By {x_label}; at the end: {ends}", parts)


def _axes(x: Scale, y: Scale, xs: Sequence[float], x_label: str) -> list[str]:
    parts = []
    for tick in ticks(y.low, y.high):
        parts.append(f'<path class="c-grid" d="M{LEFT} {y(tick):g}H{RIGHT}"/>')
        parts.append(text("c-tick", LEFT - 8, y(tick) + 4, label(tick), "end"))
    marks = _log_ticks(xs) if x.log else _even_ticks(xs)
    parts += [text("c-tick", x(tick), 208, label(tick), "middle") for tick in marks]
    parts.append(text("c-side", (LEFT + RIGHT) / 2, 229, x_label, "middle"))
    return parts


def _even_ticks(xs: Sequence[float]) -> list[float]:
    """Return round values within the range: whole ones where all x are, and more if short."""
    whole = all(float(value).is_integer() for value in xs)
    return ticks(min(xs), max(xs), 5 if whole and max(xs) < 100 else 4, whole=whole)


def _log_ticks(xs: Sequence[float]) -> list[float]:
    """Return powers of ten within the range, else its ends."""
    powers = [10.0**i for i in range(-9, 10) if min(xs) <= 10.0**i <= max(xs)]
    return powers if len(powers) > 1 else [min(xs), max(xs)]


def _line(line: Line, x: Scale, y: Scale) -> list[str]:
    bands = []
    for stretch in _stretches(line.x, line.low, line.high):
        there = [f"{x(a):g} {y(high):g}" for a, _, high in stretch]
        back = [f"{x(a):g} {y(low):g}" for a, low, _ in reversed(stretch)]
        bands.append(f"M{' '.join([*there, *back])}z")
    way, dots = [], [line.last] if line.last else []
    for stretch in _stretches(line.x, line.mean):
        way.append("M" + " ".join(f"{x(a):g} {y(b):g}" for a, b in stretch))
        if len(stretch) == 1 and stretch[0] != line.last:  # no line shows a point between gaps
            dots.append((stretch[0][0], stretch[0][1]))
    return [
        f'<path class="c-band {line.style}" d="{"".join(bands)}"/>' if bands else "",
        f'<path class="c-line {line.style}" d="{"".join(way)}"/>',
        *(
            f'<circle class="c-end {line.style}" cx="{x(a):g}" cy="{y(b):g}" r="3.6"/>'
            for a, b in dots
        ),
    ]


def _stretches(*columns: Sequence[float | None]) -> list[list[tuple[float, ...]]]:
    """Return the points, cut where one of their numbers is None.

    >>> _stretches([1, 2, 3, 4], [5, None, 7, 8])
    [[(1, 5)], [(3, 7), (4, 8)]]
    """
    points = zip(*columns, strict=True)
    return [
        [tuple(value for value in point if value is not None) for point in stretch]
        for whole, stretch in groupby(points, lambda point: None not in point)
        if whole
    ]
