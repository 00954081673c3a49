"""The profile of a walk through time: how many notes and links there were after each commit."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup, escape

from alpgraph.pages.addresses import network_url
from alpgraph.pages.formats import short_date

WIDTH, HEIGHT = 1000, 230
LEFT, RIGHT, TOP, BOTTOM = 8, 84, 16, 34
LOWER = 0.82
"""Height of the line as a share of the hill's, so that the two ends are not written over."""
MAX_POINTS = 120
"""Points that can be followed; of more, evenly chosen ones."""

Row = tuple[str, int, int]
Point = tuple[float, float]


def profile_svg(rows: Sequence[Row], *, linked: bool = True) -> Markup:
    """Draw (ISO date and time, notes, links) as a hill of notes and a line of links.

    Points lead to the map of their day when `linked`. Empty where there are no rows.
    """
    if not rows:
        return Markup()
    times = [datetime.fromisoformat(row[0]).timestamp() for row in rows]
    across, floor, end = _across(times), HEIGHT - BOTTOM, WIDTH - RIGHT
    hill = _heights(across, [row[1] for row in rows], 1.0)
    line = _heights(across, [row[2] for row in rows], LOWER)
    start = f"M{hill[0][0]:.1f} {floor}V{hill[0][1]:.1f}"
    parts = [
        f'<path class="pf-hill" d="{start}{_stairs(hill, end)}V{floor}z"/>',
        f'<path class="pf-line" d="M{line[0][0]:.1f} {line[0][1]:.1f}{_stairs(line, end)}"/>',
        f'<path class="pf-axis" d="M{LEFT} {floor}H{end}"/>',
        _label((end + 8, hill[-1][1] + 5), f"{rows[-1][1]} notes", "start"),
        _label((end + 8, line[-1][1] + 5), f"{rows[-1][2]} links", "start"),
        _label((LEFT, HEIGHT - 10), short_date(rows[0][0][:10]), "start"),
    ]
    if rows[0][0][:10] != rows[-1][0][:10]:
        parts.append(_label((end, HEIGHT - 10), short_date(rows[-1][0][:10]), "end"))
    step = -(-len(rows) // MAX_POINTS)
    chosen = sorted({*range(0, len(rows), step), len(rows) - 1})
    points = "".join(_point(rows[i], hill[i]) for i in chosen) if linked else ""
    label = f"Notes and links from {rows[0][0][:10]} to {rows[-1][0][:10]}"
    return Markup(
        f'<svg class="profile" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" '
        f'aria-label="{label}">{"".join(parts)}{points}</svg>'
    )


def _across(times: Sequence[float]) -> list[float]:
    first, span = times[0], (times[-1] - times[0]) or 1.0
    return [LEFT + (time - first) / span * (WIDTH - LEFT - RIGHT) for time in times]


def _heights(across: Sequence[float], counts: Sequence[int], share: float) -> list[Point]:
    floor, most = HEIGHT - BOTTOM, max(1, *counts)
    room = share * (floor - TOP)
    return [(x, floor - room * count / most) for x, count in zip(across, counts, strict=True)]


def _stairs(points: Sequence[Point], end: float) -> str:
    """Go on level until the next change."""
    return "".join(f"H{x:.1f}V{y:.1f}" for x, y in points[1:]) + f"H{end}"


def _label(at: Point, text: str, anchor: str) -> str:
    place = f'x="{at[0]:.0f}" y="{at[1]:.0f}" text-anchor="{anchor}"'
    return f'<text class="pf-tick" {place}>{escape(text)}</text>'


def _point(row: Row, at: Point) -> str:
    day, notes, links = row[0][:10], row[1], row[2]
    label = f"The map on {short_date(day)}: {notes} notes, {links} links"
    return (
        f'<a href="{escape(network_url(at=day))}" aria-label="{label}"><title>{label}</title>'
        f'<circle class="pf-hit" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="12"/>'
        f'<circle class="pf-day" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4"/></a>'
    )
