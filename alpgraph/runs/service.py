"""Runs as the rest of alpgraph sees them: ask, look, cancel, watch."""

import asyncio
import json
import logging
import platform
import secrets
import threading
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from alpgraph import __version__
from alpgraph.runs.channels import Channels, Event, Watcher
from alpgraph.runs.errors import (
    Cancelled,
    Interrupted,
    NoSuchRun,
    StoreError,
    TimedOut,
    WorkerDied,
)
from alpgraph.runs.executors.base import Curves, Executor, Job
from alpgraph.runs.limits import Limits
from alpgraph.runs.model import Run, RunSpec, State
from alpgraph.runs.rows import Claim, Page
from alpgraph.runs.store import Store
from alpgraph.runs.telling import progress_json, run_json

LOG = logging.getLogger("alpgraph")
BEAT, SWEEP = 3.0, 5.0
"""Seconds between signs of life, and between looks for servers that are gone."""
BUSY_TURN, IDLE_TURN = 0.1, 0.5
"""Seconds the dispatcher waits for news, with something to look after and without."""
LOOK = 0.4
"""Seconds between two looks at watched runs that are not computed here."""
NOTE = 1.0
"""Seconds between two notes of progress for other servers."""


@dataclass(slots=True)
class Running:
    """A run that this server computes."""

    claim: Claim
    since: float
    fraction: float = 0.0
    curves: Curves = ()
    noted: float = 0.0
    ended: "tuple[State, str | None, str] | None" = None
    """State, result and reason that wait to be stored."""
    blameless: bool = False
    """Whether this attempt does not count."""


