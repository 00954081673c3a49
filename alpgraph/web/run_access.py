"""Access to the runs of one server: its service while the application lives, and who may ask."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException, Request

from alpgraph import runs
from alpgraph.runs import AlreadyFinal, NoSuchRun, QueueFull, Run, SpecError, State, StoreError
from alpgraph.web.background import QUIET_SECONDS
from alpgraph.web.run_shapes import Question, SweepQuestion, is_readable
from alpgraph.web.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from alpgraph.runs import RunService

AGAIN = 10.0
"""Seconds until a database that could not be opened is tried again."""
MAX_FAILED = 200
"""Runs of one end without an answer among which those of a sweep are looked for."""
FAULTS = (SpecError, QueueFull, PermissionError, StoreError)
"""What a question may be answered with instead of a run."""


class UnreadableRunError(StoreError):
    """A stored run does not have the shape of one."""


class RunAccess:
    """The runs of one server, opened by who first asks: pages of notes need no database."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; nothing is opened yet."""
        self._settings = settings
        self._opening = Lock()
        self._service: RunService | None = None
        self._fault: StoreError | None = None
        """What kept the service from starting, or that the server ends."""
        self._ending = False

    def service(self) -> "RunService":
        """Return the running service, opened now if need be; raises StoreError when it cannot be.

        A database that cannot be used takes away the runs, not the notes: it is said on standard
        error, once, and in the answers about runs.
        """
        if self._fault is not None:  # nobody waits for another attempt
            raise self._fault
        with self._opening:
            if self._service is None:
                self._attempt()
            if self._service is None:
                raise self._fault or StoreError("the server is ending")
            return self._service

    def try_again(self) -> bool:
        """Open what could not be opened, if it can be by now; whether it is not."""
        with self._opening:
            if self._service is None and not self._ending:
                self._attempt()
            return self._service is None

    def _attempt(self) -> None:
        log = logging.getLogger("alpgraph")
        try:
            self._service = self._open()
        except StoreError as fault:
            if str(fault) != str(self._fault):
                log.warning("runs are off: %s", fault)
            self._fault = fault
            return
        if self._fault is not None:
            log.warning("runs are on again")
        self._fault = None

    def _open(self) -> "RunService":
        settings = self._settings
        where = settings.config.database or settings.location.state / "runs.sqlite"
        servers = settings.config.workers
        store = runs.open_store(where)
        executor = runs.open_executor(settings.config.dask, servers=servers)
        service = runs.RunService(store, executor, shared=True if servers > 1 else None)
        try:
            service.start()
        except StoreError:
            service.stop()
            raise
        return service

    def close_streams(self) -> None:
        """End every stream of events; safe to call from a signal handler."""
        if self._service is not None:
            self._service.close_streams()

    def stop(self) -> None:
        """Stop the service, if it was opened; nobody opens it from now on."""
        with self._opening:
            self._fault, self._ending = StoreError("the server is ending"), True
        if self._service is not None:
            self._service.stop()


