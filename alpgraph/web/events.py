"""What open pages are told: which notes changed since a page was made."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PING_SECONDS = 15
KEPT = 200
"""Changes that are remembered; a page older than them is told that anything may have changed."""
MOST_SLUGS = 500


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the stamp after it, and whose pages it touched."""

    stamp: str
    slugs: frozenset[str] | None
    """Nothing when any page may have changed."""


class Changes:
    """The latest changes, and those who wait for the next; to be used on the event loop alone."""

    def __init__(self) -> None:
        """Begin without any."""
        self.stamp = ""
        self.listeners = 0
        self.patience = 0.0
        """Seconds by which a page's stamp may be ahead of ours, where another server made it."""
        self._edits: deque[Edit] = deque(maxlen=KEPT)
        self._next = asyncio.Event()
        self._ended = False

    def begin(self, stamp: str) -> None:
        """Say which stamp pages have from now on."""
        self.stamp = stamp
        self._edits.append(Edit(stamp, frozenset()))

    def add(self, stamp: str, slugs: Collection[str] | None) -> None:
        """Tell everybody of a change."""
        few = slugs is not None and len(slugs) <= MOST_SLUGS
        self._edits.append(Edit(stamp, frozenset(slugs or ()) if few else None))
        self.stamp = stamp
        waiting, self._next = self._next, asyncio.Event()
        waiting.set()

    def end(self) -> None:
        """End every stream; safe to call from a signal handler."""
        self._ended = True
        self._next.set()

    def since(self, stamp: str) -> dict[str, Any]:
        """Return the stamp as it is now and the slugs touched since `stamp`; null for any."""
        slugs: set[str] = set()
        if stamp != self.stamp:
            for edit in reversed(self._edits):
                if edit.stamp == stamp:
                    break
                if edit.slugs is None:
                    return {"stamp": self.stamp, "slugs": None}
                slugs |= edit.slugs
            else:
                return {"stamp": self.stamp, "slugs": None}
        return {"stamp": self.stamp, "slugs": sorted(slugs)}

    async def meet(self, stamp: str) -> None:
        """Wait for a stamp that is ahead of ours, as long as `patience` says."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                while stamp and not self._ended and all(e.stamp != stamp for e in self._edits):
                    await self._next.wait()

    async def stream(self, stamp: str) -> AsyncIterator[str]:
        """Yield server-sent events: what changed since `stamp`, then each change."""
        self.listeners += 1
        try:
            await self.meet(stamp)
            at = stamp or self.stamp
            while not self._ended:
                coming = self._next
                told = self.since(at)
                at = self.stamp
                yield f"id: {at}\nevent: changed\ndata: {json.dumps(told)}\n\n"
                while not coming.is_set():
                    try:
                        await asyncio.wait_for(coming.wait(), PING_SECONDS)
                    except TimeoutError:
                        yield ": still here\n\n"
        finally:
            self.listeners -= 1
