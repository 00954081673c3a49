"""Work that follows after the page: done by one thread of its own, once things are quiet."""

import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

QUIET_SECONDS = 0.7


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
