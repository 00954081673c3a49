"""The whole network as a map sheet: areas, legend, and a picture that needs no script."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from alpgraph.graph import MENTION, degree
from alpgraph.pages.addresses import note_url
from alpgraph.pages.frame import frame
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.pages.text_width import text_width, wrap

WIDTH, HEIGHT, MARGIN = 1000, 760, 60
LIMIT = 200
LETTERS = "ABCDEF"
ROWS = 4

Box = tuple[float, float, float, float]


def places(collection: Collection, limit: int = LIMIT) -> dict[str, tuple[float, float]]:
    """Return where the best connected notes stand on the sheet."""
    slugs = sorted(collection.notes, key=lambda slug: (-degree(collection.graph, slug), slug))
    known = {slug: collection.layout.positions[slug] for slug in slugs[:limit]}
    if not known:
        return {}
    xs, ys = [p[0] for p in known.values()], [p[1] for p in known.values()]
    wide, tall = max(xs) - min(xs), max(ys) - min(ys)

    def scale(value: float, low: float, span: float, room: float) -> float:
        return MARGIN + (room - 2 * MARGIN) * ((value - low) / span if span else 0.5)

    return {
        slug: (scale(x, min(xs), wide, WIDTH), scale(y, min(ys), tall, HEIGHT))
        for slug, (x, y) in known.items()
    }


def square(point: tuple[float, float]) -> str:
    """Name the square of the sheet a point lies in, as `C2`."""
    column = min(len(LETTERS) - 1, int(point[0] / WIDTH * len(LETTERS)))
    return f"{LETTERS[column]}{min(ROWS, int(point[1] / HEIGHT * ROWS) + 1)}"


def map_svg(
    collection: Collection, *, focus: str = "", labels: int = 40, linked: bool = True
) -> Markup:
    """Draw the sheet: lines in their signatures, notes as their verdict's landform, names."""
    spots = places(collection)
    lines = [_line(collection, spots, a, b, data) for a, b, data in _relations(collection, spots)]
    order = sorted(spots, key=lambda slug: (slug != focus, -degree(collection.graph, slug), slug))
    taken: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in spots.values()]
    names = [_name(collection, slug, spots[slug], taken) for slug in order[:labels]]
    dots = [_dot(collection, slug, spots[slug], slug == focus, linked) for slug in order]
    text = f"Map of {len(spots)} notes"
    frame_svg = _sheet() if linked else ""
    return Markup(
        f'<svg class="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{text}">'
        f'{frame_svg}<g class="e">{"".join(lines)}</g><g>{"".join(names)}</g>{"".join(dots)}</svg>'
    )


