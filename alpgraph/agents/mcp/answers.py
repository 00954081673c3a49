"""What the tools answer: the shapes of the HTTP API, made from one state of the collection."""

from typing import Any

from alpgraph.agents.following import Follower
from alpgraph.agents.mcp.arguments import (
    ExperimentArguments,
    NeighbourArguments,
    NoteArguments,
    PathArguments,
    SearchArguments,
)
from alpgraph.agents.mcp.reading import note_text
from alpgraph.check.near import Names, close_to
from alpgraph.experiments import Experiment, all_experiments, references
from alpgraph.graph import MENTION, explain_no_path, find_paths, path_to_json
from alpgraph.notes import Notebook
from alpgraph.pages import Collection
from alpgraph.pages.data import walk_data
from alpgraph.pages.walk import neighbourhood
from alpgraph.pages.ways import find_end, ways_of

MAX_EDGES = 500
"""Links of a neighbourhood that an answer lists, those of its centre first."""
MAX_NOTES = 50
"""Notes behind an experiment that an answer lists."""


class RefusedError(ValueError):
    """Why a question has no answer, and what to ask instead."""


def search(follower: Follower, arguments: SearchArguments) -> dict[str, Any]:
    """Return ranked notes."""
    collection = follower.collection()
    index = follower.search(collection)
    total, hits = index.search(
        arguments.query,
        limit=arguments.limit,
        offset=arguments.offset,
        verdicts=collection.verdict_words,
    )
    items = [
        {
            "slug": hit.slug,
            "title": collection.notes[hit.slug].title,
            "claim": collection.notes[hit.slug].claim,
            "snippet": hit.text,
            "score": hit.score,
        }
        for hit in hits
        if hit.slug in collection.notes
    ]
    return {"total": total, "items": items, "unknown": index.unknown(arguments.query)}


def get_note(follower: Follower, arguments: NoteArguments) -> str:
    """Return a note as Markdown."""
    collection = follower.collection()
    slug = find_slug(collection, arguments.note)
    try:
        return note_text(collection, slug, arguments.start)
    except OSError:
        raise RefusedError(f"the file of '{slug}' has just gone; ask again") from None


def neighbours(follower: Follower, arguments: NeighbourArguments) -> dict[str, Any]:
    """Return a note with the notes around it and the links among them."""
    collection = follower.collection()
    slug = find_slug(collection, arguments.note)
    types = [_type_id(collection.notebook, word) for word in arguments.types]
    view = neighbourhood(
        collection.graph, slug, depth=arguments.depth, types=types, limit=arguments.limit
    )
    walk = walk_data(collection, view)
    edges = walk["edges"]
    return walk | {"edges": edges[:MAX_EDGES], "hidden_edges": len(edges[MAX_EDGES:])}


def path_between(follower: Follower, arguments: PathArguments) -> dict[str, Any]:
    """Return the best typed paths between two notes, told as sentences."""
    collection = follower.collection()
    graph = collection.graph
    ends = find_slug(collection, arguments.start), find_slug(collection, arguments.end)
    found = find_paths(graph, *ends, k=arguments.count, ways=ways_of(graph))
    answer: dict[str, Any] = {"paths": [path_to_json(path) for path in found]}
    return answer if found else answer | {"detail": explain_no_path(graph, *ends)}


def experiments(follower: Follower, arguments: ExperimentArguments) -> dict[str, Any]:
    """Return the experiments and what stored references say of each, or the design of one."""
    collection, known = follower.collection(), all_experiments()
    if arguments.name and arguments.name not in known:
        near = close_to(arguments.name, known) or list(known)
        raise RefusedError(f"there is no experiment '{arguments.name}'; ask for {', '.join(near)}")
    behind: dict[str, list[dict[str, Any]]] = {}
    for slug, name in collection.attached.items():
        verdict = collection.verdict_words.get(slug)
        behind.setdefault(name, []).append({"slug": slug, "verdict": verdict})
    items = [
        {
            "name": name,
            "title": known[name].title,
            "hypothesis": known[name].hypothesis,
            "verdicts": {
                key: stored["result"]["verdict"] for key, stored in references(name).items()
            },
            "notes": behind.get(name, [])[:MAX_NOTES],
        }
        | (_design(known[name]) if arguments.name else {})
        for name in ([arguments.name] if arguments.name else known)
    ]
    return {"total": len(items), "items": items}


def _design(design: Experiment) -> dict[str, Any]:
    """Say what is compared and measured, and what came out of each preset."""
    primary, stored = design.primary, references(design.name)
    numbers = ("difference", "low", "high")
    return {
        "control": design.control.name,
        "treatment": design.treatment.name,
        "measures": f"{primary.name} ({primary.unit}; {primary.better} is better)",
        "expects": f"{design.direction} in the treatment, by {design.smallest_effect} or more",
        "presets": [
            {"name": key, "says": preset.says, "params": dict(preset.params)}
            | {part: stored[key]["result"]["primary"][part] for part in numbers if key in stored}
            for key, preset in design.presets.items()
        ],
        "about": design.about,
    }


def find_slug(collection: Collection, written: str) -> str:
    """Return the note that a slug, title or alias means; raises RefusedError with near ones."""
    end = find_end(collection, written)
    if end.slug:
        return end.slug
    ties = [row.slug for row in end.near]
    titles = {slug: note.title for slug, note in collection.notebook.index.notes.items()}
    near = ties or Names(titles).near(written)
    what = f"'{written}' fits several notes" if ties else f"there is no note '{written}'"
    hint = f"ask for one of {', '.join(near[:5])}" if near else "`search` finds notes by words"
    raise RefusedError(f"{what}; {hint}")


def _type_id(notebook: Notebook, word: str) -> str:
    if word == MENTION:
        return MENTION
    reading = notebook.types.read(word)
    if reading is None:
        known = ", ".join(notebook.types.by_id)
        raise RefusedError(f"there is no relation type '{word}'; known: {known}, {MENTION}")
    return reading.type.id
