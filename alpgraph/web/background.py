"""Work that follows after the page: done by one thread of its own, once things are quiet."""

import threading
import traceback
from collections.abc import Callable

QUIET_SECONDS = 0.7


class Background:
    """Calls a function after each `wake`, when no other came for a while."""

    def __init__(self, work: Callable[[], object], quiet: float = QUIET_SECONDS) -> None:
        """Prepare; the thread starts with the first `wake`."""
        self._work, self._quiet = work, quiet
        self._woken, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Ask for the work to be done."""
        self._woken.set()
        if self._thread is None:
            # a daemon: Ctrl-C does not wait until a large map is drawn
            self._thread = threading.Thread(target=self._run, name="background", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Begin nothing new."""
        self._ended.set()
        self._woken.set()

    def _run(self) -> None:
        while True:
            self._woken.wait()
            while self._woken.is_set() and not self._ended.is_set():
                self._woken.clear()
                self._ended.wait(self._quiet)
            if self._ended.is_set():
                return
            try:
                self._work()
            except Exception:  # the pages go on; whoever asks for the result gets the fault
                traceback.print_exc()
