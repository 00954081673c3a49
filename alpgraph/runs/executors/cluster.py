"""Runs on a Dask cluster: replicates spread over its workers, put together here.

One thread with an event loop of its own talks to the scheduler. Workers send progress as events;
a part whose task is released, or whose client is gone, is stopped by the worker that has it.
"""

import asyncio
import json
import logging
import socket
import threading
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from distributed import Client, KilledWorker
from distributed.comm.addressing import get_address_host_port

from alpgraph.runs.errors import (
    Cancelled,
    Ended,
    Failed,
    Interrupted,
    TimedOut,
    Unreachable,
    WorkerDied,
)
from alpgraph.runs.executors.assembly import Assembly
from alpgraph.runs.executors.base import Job, OnProgress
from alpgraph.runs.executors.bench import answer_part, pack_part

ANSWER, RETRY = 20.0, 2.0
"""Seconds the scheduler has to answer, and between two calls of one that was lost."""
TURN = 1.0
"""Seconds between two counts of the workers."""
UNKNOWN = 4
"""Replicates of a part where nobody knows yet how many workers there will be."""
ENDS = {kind.__name__: kind for kind in (Cancelled, Failed, TimedOut, WorkerDied)}


@dataclass(slots=True)
class ClusterRun:
    """A run that the cluster computes."""

    job: Job
    on_progress: OnProgress
    assembly: Assembly | None = None
    task: "asyncio.Task[str] | None" = None
    began: float | None = None
    """When a part of it was first heard of, by the loop's clock."""
    why: Ended | None = None
    """Why it was stopped."""

    @property
    def left(self) -> int:
        """Threads it has use for."""
        return self.assembly.remaining if self.assembly else 1