@asynccontextmanager
async def serving_runs(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Keep `app.state.runs` while the application lives; it is opened soon, or when asked for.

    Soon, since what an earlier server left unfinished is settled by opening.
    """
    access = app.state.runs = RunAccess(settings)
    soon = asyncio.create_task(_open_soon(access))
    try:
        yield
    finally:
        soon.cancel()
        await asyncio.gather(soon, return_exceptions=True)
        await asyncio.to_thread(access.stop)


async def _open_soon(access: RunAccess) -> None:
    await asyncio.sleep(QUIET_SECONDS)
    while await asyncio.to_thread(access.try_again):
        await asyncio.sleep(AGAIN)


def close_streams(app: FastAPI) -> None:
    """End every stream of events; safe to call from a signal handler."""
    access = getattr(app.state, "runs", None)
    if access is not None:
        access.close_streams()


def service_of(request: Request) -> "RunService":
    """Return the running service, or raise what kept it from starting."""
    access: RunAccess = request.app.state.runs
    return access.service()


@dataclass(frozen=True, slots=True)
class ExperimentRuns:
    """The runs of an experiment."""

    answered: Sequence[Run] = ()
    """In the order in which they ended."""
    failed: Sequence[Run] = ()
    """Those that ended without an answer: the failed, timed out and cancelled, the newest first."""
    waiting: int = 0
    """How many are on their way."""


def experiment_runs(request: Request, experiment: str) -> ExperimentRuns:
    """Return the runs of an experiment."""
    try:
        service = service_of(request)
        waiting = [
            service.list(experiment=experiment, state=state, limit=1).total
            for state in (State.QUEUED, State.RUNNING)
        ]
        failed = [
            run
            for state in (State.FAILED, State.TIMED_OUT, State.CANCELLED)
            for run in service.list(experiment=experiment, state=state, limit=MAX_FAILED).items
        ]
        return ExperimentRuns(answers_of(request, experiment), failed, sum(waiting))
    except StoreError:  # the page goes on with the stored results
        return ExperimentRuns()


def answers_of(request: Request, experiment: str, newest: int = 1000) -> Sequence[Run]:
    """Return the newest finished runs of an experiment that can be read; raises StoreError."""
    return [run for run in service_of(request).answers(experiment, newest) if is_readable(run)]


def find_run(request: Request, run_id: str) -> Run:
    """Return a run, or raise 404 or StoreError."""
    run = service_of(request).get(run_id)
    if run is None:
        raise HTTPException(404, "there is no such run")
    if not is_readable(run):
        what = f"the stored result of run {run_id} cannot be read"
        raise UnreadableRunError(what, "another program wrote it, or an older alpgraph")
    return run


def submit(request: Request, question: Question) -> Run:
    """Find the answer to a question or store the question; raises one of FAULTS."""
    service = service_of(request)
    spec = runs.make_spec(
        question.experiment,
        question.params,
        question.replicates,
        question.seed,
        limits=service.limits,
    )
    if (earlier := service.get(spec.id)) is not None and earlier.state is State.DONE:
        return earlier
    _refuse_strangers(request)
    return service.submit(spec, visitor=_visitor(request))[0]


def submit_sweep(request: Request, question: SweepQuestion) -> Sequence[Run]:
    """Do the same for each value of a parameter, all or none; raises one of FAULTS."""
    service = service_of(request)
    specs = [
        runs.make_spec(
            question.experiment,
            {**question.params, question.vary: value},
            question.replicates,
            question.seed,
            limits=service.limits,
        )
        for value in question.values
    ]
    earlier = [service.get(spec.id) for spec in specs]
    finished = [run for run in earlier if run is not None and run.state is State.DONE]
    if len(finished) == len(specs):
        return finished
    _refuse_strangers(request)
    return service.submit_all(specs, visitor=_visitor(request))


def cancel_run(request: Request, run_id: str) -> Run:
    """Cancel a run; raises 404, AlreadyFinal, PermissionError or StoreError."""
    _refuse_strangers(request)
    try:
        return service_of(request).cancel(run_id)
    except NoSuchRun:
        raise HTTPException(404, "there is no such run") from None


def _refuse_strangers(request: Request) -> None:
    if not request.app.state.settings.may_run:
        raise PermissionError(
            "this server shows runs but accepts none; its owner may start it with --allow-runs"
        )


def _visitor(request: Request) -> str:
    """Tell visitors apart without keeping their addresses; people at home are not counted.

    Of what comes from this machine, a proxy says whom it speaks for; the last name is its own word.
    """
    host = request.client.host if request.client else ""
    if host in LOOPBACK:
        host = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if not host or host in LOOPBACK:
        return ""
    return hashlib.sha256(host.encode()).hexdigest()[:16]


def kind_of(fault: Exception) -> tuple[int, str]:
    """Return the status and the title that a fault is answered with."""
    match fault:
        case QueueFull():
            return 429, "Too many runs"
        case PermissionError():
            return 403, "Runs are not accepted here"
        case AlreadyFinal():
            return 409, "The run has ended"
        case UnreadableRunError():
            return 503, "This run cannot be shown"
        case StoreError():
            return 503, "The runs database cannot be used"
        case _:
            return 422, "This question cannot be asked"