def _relations(collection: Collection, spots: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    return [
        (a, b, data)
        for a, b, data in collection.graph.edges(data=True)
        if data["type"] != MENTION and a in spots and b in spots and a != b
    ]


def _line(
    collection: Collection, spots: Mapping[str, tuple[float, float]], a: str, b: str, data: Any
) -> str:
    kind = collection.notebook.types.by_id[data["type"]]
    (x1, y1), (x2, y2) = spots[a], spots[b]
    bend = 0.08 * (1 if kind.symmetric else -1)
    mx, my = (x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1)
    d = f"M{x1:.0f} {y1:.0f}Q{mx:.0f} {my:.0f} {x2:.0f} {y2:.0f}"
    gap = f'<path class="s-gap" d="{d}"/>' if kind.signature == "double" else ""
    return f'<path class="r r-{kind.id} s-{kind.signature}" d="{d}"/>{gap}'


def _dot(
    collection: Collection, slug: str, spot: tuple[float, float], here: bool, linked: bool
) -> str:
    x, y = spot
    verdict = collection.verdicts.get(slug)
    shape = f'<circle class="dot" cx="{x:.0f}" cy="{y:.0f}" r="5"/>'
    if verdict:
        inner = {
            "supported": '<path d="M8 1.5 15 14H1z"/>',
            "contradicted": '<path d="M8 14.5 1 2h14z"/>',
            "no effect": '<path d="M1 6h14v4H1z"/>',
            "inconclusive": '<circle class="fog" cx="8" cy="8" r="5.4"/>',
        }[verdict.verdict]
        shape = (
            f'<svg class="sign v-{verdict.verdict.replace(" ", "-")}" x="{x - 8:.0f}" '
            f'y="{y - 8:.0f}" width="16" height="16" viewBox="0 0 16 16">{inner}</svg>'
        )
    halo = f'<path class="f-here" d="M{x:.0f} {y - 18:.0f}l18 18-18 18-18-18z"/>' if here else ""
    if not linked:
        return halo + shape
    title = escape(collection.notes[slug].title)
    return (
        f'<a href="{escape(note_url(slug))}" aria-label="{title}"><title>{title}</title>{halo}'
        f'<circle class="hit" cx="{x:.0f}" cy="{y:.0f}" r="13"/>{shape}</a>'
    )


def _name(collection: Collection, slug: str, spot: tuple[float, float], taken: list[Box]) -> str:
    """Write a note's name where it touches no other name and no dot, or not at all."""
    lines = wrap(collection.notes[slug].title, 13, 190, most=2)
    wide, tall = max(text_width(line, 13) for line in lines), 15 * len(lines)
    x, y = spot
    for left, top, anchor in (
        (x + 12, y - tall / 2, "start"),
        (x - 12 - wide, y - tall / 2, "end"),
        (x - wide / 2, y + 12, "middle"),
        (x - wide / 2, y - 12 - tall, "middle"),
    ):
        box = (left - 2, top, left + wide + 2, top + tall)
        inside = box[0] > 30 and box[2] < WIDTH - 30 and box[1] > 30 and box[3] < HEIGHT - 30
        if inside and not any(
            o[0] < box[2] and box[0] < o[2] and o[1] < box[3] and box[1] < o[3] for o in taken
        ):
            taken.append(box)
            at = {"start": left, "end": left + wide, "middle": left + wide / 2}[anchor]
            spans = "".join(
                f'<tspan x="{at:.0f}" y="{top + 11 + 15 * i:.0f}">{escape(line)}</tspan>'
                for i, line in enumerate(lines)
            )
            return f'<text class="m-t" text-anchor="{anchor}" aria-hidden="true">{spans}</text>'
    return ""


def _sheet() -> str:
    """Draw the neat line with the letters and figures of the squares."""
    parts = [
        f'<rect class="neat" x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}"/>',
        f'<rect class="neat2" x="24" y="24" width="{WIDTH - 48}" height="{HEIGHT - 48}"/>',
    ]
    for i, letter in enumerate(LETTERS):
        x = (i + 0.5) * WIDTH / len(LETTERS)
        parts.append(
            f'<text class="grid-l" x="{x:.0f}" y="17" text-anchor="middle">{letter}</text>'
        )
    for i in range(ROWS):
        y = (i + 0.5) * HEIGHT / ROWS
        parts.append(f'<text class="grid-l" x="12" y="{y:.0f}" text-anchor="middle">{i + 1}</text>')
    return f'<g aria-hidden="true">{"".join(parts)}</g>'


def network_page(collection: Collection, *, focus: str = "") -> str:
    """Return the page of the whole network."""
    spots = places(collection)
    areas = []
    for area in collection.layout.areas:
        inside = [slug for slug in area.slugs if slug in spots]
        if inside:
            x = sum(spots[slug][0] for slug in inside) / len(inside)
            y = sum(spots[slug][1] for slug in inside) / len(inside)
            rows = [collection.notes[slug] for slug in area.slugs if slug in collection.notes]
            areas.append((area.name, rows, square((x, y))))
    every = collection.graph.edges(data=True)
    relations = [data for _, _, data in every if data["type"] != MENTION]
    used = {data["type"] for data in relations}
    ghosts = sum(1 for _, ghost in collection.graph.nodes(data="ghost") if ghost)
    return render(
        "network.html",
        **frame(collection, "/network"),
        picture=map_svg(collection, focus=focus),
        areas=areas,
        count=len(collection.notes),
        relations=len(relations),
        ghosts=ghosts,
        kinds=[kind for kind in collection.notebook.types.types if kind.id in used],
        focus=focus,
    )
