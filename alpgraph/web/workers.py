"""Several server processes that share one listening socket, and the one that keeps them alive.

The keeper reads the notes, forks the workers where that is safe, and serves nothing itself. All
workers hold one end of a pipe whose other end the keeper alone has: when it closes, because the
keeper was told to stop or is gone, they end. So none outlives it, however it died.
"""

import gc
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType

from alpgraph.web.hub import Hub
from alpgraph.web.peers import Peers
from alpgraph.web.settings import Settings

TURN = 0.25
"""Seconds between two looks at whether to stop; a worker's death is seen at once."""
ENOUGH = 10.0
"""Seconds that workers have to end in peace."""
YOUNG, MAX_YOUNG = 5.0, 3
"""So many deaths in a row, each within so many seconds of a start, are a fault of ours."""

Serve = Callable[[Hub, socket.socket], bool]
"""Serves until told to stop; whether it ever began."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One server process."""

    process: BaseProcess
    born: float


class Keeper:
    """Starts the workers, puts another in the place of one that died, and ends them all."""

    def __init__(self, settings: Settings, listener: socket.socket, serve: Serve) -> None:
        """Read the notes once for all, where workers can be forks of this process."""
        self._settings, self._listener, self._serve = settings, listener, serve
        forks = sys.platform == "linux"
        self._context = get_context("fork") if forks else get_context("spawn")
        self._states = self._context.RawArray("Q", settings.config.workers)
        self._ends, self._lives = self._context.Pipe(duplex=False)
        self._stopping = False
        self._hub = Hub(settings) if forks else None
        if self._hub is not None:
            self._hub.read()

    def run(self) -> int:
        """Serve until told to stop; return the exit code."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._stop)
        gc.freeze()  # or the collector would write to all notes, and workers no longer share them
        workers = [self._start(slot) for slot in range(self._settings.config.workers)]
        young = 0
        while not self._stopping:
            wait([worker.process.sentinel for worker in workers], TURN)
            for slot, worker in enumerate(workers):
                if self._stopping or worker.process.exitcode is None:
                    continue
                young = young + 1 if time.monotonic() - worker.born < YOUNG else 0
                if young >= MAX_YOUNG:
                    print("workers end as soon as they start; giving up", file=sys.stderr)
                    self._end(workers)
                    return 1
                message = f"{_how_it_ended(worker.process)}; another takes its place"
                print(message, file=sys.stderr, flush=True)
                workers[slot] = self._start(slot)
        self._end(workers)
        return 0

    def _start(self, slot: int) -> Worker:
        self._states[slot] = 0
        peers = Peers(self._states, slot)
        # a spawned process has no other end that it would have to close
        lives = self._lives if self._hub is not None else None
        args = (self._settings, self._listener, self._ends, lives, peers, self._hub, self._serve)
        process = self._context.Process(target=work, args=args, name=f"worker {slot + 1}")
        process.start()
        return Worker(process, time.monotonic())

    def _stop(self, sig: int, frame: FrameType | None) -> None:
        self._stopping = True
        self._lives.close()

    def _end(self, workers: list[Worker]) -> None:
        self._lives.close()
        deadline = time.monotonic() + ENOUGH
        for worker in workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()


def work(
    settings: Settings,
    listener: socket.socket,
    ends: Connection,
    lives: Connection | None,
    peers: Peers,
    hub: Hub | None,
    serve: Serve,
) -> None:
    """Serve as one of several, until the keeper hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the keeper, which then hangs up
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if lives is not None:
        lives.close()
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()
    if hub is None:
        hub = Hub(settings)
        hub.read()
    hub.events.peers = peers
    if not serve(hub, listener):
        sys.exit(1)


def _end_with(ends: Connection) -> None:
    """End this process as soon as the keeper hangs up."""
    ends.poll(None)
    signal.raise_signal(signal.SIGTERM)


def _how_it_ended(process: BaseProcess) -> str:
    code = process.exitcode or 0
    how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    return f"{process.name} (process {process.pid}) {how}"
