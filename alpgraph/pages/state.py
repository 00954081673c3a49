"""What pages are made from: one consistent view of the collection."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from alpgraph import experiments
from alpgraph.config import Config
from alpgraph.graph import NoteGraph, build_graph, patch_graph
from alpgraph.notes import (
    Note,
    Notebook,
    Opening,
    changed_slugs,
    outline,
    read_notebook,
    types_of,
)
from alpgraph.pages.dates import Dates, file_date
from alpgraph.pages.files import Published
from alpgraph.state import cache_folder

if TYPE_CHECKING:
    from alpgraph.graph import Layout


@dataclass(frozen=True, slots=True)
class VerdictInfo:
    """What the stored evidence says of a note's claim."""

    verdict: str
    difference: float
    low: float
    high: float
    replicates: int
    experiment: str
    metric: str
    """What differs, as `decision cost`."""
    unit: str


SMALL = 500
"""Notes up to which a map is drawn in a moment."""


class Places:
    """The map of one graph, drawn when first asked for; known notes stay where they were."""

    def __init__(
        self,
        graph: NoteGraph,
        folder: Path | None = None,
        previous: "Layout | None" = None,
        *,
        apart: bool = False,
    ) -> None:
        """Draw on from `previous` or, without it, from what `folder` keeps.

        `apart` has large maps drawn by another process, where there is a folder.
        """
        self._graph, self._folder, self._previous = graph, folder, previous
        self._apart = apart
        self._drawn: Layout | None = None
        self._lock = Lock()

    def after(self, graph: NoteGraph) -> "Places":
        """Return the places of the graph as it is after an edit."""
        previous = self._previous  # read first: another thread that draws gives it up afterwards
        return Places(graph, self._folder, self._drawn or previous, apart=self._apart)

    def drawn_apart(self) -> "Places":
        """Return these places for a server, whose pages shall not wait for a map."""
        return Places(self._graph, self._folder, self._drawn or self._previous, apart=True)

    @property
    def quick(self) -> bool:
        """Whether asking for the map takes next to no time."""
        return self._drawn is not None or len(self._graph) <= SMALL

    def layout(self) -> "Layout":
        """Return the map."""
        with self._lock:
            if self._drawn is None:
                self._drawn = self._draw()
                self._previous = None
            return self._drawn

    def _draw(self) -> "Layout":
        from alpgraph.graph import stored_layout

        apart = self._apart and not self.quick
        return stored_layout(self._graph, self._folder, previous=self._previous, apart=apart)


@dataclass(frozen=True, slots=True)
class Collection:
    """The notes, their graph and what is known of them, at one revision."""

    notebook: Notebook
    graph: NoteGraph
    config: Config
    places: Places
    verdicts: Mapping[str, VerdictInfo] = field(default_factory=dict)
    """By slug; notes without evidence are absent."""
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By slug: the result of a run that gives the verdict where no stored reference does."""
    dates: Dates = field(default_factory=Dates)
    """By path: ISO dates created and changed, where git knows them and was asked."""
    stamp: str = ""
    """What a page says it was made from, to a server that tells of changes; empty elsewhere."""
    published: Published | None = None
    """How the pages lie as files; None where a server answers."""
    opening: Opening | None = None
    """Where notes are still being read: all others are known by the names of their files."""

    @property
    def layout(self) -> "Layout":
        """The map, which is drawn when it is first asked for."""
        return self.places.layout()

    @property
    def notes(self) -> Mapping[str, Note]:
        """Notes by slug."""
        return self.notebook.notes

    @property
    def attached(self) -> dict[str, str]:
        """By slug: the experiment of each note that attaches one."""
        attached_names = ((slug, self.graph.nodes[slug]["experiment"]) for slug in self.notes)
        return {slug: name for slug, name in attached_names if name}

    @property
    def verdict_words(self) -> Mapping[str, str]:
        """Verdicts by slug, as filters and exports take them."""
        return {slug: info.verdict for slug, info in self.verdicts.items()}

    def place(self, address: str) -> str:
        """Return where an address lies on the site, from its root, as `/n/a.html` or `/n/a`."""
        return f"/{self.published.files.file_url(address)}" if self.published else address

    def public(self, address: str) -> str:
        """Return an address with that of the site before it; empty where that is not known."""
        return self.config.url + self.place(address) if self.config.url else ""

    def link(self, address: str, here: str) -> str:
        """Return an address as a text at the address `here` links to it."""
        return self.published.link(address, here) if self.published else address

    def apart(self, slug: str) -> str:
        """Return what tells a note from others of its title: its slug, or nothing if it is alone.

        Raises KeyError for the slug of no note.
        """
        title = self.graph.nodes[slug]["title"]
        return slug if len(self.notebook.index.titled(title)) > 1 else ""

    def dates_of(self, slug: str) -> tuple[str, str] | None:
        """Return when a note was written and changed; the first is empty where nobody knows.

        Where no history is kept, its file tells the second.
        """
        if self.dates.unversioned:
            return "", file_date(self.notes, slug)
        return self.dates.get(self.notebook.index.notes[slug].path)

    @property
    def revision(self) -> int:
        """Number that grows with every change."""
        return self.notebook.revision


MAX_STEPS = 3
"""Steps from a note within which its pages look: notes behind its neighbours, and their links."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A collection after an edit."""

    after: Collection
    nearby: tuple[frozenset[str], ...]
    """Slugs within so many steps of a changed note, before or after: 0, 1, 2, 3."""

    @property
    def touched(self) -> frozenset[str]:
        """Slugs of the changed notes and their neighbours."""
        return self.nearby[1]

    def affects(self, slug: str, depth: int) -> bool:
        """Whether a page that shows the notes within `depth` steps of `slug` may be another now.

        It tells the links of the farthest of them, and so looks a step further.
        """
        return slug in self.nearby[depth + 1]


