"""The collection as it stood at a past date, read from git's objects; nothing is checked out."""

from collections import OrderedDict
from datetime import date
from pathlib import Path
from threading import Lock
from weakref import ref

from alpgraph.graph import build_graph
from alpgraph.history import HistoryError, notebook_at, revision_at
from alpgraph.pages.state import Collection, Places, verdicts_of

MAX_CACHED = 4
"""Past states that are kept ready."""

_Key = tuple[Path, str, "ref[Places]"]
_cache: OrderedDict[_Key, Collection] = OrderedDict()
_lock = Lock()


class NoPastError(LookupError):
    """Why there is nothing to show for a date, in words for the reader."""


def collection_at(collection: Collection, day: str) -> Collection:
    """Return the collection as it stood at the end of an ISO date.

    Notes that are still there keep the place they have on today's map; verdicts are today's.
    Raises ValueError for what is no date, NoPastError where git knows nothing that old.
    """
    date.fromisoformat(day)
    root = collection.notebook.root
    try:
        commit = revision_at(root, day)
    except HistoryError as error:
        raise NoPastError(_error(str(error), day)) from None
    key = (root, commit, ref(collection.places))  # unlike an id, never that of later places
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    past = _read(collection, root, commit)
    with _lock:
        _cache[key] = past
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return past


def _read(collection: Collection, root: Path, commit: str) -> Collection:
    now = collection.notebook
    notebook = notebook_at(root, commit, now.types, like=now)
    graph = build_graph(notebook)
    places = Places(graph, previous=collection.layout)
    return Collection(notebook, graph, collection.config, places, verdicts_of(notebook))


def _error(reason: str, day: str) -> str:
    if "not a git repository" in reason or "not installed" in reason:
        return "the notes are in no git repository, so nothing is known of their past"
    return reason if day in reason else f"nothing is known of {day}: {reason}"
