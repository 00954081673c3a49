"""When notes and relations appeared, changed and went, as git tells it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alpgraph.history.git import HistoryError, read_blobs
from alpgraph.history.log import FileChange, file_changes
from alpgraph.notes.files import is_note_name, is_text
from alpgraph.notes.model import Note
from alpgraph.notes.parsing import digest, parse_note
from alpgraph.notes.relation_types import RelationTypes

What = Literal[
    "note added",
    "note changed",
    "note removed",
    "relation added",
    "relation changed",
    "relation removed",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in one commit."""

    date: str
    """ISO date and time of writing."""
    commit: str
    what: What
    slug: str
    title: str
    type: str = ""
    """Of a relation, read from its author, as `explains`."""
    to: str = ""
    """Its target as written."""
    why: str = ""


def timeline(
    root: Path,
    types: RelationTypes | None = None,
    *,
    commits: int = 1000,
    notes: Iterable[Note] = (),
) -> tuple[Event, ...]:
    """Return what happened to the notes below `root` in the last `commits`, the newest first.

    A renamed note is removed and added. `notes` are those as they are now, read with the same
    `types`: what they say is not parsed again. Empty where there is no git or no repository.
    """
    table = types or RelationTypes()
    try:
        changes = [
            change for change in file_changes(root, commits=commits) if _is_note(change.path)
        ]
        contents = read_blobs(root, {blob for t in changes for blob in (t.before, t.after)} - {""})
    except HistoryError:
        return ()
    parsed: dict[tuple[str, str], Note | None] = {}
    now = {note.path: note for note in notes}

    def note(path: str, blob: str) -> Note | None:
        if (path, blob) not in parsed:
            parsed[path, blob] = _read(path, contents.get(blob), now.get(path), table)
        return parsed[path, blob]

    return tuple(
        event
        for change in changes
        for event in _events(
            change, note(change.path, change.before), note(change.path, change.after)
        )
    )


def _is_note(path: str) -> bool:
    return is_note_name(path.rpartition("/")[2]) and is_text(path)


def _read(path: str, data: bytes | None, now: Note | None, types: RelationTypes) -> Note | None:
    if data is None:
        return None
    same = now is not None and now.digest == digest(data)
    return now if same else parse_note(path, data, types=types)


def _events(change: FileChange, before: Note | None, after: Note | None) -> Iterator[Event]:
    note = after or before
    if note is None:
        return

    def event(what: What, key: tuple[str, str] = ("", ""), why: str = "") -> Event:
        return Event(change.date, change.commit, what, note.slug, note.title, *key, why)

    yield event("note added" if not before else "note changed" if after else "note removed")
    old, new = _relations(before), _relations(after)
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            yield event("relation added", key, new[key][0])
        elif key not in new:
            yield event("relation removed", key, old[key][0])
        elif Counter(old[key]) != Counter(new[key]):
            yield event("relation changed", key, new[key][0])


def _relations(note: Note | None) -> dict[tuple[str, str], list[str]]:
    """Return the reasons of a note's relations by (type, target as written)."""
    by_pair: dict[tuple[str, str], list[str]] = {}
    for relation in note.relations if note else ():
        by_pair.setdefault((relation.type or relation.written, relation.to), []).append(
            relation.why
        )
    return by_pair
