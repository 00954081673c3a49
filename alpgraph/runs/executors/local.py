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
class Turn:
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
        self._turns: dict[str, Turn] = {}
        self._busy = 0
        self._closed = False

    @property
    def slots(self) -> int:
        """One job for each worker."""
        return self._slots

    def submit(self, job: Job, on_progress: OnProgress) -> Future[str]:
        """Give the job to the next free worker."""
        answered: Future[str] = Future()
        turn = Turn(job)
        with self._changed:
            self._turns[job.key] = turn
        names = {"name": f"run-{job.key}", "daemon": True}
        threading.Thread(target=self._settle, args=(turn, on_progress, answered), **names).start()  # type: ignore[arg-type]
        return answered

    def cancel(self, key: str) -> None:
        """Kill the worker that has the job."""
        with self._changed:
            turn = self._turns.get(key)
        if turn is not None:
            self._stop(turn, Cancelled("cancelled"))

    def close(self) -> None:
        """Kill every worker."""
        with self._changed:
            self._closed = True
            turns, idle = list(self._turns.values()), self._idle
            self._idle = []
        for turn in turns:
            self._stop(turn, Cancelled("the server is stopping"))
        for child in idle:
            child.close()
        with self._changed:
            self._changed.wait_for(lambda: not self._busy)

    def _settle(self, turn: Turn, on_progress: OnProgress, answered: Future[str]) -> None:
        try:
            answer = self._answer(turn, on_progress)
        except Exception as fault:  # also of who listens to its progress: whoever waits is told
            answered.set_exception(fault)
        else:
            answered.set_result(answer)

    def _answer(self, turn: Turn, on_progress: OnProgress) -> str:
        child = self._take(turn)
        seconds = turn.job.limits.seconds
        text = f"stopped after {seconds:g} s, the limit of a run"
        timer = threading.Timer(seconds, self._stop, (turn, TimedOut(text)))
        timer.daemon = True
        timer.start()
        try:
            return child.ask(question_of(turn.job), on_progress)
        except WorkerDied as died:
            raise (turn.why or died) from None
        finally:
            timer.cancel()
            self._give_back(turn, child)

    def _take(self, turn: Turn) -> Child:
        """Wait for a free worker, or start one; raises Ended when the job was stopped before."""
        with self._changed:
            self._changed.wait_for(lambda: self._busy < self._slots or turn.why or self._closed)
            if turn.why or self._closed:
                del self._turns[turn.job.key]
                raise turn.why or Cancelled("the server is stopping")
            self._busy += 1
            while self._idle and turn.child is None:
                if (child := self._idle.pop()).alive:
                    turn.child = child
                else:
                    child.close()
            try:
                turn.child = turn.child or Child()
            except WorkerDied:
                self._busy -= 1
                del self._turns[turn.job.key]
                raise
            return turn.child

    def _give_back(self, turn: Turn, child: Child) -> None:
        with self._changed:
            del self._turns[turn.job.key]
            keep = child.alive and not self._closed and turn.why is None
            if keep:
                self._idle.append(child)
        if not keep:
            child.close()
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def _stop(self, turn: Turn, why: Ended) -> None:
        with self._changed:
            turn.why = turn.why or why
            if turn.child is not None and self._turns.get(turn.job.key) is turn:
                turn.child.kill()
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
