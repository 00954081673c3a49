"""The one writer: the current collection, patched after an edit."""

import asyncio
import gc
import signal
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from alpgraph.notes import Opening, stale_paths, types_of
from alpgraph.pages import Collection, Patch, build_collection, collect, patched
from alpgraph.web.background import Background, in_daemon_thread
from alpgraph.web.cache import PageCache
from alpgraph.web.derived import DerivedData
from alpgraph.web.events import Changes
from alpgraph.web.patching import is_half_written, patch_files, patch_verdicts, served
from alpgraph.web.settings import Settings
from alpgraph.web.watching import FolderWatcher, sort_changes

HALF_WRITTEN_SECONDS = 0.05
"""How long a file that has just become empty is given to be written."""
LARGE = 5_000
"""Notes from which on pages are served before all are read."""
OPENING = "opening"
"""The stamp of pages made before all notes are read."""


class Hub:
    """Holds the collection and patches it; pages, derived data and listeners follow."""

    def __init__(self, settings: Settings) -> None:
        """Prepare to serve; `start` reads the notes."""
        self.settings = settings
        self.events = Changes()
        self.cache = PageCache()
        self.derived = DerivedData(lambda: self.collection, settings.location.cache())
        self.ready = asyncio.Event()
        """Whether all notes are read."""
        self._collection: Collection | None = None
        self._patching = asyncio.Lock()
        self._watcher = FolderWatcher(
            settings.location.notes,
            on_start=self._catch_up,
            on_change=self.refresh,
            on_quiet=lambda: asyncio.to_thread(self._refresh_dates),
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._background = Background(self._prepare)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def collection(self) -> Collection:
        """The collection as it stands."""
        if self._collection is None:
            raise RuntimeError("the hub has not started")
        return self._collection

    def read(self) -> None:
        """Read the notes; before a loop runs, other processes can help at no cost."""
        location = self.settings.location
        collection = build_collection(location.notes, location.state, self.settings.config)
        self._collection = served(collection)

    def open(self) -> None:
        """Read the notes, or only look which there are: many are read while pages are served."""
        location, config = self.settings.location, self.settings.config
        opening = Opening(location.notes, types_of(config.relation_types), location.cache())
        if opening.total < LARGE:
            self.read()
            return
        message = f"{opening.total:,} notes are being read; their pages are served meanwhile"
        print(message, file=sys.stderr, flush=True)
        opening.prepare()
        glance = collect(opening.glance(), config)
        self._collection = replace(glance, stamp=OPENING, opening=opening)

    async def start(self) -> None:
        """Read the notes unless that is done, and watch them."""
        self._loop = asyncio.get_running_loop()
        if self._collection is None:
            await asyncio.to_thread(self.read)
        if self.events.peers is not None:  # the notes were read before this process began
            await self._catch_up()
        self.events.begin(self.collection.stamp)
        if self.collection.opening is None:
            self._start_following()
        else:
            self._tasks.append(asyncio.create_task(self._read_rest(self.collection.opening)))

    async def _read_rest(self, opening: Opening) -> None:
        """Read all notes while pages are made of those that were asked for, then follow them."""
        location, config = self.settings.location, self.settings.config
        try:
            read = await in_daemon_thread(
                lambda: served(collect(opening.read(), config, location.state))
            )
        except Exception:  # as it would be before the first page
            traceback.print_exc()
            signal.raise_signal(signal.SIGTERM)
            return
        async with self._patching:
            revision = self.collection.revision + 1
            notebook = replace(read.notebook, revision=revision)
            self._collection = replace(read, notebook=notebook)
            self.cache.invalidate(None)
            self.events.publish(read.stamp, None)
        self._start_following()

    def _start_following(self) -> None:
        """Begin what needs all notes."""
        self.ready.set()
        gc.freeze()  # or collecting garbage would walk all notes, and every request wait for it
        self._background.wake()
        if self.settings.watch:
            self._tasks.append(asyncio.create_task(self._watcher.run()))

    async def read_ahead(self, slug: str) -> bool:
        """Read one note and those it links to before all others; whether there is such a note."""
        async with self._patching:
            before = self.collection
            if before.opening is None:
                return True
            if slug not in before.notes:
                return False
            opening, notebook = before.opening, before.notebook
            patch = await asyncio.to_thread(
                lambda: patched(before, opening.read_note(notebook, slug))
            )
            self._collection = patch.after
            self.cache.invalidate(patch)
            return slug in patch.after.notes

    async def stop(self) -> None:
        """Stop reading and watching."""
        self.close()
        if self._collection is not None and self._collection.opening is not None:
            self._collection.opening.cancel()
        for task in self._tasks:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        gc.unfreeze()

    def close(self) -> None:
        """End every stream; safe to call from a signal handler."""
        self._watcher.stop()
        self._background.end()
        self.events.end()

    def _prepare(self) -> None:
        self.derived.prepare()
        self._refresh_dates()

    def _refresh_dates(self) -> None:
        """Let pages tell of a commit."""
        if self.collection.dates.refresh() and self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self.cache.invalidate, None)

    async def _catch_up(self) -> None:
        """Read again what changed since the notes were read."""
        root, notebook = self.settings.location.notes, self.collection.notebook
        stale = await asyncio.to_thread(stale_paths, notebook)
        if stale:
            await self.refresh(root / path for path in stale)

    async def refresh(self, paths: Iterable[Path]) -> None:
        """Read changed files again and tell the listeners, unless the whole folder is gone."""
        root = self.settings.location.notes
        async with self._patching:
            if not await asyncio.to_thread(root.is_dir):
                return
            changes = await asyncio.to_thread(sort_changes, root, paths)
            if await asyncio.to_thread(is_half_written, self.collection, changes):
                await asyncio.sleep(HALF_WRITTEN_SECONDS)
            patch = await asyncio.to_thread(patch_files, self.collection, changes)
            if patch is None:
                return
            self._apply(patch, all_pages=changes.files)
            self._background.wake()

    async def judge(self, before: Collection, answers: Mapping[str, Mapping[str, Any]]) -> bool:
        """Let finished runs, by slug, give the verdicts that no stored reference gives.

        Nothing is done, and False returned, where `before`, for which they were looked up, is no
        longer the collection: a note may have another experiment by now.
        """
        async with self._patching:
            if before is not self.collection:
                return False
            patch = patch_verdicts(before, answers)
            if patch is not None:
                self._apply(patch, all_pages=False)
            return True

    def _apply(self, patch: Patch, *, all_pages: bool) -> None:
        """Put the collection of a patch in place of the one before, and tell who listens."""
        self._collection = patch.after
        self.cache.invalidate(None if all_pages else patch)
        self.events.publish(patch.after.stamp, None if all_pages else patch.touched)
