"""Worker processes on this machine, started with the first run and gone with the server."""

import json
import multiprocessing
import os
import secrets
import threading
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener, wait
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from alpgraph.runs.errors import Cancelled, Ended, Failed, TimedOut, WorkerDied
from alpgraph.runs.executors.base import Job, OnProgress
from alpgraph.runs.executors.worker import THREADS, begin, work
from alpgraph.runs.limits import Limits


class LocalExecutor:
    """A pool of processes that can be killed one by one."""

    def __init__(self, workers: int | None = None, limits: Limits | None = None) -> None:
        """Prepare for `workers` processes, one for each core unless told; none starts yet."""
        self._slots = workers or os.cpu_count() or 1
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._lines: Lines | None = None
        self._running: dict[str, ProcessFuture[str]] = {}
        self._closed = False

    @property
    def slots(self) -> int:
        """One job for each worker."""
        return self._slots

    def submit(self, job: Job, on_progress: OnProgress) -> Future[str]:
        """Give the job to the next free worker."""
        asked = job.spec
        text = json.dumps(
            {
                "key": job.key,
                "experiment": asked.experiment,
                "params": asked.params,
                "replicates": asked.replicates,
                "seed": asked.seed,
                "result": job.result,
                "memory": self._limits.memory,
            }
        )
        answered: Future[str] = Future()
        with self._lock:
            if self._closed:
                answered.set_exception(Cancelled("the server is stopping"))
                return answered
            lines = self._open()
            lines.listen_for(job.key, on_progress)
            inner = self._schedule(text, job.seconds)
            self._running[job.key] = inner
        inner.add_done_callback(lambda done: self._settle(job, done, answered))
        return answered

    def cancel(self, key: str) -> None:
        """Kill the worker that has the job."""
        with self._lock:
            inner = self._running.get(key)
        if inner is not None:
            inner.cancel()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Kill every worker."""
        with self._lock:
            self._closed = True
            pool, lines = self._pool, self._lines
            self._pool = self._lines = None
        if pool is not None:
            _stop(pool)
        if lines is not None:
            lines.close()

    def _open(self) -> "Lines":
        if self._lines is None:
            for name in THREADS:
                os.environ.setdefault(name, "1")  # workers inherit it; numpy here has read it
            self._lines = Lines()
        return self._lines

    def _schedule(self, text: str, seconds: float) -> "ProcessFuture[str]":
        """Schedule on the pool; a broken one, whose idle worker was killed, is replaced."""
        for _ in range(2):
            if self._pool is None:
                assert self._lines is not None
                self._pool = ProcessPool(
                    max_workers=self._slots,
                    initializer=begin,
                    initargs=(*self._lines.address, self._limits.memory),
                    context=multiprocessing.get_context("spawn"),
                )
            try:
                return self._pool.schedule(work, args=(text,), timeout=seconds)
            except RuntimeError:
                broken, self._pool = self._pool, None
                threading.Thread(target=_stop, args=(broken,), daemon=True).start()
        raise WorkerDied("no worker process could be started")

    def _settle(self, job: Job, done: "Future[str]", answered: Future[str]) -> None:
        with self._lock:
            self._running.pop(job.key, None)
            lines = self._lines
        if lines is not None:
            lines.forget(job.key)
        try:
            answered.set_result(_result_of(done, job))
        except Ended as ended:
            answered.set_exception(ended)


def _result_of(done: "Future[str]", job: Job) -> str:
    """Return the result's JSON text, or raise how the job ended."""
    try:
        said = json.loads(done.result())
    except CancelledError:
        raise Cancelled("cancelled") from None
    except TimeoutError:
        raise TimedOut(f"stopped after {job.seconds:g} s, the limit of a run") from None
    except ProcessExpired as error:
        raise WorkerDied(f"its worker process ended with code {error.exitcode}") from None
    except (BrokenProcessPool, OSError, RuntimeError) as error:
        raise WorkerDied(f"its worker process is gone: {error}") from None
    if "failed" in said:
        raise Failed(said["failed"])
    return json.dumps(said["result"], separators=(",", ":"))


def _stop(pool: ProcessPool) -> None:
    with suppress(RuntimeError, OSError):
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


class Lines:
    """One connection from each worker: progress comes in, and its end tells the worker to go."""

    def __init__(self) -> None:
        """Listen for workers."""
        self._key = secrets.token_bytes(16)
        self._listener = Listener(authkey=self._key, backlog=64)
        self._open: list[Connection[Any, Any]] = []
        self._wake, self._woken = multiprocessing.Pipe()
        self._listeners: dict[str, OnProgress] = {}
        self._closed = False
        threading.Thread(target=self._accept, name="runs-accept", daemon=True).start()
        threading.Thread(target=self._read, name="runs-progress", daemon=True).start()

    @property
    def address(self) -> tuple[Any, bytes]:
        """Where workers connect, and the key they show."""
        return self._listener.address, self._key

    def listen_for(self, key: str, on_progress: OnProgress) -> None:
        """Pass the progress of a job on."""
        self._listeners[key] = on_progress

    def forget(self, key: str) -> None:
        """Stop passing the progress of a job on."""
        self._listeners.pop(key, None)

    def close(self) -> None:
        """Hang up."""
        self._closed = True
        with suppress(OSError, EOFError):  # a last caller, so that `accept` returns
            Client(self._listener.address, authkey=self._key).close()
        self._wake.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                line = self._listener.accept()
            except (EOFError, ConnectionError, multiprocessing.AuthenticationError):
                continue  # a worker that was killed while it called
            self._open.append(line)
            with suppress(OSError):
                self._wake.send_bytes(b"")
        self._listener.close()

    def _read(self) -> None:
        while True:
            for ready in wait([self._woken, *self._open]):
                try:
                    text = ready.recv_bytes()  # type: ignore[union-attr]
                except (EOFError, OSError):
                    if ready is self._woken:
                        self._hang_up()
                        return
                    self._open.remove(ready)  # type: ignore[arg-type]
                    ready.close()  # type: ignore[union-attr]
                    continue
                if ready is not self._woken:
                    self._pass_on(text)

    def _hang_up(self) -> None:
        for line in self._open:
            line.close()
        self._woken.close()

    def _pass_on(self, text: bytes) -> None:
        key, fraction, curves = json.loads(text)
        listener = self._listeners.get(key)
        if listener is not None and fraction is not None:
            listener(fraction, curves)
