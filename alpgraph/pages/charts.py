"""Charts as inline SVG, pure functions of the numbers: effect with interval, curves, pictures."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from alpgraph.pages.render import number, signed

STYLES = ("c-a", "c-b")


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round values between low and high.

    >>> ticks(0.0, 1.0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(m * power for m in (1, 2, 2.5, 5, 10, 20) if span / (m * power) <= most)
    first = -(-low // step)
    count = int((high - first * step) / step + 1e-9) + 1
    return [round((first + i) * step, 10) for i in range(count)]


def label(value: float) -> str:
    """Write a tick."""
    return f"{value:g}".replace("-", "−")


def effect_chart(result: Mapping[str, Any], smallest: float, direction: str) -> Markup:
    """Draw each replicate's difference as a dot, the mean with its interval below."""
    primary = result["primary"]
    points = [row["treatment"] - row["control"] for row in result["replicates"]]
    ends = [*points, primary["low"], primary["high"], -2 * smallest, 2 * smallest, 0.0]
    low, high = min(ends), max(ends)
    pad = (high - low) * 0.06 or 1.0
    low, high = low - pad, high + pad
    width, top, bottom = 420, 16, 166

    def x(value: float) -> float:
        return float(round(20 + (value - low) / (high - low) * (width - 40), 1))

    parts = [
        f'<rect class="c-sei" x="{x(-smallest)}" y="{top}" '
        f'width="{x(smallest) - x(-smallest):.1f}" height="{bottom - top}"/>'
    ]
    for tick in ticks(low, high, 4):
        kind = "c-zero" if tick == 0 else "c-grid"
        text = "0" if tick == 0 else f"{tick:+g}".replace("-", "−")
        parts.append(
            f'<path class="{kind}" d="M{x(tick)} {top}V{bottom}"/>'
            f'<text class="c-tick" x="{x(tick)}" y="186" text-anchor="middle">{text}</text>'
        )
    lanes: dict[int, int] = {}
    for value in sorted(points):
        slot = int(x(value) / 9)
        lane = lanes.get(slot, 0)
        lanes[slot] = lane + 1
        parts.append(f'<circle class="c-rep" cx="{x(value)}" cy="{96 - 9 * (lane % 8)}" r="4"/>')
    a, b, m = x(primary["low"]), x(primary["high"]), x(primary["difference"])
    parts.append(
        f'<path class="c-ci" d="M{a} 126H{b}M{a} 120v12M{b} 120v12"/>'
        f'<circle class="c-mean" cx="{m}" cy="126" r="6.5"/>'
    )
    says = "as expected →" if direction == "higher" else "← as expected"
    anchor, side = ("start", x(0) + 6) if direction == "higher" else ("end", x(0) - 6)
    parts.append(f'<text class="c-side" x="{side}" y="204" text-anchor="{anchor}">{says}</text>')
    text = (
        f"Mean difference {signed(primary['difference'])}, 95 % interval "
        f"{signed(primary['low'])} to {signed(primary['high'])}; {len(points)} replicates as points"
    )
    return _svg(width, 210, text, parts)


