"""The page of the whole network: areas and legend as a form, and the map."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from alpgraph.graph import MENTION, Area
from alpgraph.notes import Note
from alpgraph.pages.frame import frame
from alpgraph.pages.map_sheet import MapView, Sheet, sheet_of
from alpgraph.pages.map_sheet import map_svg as map_svg  # what other pages show of the map
from alpgraph.pages.marks import BASES
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection

LISTED = 600
"""Notes up to which every area lists all of its own."""
FIRST = 5
"""Notes that an area of a larger collection lists at first."""
TINTS = 12
VERDICTS = ("supported", "contradicted", "no effect", "inconclusive", "not tested")


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area in the list beside the map."""

    area: Area
    notes: tuple[Note, ...]
    count: int
    square: str
    open: bool


def area_rows(collection: Collection, sheet: Sheet, chosen: int | None) -> list[AreaRow]:
    """Return the areas with their notes, the best connected first."""
    everything = len(collection.notes) <= LISTED
    rows = []
    for area in collection.layout.areas:
        slugs = [slug for slug in area.slugs if slug in sheet.spots]
        if slugs:
            whole = everything or area.id == chosen
            notes = tuple(collection.notes[slug] for slug in (slugs if whole else slugs[:FIRST]))
            square = sheet.square(sheet.spots[slug] for slug in slugs)
            rows.append(AreaRow(area, notes, len(slugs), square, area.id == chosen))
    return sorted(rows, key=lambda row: (-row.count, row.area.id))


def strays(collection: Collection) -> list[Note]:
    """Return the notes of no area."""
    areas = collection.layout.communities
    alone = (slug for slug in collection.notes if areas.get(slug, -1) < 0)
    return [collection.notes[slug] for slug in islice(alone, LISTED)]


def network_page(collection: Collection, view: MapView | None = None) -> str:
    """Return the page of the whole network."""
    view = view or MapView()
    sheet = sheet_of(collection)
    types = Counter(
        key
        for _, beside in collection.graph.adjacency()
        for keyed in beside.values()
        for key in keyed
    )
    ghosts = sum(1 for _, ghost in collection.graph.nodes(data="ghost") if ghost)
    return render(
        "network.html",
        **frame(collection, "/network"),
        picture=map_svg(collection, view=view),
        view=view,
        areas=area_rows(collection, sheet, view.area),
        strays=strays(collection),
        count=len(collection.notes),
        drawn=len(sheet.drawn),
        relations=types.total() - types[MENTION],
        mentions=types[MENTION],
        ghosts=ghosts,
        kinds=[kind for kind in collection.notebook.types.types if types[kind.id]],
        bases=BASES,
        verdicts=VERDICTS,
        topics=_topics(collection),
        tints=range(TINTS),
    )


def _topics(collection: Collection) -> Sequence[str]:
    """Return the topics, the most common first."""
    counts: dict[str, int] = {}
    for _, topics in collection.graph.nodes(data="topics"):
        for topic in topics:
            counts[topic] = counts.get(topic, 0) + 1
    return sorted(counts, key=lambda topic: (-counts[topic], topic))