class RunService:
    """The queue of one server: what is asked is stored first, then computed, then told."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        *,
        limits: Limits | None = None,
        shared: bool | None = None,
    ) -> None:
        """Serve the runs in `store`; `shared` when other servers use the same store."""
        self.store, self.executor = store, executor
        self.limits = limits or Limits()
        self.shared = not store.local if shared is None else shared
        self.owner = f"{platform.node()[:40]}-{secrets.token_hex(6)}"
        self._channels = Channels()
        self._running: dict[str, Running] = {}  # ticket -> run
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._looked = 0.0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.fault = ""
        """What the database last refused; empty when all is well."""

    # asking

    def submit(self, spec: RunSpec, *, visitor: str = "") -> tuple[Run, bool]:
        """Queue a question or find its answer; True when there is new work. Raises QueueFull."""
        run, created = self.store.add(spec, limits=self.limits, visitor=visitor)
        if created:
            self._wake.set()
            return run, True
        return self._with_progress(run), False

    def submit_all(self, specs: Sequence[RunSpec], *, visitor: str = "") -> Sequence[Run]:
        """Queue several questions or find their answers, all or none. Raises QueueFull."""
        added = self.store.add_all(specs, limits=self.limits, visitor=visitor)
        self._wake.set()
        return [run if created else self._with_progress(run) for run, created in added]

    @property
    def trouble(self) -> str:
        """What keeps every run waiting, in a sentence; empty when all is well."""
        return self.fault or self.executor.trouble

    @property
    def running(self) -> int:
        """How many runs this server computes."""
        return len(self._running)

    def get(self, run_id: str) -> Run | None:
        """Return a run as it stands now, or None."""
        run = self.store.get(run_id)
        return None if run is None else self._with_progress(run)

    def list(
        self,
        *,
        state: State | None = None,
        experiment: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Page:
        """List runs, newest first, without results."""
        page = self.store.page(state=state, experiment=experiment, limit=limit, before=before)
        return replace(page, items=tuple(self._with_progress(run) for run in page.items))

    def cancel(self, run_id: str, reason: str = "cancelled by a visitor") -> Run:
        """Stop a run for good; raises NoSuchRun, or AlreadyFinal when it has ended."""
        run = self.store.cancel(run_id, reason)
        with self._lock:
            tickets = [t for t, own in self._running.items() if own.claim.run.id == run_id]
        for ticket in tickets:
            self.executor.cancel(ticket)
        self._publish(run)
        self._wake.set()
        return run

    def answers(self, experiment: str, newest: int = 1000) -> Sequence[Run]:
        """Return the newest finished runs of an experiment, with verdict and primary metric."""
        return self.store.answers(experiment, newest)

    async def events(self, run_id: str, after: int = 0) -> AsyncIterator[Event]:
        """Tell how a run goes on, from the event after `after`; ends with the run.

        Raises NoSuchRun at the first step.
        """
        watcher = Watcher()
        self._channels.join(run_id, watcher)
        try:
            before = self._channels.latest(run_id)
            run = await asyncio.to_thread(self.get, run_id)
            if run is None:
                raise NoSuchRun(run_id)
            # an end told before this look may be of an earlier start, that others still read of
            over = before is not None and before.kind == "end"
            if over or run.state.final or self._channels.latest(run_id) is None:
                await asyncio.to_thread(self._publish, run)
            self._wake.set()
            while not self._channels.closed:
                event = self._channels.latest(run_id)
                if event is not None and event.id > after:
                    after = event.id
                    yield event
                if event is not None and event.kind == "end":
                    return
                await watcher.wait()
        finally:
            self._channels.leave(run_id, watcher)

    # working

    def start(self) -> None:
        """Take up what an earlier server left, and begin to work; raises StoreError."""
        self.store.heartbeat(self.owner)
        self.store.sweep()
        self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop computing, let go of the store; what was running is queued for the next server."""
        self._stopping = True
        self._channels.close()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self.executor.close()
        try:
            self._store_ended()
            self.store.release(self.owner)
        except StoreError as error:  # the next start sweeps
            self.fault = str(error)
        self.store.close()

    def close_streams(self) -> None:
        """End every stream of events; safe to call from a signal handler."""
        self._channels.close()

    def run_next(self) -> Run | None:
        """Compute the run that has waited longest, here and now; None when none waits."""
        claim = self.store.claim(self.owner)
        if claim is None:
            return None
        self._begin(claim).exception()
        self._store_ended()
        return self.store.get(claim.run.id)

    def _work(self) -> None:
        beaten = swept = time.monotonic()
        while not self._stopping:
            now = time.monotonic()
            try:
                if now - beaten > BEAT:
                    self.store.heartbeat(self.owner)
                    beaten = now
                if now - swept > SWEEP:
                    self.store.sweep()
                    swept = now
                self._store_ended()
                self._claim_more()
                self._follow_store()
                self._note_fault("")
            except StoreError as error:  # tried again at the next turn; results are kept till then
                self._note_fault(str(error))
            self._wake.wait(BUSY_TURN if self._running or self._channels.watched() else IDLE_TURN)
            self._wake.clear()

    def _note_fault(self, fault: str) -> None:
        """Keep what the database refuses; the log is told when that begins, changes and ends."""
        if fault and fault != self.fault:
            LOG.warning("runs wait: %s", fault)
        elif self.fault and not fault:
            LOG.warning("runs go on again")
        self.fault = fault

    def _claim_more(self) -> None:
        while not self._stopping and len(self._running) < self.executor.slots:
            claim = self.store.claim(self.owner)
            if claim is None:
                return
            self._begin(claim)

    def _begin(self, claim: Claim) -> Future[str]:
        own = Running(claim, time.monotonic())
        with self._lock:
            self._running[claim.ticket] = own
        self._publish(claim.run)
        job = Job(claim.ticket, claim.run.spec, self.limits)
        future = self.executor.submit(
            job, lambda share, curves: self._on_progress(own, share, curves)
        )
        future.add_done_callback(lambda done: self._on_end(own, done))
        return future

    def _on_progress(self, own: Running, fraction: float, curves: Curves | None) -> None:
        if own.ended is not None:
            return
        own.fraction = fraction
        if curves is not None:
            own.curves = curves
        self._publish(replace(own.claim.run, progress=fraction), own)

    def _on_end(self, own: Running, done: Future[str]) -> None:
        """Note how a run ended; it is stored at once, or as soon as the database lets us."""
        try:
            own.ended = (State.DONE, done.result(), "")
        except Cancelled:
            own.ended = (State.CANCELLED, None, "cancelled")
        except TimedOut as ended:
            own.ended = (State.TIMED_OUT, None, str(ended))
        except Interrupted as ended:
            own.blameless = True  # first: once it is `ended`, another thread stores it
            own.ended = (State.QUEUED, None, str(ended))
        except WorkerDied as ended:
            attempts = own.claim.run.attempts
            if attempts < self.limits.attempts:
                own.ended = (State.QUEUED, None, str(ended))
            else:
                why = f"given up after {attempts} attempts: {ended}"
                own.ended = (State.FAILED, None, why)
        except Exception as ended:  # `Failed`, or what an executor did not foresee
            own.ended = (State.FAILED, None, str(ended))
        self._wake.set()

    def _store_ended(self) -> None:
        with self._lock:
            over = [own for own in self._running.values() if own.ended is not None]
        for own in over:
            assert own.ended is not None
            state, result, reason = own.ended
            if self._stopping and state is not State.DONE:
                pass  # its worker was stopped with us: `release` puts it back
            elif state is State.QUEUED:
                self.store.requeue(own.claim, count_attempt=not own.blameless, reason=reason)
            else:
                self.store.finish(
                    own.claim, state, version=__version__, result=result, reason=reason
                )
            with self._lock:
                del self._running[own.claim.ticket]
            self._publish_stored(own.claim.run.id)

    def _follow_store(self) -> None:
        """Keep up with what other servers did: cancelled runs, places in the queue, progress."""
        with self._lock:
            running = dict(self._running)
        if running:
            good = self.store.tickets(self.owner)
            for ticket, own in running.items():
                if ticket not in good and own.ended is None:
                    self.executor.cancel(ticket)
                elif self.shared and time.monotonic() - own.noted > NOTE:
                    own.noted = time.monotonic()
                    self.store.note_progress(own.claim, own.fraction, json.dumps(own.curves))
        if time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            here = {own.claim.run.id for own in running.values()}
            for run_id in self._channels.watched():
                if run_id not in here:
                    self._publish_stored(run_id)

    # telling

    def _with_progress(self, run: Run) -> Run:
        if not run.state.final and (trouble := self.executor.trouble):
            return replace(run, reason=trouble)
        own = self._own(run)
        return run if own is None else replace(run, progress=own.fraction)

    def _own(self, run: Run) -> Running | None:
        if run.state is not State.RUNNING:
            return None
        with self._lock:
            found = (own for own in self._running.values() if own.claim.run.id == run.id)
            return next(found, None)

    def _publish_stored(self, run_id: str) -> None:
        if run_id in self._channels.watched() and (run := self.get(run_id)) is not None:
            self._publish(run)

    def _publish(self, run: Run, own: Running | None = None) -> None:
        if run.state.final:
            at = (run.finished or 0.0) + 1.0  # later than every progress of it
            self._channels.publish(run.id, "end", run_json(run), at)
            return
        own = own or self._own(run)
        progress = progress_json(run, own.curves if own else self._foreign_curves(run))
        self._channels.publish(run.id, "progress", progress)

    def _foreign_curves(self, run: Run) -> Curves:
        return self.store.live(run.id) if run.state is State.RUNNING and self.shared else ()
