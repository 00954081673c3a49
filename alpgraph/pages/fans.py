"""The walk as a picture: two fans of cards around a signpost, in SVG made of real links.

A pure function of the data: texts are wrapped by known widths, so nothing is measured in a
browser. Left stands what the centre rests on, right what follows from it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from alpgraph.graph import Ego, Link, Neighbour
from alpgraph.notes import RelationType
from alpgraph.pages.marks import line_path, verdict_sign
from alpgraph.pages.state import Collection
from alpgraph.pages.text_width import BOLD, is_rtl, own_way, wrap

WIDTH, CARD, PLATE = 1160, 364, 272
PAD, GAP, HEAD = 14, 10, 30
TITLE, TITLE_ROW = 15.5, 20
WHY, WHY_ROW = 13.5, 17
ONWARD_ROW = 26
COUNT_ROOM = 40
"""Pixels at a card's top corner kept for its verdict and its number of related notes."""
EYE = 300
"""Pixels below the top where the centre stands at most, so that one sees it on arrival."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the picture leads."""

    centre: str
    step: Callable[[str], str]
    """Slug of a neighbour -> the walk there."""
    beyond: Callable[[str, str], str]
    """Slugs of a neighbour and a note behind it -> the walk there."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a reason; `label` is the part of it that names the relation."""

    text: str
    label: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One neighbour with its wrapped texts and its place in the column."""

    neighbour: Neighbour
    title: tuple[str, ...]
    apart: tuple[str, ...]
    """What tells the note from others of its title, where there are any."""
    why: tuple[Line, ...]
    onward: tuple[str, ...]
    height: float
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Heading:
    """The label over a group of cards."""

    kind: RelationType
    label: str
    y: float


@dataclass(frozen=True, slots=True)
class Column:
    """One fan."""

    cards: tuple[Card, ...]
    headings: tuple[Heading, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line ends at a card."""

    side: str
    x: float
    y: float


def fans_svg(collection: Collection, view: Ego, to: Addresses) -> Markup:
    """Draw the neighbourhood of a note."""
    note = collection.notes[view.centre]
    columns = {
        side: _column(collection, [n for n in view.neighbours if n.side == side])
        for side in ("left", "right")
    }
    names = (note.title, collection.apart(note.slug))
    title = [line for name in names for line in wrap(name, 18, PLATE - 60, weight=BOLD)]
    plate_height = 24 * len(title) + 62
    height = max(columns["left"].height, columns["right"].height, plate_height) + 8
    middle = min(height / 2, max(EYE, plate_height / 2 + 4))
    edges, cards = [], []
    spots: dict[str, Spot] = {}
    for side, column in columns.items():
        x = 1.0 if side == "left" else WIDTH - CARD - 1.0
        edge = x + CARD if side == "left" else x
        top = _top(column.height, height, middle)
        start = WIDTH / 2 + (PLATE / 2 - 4) * (-1 if side == "left" else 1)
        cards += [_heading(heading, side, x, top) for heading in column.headings]
        spread = min(7.0, 60 / max(1, len(column.cards)))
        for index, card in enumerate(column.cards):
            y = top + card.y + card.height / 2
            at = middle + (index - (len(column.cards) - 1) / 2) * spread
            spots[card.neighbour.slug] = Spot(side, edge, y)
            edges.append(_edge(collection, card.neighbour, (start, at), (edge, y)))
            cards.append(_card_svg(collection, card, (x, top + card.y), to))
    arcs = [_arc(spots, one, two, kind) for one, two, kind in view.cross]
    label = f"{counted(view)}, one step from {note.title}"
    return Markup(
        f'<svg class="fans" viewBox="0 0 {WIDTH} {height:.0f}" role="group" '
        f'aria-label="{escape(label)}"><g class="e">{"".join(arcs)}{"".join(edges)}</g>'
        f"{_plate(title, middle, plate_height, to.centre)}{''.join(cards)}</svg>"
    )


def counted(view: Ego) -> str:
    """Say how many notes stand beside the centre, and how many of them are shown."""
    shown = len(view.neighbours)
    total = shown + view.hidden
    return f"{f'{shown} of ' if view.hidden else ''}{total} note{'s' if total != 1 else ''}"


def _top(tall: float, height: float, middle: float) -> float:
    """Return where a column begins: around the centre if it fits, else at the top."""
    return min(max(4.0, middle - tall / 2), height - tall - 4)


