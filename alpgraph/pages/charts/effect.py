"""The effect: each replicate's difference as a dot, the mean with its interval below."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from alpgraph.pages.charts.axes import Scale, padded, signed_label, svg, text, ticks
from alpgraph.pages.formats import signed_interval

WIDTH, TOP, BOTTOM = 440, 16, 166
RADIUS = 4
MAX_LANES = 8
SIDES = {
    "lower": ("treatment better", "treatment worse"),
    "higher": ("treatment worse", "treatment better"),
}
"""What lies left and right of zero, by the better side of the metric; a diagnosis has none."""
UNKNOWN = "No picture: the differences are too large for a mean and an interval."


def has_interval(primary: Mapping[str, Any]) -> bool:
    """Whether the difference and its interval are numbers: those of huge values are not."""
    return None not in (primary["difference"], primary["low"], primary["high"])


def common_range(primaries: Iterable[Mapping[str, Any]]) -> tuple[float, float]:
    """Return the range on which the intervals of a table are drawn; 0 lies within."""
    known = [one for one in primaries if has_interval(one)]
    low = min([0.0, *(one["low"] for one in known)])
    return low, max([0.0, *(one["high"] for one in known)])


def effect_chart(result: Mapping[str, Any]) -> Markup:
    """Draw a result's differences; the shaded stretch is too small to matter."""
    primary, smallest = result["primary"], result["smallest_effect"]
    if not has_interval(primary):
        return svg(WIDTH, 40, UNKNOWN, [text("c-side", 20, 24, UNKNOWN)])
    points = [row["treatment"] - row["control"] for row in result["replicates"]]
    shown = [*points, primary["low"], primary["high"], -1.6 * smallest, 1.6 * smallest]
    x = Scale(*padded(shown, 0.06), 20, WIDTH - 20)
    parts = [
        f'<rect class="c-sei" x="{x(-smallest):g}" y="{TOP}" '
        f'width="{x(smallest) - x(-smallest):.1f}" height="{BOTTOM - TOP}"/>'
    ]
    for tick in ticks(x.low, x.high, 4):
        kind = "c-zero" if tick == 0 else "c-grid"
        parts.append(f'<path class="{kind}" d="M{x(tick):g} {TOP}V{BOTTOM}"/>')
        parts.append(text("c-tick", x(tick), 186, signed_label(tick), "middle"))
    parts += _dots(x, points)
    low, high = x(primary["low"]), x(primary["high"])
    parts.append(
        f'<path class="c-ci" d="M{low:g} 132H{high:g}M{low:g} 126v12M{high:g} 126v12"/>'
        f'<circle class="c-mean" cx="{x(primary["difference"]):g}" cy="132" r="6.5"/>'
    )
    left, right = SIDES.get(primary["better"], ("lower than control", "higher than control"))
    parts.append(text("c-side", 20, 207, f"← {left}"))
    parts.append(text("c-side", WIDTH - 20, 207, f"{right} →", "end"))
    mean, *ends = signed_interval(primary)
    label = (
        f"Mean difference {mean}, 95 % interval {' to '.join(ends)}; "
        f"{len(points)} replicates as points"
    )
    return svg(WIDTH, 212, label, parts)


def _dots(x: Scale, points: Iterable[float]) -> list[str]:
    """Stack dots that would lie on each other."""
    lanes: list[float] = []  # right end of the last dot of each lane
    parts = []
    for value in sorted(points):
        at = x(value)
        lane = next((i for i, end in enumerate(lanes) if at - end >= 2 * RADIUS), len(lanes))
        if lane == len(lanes):
            lanes.append(at)
        lanes[lane] = at
        y = 104 - (2 * RADIUS + 1) * (lane % MAX_LANES)
        parts.append(f'<circle class="c-rep" cx="{at:g}" cy="{y}" r="{RADIUS}"/>')
    return parts


def interval_chart(primary: Mapping[str, Any], low: float, high: float) -> Markup:
    """Draw one interval on the range that its neighbours in a table share, if it has one."""
    if not has_interval(primary):
        return Markup()
    x = Scale(low, high, 8, 192)
    a, b, zero = x(primary["low"]), x(primary["high"]), x(0)
    label = " to ".join(signed_interval(primary)[1:])
    parts = [
        f'<path class="c-zero" d="M{zero:g} 2V20"/><path class="c-ci" d="M{a:g} 11H{b:g}"/>'
        f'<circle class="c-mean" cx="{x(primary["difference"]):g}" cy="11" r="4.5"/>'
    ]
    return svg(200, 22, label, parts, "mini")
