"""What charts share: scales, round ticks, labels that keep their distance."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from alpgraph.pages.formats import power


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`; logarithmic on wish.

    >>> Scale(0, 10, 0, 100)(5), Scale(1, 100, 0, 100, log=True)(10)
    (50.0, 50.0)
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the pixel of a value, to a tenth."""
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(value)
        share = (at - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)


def ticks(low: float, high: float, most: int = 5, *, whole: bool = False) -> list[float]:
    """Return at most `most` + 1 round values between low and high, `whole` ones alone on wish.

    >>> ticks(0.0, 1.0), ticks(0, 10, 4), ticks(0, 10, 4, whole=True)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 2.5, 5.0, 7.5, 10.0], [0.0, 5.0, 10.0])
    """
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    steps = [m * power for m in (1, 2, 2.5, 5, 10, 20) if span / (m * power) <= most]
    step = next(step for step in steps if not whole or step.is_integer())
    first = math.ceil(low / step - 1e-9)
    count = int((high - first * step) / step + 1e-9) + 1
    digits = 2 - math.floor(math.log10(step))
    return [round((first + i) * step, digits) + 0.0 for i in range(count)]


def label(value: float) -> str:
    """Write a tick, a minus being a minus.

    >>> label(-0.5), label(20000), label(2e-9)
    ('−0.5', '20,000', '2 × 10⁻⁹')
    """
    whole = 10_000 <= abs(value) < 10_000_000 and value == int(value)
    return power(f"{value:,.0f}" if whole else f"{value:g}")


def signed_label(value: float) -> str:
    """Write a tick of a difference: with its sign, zero without."""
    return "0" if value == 0 else power(f"{value:+g}")


def padded(values: Iterable[float | None], share: float = 0.05) -> tuple[float, float]:
    """Return the range of the values there are, 0 if there is none, with room at both ends."""
    known = [value for value in values if value is not None] or [0.0]
    low, high = min(known), max(known)
    room = (high - low) * share or abs(high) * share or 1.0
    return low - room, high + room


def spread(middle: float | None, half: float | None) -> tuple[float | None, float | None]:
    """Return the ends of an interval; None twice where it has none."""
    if middle is None or half is None:
        return None, None
    return middle - half, middle + half


def words(name: str, width: int = 16, most: int = 3) -> list[str]:
    """Break a name into short lines."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + len(word) < width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + "…"]
    return lines


def apart(heights: Sequence[float], sizes: Sequence[float], bottom: float) -> list[float]:
    """Push labels down until none overlaps the one above it, and up again from the bottom."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + sizes[before])
    limit = bottom
    for index in reversed(order):
        placed[index] = min(placed[index], limit - sizes[index])
        limit = placed[index]
    return placed


def text(kind: str, x: float, y: float, content: str, anchor: str = "start") -> str:
    """Write a text; `kind` is its class."""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{kind}" x="{x:g}" y="{y:g}"{where}>{escape(content)}</text>'


def svg(width: int, height: float, label: str, parts: Iterable[str], kind: str = "chart") -> Markup:
    """Wrap the parts of a chart; `label` is what a screen reader hears instead."""
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {width} {height:g}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
