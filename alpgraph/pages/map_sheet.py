"""The map as a printed sheet: SVG made of real links, for pages that run no script."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from alpgraph.graph import MENTION, Area, Layout, NoteGraph, degrees
from alpgraph.graph.contours import contours
from alpgraph.pages.addresses import note_url
from alpgraph.pages.marks import SHAPES
from alpgraph.pages.state import Collection
from alpgraph.pages.text_width import own_way, text_width, wrap

WIDTH, HEIGHT, MARGIN, BAND = 1000, 760, 74, 24
LETTERS, ROWS = "ABCDEF", 4
LIMIT = 200
"""Notes that are drawn, the best connected ones."""
REACH = 32
"""Distance up to which a note makes ground high, on a sheet of few notes."""
CROWDED = 300

# where a name may stand beside its dot: left or right, above or below
SPOTS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
ANCHORS = {1: "start", 0: "middle", -1: "end"}

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapView:
    """What the map is asked to show; empty says everything."""

    focus: str = ""
    types: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    """Of relations; `unsaid` for those without."""
    verdicts: tuple[str, ...] = ()
    """Of notes; `not tested` for those without."""
    topic: str = ""
    colour: str = ""
    path: tuple[str, ...] = ()
    area: int | None = None
    """Area whose list is shown whole."""
    at: str = ""
    """Past date."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where every note stands on the sheet, and which are drawn."""

    spots: Mapping[str, Point]
    drawn: Mapping[str, int]
    """How many notes each is joined to, the best connected first."""
    hills: str
    """Contour lines, as SVG."""

    def square(self, points: Iterable[Point]) -> str:
        """Name the square in which points have their middle, as `C2`."""
        x, y = np.mean(list(points), axis=0).tolist()
        column = min(len(LETTERS) - 1, max(0, int(x / WIDTH * len(LETTERS))))
        return f"{LETTERS[column]}{min(ROWS, max(1, int(y / HEIGHT * ROWS) + 1))}"


_kept: WeakKeyDictionary[NoteGraph, tuple[Layout, Sheet]] = WeakKeyDictionary()


def sheet_of(collection: Collection) -> Sheet:
    """Return where the notes stand on the sheet; kept for each state of the graph."""
    layout, sheet = _kept.get(collection.graph, (None, None))
    if sheet is None or layout is not collection.layout:
        sheet = _lay_out(collection)
        _kept[collection.graph] = (collection.layout, sheet)
    return sheet


def _lay_out(collection: Collection) -> Sheet:
    """Place the notes on the sheet, both axes in one scale, as the script does."""
    notes, positions = collection.notes, collection.layout.positions
    slugs = [slug for slug in positions if slug in notes]
    if not slugs:
        return Sheet({}, {}, "")
    points = np.array([positions[slug] for slug in slugs])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    unit = float(((high - low) / room).max()) or 1.0
    placed = (points - (low + high) / 2) / unit + np.array([WIDTH, HEIGHT]) / 2
    counts = degrees(collection.graph)
    drawn = nsmallest(LIMIT, slugs, key=lambda slug: (-counts[slug], slug))
    spots = {slug: (x, y) for slug, (x, y) in zip(slugs, placed.tolist(), strict=True)}
    return Sheet(spots, {slug: counts[slug] for slug in drawn}, _hills(placed))


def _hills(points: NDArray[np.float64]) -> str:
    """Draw the contour lines of all notes, drawn or not."""
    crowd = max(0.45, min(1.0, (CROWDED / len(points)) ** 0.5))
    return "".join(
        f'<path class="iso iso-{step}" d="{"".join(map(_ring, rings))}"/>'
        for step, rings in enumerate(contours(points, REACH * crowd))
        if rings
    )


