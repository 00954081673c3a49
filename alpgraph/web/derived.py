"""What is computed from the notes beside their pages: the search index, near names, the map."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from threading import Lock

from alpgraph.check.near import Names
from alpgraph.locks import file_lock
from alpgraph.pages import Collection
from alpgraph.search import SearchIndex, open_index


class DerivedData:
    """Computes what is asked for, or what `prepare` foresees, and follows the notes."""

    def __init__(self, current: Callable[[], Collection], cache: Path | None) -> None:
        """Compute nothing yet; `current` returns the collection as it stands."""
        self._current, self._cache = current, cache
        self._index: SearchIndex | None = None
        self._names: tuple[int, Names] | None = None
        """A revision and its names, in one: several threads ask for them."""
        self._index_lock = Lock()
        # of all requests that wait for an index or a map, one takes a thread, which others need
        self._search_queue, self._map_queue = asyncio.Lock(), asyncio.Lock()

    async def search(self) -> SearchIndex:
        """Return the search index, brought up to date."""
        async with self._search_queue:
            index = self._index
            if index is not None and index.follows(self._current().notebook):
                return index
            return await asyncio.to_thread(self._update_index)

    async def draw(self, collection: Collection) -> None:
        """Have the map of a collection drawn, unless that is done or takes no time."""
        async with self._map_queue:
            if not collection.places.quick:
                await asyncio.to_thread(collection.places.layout)

    def names(self) -> Names:
        """Return what finds a note by a name that is nearly its own; reused while names stay."""
        notebook, cached = self._current().notebook, self._names
        if cached is None or cached[0] != notebook.revision:
            titles = {slug: note.title for slug, note in notebook.index.notes.items()}
            names = cached[1] if cached and cached[1].titles == titles else Names(titles)
            self._names = cached = notebook.revision, names
        return cached[1]

    def prepare(self) -> None:
        """Draw the map and index for search, so that nobody waits for these later."""
        # other servers of these notes wait, and then find it done
        with file_lock(self._cache / "layout.lock") if self._cache else nullcontext():
            self._current().places.layout()
        self._update_index()

    def _update_index(self) -> SearchIndex:
        with self._index_lock:
            if self._index is None:
                self._index = open_index(self._current().notebook, self._cache)
            else:
                self._index.update(self._current().notebook)
            return self._index
