"""Work beside or after the pages, in threads that Ctrl-C does not wait for."""

import asyncio
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

QUIET_SECONDS = 0.7
T = TypeVar("T")


async def in_daemon_thread(work: Callable[[], T]) -> T:
    """Return what `work` returns, done by a thread that the process's end does not wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, fault: BaseException | None) -> None:
        if done.cancelled():
            return
        if fault is not None:
            done.set_exception(fault)
        else:
            done.set_result(cast("T", result))

    def run() -> None:
        result, fault = None, None
        try:
            result = work()
        except BaseException as error:
            fault = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, fault)

    threading.Thread(target=run, name="beside", daemon=True).start()
    return await done


class Background:
    """Calls a function after each `wake`, when no other came for a while."""

    def __init__(self, work: Callable[[], object], quiet: float = QUIET_SECONDS) -> None:
        """Prepare; the thread starts with the first `wake`."""
        self._work, self._quiet = work, quiet
        # whether to go on; it takes words from a signal handler in the midst of taking others
        self._words: SimpleQueue[bool] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Ask for the work to be done."""
        self._words.put(True)
        if self._thread is None:
            # a daemon: Ctrl-C does not wait until a large map is drawn
            self._thread = threading.Thread(target=self._run, name="background", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Begin nothing new; safe to call from a signal handler."""
        self._words.put(False)

    def _run(self) -> None:
        while self._words.get() and self._rested():
            try:
                self._work()
            except Exception:  # the pages go on; whoever asks for the result gets the fault
                traceback.print_exc()

    def _rested(self) -> bool:
        """Wait until nothing more is asked for; whether to go on."""
        with suppress(Empty):
            while self._words.get(timeout=self._quiet):
                pass
            return False
        return True