class DaskExecutor:
    """Sends runs to a Dask scheduler, and waits for it when it is gone."""

    def __init__(self, address: str) -> None:
        """Begin to call the scheduler at `address`."""
        _silence_dask()
        self.address = address
        self.trouble = f"the Dask scheduler at {address} has not answered yet"
        self._lock = threading.Lock()
        self._runs: dict[str, ClusterRun] = {}
        self._threads = 0
        self._client: Client | None = None
        self._loop = asyncio.new_event_loop()
        self._here, self._end = asyncio.Event(), asyncio.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="dask", daemon=True)
        self._thread.start()

    @property
    def slots(self) -> int:
        """As many more jobs as the cluster has free threads; one where workers come on demand."""
        client = self._client  # the loop's thread may let go of it at any moment
        if client is None or client.status != "running":
            return 0
        with self._lock:
            busy = sum(run.left for run in self._runs.values())
            return max(1, len(self._runs) + self._threads - busy)

    def submit(self, job: Job, on_progress: OnProgress) -> Future[str]:
        """Send a job, cut into as many parts as there are free threads, once there are some."""
        future: Future[str] = Future()
        run = ClusterRun(job, on_progress)
        with self._lock:
            self._runs[job.key] = run
        self._loop.call_soon_threadsafe(self._begin, run, future)
        return future

    def cancel(self, key: str) -> None:
        """Stop a job's parts wherever they are."""
        with self._lock:
            run = self._runs.get(key)
        if run is not None:
            self._loop.call_soon_threadsafe(self._stop, run, Cancelled("cancelled"))

    def close(self) -> None:
        """Stop every job and hang up."""
        self._closing = True
        with suppress(RuntimeError):  # the loop has just ended
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    # in the thread of the loop

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._keep_connected())
        self._loop.close()

    async def _keep_connected(self) -> None:
        while not self._closing:
            try:
                await self._use_connection()
            except Exception as error:  # whatever Dask raises, it is called again
                self.trouble = unreachable(self.address, error)
                await self._stop_all(Interrupted(self.trouble))
                await self._pause(RETRY)

    async def _use_connection(self) -> None:
        """Attend to the scheduler as long as it answers and we live."""
        async with Client(
            self.address, asynchronous=True, timeout=ANSWER, set_as_default=False, name="alpgraph"
        ) as client:
            client.subscribe_topic(client.id, self._on_progress)
            try:
                while client.status == "running" and not self._closing:
                    threads = await asyncio.wait_for(client.nthreads(), ANSWER)
                    self._threads = sum(threads.values())
                    self.trouble = "" if threads else idle(self.address)
                    self._client = client
                    self._here.set()
                    self._stop_late()
                    await self._pause(TURN)
            finally:
                self._here.clear()
                self._client, self._threads = None, 0
                if self._closing:
                    await self._stop_all(Cancelled("the server is stopping"))
        if not self._closing:
            raise OSError("the connection was lost")

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._end.wait(), seconds)

    def _on_progress(self, event: tuple[float, str]) -> None:
        """Take the progress of a part."""
        key, index, share, curves = json.loads(event[1])
        run = self._runs.get(key.rsplit("-", 2)[-2])
        if run is not None and run.assembly is not None:
            run.began = run.began or self._loop.time()
            run.assembly.note_progress(index, share, curves)
            drawn = run.assembly.curves() if curves is not None else None
            run.on_progress(run.assembly.progress, drawn)

    def _begin(self, run: ClusterRun, future: Future[str]) -> None:
        run.task = self._loop.create_task(self._compute(run))
        run.task.add_done_callback(lambda task: self._settle(run, task, future))
        if run.why is not None or self._closing:
            run.task.cancel()

    def _stop(self, run: ClusterRun, why: Ended) -> None:
        if run.why is None:
            run.why = why
            if run.task is not None:
                run.task.cancel()

    def _now(self) -> list[ClusterRun]:
        """Return the turns as they are now: `submit` adds some from another thread."""
        with self._lock:
            return list(self._runs.values())

    async def _stop_all(self, why: Ended) -> None:
        turns = self._now()
        for run in turns:
            self._stop(run, why)
        tasks = [run.task for run in turns if run.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _stop_late(self) -> None:
        for run in self._now():
            seconds = run.job.limits.seconds
            if run.began is not None and self._loop.time() - run.began > seconds:
                self._stop(run, TimedOut(f"stopped after {seconds:g} s, the limit of a run"))

    def _settle(self, run: ClusterRun, task: "asyncio.Task[str]", future: Future[str]) -> None:
        """Pass on how a run ended; a callback, since a task may be stopped before it begins."""
        with self._lock:
            del self._runs[run.job.key]
        fault = None if task.cancelled() else task.exception()
        if task.cancelled() or isinstance(fault, CancelledError):
            if run.why is None:
                self.trouble = f"the Dask scheduler at {self.address} let go of its work"
            future.set_exception(run.why or Interrupted(self.trouble))
        elif fault is None:
            future.set_result(task.result())
        elif isinstance(fault, Ended):
            future.set_exception(fault)
        elif isinstance(fault, KilledWorker):
            future.set_exception(WorkerDied(f"Dask workers died of it again and again: {fault}"))
        else:  # whatever a foreign worker says
            future.set_exception(Failed(f"a Dask worker could not run it: {fault}"))

    async def _compute(self, run: ClusterRun) -> str:
        await self._here.wait()
        client, job = self._client, run.job
        assert client is not None
        run.assembly = assembly = Assembly(job.spec, self._pieces(run))
        futures = []
        for index, part in enumerate(assembly.parts):
            key = f"{job.spec.experiment}-{job.key}-{index}"
            text = pack_part(client.id, key, index, Job(key, job.spec, job.limits, part))
            futures.append(client.submit(answer_part, text, key=key, pure=False))
        try:
            await asyncio.gather(*(self._take(run, *one) for one in enumerate(futures)))
        finally:
            for future in futures:
                future.release()  # a part that is still at work is stopped by its worker
        return await asyncio.to_thread(assembly.result, job.limits)

    def _pieces(self, run: ClusterRun) -> int:
        """Return how many parts a run is best cut into now."""
        if not self._threads:
            return run.job.spec.replicates // UNKNOWN
        others = sum(other.left for other in self._now() if other is not run)
        return max(1, self._threads - others)

    async def _take(self, run: ClusterRun, index: int, future: Any) -> None:
        kind, text = await future
        if kind != "part":
            raise ENDS[kind](text)
        assert run.assembly is not None
        run.assembly.add_result(index, text)
        run.on_progress(run.assembly.progress, run.assembly.curves())


def call(address: str) -> None:
    """Call a scheduler once; raises Unreachable."""

    async def once() -> None:
        async with Client(address, asynchronous=True, timeout=ANSWER, set_as_default=False):
            pass

    _silence_dask()
    try:
        host, port = get_address_host_port(address)
        socket.create_connection((host, port), ANSWER).close()  # Dask would try for seconds
        asyncio.run(once())
    except (OSError, TimeoutError, ImportError, ValueError) as error:
        raise Unreachable(unreachable(address, error)) from None


def unreachable(address: str, error: Exception) -> str:
    """Say that a scheduler cannot be reached, why, and what to do."""
    why = getattr(error, "strerror", None) or str(error) or "no answer"
    return (
        f"the Dask scheduler at {address} cannot be reached ({why[:1].lower()}{why[1:]}); "
        "is it running? `dask scheduler` starts one"
    )


def idle(address: str) -> str:
    """Say that a cluster has no workers, and what to do."""
    return f"the Dask cluster at {address} has no workers; start one with `dask worker {address}`"


def _silence_dask() -> None:
    """Keep Dask from writing tracebacks about what `trouble` says in a sentence."""
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
