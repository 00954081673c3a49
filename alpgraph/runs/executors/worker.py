"""The life of a worker process: it belongs to its server, and ends with it."""

import json
import os
import signal
import sys
import threading
from multiprocessing.connection import Client, Connection
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Variables that keep linear algebra from starting a thread per core in every worker."""

_line: "Connection[Any, Any] | None" = None


def begin(address: Any, key: bytes, memory: int) -> None:
    """Set up a fresh worker: the line to its server, its limits, what every run imports."""
    global _line
    _line = Client(address, authkey=key)
    threading.Thread(target=_end_with_server, args=(_line,), daemon=True).start()
    # the default action also ends a worker that is deep inside a numerical routine
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_memory(memory)
    import alpgraph.experiments

    alpgraph.experiments.all_experiments()


def work(text: str) -> str:
    """Answer one job, given and returned as JSON text."""
    from alpgraph.runs.executors.answering import answer

    job = json.loads(text)
    _say(job["key"], None, None)
    return answer(job, lambda fraction, curves: _say(job["key"], fraction, curves))


def limit_memory(limit: int) -> None:
    """Let this process hold `limit` bytes of data, where the system can hold it to that."""
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _say(key: str, fraction: float | None, curves: Any) -> None:
    assert _line is not None
    _line.send_bytes(json.dumps([key, fraction, curves]).encode())


def _end_with_server(line: "Connection[Any, Any]") -> None:
    """Leave at once when the server's end of the line is gone, however it went."""
    try:
        line.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
