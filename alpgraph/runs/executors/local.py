"""Worker processes on this machine, started with the first run and gone with the server."""

import json
import os
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from alpgraph.runs.errors import Cancelled, Ended, TimedOut, WorkerDied
from alpgraph.runs.executors.base import Job, OnProgress
from alpgraph.runs.executors.child import Child

PART_ROOM = 8
"""How much more room single replicates take than the means and intervals of a result."""


@dataclass(slots=True)
class LocalJob:
    """A job and the process that has it."""

    job: Job
    child: Child | None = None
    why: Ended | None = None
    """Why it was stopped."""


class LocalExecutor:
    """Processes that are kept warm, one job each at a time; killed to stop their job."""

    trouble = ""

    def __init__(self, workers: int | None = None) -> None:
        """Prepare for `workers` processes, one for each core unless told; none starts yet."""
        self._slots = workers or os.cpu_count() or 1
        self._changed = threading.Condition()
        self._idle: list[Child] = []
        self._running: dict[str, LocalJob] = {}
        self._busy = 0
        self._closed = False

    @property
    def slots(self) -> int:
        """One job for each worker."""
        return self._slots

    def submit(self, job: Job, on_progress: OnProgress) -> Future[str]:
        """Give the job to the next free worker."""
        future: Future[str] = Future()
        running = LocalJob(job)
        with self._changed:
            self._running[job.key] = running
        names = {"name": f"run-{job.key}", "daemon": True}
        threading.Thread(target=self._settle, args=(running, on_progress, future), **names).start()  # type: ignore[arg-type]
        return future

    def cancel(self, key: str) -> None:
        """Kill the worker that has the job."""
        with self._changed:
            running = self._running.get(key)
        if running is not None:
            self._stop(running, Cancelled("cancelled"))

    def close(self) -> None:
        """Kill every worker."""
        with self._changed:
            self._closed = True
            turns, idle = list(self._running.values()), self._idle
            self._idle = []
        for running in turns:
            self._stop(running, Cancelled("the server is stopping"))
        for child in idle:
            child.close()
        with self._changed:
            self._changed.wait_for(lambda: not self._busy)

    def _settle(self, running: LocalJob, on_progress: OnProgress, future: Future[str]) -> None:
        try:
            answer = self._answer(running, on_progress)
        except Exception as fault:  # also of who listens to its progress: whoever waits is told
            future.set_exception(fault)
        else:
            future.set_result(answer)

    def _answer(self, running: LocalJob, on_progress: OnProgress) -> str:
        child = self._take(running)
        seconds = running.job.limits.seconds
        text = f"stopped after {seconds:g} s, the limit of a run"
        timer = threading.Timer(seconds, self._stop, (running, TimedOut(text)))
        timer.daemon = True
        timer.start()
        try:
            return child.ask(question_of(running.job), on_progress)
        except WorkerDied as died:
            raise (running.why or died) from None
        finally:
            timer.cancel()
            self._give_back(running, child)

    def _take(self, running: LocalJob) -> Child:
        """Wait for a free worker, or start one; raises Ended when the job was stopped before."""
        with self._changed:
            self._changed.wait_for(lambda: self._busy < self._slots or running.why or self._closed)
            if running.why or self._closed:
                del self._running[running.job.key]
                raise running.why or Cancelled("the server is stopping")
            self._busy += 1
            while self._idle and running.child is None:
                if (child := self._idle.pop()).alive:
                    running.child = child
                else:
                    child.close()
            try:
                running.child = running.child or Child()
            except WorkerDied:
                self._busy -= 1
                del self._running[running.job.key]
                raise
            return running.child

    def _give_back(self, running: LocalJob, child: Child) -> None:
        with self._changed:
            del self._running[running.job.key]
            reusable = child.alive and not self._closed and running.why is None
            if reusable:
                self._idle.append(child)
        if not reusable:
            child.close()
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def _stop(self, running: LocalJob, why: Ended) -> None:
        with self._changed:
            running.why = running.why or why
            if running.child is not None and self._running.get(running.job.key) is running:
                running.child.kill()
            self._changed.notify_all()


def question_of(job: Job) -> str:
    """Write a job as the line that a worker process reads."""
    first, count = job.part or (0, job.spec.replicates)
    return json.dumps(
        {
            "experiment": job.spec.experiment,
            "params": dict(job.spec.params),
            "seed": job.spec.seed,
            "first": first,
            "count": count,
            "whole": job.part is None,
            "code": job.spec.code,
            "memory": job.limits.memory,
            "limit": job.limits.result * (PART_ROOM if job.part else 1),
        }
    )
