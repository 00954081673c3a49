"""The walk: a note with its neighbours as two fans of cards, in SVG made of real links."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from alpgraph.graph import Ego, Neighbour, ego
from alpgraph.notes import RelationType, RelationTypes, label_from
from alpgraph.pages.addresses import TRAIL_CAP, note_url, walk_url
from alpgraph.pages.frame import frame
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.pages.text_width import wrap

WIDTH, CARD, PLATE = 1160, 364, 272
PAD, GAP, HEAD = 14, 10, 30
LIMIT = 24


@dataclass(frozen=True, slots=True)
class Card:
    """One neighbour with its wrapped texts and place."""

    neighbour: Neighbour
    title: tuple[str, ...]
    why: tuple[str, ...]
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
class Walk:
    """What the page needs besides the picture."""

    collection: Collection
    view: Ego
    trail: tuple[str, ...]
    types: tuple[str, ...]
    bases: tuple[str, ...]
    depth: int

    def step(self, slug: str) -> str:
        """Address of the walk to a neighbour: the trail grows by where one stands."""
        trail = (*self.trail, self.view.centre)[-TRAIL_CAP:]
        return walk_url(slug, trail=trail, types=self.types, bases=self.bases, depth=self.depth)


def group_label(types: RelationTypes, neighbour: Neighbour) -> tuple[RelationType | None, str]:
    """Return the type and the label under which a neighbour stands."""
    first = neighbour.links[0]
    kind = types.by_id.get(first.type)
    return kind, label_from(kind, forward=first.forward) if kind else first.label


def _card(walk: Walk, neighbour: Neighbour) -> Card:
    inner = CARD - 2 * PAD
    title = wrap(neighbour.title, 15.5, inner - 34)
    reasons = [link for link in neighbour.links if link.why]
    lines: list[str] = []
    for index, link in enumerate(reasons):
        text = link.why if index == 0 else f"{link.label}: {link.why}"
        lines += wrap(text, 13.5, inner)
    notes = walk.collection.notes
    onward = tuple(slug for slug in neighbour.onward if slug in notes) if walk.depth > 1 else ()
    height = 2 * 10 + 20 * len(title) + 17 * len(lines) + 26 * len(onward) + 2
    return Card(neighbour, tuple(title), tuple(lines), onward, max(44.0, height))


def _column(walk: Walk, cards: Sequence[Card]) -> tuple[list[Card], list[Heading], float]:
    """Stack cards under the headings of their groups."""
    placed: list[Card] = []
    headings: list[Heading] = []
    y, last = 0.0, ""
    for card in cards:
        kind, label = group_label(walk.collection.notebook.types, card.neighbour)
        if label != last:
            y += 8 if placed else 0
            headings.append(Heading(kind or RelationType("related", label, ""), label, y + 18))
            y += HEAD - 4
            last = label
        placed.append(replace(card, y=y))
        y += card.height + GAP
    return placed, headings, max(0.0, y - GAP)


def fans_svg(walk: Walk) -> Markup:
    """Draw the wide picture: left what the note rests on, right what follows."""
    note = walk.collection.notes[walk.view.centre]
    sides: dict[str, list[Card]] = {"left": [], "right": []}
    for neighbour in walk.view.neighbours:
        sides[neighbour.side].append(_card(walk, neighbour))
    columns = {side: _column(walk, cards) for side, cards in sides.items()}
    title = wrap(note.title, 18, PLATE - 60)
    plate_height = 24 * len(title) + 62
    height = max([column[2] for column in columns.values()] + [plate_height]) + 8
    middle, cx = height / 2, WIDTH / 2
    lines, texts = [], []
    spots: dict[str, tuple[str, float, float]] = {}
    for side, (cards, headings, tall) in columns.items():
        x = 1.0 if side == "left" else WIDTH - CARD - 1.0
        top = (height - tall) / 2
        edge = x + CARD if side == "left" else x
        plate = cx - PLATE / 2 + 4 if side == "left" else cx + PLATE / 2 - 4
        for heading in headings:
            anchor, hx = ("end", x + CARD - 2) if side == "left" else ("start", x + 2)
            texts.append(
                f'<text class="rt r-{heading.kind.id} k-g" x="{hx:g}" y="{top + heading.y:.1f}" '
                f'text-anchor="{anchor}">{escape(heading.label)}</text>'
            )
        for index, card in enumerate(cards):
            y = top + card.y
            mid = y + card.height / 2
            start = middle + (index - (len(cards) - 1) / 2) * min(7.0, 60 / max(1, len(cards)))
            spots[card.neighbour.slug] = (side, edge, mid)
            lines.append(_edge(walk, card, (plate, start), (edge, mid)))
            texts.append(_draw(walk, card, x, y))
    cross = [_arc(spots, one, two, kind) for one, two, kind in walk.view.cross]
    label = f"{len(walk.view.neighbours)} notes one step from {note.title}"
    plate_svg = _plate(walk, title, cx, middle, plate_height)
    return Markup(
        f'<svg class="fans wide" viewBox="0 0 {WIDTH} {height:.0f}" role="group" '
        f'aria-label="{escape(label)}"><g class="e">{"".join(cross)}{"".join(lines)}</g>'
        f"{plate_svg}{''.join(texts)}</svg>"
    )


def _edge(walk: Walk, card: Card, start: tuple[float, float], end: tuple[float, float]) -> str:
    paths = []
    kinds = list(dict.fromkeys(link.type for link in card.neighbour.links))[:3]
    for shift, type_id in enumerate(kinds):
        kind = walk.collection.notebook.types.by_id.get(type_id)
        signature = kind.signature if kind else "dots"
        name = kind.id if kind else "related"
        dy = 5 * (shift - (len(kinds) - 1) / 2)
        mid = (start[0] + end[0]) / 2
        d = (
            f"M{start[0]:.1f} {start[1]:.1f}C{mid:.1f} {start[1]:.1f} {mid:.1f} "
            f"{end[1] + dy:.1f} {end[0]:.1f} {end[1] + dy:.1f}"
        )
        paths.append(f'<path class="r r-{name} s-{signature}" d="{d}"/>')
        if signature == "double":
            paths.append(f'<path class="s-gap" d="{d}"/>')
    return "".join(paths)


def _arc(spots: dict[str, tuple[str, float, float]], one: str, two: str, type_id: str) -> str:
    """Draw a thin arc between two neighbours of one side."""
    if one not in spots or two not in spots or spots[one][0] != spots[two][0]:
        return ""
    side, x, y1 = spots[one]
    y2 = spots[two][2]
    bend = min(14 + abs(y1 - y2) * 0.1, 44) * (1 if side == "left" else -1)
    d = f"M{x:.1f} {y1:.1f}C{x + bend:.1f} {y1:.1f} {x + bend:.1f} {y2:.1f} {x:.1f} {y2:.1f}"
    return f'<path class="k-x r-{type_id}" d="{d}"/>'


def _plate(walk: Walk, title: Sequence[str], cx: float, middle: float, height: float) -> str:
    x0, x1, y0, y1 = cx - PLATE / 2, cx + PLATE / 2, middle - height / 2, middle + height / 2
    rows = "".join(
        f'<tspan x="{cx:g}" y="{y0 + 34 + 24 * i:.1f}">{escape(line)}</tspan>'
        for i, line in enumerate(title)
    )
    points = (
        f"M{x0 + 22} {y0:.1f}H{x1 - 22}L{x1} {middle:.1f} {x1 - 22} {y1:.1f}"
        f"H{x0 + 22}L{x0} {middle:.1f}z"
    )
    return (
        f'<a class="k-centre" href="{escape(note_url(walk.view.centre, trail=walk.trail))}">'
        f'<path class="k-plate" d="{points}"/><text class="k-c" text-anchor="middle">{rows}</text>'
        f'<text class="k-o" x="{cx:g}" y="{y1 - 16:.1f}" text-anchor="middle">open note</text></a>'
    )


def _draw(walk: Walk, card: Card, x: float, y: float) -> str:
    neighbour = card.neighbour
    title = "".join(
        f'<tspan x="{x + PAD:g}" y="{y + 24 + 20 * i:.1f}">{escape(line)}</tspan>'
        for i, line in enumerate(card.title)
    )
    base = y + 24 + 20 * len(card.title)
    why = "".join(
        f'<tspan x="{x + PAD:g}" y="{base + 17 * i:.1f}">{escape(line)}</tspan>'
        for i, line in enumerate(card.why)
    )
    box = (
        f'<rect class="k-card" x="{x:g}" y="{y:.1f}" width="{CARD}" height="{card.height:.1f}" '
        f'rx="2"/><text class="k-t">{title}</text><text class="k-w">{why}</text>'
    )
    badge = _badge(walk, neighbour.slug, x + CARD - 22, y + 12)
    count = (
        f'<text class="k-n" x="{x + CARD - 30:g}" y="{y + 24:.1f}" text-anchor="end" '
        f'aria-hidden="true">{neighbour.degree}</text>'
    )
    if neighbour.ghost:
        return f'<g class="ghost">{box}</g>'
    link = f'<a href="{escape(walk.step(neighbour.slug))}">{box}{count}{badge}</a>'
    return link + "".join(_onward(walk, card, x, base + 17 * len(card.why) - 8))


def _onward(walk: Walk, card: Card, x: float, y: float) -> list[str]:
    trail = (*walk.trail, walk.view.centre, card.neighbour.slug)
    drawn = []
    for i, slug in enumerate(card.onward):
        text = wrap(f"→ {walk.collection.notes[slug].title}", 13, CARD - 2 * PAD - 8, 1)[0]
        top = y + 26 * i
        drawn.append(
            f'<a href="{escape(walk_url(slug, trail=trail, depth=2))}"><rect class="f-hit" '
            f'x="{x + PAD:g}" y="{top:.1f}" width="{CARD - 2 * PAD}" height="25"/>'
            f'<text class="k-w k-two" x="{x + PAD:g}" y="{top + 17:.1f}">{escape(text)}</text></a>'
        )
    return drawn


def _badge(walk: Walk, slug: str, x: float, y: float) -> str:
    verdict = walk.collection.verdicts.get(slug)
    if verdict is None:
        return ""
    shape = {
        "supported": '<path d="M8 1.5 15 14H1z"/>',
        "contradicted": '<path d="M8 14.5 1 2h14z"/>',
        "no effect": '<path d="M1 6h14v4H1z"/>',
        "inconclusive": '<circle class="fog" cx="8" cy="8" r="5.4"/>',
    }[verdict.verdict]
    return (
        f'<svg class="sign v-{verdict.verdict.replace(" ", "-")}" x="{x:g}" y="{y:.1f}" '
        f'width="13" height="13" viewBox="0 0 16 16"><title>{verdict.verdict}</title>{shape}</svg>'
    )


def walk_page(
    collection: Collection,
    slug: str,
    *,
    depth: int = 1,
    types: Sequence[str] = (),
    bases: Sequence[str] = (),
    trail: Sequence[str] = (),
) -> str:
    """Return the page of the walk at `slug`; raises KeyError when there is no such note."""
    from alpgraph.pages.note import trail_steps

    note = collection.notes[slug]
    kept = tuple(step for step in trail if step in collection.notes and step != slug)[-TRAIL_CAP:]
    view = ego(
        collection.graph, slug, depth=depth, types=types, bases=bases, limit=LIMIT, mentions=False
    )
    walk = Walk(collection, view, kept, tuple(types), tuple(bases), depth)
    table = collection.notebook.types
    everything = ego(collection.graph, slug, limit=10_000, mentions=False)
    used = {link.type for neighbour in everything.neighbours for link in neighbour.links}
    return render(
        "walk.html",
        **frame(collection),
        note=note,
        walk=walk,
        view=view,
        picture=fans_svg(walk),
        spine=[(group_label(table, n), n) for n in view.neighbours],
        trail=kept,
        trail_steps=trail_steps(collection, kept),
        forget_url=walk_url(slug),
        kinds=[kind for kind in table.types if kind.id in used],
        depths=[(n, walk_url(slug, trail=kept, types=types, bases=bases, depth=n)) for n in (1, 2)],
    )


def fan_svg(collection: Collection, slug: str, *, trail: Sequence[str] = ()) -> Markup:
    """Return the small picture beside a note: a click on a neighbour walks, on the mark opens."""
    view = ego(collection.graph, slug, limit=10, mentions=False)
    walk = Walk(collection, view, tuple(trail), (), (), 1)
    lines, texts, y, last = [], [], 16.0, ""
    rows: list[tuple[Neighbour, float]] = []
    for neighbour in view.neighbours:
        kind, _ = group_label(collection.notebook.types, neighbour)
        name = kind.id if kind else "related"
        labels = list(dict.fromkeys(link.label for link in neighbour.links))
        shown = ", ".join(labels)
        if shown != last:
            y += 6 if rows else 0
            texts.append(
                f'<text class="f-k rt r-{name}" x="106" y="{y:.0f}">{escape(shown)}</text>'
            )
            last, y = shown, y + 5
        lines_of = wrap(neighbour.title, 14, 205, 3)
        tall = 16 * len(lines_of) + 8
        mid = y + tall / 2
        spans = "".join(
            f'<tspan x="106" y="{y + 16 + 16 * i:.0f}">{escape(line)}</tspan>'
            for i, line in enumerate(lines_of)
        )
        inner = (
            f'<rect class="f-hit" x="90" y="{y:.0f}" width="230" height="{tall:.0f}" rx="2"/>'
            f'<circle class="f-dot" cx="95" cy="{mid:.0f}" r="4"/><text class="f-t">{spans}</text>'
        )
        url = escape(walk.step(neighbour.slug))
        texts.append(inner if neighbour.ghost else f'<a href="{url}">{inner}</a>')
        rows.append((neighbour, mid))
        y += tall + 14
    height = max(60.0, y)
    middle = height / 2
    for neighbour, mid in rows:
        card = Card(neighbour, (), (), (), 0)
        lines.append(_edge(walk, card, (26, middle), (92, mid)))
    here = escape(note_url(slug))
    title = escape(f"open {collection.notes[slug].title}")
    more = ""
    if view.hidden:
        more = (
            f'<a href="#related"><text class="f-t" x="106" y="{height:.0f}">'
            f"{view.hidden} more</text></a>"
        )
        height += 14
    return Markup(
        f'<svg class="fan" viewBox="0 0 324 {height:.0f}" role="group" '
        f'aria-label="{len(view.neighbours)} notes one step away">{"".join(lines)}'
        f'<a href="{here}" aria-label="{title}"><path class="f-here" d="M15 {middle - 14:.0f}'
        f'l14 14-14 14-14-14z"/></a>{"".join(texts)}{more}</svg>'
    )