def verdict_info(name: str, result: Mapping[str, Any]) -> VerdictInfo:
    """Return the verdict of a result of the experiment `name`."""
    primary = result["primary"]
    return VerdictInfo(
        result["verdict"],
        primary["difference"],
        primary["low"],
        primary["high"],
        len(result["replicates"]),
        name,
        primary["name"],
        primary["unit"],
    )


def stored_result(note: Note) -> Mapping[str, Any] | None:
    """Return the stored reference's result for the experiment that a note attaches, if any."""
    if note.experiment is None:
        return None
    try:
        stored = experiments.reference_for(note.experiment.name, note.experiment.params)
    except ValueError:  # parameters out of bounds are a finding of `check`
        return None
    return None if stored is None else dict(stored["result"])


def verdicts_of(notebook: Notebook, slugs: Iterable[str] | None = None) -> dict[str, VerdictInfo]:
    """Return by slug what the stored references say of the claims of all notes, or of some."""
    verdicts = {}
    for slug in notebook.notes if slugs is None else slugs:
        if not outline(notebook.notes, slug).experiment:
            continue
        note = notebook.notes[slug]
        if note.claim_test and (result := stored_result(note)):
            verdicts[slug] = verdict_info(note.claim_test.name, result)
    return verdicts


def collect(notebook: Notebook, config: Config, state: Path | None = None) -> Collection:
    """Build the graph and verdicts of a notebook; `state` keeps the map."""
    graph = build_graph(notebook)
    places = Places(graph, cache_folder(state) if state else None)
    dates = Dates(notebook.root)
    return Collection(notebook, graph, config, places, verdicts_of(notebook), dates=dates)


def patched(before: Collection, notebook: Notebook) -> Patch:
    """Return the collection of a notebook that `update_notebook` made of that of `before`."""
    old, new = before.notes, notebook.notes
    changed = changed_slugs(old, new)
    graph = patch_graph(before.graph, before.notebook, notebook, changed)
    verdicts = {slug: info for slug, info in before.verdicts.items() if slug not in changed}
    verdicts |= verdicts_of(notebook, changed & new.keys())
    places = before.places.after(graph)
    answers = {slug: result for slug, result in before.answers.items() if slug not in changed}
    after = replace(
        before, notebook=notebook, graph=graph, places=places, verdicts=verdicts, answers=answers
    )
    return Patch(after, _nearby(changed | _namesakes(before, after, changed), before.graph, graph))


def _namesakes(before: Collection, after: Collection, changed: Iterable[str]) -> set[str]:
    """Name the notes that have, or no longer have, a title with one that changed in common."""
    indexes = before.notebook.index, after.notebook.index
    titles = {
        index.notes[slug].title for index in indexes for slug in changed if slug in index.notes
    }
    namesakes = [[set(index.titled(title)) for index in indexes] for title in titles]
    return {slug for old, new in namesakes if len(old) != len(new) for slug in old | new}


def rejudged(before: Collection, answers: Mapping[str, Mapping[str, Any]]) -> Patch | None:
    """Return the collection with the verdicts of these runs, by slug; None when it has them."""
    if answers == before.answers:
        return None
    notes = before.notes
    verdicts = {slug: info for slug, info in before.verdicts.items() if slug not in before.answers}
    for slug, result in answers.items():
        if slug in notes and (test := notes[slug].claim_test):
            info = verdict_info(test.name, result)
            if None not in (info.difference, info.low, info.high):  # values too large to tell
                verdicts[slug] = info
    changed = {slug for slug in {*answers, *before.answers} if slug in notes}
    after = replace(before, verdicts=verdicts, answers=dict(answers))
    return Patch(after, _nearby(changed, before.graph))


def _nearby(changed: set[str], *graphs: NoteGraph) -> tuple[frozenset[str], ...]:
    """Return the notes within 0, 1, 2 and 3 steps of the changed ones in any of the graphs."""
    reached, edge = [frozenset(changed)], changed
    inner: tuple[Any, ...] = graphs  # networkx makes a view for each look at its public sides
    sides = [side for graph in inner for side in (graph._adj, graph._pred)]
    for _ in range(MAX_STEPS):
        beside = {other for side in sides for slug in edge if slug in side for other in side[slug]}
        edge = beside - reached[-1]
        reached.append(reached[-1] | edge)
    return tuple(reached)


def build_collection(root: Path, state: Path | None, config: Config) -> Collection:
    """Read a folder and make a collection of it."""
    types = types_of(config.relation_types)
    cache = cache_folder(state) if state else None
    notebook = read_notebook(root, types=types, cache=cache)
    return collect(notebook, config, state)
