"""What a change makes of the collection, and the stamp that names its notes and verdicts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

from alpgraph.notes import is_empty_file, stale_paths, state_digest, update_notebook
from alpgraph.pages import Collection, Patch, patched, rejudged
from alpgraph.web.watching import ChangeSet


def served(collection: Collection) -> Collection:
    """Return a collection that was read, as a server has it."""
    stamp, places = state_digest(collection.notebook), collection.places.drawn_apart()
    return replace(collection, stamp=stamp, places=places)


def patch_files(before: Collection, changes: ChangeSet) -> Patch | None:
    """Read changed files again; None where they say what they said."""
    names = set(changes.notes)
    if changes.folders:
        names |= stale_paths(before.notebook)
    notebook = update_notebook(before.notebook, names)
    if changes.files and notebook is before.notebook:
        notebook = replace(notebook)  # it looks for files that are no notes again
    patch = patched(before, notebook)
    state = state_digest(notebook)
    if state == _state(before) and not changes.files:
        return None
    return replace(patch, after=replace(patch.after, stamp=_stamp(state, patch.after.answers)))


def patch_verdicts(before: Collection, answers: Mapping[str, Mapping[str, Any]]) -> Patch | None:
    """Take the verdicts of finished runs, by slug; None where the collection has them."""
    patch = rejudged(before, answers)
    if patch is None:
        return None
    return replace(patch, after=replace(patch.after, stamp=_stamp(_state(before), answers)))


def is_half_written(before: Collection, changes: ChangeSet) -> bool:
    """Whether a note that had a text has none: many editors empty a file, then write it."""
    root = before.notebook.root
    empty = {path for path in changes.notes if is_empty_file(root, path)}
    if not empty:
        return False
    known = before.notebook.index.notes.items()
    return any(note.path in empty and before.notes[slug].body for slug, note in known)


def _state(collection: Collection) -> str:
    """Return what the stamp of a collection says of its notes."""
    return collection.stamp.partition("-")[0]


def _stamp(state: str, answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a stamp that is the same wherever the same notes have the same answers of runs."""
    results = sorted((slug, str(result["primary"])) for slug, result in answers.items())
    return f"{state}-{crc32(repr(results).encode()):08x}" if results else state
