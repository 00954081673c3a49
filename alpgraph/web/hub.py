"""The one writer: the current collection, and word to open pages when it changes."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from alpgraph.notes import update_notebook
from alpgraph.pages import Collection, build_collection, collect
from alpgraph.search import SearchIndex, open_index
from alpgraph.web.settings import Settings

PING_SECONDS = 15


class Notes(DefaultFilter):
    """Files of the notes folder that are not in a dot-folder."""

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change matters."""
        return super().__call__(change, path) and path.lower().endswith((".md", ".markdown"))


class Hub:
    """Holds the collection; patches it after an edit and tells who listens."""

    def __init__(self, settings: Settings) -> None:
        """Prepare to serve; `start` reads the notes."""
        self.settings = settings
        self._collection: Collection | None = None
        self._search: SearchIndex | None = None
        self._changed: asyncio.Event = asyncio.Event()
        self._stop = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None

    @property
    def collection(self) -> Collection:
        """The collection as it stands."""
        if self._collection is None:
            raise RuntimeError("the hub has not started")
        return self._collection

    async def start(self) -> None:
        """Read the notes and watch them."""
        location = self.settings.location
        self._collection = await asyncio.to_thread(
            build_collection, location.notes, location.state, self.settings.config
        )
        if self.settings.watch:
            self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching."""
        self.close()
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)

    def close(self) -> None:
        """End every stream; safe to call from a signal handler."""
        self._stop.set()
        self._changed.set()

    async def search(self) -> SearchIndex:
        """Return the search index, brought up to date."""
        return await asyncio.to_thread(self._ready_search)

    def _ready_search(self) -> SearchIndex:
        if self._search is None:
            place = self.settings.location.state / "cache" / "search"
            self._search = open_index(self.collection.notebook, place)
        else:
            self._search.update(self.collection.notebook)
        return self._search

    async def _watch(self) -> None:
        root = self.settings.location.notes
        async for changes in awatch(root, watch_filter=Notes(), stop_event=self._stop, debounce=60):
            await self.refresh(Path(path) for _, path in changes)

    async def refresh(self, paths: Iterable[Path]) -> None:
        """Read changed files again and tell the listeners."""
        root = self.settings.location.notes
        names = [path.relative_to(root).as_posix() for path in paths if path.is_relative_to(root)]
        self._collection = await asyncio.to_thread(self._patched, self.collection, names)
        event, self._changed = self._changed, asyncio.Event()
        event.set()

    def _patched(self, before: Collection, names: list[str]) -> Collection:
        notebook = update_notebook(before.notebook, names)
        return collect(notebook, before.config, self.settings.location.state, before.dates)

    async def changes(self) -> AsyncIterator[str]:
        """Yield server-sent events: one for each revision, a comment now and then."""
        yield f"event: hello\ndata: {json.dumps({'revision': self.collection.revision})}\n\n"
        while not self._stop.is_set():
            try:
                await asyncio.wait_for(self._changed.wait(), PING_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if not self._stop.is_set():
                data = json.dumps({"revision": self.collection.revision})
                yield f"event: changed\ndata: {data}\n\n"
