"""What open pages hear: which notes changed since a page was made."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from alpgraph.web.peers import Peers

PING_SECONDS = 15
KEPT = 200
"""Changes that are remembered; a page older than them is told that anything may have changed."""
MAX_SLUGS = 500
AHEAD_SECONDS = 3.0
"""How long a page ahead of its server waits; longer than servers take to look for new verdicts."""
FILES_SECONDS = 0.5
"""How long other servers are given where files changed that no stamp tells of, as pictures."""


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
        self.peers: Peers | None = None
        """The other servers on the same socket, where there are any."""
        self._publishing: asyncio.Task[None] | None = None
        self._edits: deque[Edit] = deque(maxlen=KEPT)
        self._next = asyncio.Event()
        self._ended = False

    def begin(self, stamp: str) -> None:
        """Say which stamp pages have from now on."""
        if self.peers is not None:
            self.peers.set_stamp(stamp)
        self.stamp = stamp
        self._edits.append(Edit(stamp, frozenset()))

    def publish(self, stamp: str, slugs: Collection[str] | None) -> None:
        """Tell everybody of a change to these notes, or to any, once every server has it."""
        if self.peers is None:
            self.add(stamp, slugs)
            return
        self.peers.set_stamp(stamp)
        publishing = self._publish_together(self.peers, self._publishing, stamp, slugs)
        self._publishing = asyncio.create_task(publishing)

    async def published(self) -> None:
        """Wait until everybody has been told of the last change, and every server has it."""
        if self._publishing is not None:
            await self._publishing

    async def _publish_together(
        self,
        peers: Peers,
        earlier: asyncio.Task[None] | None,
        stamp: str,
        slugs: Collection[str] | None,
    ) -> None:
        """Tell of a change, after the one before, once every server has it."""
        if earlier is not None:
            await earlier
        await peers.wait_for(stamp)
        if slugs is None:
            await asyncio.sleep(FILES_SECONDS)
        self.add(stamp, slugs)

    def add(self, stamp: str, slugs: Collection[str] | None) -> None:
        """Tell everybody of a change now."""
        few = slugs is not None and len(slugs) <= MAX_SLUGS
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

    async def catch_up(self, stamp: str) -> None:
        """Wait a while for a stamp that is ahead of ours, where another server may have made it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(AHEAD_SECONDS if self.peers else 0):
                while stamp and not self._ended and all(e.stamp != stamp for e in self._edits):
                    await self._next.wait()

    async def stream(self, stamp: str) -> AsyncIterator[str]:
        """Yield server-sent events: what changed since `stamp`, then each change."""
        self.listeners += 1
        try:
            await self.catch_up(stamp)
            at = stamp or self.stamp
            while not self._ended:
                coming = self._next
                data = json.dumps(self.since(at))
                at = self.stamp
                yield f"id: {at}\nevent: changed\ndata: {data}\n\n"
                while not coming.is_set():
                    try:
                        await asyncio.wait_for(coming.wait(), PING_SECONDS)
                    except TimeoutError:
                        yield ": still here\n\n"
        finally:
            self.listeners -= 1