def curves_chart(curves: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Markup:
    """Draw the mean of each arm with its 95 % band, named at its end."""
    series = [
        (names.get(c["arm"], c["arm"]), c["x"], c["mean"], c["low"], c["high"]) for c in curves
    ]
    return _lines(series, curves[0]["x_label"], "Curves: " + ", ".join(s[0] for s in series))


def picture_chart(picture: Mapping[str, Any]) -> Markup:
    """Draw an experiment's picture: lines, or bars and dots over names."""
    series = picture["series"]
    if picture["kind"] == "lines" and not any(isinstance(v, str) for s in series for v in s["x"]):
        drawn = [
            (
                s["name"],
                s["x"],
                s["y"],
                [y - h for y, h in zip(s["y"], s["half_width"], strict=True)],
                [y + h for y, h in zip(s["y"], s["half_width"], strict=True)],
            )
            for s in series
        ]
        return _lines(drawn, picture["x_label"], picture["title"])
    return _rows(picture)


Series = tuple[str, Sequence[float], Sequence[float], Sequence[float], Sequence[float]]


def _lines(series: Sequence[Series], x_label: str, text: str) -> Markup:
    xs = [v for s in series for v in s[1]]
    ys = [v for s in series for part in (s[3], s[4]) for v in part if v is not None]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    y_pad = (y1 - y0) * 0.05 or 1.0
    y0, y1 = y0 - y_pad, y1 + y_pad
    left, right, top, bottom = 52, 352, 12, 190

    def x(value: float) -> float:
        return round(left + (value - x0) / ((x1 - x0) or 1) * (right - left), 1)

    def y(value: float) -> float:
        return round(bottom - (value - y0) / (y1 - y0) * (bottom - top), 1)

    parts = []
    for tick in ticks(y0, y1):
        parts.append(
            f'<path class="c-grid" d="M{left} {y(tick)}H{right}"/><text class="c-tick" '
            f'x="{left - 8}" y="{y(tick) + 4}" text-anchor="end">{label(tick)}</text>'
        )
    for tick in ticks(x0, x1, 4):
        parts.append(
            f'<text class="c-tick" x="{x(tick)}" y="208" text-anchor="middle">{label(tick)}</text>'
        )
    parts.append(
        f'<text class="c-side" x="{(left + right) / 2}" y="228" text-anchor="middle">'
        f"{escape(x_label)}</text>"
    )
    ends = _apart([y(s[2][-1]) for s in series])
    for i, (name, sx, mean, low, high) in enumerate(series):
        style = STYLES[i % 2]
        upper = [f"{x(a)} {y(b)}" for a, b in zip(sx, high, strict=True)]
        lower = [f"{x(a)} {y(b)}" for a, b in zip(sx, low, strict=True)]
        middle = [f"{x(a)} {y(b)}" for a, b in zip(sx, mean, strict=True)]
        parts.append(f'<path class="c-band {style}" d="M{" ".join(upper + lower[::-1])}z"/>')
        parts.append(f'<path class="c-line {style}" d="M{" ".join(middle)}"/>')
        parts.append(f'<circle class="c-end {style}" cx="{x(sx[-1])}" cy="{y(mean[-1])}" r="3.6"/>')
        for row, line in enumerate(_wrap(name)):
            parts.append(
                f'<text class="c-name {style}" x="{right + 10}" y="{ends[i] + 4 + 16 * row:.1f}">'
                f"{escape(line)}</text>"
            )
    return _svg(480, 234, text, parts)


def _wrap(name: str, width: int = 15) -> list[str]:
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + len(word) < width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines[:3]


def _apart(heights: list[float], gap: float = 36) -> list[float]:
    """Push end labels apart so that no two overlap."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    over = max(placed, default=0) - 176
    return [value - over if over > 0 else value for value in placed]


def _rows(picture: Mapping[str, Any]) -> Markup:
    rows = [
        (s["name"], str(name), value, half)
        for s in picture["series"]
        for name, value, half in zip(s["x"], s["y"], s["half_width"], strict=True)
    ]
    ends = [0.0, *(v - h for _, _, v, h in rows), *(v + h for _, _, v, h in rows)]
    low, high = min(ends), max(ends)

    def x(value: float) -> float:
        return float(round(190 + (value - low) / ((high - low) or 1) * 230, 1))

    series = [s["name"] for s in picture["series"]]
    parts = []
    for i, (name, what, value, half) in enumerate(rows):
        style, y = STYLES[series.index(name) % 2], 20 + 26 * i
        text = f"{name}: {what}" if len(series) > 1 else what
        parts.append(
            f'<text class="c-tick" x="182" y="{y + 5}" text-anchor="end">{escape(text[:28])}</text>'
            f'<path class="c-line {style}" d="M{x(value - half)} {y}H{x(value + half)}"/>'
            f'<circle class="c-end {style}" cx="{x(value)}" cy="{y}" r="5"/>'
            f'<text class="c-tick" x="{x(value + half) + 8}" y="{y + 5}">{number(value)}</text>'
        )
    height = 26 * len(rows) + 34
    parts.append(
        f'<text class="c-side" x="300" y="{height - 6}" text-anchor="middle">'
        f"{escape(picture['x_label'])}</text>"
    )
    return _svg(480, height, picture["title"], parts)


def _svg(width: int, height: int, text: str, parts: Sequence[str]) -> Markup:
    return Markup(
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(text)}">{"".join(parts)}</svg>'
    )
