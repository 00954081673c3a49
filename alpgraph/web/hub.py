"""The one writer: the current collection, and word to open pages when it changes."""

import asyncio
import gc
import signal
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextlib import aclosing, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any
from zlib import crc32

from watchfiles import Change, awatch

from alpgraph.check.near import Names
from alpgraph.locks import turn
from alpgraph.notes import (
    Opening,
    is_empty_file,
    stale_paths,
    state_digest,
    types_of,
    update_notebook,
)
from alpgraph.pages import Collection, Patch, build_collection, collect, patched, rejudged
from alpgraph.search import SearchIndex, open_index
from alpgraph.web.background import Background, beside
from alpgraph.web.cache import PageCache
from alpgraph.web.events import Changes
from alpgraph.web.peers import BEHIND, MOMENT, Peers
from alpgraph.web.settings import Settings
from alpgraph.web.watching import Changed, Visible, identity, sort_changes

BATCH_MS, STEP_MS = 120, 15
"""Changes are taken together for at most so long, or until so long nothing more changes."""
QUIET_MS = 3000
"""Without a change, it is looked so often whether the folder is still the same, and at git."""
HALF_WRITTEN_SECONDS = 0.05
"""How long a file that has just become empty is given to be written."""
LARGE = 5_000
"""Notes from which on pages are served before all are read."""
OPENING = "opening"
"""The stamp of pages made before all notes are read."""


