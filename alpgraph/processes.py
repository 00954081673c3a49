"""Other processes that help this one: Ctrl-C is for this one alone, and none outlives it."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.resource_tracker import ensure_running
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
COUNT = min(os.cpu_count() or 1, 8)
"""Processes that help."""


def may_fork() -> bool:
    """Whether to fork, which is fast, and safe only while this process has one thread."""
    return sys.platform == "linux" and threading.active_count() == 1


@contextmanager
def ctrl_c_held(method: str) -> Iterator[None]:
    """Start processes, by "fork" or "spawn", to which Ctrl-C in the terminal means nothing."""
    if method == "spawn":
        ensure_running()  # which would let go what is held here
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # which they inherit
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Helpers:
    """A pool of processes, forked where that is safe.

    Left by a fault or by Ctrl-C they do what each has begun and no more: one killed while it tells
    its result would have the pool wait for ever. Each waits in a thread of its own for the end of a
    pipe whose other end this process alone has, so that none outlives it, however it dies.
    """

    def __init__(self) -> None:
        """Start the processes."""
        self._method = "fork" if may_fork() else "spawn"
        context = get_context(self._method)
        self._ends, self._lives = context.Pipe(duplex=False)
        self._done = context.RawValue("b", 0)
        args = (self._ends, self._lives if self._method == "fork" else None, self._done)
        self._pool = ProcessPoolExecutor(COUNT, context, _begin, args)
        try:
            list(self.map(abs, [0]))  # or the processes would come with the first work
        except BaseException:  # Ctrl-C: a pool that nobody ends has a last word at the end of us
            self.end()
            raise

    def __enter__(self) -> Self:
        """Use the pool until the block is left."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the processes."""
        self.end()

    def map(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield what `work` makes of each item, in order."""
        with ctrl_c_held(self._method):
            return self._pool.map(partial(_unless_done, work), items)

    def end(self) -> None:
        """End the processes; may be called again."""
        with ctrl_c_held(self._method):
            self._done.value = 1
            self._pool.shutdown(cancel_futures=True)
            self._lives.close()
            self._ends.close()


_done: Any = None
"""In a process that helps: whether its work is wanted no longer."""


def _begin(ends: Connection, lives: Connection | None, done: Any) -> None:
    global _done
    _done = done
    if lives is not None:  # a fork has both ends
        lives.close()
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()


def _unless_done(work: Callable[[T], R], item: T) -> R:
    if _done.value:
        raise InterruptedError
    return work(item)


def _end_with(ends: Connection) -> None:
    ends.poll(None)
    os._exit(1)