def map_svg(
    collection: Collection,
    *,
    view: MapView | None = None,
    labels: int = 60,
    linked: bool = True,
) -> Markup:
    """Draw the sheet: hills, lines in their signatures, notes as their verdict's landform, names.

    With `linked` every dot is a link and the neat line is drawn; without it is a picture only.
    """
    view = view or MapView()
    drawing = _Drawing(collection, sheet_of(collection), view, linked)
    order = sorted(drawing.sheet.drawn, key=lambda slug: slug != view.focus)
    names = [*drawing.areas(), *drawing.names(order[:labels])] if labels else []
    dots = "".join(drawing.dot(slug) for slug in reversed(order))
    lines = "".join(drawing.lines())
    label = f"Map of {len(drawing.sheet.drawn)} notes"
    return Markup(
        f'<svg class="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{label}">'
        f'{drawing.sheet.hills}<g class="e">{lines}</g>{drawing.path()}{dots}'
        f'<g aria-hidden="true">{"".join(names)}</g>{neat_line() if linked else ""}</svg>'
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    collection: Collection
    sheet: Sheet
    view: MapView
    linked: bool
    taken: list[Box] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Draw the relations between drawn notes that pass the filters."""
        spots, types = self.sheet.spots, self.collection.notebook.types.by_id
        lanes: dict[frozenset[str], int] = {}
        for a, b, data in self._relations():
            kind = types[data["type"]]
            pair = frozenset((a, b))
            lane = lanes[pair] = lanes.get(pair, -1) + 1
            bend = 0.07 * (1 + lane) * (1 if (a < b) == (lane % 2 == 0) else -1)
            d = _curve(spots[a], spots[b], bend)
            far = " far" if self._area(a) != self._area(b) else ""
            gap = f'<path class="s-gap" d="{d}"/>' if kind.signature == "double" else ""
            yield f'<path class="r r-{kind.id} s-{kind.signature}{far}" d="{d}"/>{gap}'

    def _relations(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        graph, view, drawn = self.collection.graph, self.view, self.sheet.drawn
        for a in drawn:
            for b, keyed in graph.succ[a].items():
                for key, data in keyed.items() if b in drawn and a != b else ():
                    selected = not view.types or key in view.types
                    based = not view.bases or (data["basis"] or "unsaid") in view.bases
                    if key != MENTION and selected and based:
                        yield a, b, data

    def _area(self, slug: str) -> int:
        return self.collection.layout.communities.get(slug, -1)

    def _verdict(self, slug: str) -> str:
        info = self.collection.verdicts.get(slug)
        return info.verdict if info else ""

    def _faint(self, slug: str) -> bool:
        view, topics = self.view, self.collection.notes[slug].topics
        tested = self._verdict(slug) or "not tested"
        away = bool(view.verdicts) and tested not in view.verdicts
        return away or (bool(view.topic) and view.topic not in topics)

    def path(self) -> str:
        """Draw the path that is asked for as a broad way."""
        spots = self.sheet.spots
        placed = [slug for slug in self.view.path if slug in spots]
        steps = (_curve(spots[a], spots[b], 0) for a, b in pairwise(placed))
        d = "".join(steps)
        return f'<path class="m-way" d="{d}"/>' if d else ""

    def dot(self, slug: str) -> str:
        """Draw a note as its verdict's landform, with a halo where one is."""
        x, y = self.sheet.spots[slug]
        verdict = self._verdict(slug)
        size = min(8.0, 2.9 + 0.7 * self.sheet.drawn[slug] ** 0.5)
        shape = f'<circle class="dot" cx="{x:.0f}" cy="{y:.0f}" r="{size:.1f}"/>'
        if verdict:
            box = f'x="{x - 8:.0f}" y="{y - 8:.0f}" width="16" height="16" viewBox="0 0 16 16"'
            kind = f"sign v-{verdict.replace(' ', '-')}"
            shape = f'<svg class="{kind}" {box}>{SHAPES[verdict]}</svg>'
        here = f"M{x:.0f} {y - 18:.0f}l18 18-18 18-18-18z"
        halo = f'<path class="f-here" d="{here}"/>' if slug == self.view.focus else ""
        tint = f" a-{self._area(slug) % 12}" if self.view.colour == "area" else ""
        faint = " faint" if self._faint(slug) else ""
        drawn = f'<g class="d{tint}{faint}">{halo}{shape}</g>' if tint or faint else halo + shape
        if not self.linked:
            return drawn
        title = escape(self.collection.notes[slug].title)
        hit = f'<circle class="hit" cx="{x:.0f}" cy="{y:.0f}" r="13"/>'
        return f'<a href="{escape(note_url(slug))}" aria-label="{title}">{hit}{drawn}</a>'

    def areas(self) -> Iterator[str]:
        """Write the names of areas, each over its topmost note."""
        spots, drawn = self.sheet.spots, self.sheet.drawn
        self.taken.extend((x - 6, y - 6, x + 6, y + 6) for x, y in (spots[slug] for slug in drawn))
        few = len(spots) <= CROWDED
        for area in sorted(self.collection.layout.areas, key=lambda area: -len(area.slugs)):
            points = [spots[slug] for slug in area.slugs if slug in spots]
            if points:
                yield self._area_name(area, points, few=few)

    def _area_name(self, area: Area, points: list[Point], *, few: bool) -> str:
        size = (
            16.0
            if few
            else max(12.0, min(19.0, 9 + 22 * (len(points) / len(self.sheet.spots)) ** 0.5))
        )
        lines = wrap(area.name[:1].upper() + area.name[1:], size + 1.5, 210, most=2)
        wide = max(text_width(line, size) + len(line) for line in lines)
        tall = len(lines) * (size + 2)
        middle = np.mean(points, axis=0).tolist()
        x = min(max(middle[0], BAND + 4 + wide / 2), WIDTH - BAND - 4 - wide / 2)
        over, under = min(y for _, y in points) - tall - 12, max(y for _, y in points) + 12
        among = middle[1] - tall / 2
        tops = (over, under, over - 12, among) if few else (among, among - tall, among + tall)
        for top in tops:
            box = (x - wide / 2 - 4, top, x + wide / 2 + 4, top + tall)
            if self._free(box):
                return _text(
                    "area", lines, (x, top, size + 2), "middle", f' font-size="{size:.0f}"'
                )
        return ""

    def names(self, order: Iterable[str]) -> Iterator[str]:
        """Write the names of notes where they touch no other name and no dot."""
        for slug in order:
            if self._faint(slug):
                continue
            lines = wrap(self.collection.notes[slug].title, 13, 190, most=2)
            wide, tall = max(text_width(line, 13) for line in lines), 15 * len(lines)
            x, y = self.sheet.spots[slug]
            for side, level in SPOTS:
                left = x - wide / 2 + side * (wide / 2 + (8 if level else 11))
                top = y - tall / 2 + level * (tall / 2 + (0 if side else 11))
                if self._free((left - 2, top, left + wide + 2, top + tall)):
                    at = left + wide * (1 - side) / 2
                    yield _text("m-t", lines, (at, top, 15), ANCHORS[side])
                    break

    def _free(self, box: Box) -> bool:
        """Take a place on the sheet unless something is there."""
        left, top, right, bottom = box
        edge = BAND + 2
        inside = left > edge and right < WIDTH - edge and top > edge and bottom < HEIGHT - edge
        if not inside or any(
            o[0] < right and left < o[2] and o[1] < bottom and top < o[3] for o in self.taken
        ):
            return False
        self.taken.append(box)
        return True


def neat_line() -> str:
    """Draw the frame with the letters and figures of the squares."""
    wide, tall = WIDTH / len(LETTERS), HEIGHT / ROWS
    band = f"M0 0H{WIDTH}V{HEIGHT}H0zM{BAND} {BAND}V{HEIGHT - BAND}H{WIDTH - BAND}V{BAND}z"
    ticks = "".join(
        f"M{i * wide:.0f} 0v{BAND}m0 {HEIGHT - 2 * BAND}v{BAND}" for i in range(1, len(LETTERS))
    ) + "".join(f"M0 {i * tall:.0f}h{BAND}m{WIDTH - 2 * BAND} 0h{BAND}" for i in range(1, ROWS))
    places = [
        (i * wide + wide / 2, y, letter)
        for i, letter in enumerate(LETTERS)
        for y in (BAND / 2, HEIGHT - BAND / 2)
    ] + [
        (x, i * tall + tall / 2, str(i + 1))
        for i in range(ROWS)
        for x in (BAND / 2, WIDTH - BAND / 2)
    ]
    letters = "".join(
        f'<text class="grid-l" x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{text}</text>'
        for x, y, text in places
    )
    inner = f'x="{BAND}" y="{BAND}" width="{WIDTH - 2 * BAND}" height="{HEIGHT - 2 * BAND}"'
    return (
        f'<g aria-hidden="true"><path class="m-band" d="{band}"/><path class="neat2" d="{ticks}"/>'
        f'<rect class="neat2" {inner}/>{letters}</g>'
    )


def _ring(ring: Iterable[Point]) -> str:
    """Write a closed line by its steps, which are short numbers."""
    points = [(round(x), round(y)) for x, y in ring]
    steps = "".join(f"{x - u} {y - v} " for (u, v), (x, y) in pairwise(points))
    return f"M{points[0][0]} {points[0][1]}l{steps.strip().replace(' -', '-')}z"


def _curve(start: Point, end: Point, bend: float) -> str:
    (x1, y1), (x2, y2) = start, end
    if not bend:
        return f"M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}"
    mx, my = (x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1)
    return f"M{x1:.0f} {y1:.0f}Q{mx:.0f} {my:.0f} {x2:.0f} {y2:.0f}"


def _text(
    kind: str, lines: Sequence[str], place: tuple[float, float, float], anchor: str, more: str = ""
) -> str:
    """Write lines from (x, top) with this line height."""
    x, top, step = place
    spans = "".join(
        f'<tspan x="{x:.0f}" y="{top + step * (row + 0.76):.0f}">{escape(line)}</tspan>'
        for row, line in enumerate(own_way(lines))
    )
    return f'<text class="{kind}" text-anchor="{anchor}"{more}>{spans}</text>'
