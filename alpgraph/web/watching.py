"""Follows the notes folder: which changes matter, and how much must be looked at again."""

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchfiles import Change, awatch

from alpgraph.notes.files import is_note_name

BATCH_MS, STEP_MS = 120, 15
"""Changes are taken together for at most so long, or until so long nothing more changes."""
QUIET_MS = 3000
"""Without a change, it is looked so often whether the folder is still the same."""
MANY = 200
"""Changed notes from which the whole folder is compared: events may get lost in a flood."""


class Visible:
    """A filter for watchfiles: what is hidden, or lies in a hidden folder, does not matter."""

    def __init__(self, root: Path) -> None:
        """Filter paths below `root`."""
        self._root, self._inside = str(root), f"{str(root).rstrip(os.sep)}{os.sep}"

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change matters; asked on the event loop for each of thousands."""
        if not path.startswith(self._inside):
            return path == self._root
        *folders, name = path.removeprefix(self._inside).replace(os.sep, "/").split("/")
        return not any(folder.startswith(".") for folder in folders) and (
            not name.startswith(".") or is_note_name(name)
        )


class FolderWatcher:
    """Follows edits below a folder, also below one that takes its place."""

    def __init__(
        self,
        root: Path,
        *,
        on_start: Callable[[], Coroutine[Any, Any, None]],
        on_change: Callable[[Iterable[Path]], Awaitable[None]],
        on_quiet: Callable[[], Awaitable[None]],
    ) -> None:
        """Prepare to watch `root`.

        `on_start` is called once edits are noticed, `on_change` with the paths that changed, and
        `on_quiet` every few seconds without a change.
        """
        self._root = root
        self._on_start, self._on_change, self._on_quiet = on_start, on_change, on_quiet
        self._stop = asyncio.Event()
        self._failed = False
        """Whether edits are not followed, as has been said."""

    def stop(self) -> None:
        """Have `run` end; safe to call from a signal handler."""
        self._stop.set()

    async def run(self) -> None:
        """Watch until stopped; where there is no folder, until there is one again."""
        while not self._stop.is_set():
            try:
                await self._watch()
            except (OSError, RuntimeError) as error:
                if not self._failed:
                    print(f"edits are not followed: {error}", file=sys.stderr, flush=True)
                self._failed = True
                await asyncio.sleep(QUIET_MS / 1000)

    async def _watch(self) -> None:
        """Follow edits until another folder takes the place of this; raises OSError if none does.

        None does while git has a branch without it.
        """
        root, inode = self._root, _identity(self._root)
        if inode is None:
            raise FileNotFoundError(f"the folder {root} is gone; what was read of it is served")
        batches = awatch(
            root,
            watch_filter=Visible(root),
            stop_event=self._stop,
            debounce=BATCH_MS,
            step=STEP_MS,
            rust_timeout=QUIET_MS,
            yield_on_timeout=True,
        )
        # runs once this task waits, and so watches: for what changed since the notes were read
        starting = asyncio.create_task(self._on_start())
        try:
            async with aclosing(batches):
                async for changes in batches:
                    if self._failed:
                        print("edits are followed again", file=sys.stderr, flush=True)
                        self._failed = False
                    if changes:
                        await self._report(Path(path) for _, path in changes)
                    if (Change.deleted, str(root)) in changes or _identity(root) != inode:
                        return
                    if not changes:
                        await self._on_quiet()
        finally:
            starting.cancel()

    async def _report(self, paths: Iterable[Path]) -> None:
        """Pass changes on; a fault of ours there ends neither pages nor the watch."""
        try:
            await self._on_change(paths)
        except Exception:
            traceback.print_exc()


def _identity(root: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another of its name; nothing where there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a batch of changes asks for."""

    notes: frozenset[str]
    """Paths of notes below the folder."""
    folders: bool
    """Whether a folder came or went, so that any note below it may have."""
    files: bool
    """Whether files that are no notes changed, as pictures."""


def sort_changes(root: Path, paths: Iterable[Path]) -> ChangeSet:
    """Sort changed paths; a name that has no ending may be a folder that is gone."""
    notes, folders, files = set(), False, False
    for path in _below(root, paths):
        if is_note_name(path.rpartition("/")[2]) and not (root / path).is_dir():
            notes.add(path)
        elif (root / path).is_dir() or "." not in path.rpartition("/")[2]:
            folders = True
        else:
            files = True
    return ChangeSet(frozenset(notes), folders or len(notes) >= MANY, files or folders)


def _below(root: Path, paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        if path.is_relative_to(root):
            yield path.relative_to(root).as_posix()