class Hub:
    """Holds the collection; patches it after an edit and tells who listens."""

    def __init__(self, settings: Settings) -> None:
        """Prepare to serve; `start` reads the notes."""
        self.settings = settings
        self.peers: Peers | None = None
        """The other servers on the same socket, where there are any."""
        self.events = Changes()
        self.cache = PageCache()
        self._collection: Collection | None = None
        self._search: SearchIndex | None = None
        self._named: tuple[int, Names] | None = None
        """A revision and its names, in one: several threads ask for them."""
        self._searching, self._patching = Lock(), asyncio.Lock()
        # of all requests that wait for an index or a map, one takes a thread, which others need
        self._indexing, self._drawing = asyncio.Lock(), asyncio.Lock()
        self._stop, self.opened = asyncio.Event(), asyncio.Event()
        """Whether to end; whether all notes are read."""
        self._opener: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._later = Background(self._follow)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._telling: asyncio.Task[None] | None = None
        self._deaf = False
        """Whether edits are not followed, as has been said."""

    @property
    def collection(self) -> Collection:
        """The collection as it stands."""
        if self._collection is None:
            raise RuntimeError("the hub has not started")
        return self._collection

    def read(self) -> None:
        """Read the notes; before a loop runs, other processes can help at no cost."""
        location = self.settings.location
        read = build_collection(location.notes, location.state, self.settings.config)
        self._collection = _ready(read)

    def open(self) -> None:
        """Read the notes, or only look which there are: many are read while pages are served."""
        location, config = self.settings.location, self.settings.config
        opening = Opening(location.notes, types_of(config.relation_types), location.cache())
        if opening.total < LARGE:
            self.read()
            return
        told = f"{opening.total:,} notes are being read; their pages are served meanwhile"
        print(told, file=sys.stderr, flush=True)
        opening.prepare()
        glance = collect(opening.glance(), config)
        self._collection = replace(glance, stamp=OPENING, opening=opening)

    async def start(self) -> None:
        """Read the notes unless that is done, and watch them."""
        self._loop = asyncio.get_running_loop()
        if self._collection is None:
            await asyncio.to_thread(self.read)
        if self.peers is not None:  # the notes were read before this process began
            await self._catch_up()
            self.peers.reach(self.collection.stamp)
            self.events.patience = BEHIND
        self.events.begin(self.collection.stamp)
        if self.collection.opening is None:
            self._settle()
        else:
            self._opener = asyncio.create_task(self._read_on(self.collection.opening))

    async def _read_on(self, opening: Opening) -> None:
        """Read all notes while pages are made of those that were asked for, then follow them."""
        location, config = self.settings.location, self.settings.config
        try:
            read = await beside(lambda: _ready(collect(opening.read(), config, location.state)))
        except Exception:  # as it would be before the first page
            traceback.print_exc()
            signal.raise_signal(signal.SIGTERM)
            return
        async with self._patching:
            revision = self.collection.revision + 1
            notebook = replace(read.notebook, revision=revision)
            self._collection = replace(read, notebook=notebook)
            self.cache.invalidate(None)
            self.events.add(read.stamp, None)
        self._settle()

    def _settle(self) -> None:
        """Begin what needs all notes."""
        self.opened.set()
        gc.freeze()  # or collecting garbage would walk all notes, and every request wait for it
        self._later.wake()
        if self.settings.watch:
            self._watcher = asyncio.create_task(self._watch())

    async def glimpse(self, slug: str) -> bool:
        """Read one note and those it links to before all others; whether there is such a note."""
        async with self._patching:
            before = self.collection
            if before.opening is None:
                return True
            if slug not in before.notes:
                return False
            opening, notebook = before.opening, before.notebook
            patch = await asyncio.to_thread(lambda: patched(before, opening.look(notebook, slug)))
            self._collection = patch.after
            self.cache.invalidate(patch)
            return slug in patch.after.notes

    async def stop(self) -> None:
        """Stop reading and watching."""
        self.close()
        if self._collection is not None and self._collection.opening is not None:
            self._collection.opening.cancel()
        for task in filter(None, (self._opener, self._watcher)):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        gc.unfreeze()

    def close(self) -> None:
        """End every stream; safe to call from a signal handler."""
        self._stop.set()
        self._later.end()
        self.events.end()

    async def search(self) -> SearchIndex:
        """Return the search index, brought up to date."""
        async with self._indexing:
            index = self._search
            if index is not None and index.follows(self.collection.notebook):
                return index
            return await asyncio.to_thread(self._ready_search)

    async def draw(self, collection: Collection) -> None:
        """Have the map of a collection drawn, unless that is done or takes no time."""
        async with self._drawing:
            if not collection.places.quick:
                await asyncio.to_thread(collection.places.layout)

    def _ready_search(self) -> SearchIndex:
        with self._searching:
            if self._search is None:
                cache = self.settings.location.cache()
                self._search = open_index(self.collection.notebook, cache)
            else:
                self._search.update(self.collection.notebook)
            return self._search

    def names(self) -> Names:
        """Return what finds a note by a name that is nearly its own; kept while all names are."""
        notebook, named = self.collection.notebook, self._named
        if named is None or named[0] != notebook.revision:
            titles = {slug: note.title for slug, note in notebook.index.notes.items()}
            kept = named[1] if named and named[1].titles == titles else Names(titles)
            self._named = named = notebook.revision, kept
        return named[1]

    def _follow(self) -> None:
        """Draw the map, index for search, ask git, so that nobody waits for these later."""
        # other servers of these notes wait, and then find it done
        cache = self.settings.location.cache()
        with turn(cache / "layout.lock") if cache else nullcontext():
            self.collection.places.layout()
        self._ready_search()
        self._ask_git()

    def _ask_git(self) -> None:
        """Let pages tell of a commit."""
        if self.collection.dates.refresh() and self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self.cache.invalidate, None)

    async def _watch(self) -> None:
        """Follow edits, also of a folder that takes the place of the one before."""
        while not self._stop.is_set():
            try:
                await self._watch_folder()
            except (OSError, RuntimeError) as error:
                if not self._deaf:
                    print(f"edits are not followed: {error}", file=sys.stderr, flush=True)
                self._deaf = True
                await asyncio.sleep(QUIET_MS / 1000)

    async def _watch_folder(self) -> None:
        """Follow edits until another folder takes the place of this; raises OSError if none does.

        None does while git has a branch without it.
        """
        root = self.settings.location.notes
        there = identity(root)
        if there is None:
            raise FileNotFoundError(f"the folder {root} is gone; what was read of it is served")
        watched = awatch(
            root,
            watch_filter=Visible(root),
            stop_event=self._stop,
            debounce=BATCH_MS,
            step=STEP_MS,
            rust_timeout=QUIET_MS,
            yield_on_timeout=True,
        )
        # runs once this task waits, and so watches: for what changed since the notes were read
        catching_up = asyncio.create_task(self._catch_up())
        try:
            async with aclosing(watched):
                async for changes in watched:
                    if self._deaf:
                        print("edits are followed again", file=sys.stderr, flush=True)
                        self._deaf = False
                    if changes:
                        await self._refresh_or_tell(Path(path) for _, path in changes)
                    if (Change.deleted, str(root)) in changes or identity(root) != there:
                        return
                    if not changes:
                        await asyncio.to_thread(self._ask_git)
        finally:
            catching_up.cancel()

    async def _refresh_or_tell(self, paths: Iterable[Path]) -> None:
        """Read changed files again; a fault of ours there ends neither pages nor the watch."""
        try:
            await self.refresh(paths)
        except Exception:
            traceback.print_exc()

    async def _catch_up(self) -> None:
        """Read again what changed since the notes were read."""
        root, notebook = self.settings.location.notes, self.collection.notebook
        stale = await asyncio.to_thread(stale_paths, notebook)
        if stale:
            await self.refresh(root / path for path in stale)

    async def told(self) -> None:
        """Wait until everybody has been told of the last change, and every worker has it."""
        if self._telling is not None:
            await self._telling

    async def refresh(self, paths: Iterable[Path]) -> None:
        """Read changed files again and tell the listeners, unless the whole folder is gone."""
        root = self.settings.location.notes
        async with self._patching:
            if not await asyncio.to_thread(root.is_dir):
                return
            changed = await asyncio.to_thread(sort_changes, root, paths)
            if await asyncio.to_thread(self._half_written, changed.notes):
                await asyncio.sleep(HALF_WRITTEN_SECONDS)
            patch = await asyncio.to_thread(self._patched, changed)
            if patch is None:
                return
            self._take(patch, all_pages=changed.files)
            self._later.wake()

    async def judge(self, asked: Collection, answers: Mapping[str, Mapping[str, Any]]) -> bool:
        """Let finished runs, by slug, give the verdicts that no stored reference gives.

        Nothing is done, and False returned, where `asked`, for which they were looked up, is no
        longer the collection: a note may have another experiment by now.
        """
        async with self._patching:
            if asked is not self.collection:
                return False
            patch = rejudged(asked, answers)
            if patch is not None:
                stamp = _stamp(_state(asked), answers)
                after = replace(patch.after, stamp=stamp)
                self._take(replace(patch, after=after), all_pages=False)
            return True

    def _take(self, patch: Patch, *, all_pages: bool) -> None:
        """Put the collection of a patch in place of the one before, and tell who listens."""
        self._collection = patch.after
        self.cache.invalidate(None if all_pages else patch)
        touched = None if all_pages else patch.touched
        if self.peers is None:
            self.events.add(patch.after.stamp, touched)
            return
        self.peers.reach(patch.after.stamp)
        telling = self._tell_together(self.peers, self._telling, patch.after.stamp, touched)
        self._telling = asyncio.create_task(telling)

    async def _tell_together(
        self,
        peers: Peers,
        earlier: asyncio.Task[None] | None,
        stamp: str,
        touched: frozenset[str] | None,
    ) -> None:
        """Tell of a change, after the one before, once every worker has it."""
        if earlier is not None:
            await earlier
        await peers.agree(stamp)
        if touched is None:
            await asyncio.sleep(MOMENT)
        self.events.add(stamp, touched)

    def _half_written(self, notes: Iterable[str]) -> bool:
        """Whether a note that had a text has none: many editors empty a file, then write it."""
        root = self.settings.location.notes
        empty = {path for path in notes if is_empty_file(root, path)}
        if not empty:
            return False
        before = self.collection.notes
        known = self.collection.notebook.index.notes.items()
        return any(note.path in empty and before[slug].body for slug, note in known)

    def _patched(self, changed: Changed) -> Patch | None:
        before = self.collection
        names = set(changed.notes)
        if changed.folders:
            names |= stale_paths(before.notebook)
        notebook = update_notebook(before.notebook, names)
        if changed.files and notebook is before.notebook:
            notebook = replace(notebook)  # it looks for files that are no notes again
        patch = patched(before, notebook)
        state = state_digest(notebook)
        if state == _state(before) and not changed.files:
            return None
        return replace(patch, after=replace(patch.after, stamp=_stamp(state, patch.after.answers)))


def _ready(read: Collection) -> Collection:
    """Return a collection as a server has it."""
    return replace(read, stamp=state_digest(read.notebook), places=read.places.drawn_apart())


def _state(collection: Collection) -> str:
    """Return what the stamp of a collection says of its notes."""
    return collection.stamp.partition("-")[0]


def _stamp(state: str, answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a stamp that is the same wherever the same notes have the same answers of runs."""
    told = sorted((slug, str(result["primary"])) for slug, result in answers.items())
    return f"{state}-{crc32(repr(told).encode()):08x}" if told else state
