"""On a Dask worker: a part of a run, computed by a child process that can be killed."""

import json
import threading
from dataclasses import asdict
from typing import Any

from distributed import Status, Worker, get_worker

from alpgraph.runs.errors import Ended
from alpgraph.runs.executors.base import Curves, Job
from alpgraph.runs.executors.local import LocalExecutor
from alpgraph.runs.limits import Limits
from alpgraph.runs.model import RunSpec

TURN = 0.05
"""Seconds between two looks whether a part is still wanted."""
_executor: LocalExecutor | None = None
_making = threading.Lock()


def pack_part(topic: str, key: str, index: int, job: Job) -> str:
    """Write a part as the text that `answer_part` takes; `key` is that of the Dask task."""
    return json.dumps([topic, key, index, asdict(job)])


def answer_part(text: str) -> tuple[str, str]:
    """Compute a part, as a Dask task: `part` and its JSON text, or how it ended and why.

    Its progress goes to the Dask topic that the text names.
    """
    topic, key, index, values = json.loads(text)
    job = Job(
        values["key"], RunSpec(**values["spec"]), Limits(**values["limits"]), tuple(values["part"])
    )
    worker = get_worker()
    executor = _processes(worker)

    def on_progress(share: float, curves: Curves | None) -> None:
        worker.log_event(topic, json.dumps([key, index, share, curves]))

    future = executor.submit(job, on_progress)
    while True:
        try:
            return "part", future.result(TURN)
        except TimeoutError:
            if not _wanted(worker, key):
                executor.cancel(job.key)
        except Ended as ended:
            return type(ended).__name__, str(ended)


def _processes(worker: Worker) -> LocalExecutor:
    """Return the child processes of this worker, as many as it has threads."""
    global _executor
    with _making:
        _executor = _executor or LocalExecutor(worker.state.nthreads)
        return _executor


def _wanted(worker: Worker, key: str) -> bool:
    """Whether the scheduler still waits for a task: not when it or its client let go of it."""
    task: Any = worker.state.tasks.get(key)
    here = worker.status in (Status.running, Status.paused)
    return here and task is not None and task.state != "cancelled"