def _column(collection: Collection, neighbours: Sequence[Neighbour]) -> Column:
    """Stack cards under the headings of their groups."""
    placed: list[Card] = []
    headings: list[Heading] = []
    y, last = 0.0, ""
    for neighbour in neighbours:
        link = neighbour.links[0]
        if link.label != last:
            y += 8 if placed else 0
            kind = collection.notebook.types.by_id.get(link.type)
            kind = kind or collection.notebook.types.by_id["related"]
            headings.append(Heading(kind, link.label, y + 18))
            y += HEAD - 4
            last = link.label
        card = _card(collection, neighbour)
        placed.append(replace(card, y=y))
        y += card.height + GAP
    return Column(tuple(placed), tuple(headings), max(0.0, y - GAP))


def _card(collection: Collection, neighbour: Neighbour) -> Card:
    inner = CARD - 2 * PAD
    title = wrap(neighbour.title, TITLE, inner - COUNT_ROOM, weight=BOLD)
    apart = () if neighbour.ghost else wrap(collection.apart(neighbour.slug), WHY, inner)
    why = [line for i, link in enumerate(neighbour.links) for line in _reason(link, first=i == 0)]
    onward = [slug for slug in neighbour.onward if slug in collection.notes]
    lines = len(onward) + bool(neighbour.farther)
    rows = TITLE_ROW * len(title) + WHY_ROW * (len(apart) + len(why)) + ONWARD_ROW * lines
    texts = tuple(title), tuple(apart), tuple(why), tuple(onward)
    return Card(neighbour, *texts, max(44.0, 22.0 + rows))


def _reason(link: Link, *, first: bool) -> Iterator[Line]:
    """Yield the lines of a reason; relations beside the first one are named."""
    if first and not link.why:
        return
    label = "" if first else f"{link.label}:" if link.why else link.label
    for row, text in enumerate(wrap(f"{label} {link.why}".strip(), WHY, CARD - 2 * PAD)):
        named = label if row == 0 and text.startswith(label) else ""
        yield Line(text.removeprefix(named), named, link.type)


def _heading(heading: Heading, side: str, x: float, top: float) -> str:
    anchor, at = ("end", x + CARD - 2) if side == "left" else ("start", x + 2)
    return (
        f'<text class="rt r-{heading.kind.id} w-g" x="{at:g}" y="{top + heading.y:.1f}" '
        f'text-anchor="{anchor}">{escape(heading.label)}</text>'
    )


def _edge(
    collection: Collection,
    neighbour: Neighbour,
    start: tuple[float, float],
    end: tuple[float, float],
) -> str:
    """Draw a line for each type of relation that joins the two, at most three side by side."""
    kinds = list(dict.fromkeys(link.type for link in neighbour.links))[:3]
    paths = []
    for place, type_id in enumerate(kinds):
        dy = 5 * (place - (len(kinds) - 1) / 2)
        mid = (start[0] + end[0]) / 2
        d = (
            f"M{start[0]:.1f} {start[1]:.1f}C{mid:.1f} {start[1]:.1f} {mid:.1f} "
            f"{end[1] + dy:.1f} {end[0]:.1f} {end[1] + dy:.1f}"
        )
        paths.append(line_path(collection.notebook.types, type_id, d))
    return "".join(paths)


def _arc(spots: dict[str, Spot], one: str, two: str, type_id: str) -> str:
    """Draw a thin arc between two neighbours of one side."""
    a, b = spots.get(one), spots.get(two)
    if a is None or b is None or a.side != b.side:
        return ""
    bend = min(14 + abs(a.y - b.y) * 0.1, 44) * (1 if a.side == "left" else -1)
    x = a.x + bend
    d = f"M{a.x:.1f} {a.y:.1f}C{x:.1f} {a.y:.1f} {x:.1f} {b.y:.1f} {b.x:.1f} {b.y:.1f}"
    return f'<path class="w-x r-{type_id}" d="{d}"/>'


def _plate(title: Sequence[str], middle: float, height: float, url: str) -> str:
    """Draw the signpost that points both ways; it opens the note."""
    cx = WIDTH / 2
    x0, x1, y0, y1 = cx - PLATE / 2, cx + PLATE / 2, middle - height / 2, middle + height / 2
    rows = "".join(
        f'<tspan x="{cx:g}" y="{y0 + 34 + 24 * i:.1f}">{escape(line)} </tspan>'
        for i, line in enumerate(own_way(title))
    )
    points = (
        f"M{x0 + 22:g} {y0:.1f}H{x1 - 22:g}L{x1:g} {middle:.1f} {x1 - 22:g} {y1:.1f}"
        f"H{x0 + 22:g}L{x0:g} {middle:.1f}z"
    )
    return (
        f'<a class="w-centre" href="{escape(url)}"><path class="w-plate" d="{points}"/>'
        f'<text class="w-c" text-anchor="middle">{rows}</text>'
        f'<text class="w-o" x="{cx:g}" y="{y1 - 16:.1f}" text-anchor="middle">open note</text></a>'
    )


