"""One computation, many watchers: the latest state of each run, passed to whoever looks on."""

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Where a run stands; each event tells it whole, so that missing one loses nothing."""

    id: int
    """Grows with every event of a run, over restarts and servers too."""
    kind: str
    """`progress`, or `end` for the last one."""
    data: str
    """JSON text."""


class Watcher:
    """One reader, notified from any thread."""

    def __init__(self) -> None:
        """Belong to the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Say that there is something new."""
        with suppress(RuntimeError):  # the loop has ended, and the reader with it
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        """Wait for something new."""
        await self._event.wait()
        self._event.clear()


@dataclass(slots=True)
class Channel:
    """The latest event of one run, and who waits for the next."""

    latest: Event | None = None
    watchers: set[Watcher] = field(default_factory=set)


class Channels:
    """The channels of every run that is watched or computed here."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.RLock()  # `close` may interrupt its own thread, from a signal
        self._channels: dict[str, Channel] = {}
        self.closed = False

    def watched(self) -> list[str]:
        """Return the runs that somebody looks at."""
        with self._lock:
            return [key for key, channel in self._channels.items() if channel.watchers]

    def latest(self, run_id: str) -> Event | None:
        """Return the last event of a run that is watched."""
        with self._lock:
            channel = self._channels.get(run_id)
            return channel.latest if channel else None

    def join(self, run_id: str, watcher: Watcher) -> None:
        """Begin to watch a run."""
        with self._lock:
            self._channels.setdefault(run_id, Channel()).watchers.add(watcher)

    def leave(self, run_id: str, watcher: Watcher) -> None:
        """Stop watching a run; a channel nobody watches is forgotten."""
        with self._lock:
            channel = self._channels.get(run_id)
            if channel is not None:
                channel.watchers.discard(watcher)
                if not channel.watchers:
                    del self._channels[run_id]

    def publish(self, run_id: str, kind: str, data: Mapping[str, Any], at: float = 0.0) -> None:
        """Pass on where a run stands, written as JSON once for all; `at` fixes the event's time."""
        with self._lock:
            channel = self._channels.get(run_id)
            if channel is None:
                return
            before = channel.latest
            text = json.dumps(data, separators=(",", ":"), allow_nan=False)
            if before is not None and (before.kind, before.data) == (kind, text):
                return
            number = int((at or time.time()) * 1000)
            channel.latest = Event(max(number, before.id + 1 if before else 0), kind, text)
            waiting = list(channel.watchers)
        for watcher in waiting:
            watcher.notify()

    def close(self) -> None:
        """Send every watcher home."""
        with self._lock:
            self.closed = True
            waiting = [
                watcher for channel in self._channels.values() for watcher in channel.watchers
            ]
        for watcher in waiting:
            watcher.notify()
