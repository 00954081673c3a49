"""One process at a time where several write the same files."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # there is none on Windows; each process then does the work itself
    fcntl = None  # type: ignore[assignment]

LONGEST_WAIT = 120.0
_LOOK = 0.05


@contextmanager
def file_lock(lock: Path, longest_wait: float = LONGEST_WAIT) -> Iterator[bool]:
    """Wait until no other process holds the file `lock`, and hold it; whether it is held.

    It is not where others hold it longer than `longest_wait` seconds or no file can be made. A
    process that dies lets go.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        yield False
        return
    try:
        yield fcntl is None or _held(descriptor, time.monotonic() + longest_wait)
    finally:
        os.close(descriptor)


def _held(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK)
        except OSError:  # the file system has no locks: as if there were no others
            return True
