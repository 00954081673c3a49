"""Rows: a name, a dot with its interval, the number."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from markupsafe import Markup

from alpgraph.pages.charts.axes import Scale, label, spread, svg, text, ticks
from alpgraph.pages.formats import decimals, number
from alpgraph.pages.text_width import wrap

STYLES = ("c-a", "c-b", "c-c", "c-d", "c-e", "c-f")
WIDTH, LEFT, RIGHT = 480, 190, 410
ROW, LINE = 34, 17


def rows_chart(picture: Mapping[str, Any], names: Mapping[str, str]) -> Markup:
    """Draw a picture whose x are names: rows grouped by x, one row for each series."""
    series = picture["series"]
    index_of = {one["name"]: i for i, one in enumerate(series)}
    rows = [
        (one["name"], str(what), value, half)
        for one in series
        for what, value, half in zip(one["x"], one["y"], one["half_width"], strict=True)
    ]
    order = list(dict.fromkeys(what for _, what, _, _ in rows))
    rows.sort(key=lambda row: (order.index(row[1]), index_of[row[0]]))
    ends = [0.0, *(end for *_, v, h in rows for end in (v, *spread(v, h)) if end is not None)]
    x = Scale(min(ends), max(ends), LEFT, RIGHT)
    labels = [_label(what, names.get(name, name), len(series)) for name, what, _, _ in rows]
    tall = [max(ROW, LINE * len(lines) + 9) for lines in labels]
    *tops, end = accumulate(tall, initial=4)
    bottom = end + 2
    digits = decimals(value for *_, value, _ in rows)
    parts = []
    for tick in ticks(x.low, x.high, 4):
        kind = "c-zero" if tick == 0 else "c-grid"
        parts.append(f'<path class="{kind}" d="M{x(tick):g} 4V{bottom}"/>')
        parts.append(text("c-tick", x(tick), bottom + 18, label(tick), "middle"))
    for (name, _, value, half), lines, top, room in zip(rows, labels, tops, tall, strict=True):
        style = {"control": "c-a", "treatment": "c-b"}.get(
            name, STYLES[index_of[name] % len(STYLES)]
        )
        parts += _row(x, style, lines, top + room / 2, value, half)
        last = next(e for e in (spread(value, half)[1], value, 0.0) if e is not None)
        parts.append(text("c-tick", x(last) + 9, top + room / 2 + 5, number(value, digits)))
    parts.append(text("c-side", (LEFT + RIGHT) / 2, bottom + 38, picture["y_label"], "middle"))
    says = "; ".join(
        f"{what}, {names.get(name, name)}: {number(v, digits)}" for name, what, v, _ in rows
    )
    return svg(WIDTH, bottom + 46, f"{picture['title']}. {says}", parts)


def _label(what: str, name: str, count: int) -> list[str]:
    """Name a row in full: its last word may be what tells it from the next."""
    full = f"{what}, {name}" if count > 1 else what
    return wrap(full, 17, LEFT - 12)  # in letters as large as they are on a phone


def _row(
    x: Scale, style: str, lines: Sequence[str], y: float, value: float | None, half: float | None
) -> list[str]:
    """Draw the name of a row, its interval and its value, where it has them."""
    top = y + 5 - LINE * (len(lines) - 1) / 2
    parts = [
        text("c-tick", LEFT - 10, round(top + LINE * i, 1), line, "end")
        for i, line in enumerate(lines)
    ]
    low, high = spread(value, half)
    if low is not None and high is not None:
        parts.append(f'<path class="c-line {style}" d="M{x(low):g} {y:g}H{x(high):g}"/>')
    if value is not None:
        parts.append(f'<circle class="c-end {style}" cx="{x(value):g}" cy="{y:g}" r="5"/>')
    return parts