def _card_svg(collection: Collection, card: Card, at: tuple[float, float], to: Addresses) -> str:
    x, y = at
    neighbour = card.neighbour
    named = y + 24 + TITLE_ROW * len(card.title)
    base = named + WHY_ROW * len(card.apart)
    inside = (
        f'<rect class="w-card" x="{x:g}" y="{y:.1f}" width="{CARD}" height="{card.height:.1f}" '
        f'rx="2"/>{_text("w-t", card.title, (x, y + 24), TITLE_ROW)}'
        f"{_text('w-w', card.apart, (x, named), WHY_ROW) if card.apart else ''}"
        f"{_reasons(card.why, (x, base))}"
    )
    if neighbour.ghost:
        return f'<g class="ghost">{inside}</g>'
    corner = (
        f'<text class="w-n" x="{x + CARD - PAD:g}" y="{y + 24:.1f}" text-anchor="end" '
        f'aria-hidden="true">{neighbour.degree}</text>'
    )
    info = collection.verdicts.get(neighbour.slug)
    if info:
        corner += verdict_sign(info.verdict, x + CARD - PAD - COUNT_ROOM + 6, y + 13, 13)
    # what is seen comes first, word for word (WCAG 2.5.3), then how the two are related
    text = " ".join([*card.title, *card.apart, *(f"{line.label}{line.text}" for line in card.why)])
    more = [neighbour.links[0].label, *([info.verdict] if info else [])]
    name = escape(f"{text} ({', '.join(more)})")
    link = f'<a href="{escape(to.step(neighbour.slug))}" aria-label="{name}">{inside}</a>{corner}'
    top = base + WHY_ROW * len(card.why) - 8
    return link + "".join(_onward(collection, card, (x, top), to))


def _text(
    kind: str, lines: Sequence[str], at: tuple[float, float], row: float, room: float = COUNT_ROOM
) -> str:
    x, y = at
    rtl = is_rtl(lines[0]) if lines else False
    start = x + CARD - PAD - room if rtl else x + PAD
    turned = ' direction="rtl"' if rtl else ""
    spans = "".join(
        f'<tspan x="{start:g}" y="{y + row * i:.1f}">{escape(line)} </tspan>'
        for i, line in enumerate(lines)
    )
    return f'<text class="{kind}"{turned}>{spans}</text>'


def _reasons(lines: Sequence[Line], at: tuple[float, float]) -> str:
    if not any(line.label for line in lines):
        return _text("w-w", [line.text for line in lines], at, WHY_ROW, 0) if lines else ""
    x, y = at
    spans = []
    for i, line in enumerate(lines):
        named = (
            f'<tspan class="rt r-{line.kind}">{escape(line.label)}</tspan> ' if line.label else ""
        )
        (text,) = own_way([line.text.lstrip()])
        spans.append(
            f'<tspan x="{x + PAD:g}" y="{y + WHY_ROW * i:.1f}">{named}{escape(text)} </tspan>'
        )
    return f'<text class="w-w">{"".join(spans)}</text>'


def _onward(
    collection: Collection, card: Card, at: tuple[float, float], to: Addresses
) -> Iterator[str]:
    """Draw the notes behind a neighbour, at depth 2, as small linked lines."""
    x, y = at
    here = card.neighbour.slug
    lines = [(_behind(collection, slug), to.beyond(here, slug)) for slug in card.onward]
    if card.neighbour.farther:
        lines.append((f"{card.neighbour.farther} more", to.step(here)))
    for i, (text, url) in enumerate(lines):
        top = y + ONWARD_ROW * i
        yield (
            f'<a href="{escape(url)}"><rect class="f-hit" '
            f'x="{x + PAD:g}" y="{top:.1f}" width="{CARD - 2 * PAD}" height="{ONWARD_ROW}"/>'
            f'<text class="w-w w-two" x="{x + PAD:g}" y="{top + 17:.1f}">→ {escape(text)}'
            f"</text></a>"
        )


def _behind(collection: Collection, slug: str) -> str:
    """Name a note on one line; of several with its title, half the line says which."""
    apart, room = collection.apart(slug), CARD - 2 * PAD - 26
    title = wrap(collection.notes[slug].title, 13, room / 2 if apart else room, most=1)
    return " ".join([*own_way(title), *wrap(apart, 13, room / 2, most=1)])
