"""What pages are made from: one consistent view of the collection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alpgraph.config import Config
from alpgraph.experiments import find_experiment, reference_for
from alpgraph.graph import Layout, NoteGraph, build_graph, layout, stored_layout
from alpgraph.notes import Note, Notebook, read_notebook, types_of


@dataclass(frozen=True, slots=True)
class VerdictInfo:
    """What the stored evidence says of a note's claim."""

    verdict: str
    difference: float
    low: float
    high: float
    replicates: int
    experiment: str
    unit: str


@dataclass(frozen=True, slots=True)
class Collection:
    """The notes, their graph and what is known of them, at one revision."""

    notebook: Notebook
    graph: NoteGraph
    config: Config
    layout: Layout
    verdicts: Mapping[str, VerdictInfo] = field(default_factory=dict)
    """By slug; notes without evidence are absent."""
    dates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By path: ISO dates created and changed, where git knows them."""

    @property
    def notes(self) -> Mapping[str, Note]:
        """Notes by slug."""
        return self.notebook.notes

    @property
    def verdict_words(self) -> Mapping[str, str]:
        """Verdicts by slug, as filters and exports take them."""
        return {slug: info.verdict for slug, info in self.verdicts.items()}

    @property
    def revision(self) -> int:
        """Number that grows with every change."""
        return self.notebook.revision


def verdict_of(note: Note) -> VerdictInfo | None:
    """Return what the stored reference says of a note's claim, or None."""
    if note.experiment is None:
        return None
    experiment = find_experiment(note.experiment.name)
    if experiment is None:
        return None
    try:
        stored = reference_for(note.experiment.name, note.experiment.params)
    except ValueError:
        return None
    return verdict_info(note.experiment.name, stored) if stored else None


def verdict_info(name: str, stored: Mapping[str, Any]) -> VerdictInfo:
    """Return the verdict of a stored reference of the experiment `name`."""
    result = stored["result"]
    primary = result["primary"]
    return VerdictInfo(
        result["verdict"],
        primary["difference"],
        primary["low"],
        primary["high"],
        len(result["replicates"]),
        name,
        primary["unit"],
    )


def verdicts_of(notebook: Notebook) -> dict[str, VerdictInfo]:
    """Return by slug what the stored references say of the notes' claims."""
    found = {slug: verdict_of(note) for slug, note in notebook.notes.items()}
    return {slug: verdict for slug, verdict in found.items() if verdict is not None}


def collect(
    notebook: Notebook,
    config: Config,
    state: Path | None = None,
    dates: Mapping[str, tuple[str, str]] | None = None,
) -> Collection:
    """Build the graph, places and verdicts of a notebook; `state` keeps the places."""
    graph = build_graph(notebook)
    places = stored_layout(graph, state / "cache") if state else layout(graph)
    return Collection(notebook, graph, config, places, verdicts_of(notebook), dates or {})


def build_collection(root: Path, state: Path | None, config: Config) -> Collection:
    """Read a folder and make a collection of it."""
    types = types_of(config.relation_types)
    notebook = read_notebook(root, types=types, cache=state / "cache" if state else None)
    return collect(notebook, config, state)
