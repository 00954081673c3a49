"""The walk: a note and its neighbours, one step from each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from alpgraph.graph import MENTION, Ego, Neighbour, NoteGraph, ego
from alpgraph.notes import RelationType, RelationTypes
from alpgraph.pages.addresses import TRAIL_CAP, note_url, walk_url
from alpgraph.pages.fans import Addresses, counted, fans_svg
from alpgraph.pages.frame import frame
from alpgraph.pages.marks import BASES, UNSAID, line_path
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.pages.text_width import own_way, wrap
from alpgraph.pages.trails import trail_steps

LIMIT = 24
"""Neighbours that a picture holds; the rest is a link away."""
FAN_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Walk:
    """Where one stands, how one came, and what is shown."""

    slug: str
    trail: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    depth: int = 1

    def step(self, slug: str) -> str:
        """Address of the walk to a neighbour: the trail grows by where one stands."""
        return self._at(slug, (*self.trail, self.slug))

    def beyond(self, between: str, slug: str) -> str:
        """Address of the walk to a note behind a neighbour."""
        return self._at(slug, (*self.trail, self.slug, between))

    def deep(self, depth: int) -> str:
        """Address of the same walk with another depth."""
        return walk_url(
            self.slug, trail=self.trail, types=self.types, bases=self.bases, depth=depth
        )

    def _at(self, slug: str, trail: Sequence[str]) -> str:
        steps = tuple(step for step in trail if step != slug)[-TRAIL_CAP:]
        return walk_url(slug, trail=steps, types=self.types, bases=self.bases, depth=self.depth)


@dataclass(frozen=True, slots=True)
class PathStop:
    """A neighbour on the path that a phone shows."""

    neighbour: Neighbour
    url: str
    onward: tuple[tuple[str, str], ...]
    """(title, address) of the notes behind it."""


@dataclass(frozen=True, slots=True)
class NeighbourGroup:
    """The neighbours under one label."""

    kind: RelationType
    label: str
    posts: tuple[PathStop, ...]


def walk_page(
    collection: Collection,
    slug: str,
    *,
    depth: int = 1,
    types: Sequence[str] = (),
    bases: Sequence[str] = (),
    trail: Sequence[str] = (),
    view: Ego | None = None,
) -> str:
    """Return the page of the walk at `slug`; raises KeyError when there is no such note.

    `view` is its neighbourhood where that is known already.
    """
    note = collection.notes[slug]
    steps = tuple(step for step in trail if step in collection.notes and step != slug)[-TRAIL_CAP:]
    types, bases = _chosen(types), _chosen(bases)
    walk = Walk(slug, steps, types, bases, depth)
    if view is None:
        view = neighbourhood(collection.graph, slug, depth=depth, types=types, bases=bases)
    types_used, bases_used = types_at(collection.graph, slug), bases_at(collection.graph, slug)
    to = Addresses(note_url(slug, trail=steps), walk.step, walk.beyond)
    return render(
        "walk.html",
        **frame(collection, live=slug),
        note=note,
        walk=walk,
        view=view,
        counted=counted(view),
        picture=fans_svg(collection, view, to),
        stretches=stretches(collection, view, walk),
        centre_url=to.centre,
        trail=steps,
        trail_steps=trail_steps(collection, steps),
        forget_url=walk_url(slug),
        kinds=[kind for kind in collection.notebook.types.types if kind.id in types_used],
        mentions=MENTION in types_used,
        bases=[one for one in BASES if one[0] in bases_used]
        if bases or bases_used - {UNSAID}
        else [],
        shows_mentions=any(n.links[0].type == MENTION for n in view.neighbours),
        depths=[(n, walk.deep(n)) for n in (1, 2)],
        verdicts=collection.verdicts,
    )


def _chosen(values: Sequence[str]) -> tuple[str, ...]:
    """Leave out `none`, which a form without scripts sends along, beside what was ticked."""
    return tuple(value for value in values if value != "none") or tuple(values)


def neighbourhood(
    graph: NoteGraph,
    slug: str,
    *,
    depth: int = 1,
    types: Sequence[str] = (),
    bases: Sequence[str] = (),
    limit: int = LIMIT,
) -> Ego:
    """Return what a walk shows: relations, and mentions where asked for or where nothing else is.

    Raises KeyError when there is no such note.
    """
    mentions_wanted = MENTION in types
    bases = ["" if basis == UNSAID else basis for basis in bases]
    view = ego(
        graph, slug, depth=depth, types=types, bases=bases, limit=limit, mentions=mentions_wanted
    )
    if view.neighbours or types or bases:
        return view
    return ego(graph, slug, depth=depth, limit=limit, mentions=True)


def type_ids(types: RelationTypes, words: Sequence[str]) -> list[str]:
    """Return the ids of the types that words mean from either end; an unknown one stays.

    >>> type_ids(RelationTypes(), ["explains", "case", "mention", "x"])
    ['explained-by', 'has-instance', 'mention', 'x']
    """
    return [reading.type.id if (reading := types.read(word)) else word for word in words]


def types_at(graph: NoteGraph, slug: str) -> set[str]:
    """Return the types of the links at a note, `mention` among them.

    >>> import networkx as nx
    >>> types_at(nx.MultiDiGraph([("a", "b", "extends"), ("b", "c", "extends")]), "a")
    {'extends'}
    """
    both = (graph.succ[slug], graph.pred[slug])
    return {key for side in both for keyed in side.values() for key in keyed}


def bases_at(graph: NoteGraph, slug: str) -> set[str]:
    """Return on what the relations at a note rest, as filters name it."""
    both = (graph.succ[slug], graph.pred[slug])
    return {
        data["basis"] or UNSAID
        for side in both
        for keyed in side.values()
        for key, data in keyed.items()
        if key != MENTION
    }


def stretches(collection: Collection, view: Ego, walk: Walk) -> list[NeighbourGroup]:
    """Return the neighbours by label, in the order of the picture: left side, then right."""
    ordered = sorted(view.neighbours, key=lambda neighbour: neighbour.side != "left")
    groups: dict[str, list[Neighbour]] = {}
    for neighbour in ordered:
        groups.setdefault(neighbour.links[0].label, []).append(neighbour)
    table = collection.notebook.types.by_id
    return [
        NeighbourGroup(
            table.get(group[0].links[0].type, table["related"]),
            label,
            tuple(_post(collection, neighbour, walk) for neighbour in group),
        )
        for label, group in groups.items()
    ]


def _post(collection: Collection, neighbour: Neighbour, walk: Walk) -> PathStop:
    onward = tuple(
        (_named(collection, slug), walk.beyond(neighbour.slug, slug))
        for slug in neighbour.onward
        if slug in collection.notes
    )
    return PathStop(neighbour, walk.step(neighbour.slug), onward)


def _named(collection: Collection, slug: str) -> str:
    return f"{collection.notes[slug].title} {collection.apart(slug)}".rstrip()


def fan_svg(collection: Collection, slug: str, *, trail: Sequence[str] = ()) -> Markup:
    """Return the small picture beside a note: a click on a neighbour walks, on the mark opens.

    Of a note that nothing is linked to there is none.
    """
    view = neighbourhood(collection.graph, slug, limit=FAN_LIMIT)
    if not view.neighbours:
        return Markup()
    walk = Walk(slug, tuple(trail)[-TRAIL_CAP:])
    lines, texts, y, last = [], [], 16.0, ""
    middles: list[float] = []
    for neighbour in view.neighbours:
        shown = ", ".join(dict.fromkeys(link.label for link in neighbour.links))
        if shown != last:
            y += 6 if middles else 0
            kind = neighbour.links[0].type
            texts.append(
                f'<text class="f-k rt r-{kind}" x="106" y="{y:.0f}">{escape(shown)}</text>'
            )
            last, y = shown, y + 5
        title = wrap(neighbour.title, 14, 210, most=3)
        if not neighbour.ghost:
            title += wrap(collection.apart(neighbour.slug), 14, 210)
        tall = 16 * len(title) + 12
        middles.append(y + tall / 2)
        texts.append(_fan_row(neighbour, title, y, walk.step(neighbour.slug)))
        y += tall + 10
    if view.hidden:
        y += 18
        texts.append(f'<text class="f-k" x="106" y="{y - 6:.0f}">{counted(view)}</text>')
    height = max(60.0, y)
    middle = min(height / 2, 260.0)
    for neighbour, at in zip(view.neighbours, middles, strict=True):
        d = f"M26 {middle:.1f}C59 {middle:.1f} 59 {at:.1f} 92 {at:.1f}"
        for kind in dict.fromkeys(link.type for link in neighbour.links):
            lines.append(line_path(collection.notebook.types, kind, d))
    here = (
        f'<a href="{escape(note_url(slug, trail=trail))}" aria-label="open '
        f'{escape(collection.notes[slug].title)}"><path class="f-here" '
        f'd="M15 {middle - 14:.0f}l14 14-14 14-14-14z"/></a>'
    )
    return Markup(
        f'<svg class="fan" viewBox="0 0 324 {height:.0f}" role="group" '
        f'aria-label="{counted(view)}, one step away">{"".join(lines)}{here}'
        f"{''.join(texts)}</svg>"
    )


def _fan_row(neighbour: Neighbour, title: Sequence[str], y: float, url: str) -> str:
    tall = 16 * len(title) + 12
    spans = "".join(
        f'<tspan x="106" y="{y + 18 + 16 * i:.0f}">{escape(line)} </tspan>'
        for i, line in enumerate(own_way(title))
    )
    inside = (
        f'<rect class="f-hit" x="90" y="{y:.0f}" width="230" height="{tall:.0f}" rx="2"/>'
        f'<circle class="f-dot" cx="95" cy="{y + tall / 2:.0f}" r="4"/>'
        f'<text class="f-t">{spans}</text>'
    )
    return inside if neighbour.ghost else f'<a href="{escape(url)}">{inside}</a>'
