"""Work in the background: once for many calls, and ended by a signal at any moment."""

import sys
import threading
from types import FrameType
from typing import Any

from alpgraph.web.background import Background


def test_what_is_asked_for_while_it_works_is_done_once_more() -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()
    threads = []

    def work() -> None:
        threads.append(threading.current_thread())
        begun.release()
        assert go_on.wait(60)

    background = Background(work, quiet=0)
    background.wake()
    assert begun.acquire(timeout=60)
    for _ in range(3):
        background.wake()
    go_on.set()
    assert begun.acquire(timeout=60)
    background.end()
    threads[0].join(60)
    assert len(threads) == 2


def test_a_fault_ends_no_later_work(capsys: Any) -> None:
    done = threading.Semaphore(0)

    def work() -> None:
        done.release()
        raise ValueError("of this once")

    background = Background(work, quiet=0)
    for _ in range(2):
        background.wake()
        assert done.acquire(timeout=60)
    background.end()


def test_a_signal_handler_may_end_it_in_the_midst_of_a_call() -> None:
    background = Background(lambda: None, quiet=60)

    def between_lines(frame: FrameType, event: str, arg: object) -> Any:
        background.end()
        return between_lines

    def call() -> None:
        sys.settrace(between_lines)
        background.wake()
        sys.settrace(None)

    caller = threading.Thread(target=call, daemon=True)
    caller.start()
    caller.join(60)
    assert not caller.is_alive()
