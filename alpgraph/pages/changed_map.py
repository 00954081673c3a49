"""The changed part of the map: notes whose relations changed, and these, in colour and by sign."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from alpgraph.graph import Change, Statement
from alpgraph.notes import RelationTypes
from alpgraph.pages.addresses import note_url
from alpgraph.pages.marks import line_path
from alpgraph.pages.text_width import BOLD, wrap
from alpgraph.review import Comparison

WIDTH, CARD, PAD, GAP = 1160, 380, 14, 12
TITLE, ROW, SLOT = 15.5, 20, 22
LEVEL = 130
"""Pixels before a card on which a line runs level."""
MAX_CHANGES = 40
"""Relations that are drawn."""
_CLASS = {"+": "d-new", "−": "d-gone"}


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation to be drawn: there now, or there before."""

    sign: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Box:
    """A note's card; `ends` counts the lines that meet it."""

    slug: str
    rows: tuple[str, ...]
    x: float
    y: float
    height: float


def changed_map(types: RelationTypes, compared: Comparison) -> Markup:
    """Draw the changed relations: who tells them stands left, whom they tell of right.

    Empty where no relation changed.
    """
    changes = [one for one in compared.review.diff.relations if one.kind != "reason changed"]
    edges = [edge for change in changes[:MAX_CHANGES] for edge in _edges(change)]
    if not edges:
        return Markup("")
    ends = _ends(edges)
    authors = list(dict.fromkeys(edge.statement.by for edge in edges))
    others = [
        slug for slug in dict.fromkeys(e.statement.other for e in edges) if slug not in authors
    ]
    boxes = _column(compared, authors, ends, 1) | _column(compared, others, ends, WIDTH - CARD - 1)
    height = max(box.y + box.height for box in boxes.values()) + 8
    met = dict.fromkeys(boxes, 0)
    drawn = []
    for edge in edges:
        places = []
        for slug in (edge.statement.by, edge.statement.other):
            box = boxes[slug]
            at = box.y + box.height / 2 + (met[slug] - (ends[slug] - 1) / 2) * SLOT
            met[slug] += 1
            places.append((box, at))
        drawn.append(_line(types, edge, *places))
    cards = "".join(_card(compared, box) for box in boxes.values())
    omitted = len(changes) - MAX_CHANGES
    more = f" and {omitted} more that are not drawn" if omitted > 0 else ""
    label = escape(
        f"{min(MAX_CHANGES, len(changes))} changed relations{more}; the table below has them all"
    )
    return Markup(
        f'<svg class="changed" viewBox="0 0 {WIDTH} {height:.0f}" role="group" '
        f'aria-label="{label}">{"".join(drawn)}{cards}</svg>'
    )


def _edges(change: Change) -> Iterator[Edge]:
    if change.before:
        yield Edge("−", change.before)
    if change.after:
        yield Edge("+", change.after)


def _ends(edges: Sequence[Edge]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for edge in edges:
        for slug in (edge.statement.by, edge.statement.other):
            counts[slug] = counts.get(slug, 0) + 1
    return counts


def _column(
    compared: Comparison, slugs: Sequence[str], ends: dict[str, int], x: float
) -> dict[str, Box]:
    """Stack the cards of one side."""
    boxes, y = {}, 4.0
    for slug in slugs:
        rows = tuple(wrap(compared.review.titles[slug], TITLE, CARD - 2 * PAD - 46, weight=BOLD))
        height = max(ROW * len(rows) + 22, SLOT * ends[slug] + 10)
        boxes[slug] = Box(slug, rows, x, y, height)
        y += height + GAP
    return boxes


def _line(
    types: RelationTypes, edge: Edge, start: tuple[Box, float], end: tuple[Box, float]
) -> str:
    """Draw a relation with its sign and label beside the card it leads to."""
    x0, y0, x1, y1 = start[0].x + CARD, start[1], end[0].x, end[1]
    # the last stretch is level, so that the label stands on it
    at, anchor, bend, flat = x1 - 12, "end", (x0 + x1 - LEVEL) / 2, x1 - LEVEL
    if start[0].x == end[0].x:  # both tell something: an arc beside their column
        x1 = x0
        at, anchor, flat = x1 + 12, "start", x0 + LEVEL
        bend = flat + min(90.0, 20 + abs(y1 - y0) * 0.2)
    d = f"M{x0:.1f} {y0:.1f}C{bend:.1f} {y0:.1f} {bend:.1f} {y1:.1f} {flat:.1f} {y1:.1f}H{x1:.1f}"
    words = escape(f"{edge.sign} {edge.statement.label}")
    kind = _CLASS[edge.sign]
    return (
        f'<g class="{kind}">{line_path(types, edge.statement.type, d)}'
        f'<text class="d-label" x="{at:.1f}" y="{y1 - 7:.1f}" text-anchor="{anchor}">{words}'
        f"</text></g>"
    )


def _card(compared: Comparison, box: Box) -> str:
    """Draw a note; what is new or gone says so."""
    there = box.slug in compared.after.notes, box.slug in compared.before.notes
    kind, word = {(True, False): ("d-new", "+ new"), (False, True): ("d-gone", "− gone")}.get(
        there, ("", "") if any(there) else ("d-absent", "absent")
    )
    top = box.y + (box.height - ROW * len(box.rows)) / 2 + 15
    spans = "".join(
        f'<tspan x="{box.x + PAD:g}" y="{top + ROW * i:.1f}">{escape(row)}</tspan>'
        for i, row in enumerate(box.rows)
    )
    mark = (
        f'<text class="d-mark" x="{box.x + CARD - PAD:g}" y="{box.y + 20:.1f}" '
        f'text-anchor="end">{word}</text>'
        if word
        else ""
    )
    inner = (
        f'<rect class="d-card" x="{box.x:g}" y="{box.y:.1f}" width="{CARD}" '
        f'height="{box.height:.1f}" rx="2"/><text class="d-title">{spans}</text>{mark}'
    )
    if not there[0]:
        return f'<g class="{kind}">{inner}</g>'
    return f'<a class="{kind}" href="{escape(note_url(box.slug))}">{inner}</a>'
