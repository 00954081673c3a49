"""Runs in a database: one row each, every change one transaction.

A run is inserted and committed before anybody is told of it. States change by compare-and-set:
each start of a run gets a fresh ticket, and what belongs to an older ticket changes nothing.
"""

import json
import os
import platform
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from alpgraph.runs.engine import file_of, open_engine, place_of, translate_errors
from alpgraph.runs.errors import AlreadyFinal, NoSuchRun, QueueFull, StoreError
from alpgraph.runs.limits import Limits
from alpgraph.runs.model import Run, RunSpec, State
from alpgraph.runs.rows import WITHOUT_RESULT, Claim, Page, canonical, run_of
from alpgraph.runs.schema import RUNS, SERVERS, prepare, summary_of

R = RUNS.c
ENDED_BADLY = (State.FAILED, State.CANCELLED, State.TIMED_OUT)
SILENT_SECONDS = 15.0
"""Seconds without a sign of life after which a server counts as gone."""


class Store:
    """Runs in SQLite or PostgreSQL; every method is one transaction and may be called anywhere."""

    def __init__(self, where: str | Path) -> None:
        """Open and prepare the database; raises StoreError."""
        self.engine = open_engine(where)
        """SQLAlchemy's, for its events and for what no method does."""
        self.place = place_of(self.engine)
        self.local = self.engine.dialect.name == "sqlite"
        """Whether every server that uses it runs on this machine."""
        self._read_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        try:
            with translate_errors(self.place), self.engine.begin() as connection:
                prepare(connection, self.place)
            self._file = file_of(self.engine)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    # asking

    def add(
        self, spec: RunSpec, *, limits: Limits | None = None, visitor: str = ""
    ) -> tuple[Run, bool]:
        """Queue a question, or return the run that is there; True when there is new work.

        A run that failed, timed out or was cancelled is queued again. Raises QueueFull.
        """
        return self.add_all([spec], limits=limits, visitor=visitor)[0]

    def add_all(
        self, specs: Sequence[RunSpec], *, limits: Limits | None = None, visitor: str = ""
    ) -> list[tuple[Run, bool]]:
        """Queue several questions, all of them or none; see `add`."""
        limits = limits or Limits()
        try:
            with self._write() as connection:
                return [self._add(connection, spec, limits, visitor) for spec in specs]
        except IntegrityError:  # another server was asked the same in the same moment
            return self.add_all(specs, limits=limits, visitor=visitor)

    def _add(
        self, connection: Connection, spec: RunSpec, limits: Limits, visitor: str
    ) -> tuple[Run, bool]:
        row = connection.execute(select(RUNS).where(R.id == spec.id)).one_or_none()
        if row is not None and row.state not in ENDED_BADLY:
            return self._with_position(connection, row), False
        self._refuse_too_many(connection, limits, visitor)
        fresh = {"state": State.QUEUED.value, "created": time.time(), "visitor": visitor}
        if row is None:
            question = {
                "id": spec.id,
                "experiment": spec.experiment,
                "params": canonical(spec.params),
                "replicates": spec.replicates,
                "seed": spec.seed,
                "code": spec.code,
            }
            connection.execute(insert(RUNS).values(**question, **fresh))
        else:
            again = {"started": None, "finished": None, "attempts": 0, "reason": "", "progress": 0}
            connection.execute(update(RUNS).where(R.id == spec.id).values(**fresh, **again))
        row = connection.execute(select(RUNS).where(R.id == spec.id)).one()
        return self._with_position(connection, row), True

    @staticmethod
    def _refuse_too_many(connection: Connection, limits: Limits, visitor: str) -> None:
        waiting = R.state == State.QUEUED
        count = connection.scalar(select(func.count()).where(waiting)) or 0
        if count >= limits.queue:
            text = f"{count} runs are waiting already; the limit is {limits.queue}"
            raise QueueFull(text, limits.retry_after)
        if not visitor:
            return
        own = and_(R.visitor == visitor, R.state.in_([State.QUEUED, State.RUNNING]))
        count = connection.scalar(select(func.count()).where(own)) or 0
        if count >= limits.per_visitor:
            text = f"{count} of your runs are not finished yet; the limit is {limits.per_visitor}"
            raise QueueFull(text, limits.retry_after)

    def get(self, run_id: str) -> Run | None:
        """Return a run with its result and its place in the queue, or None."""
        with self._read() as connection:
            row = connection.execute(select(RUNS).where(R.id == run_id)).one_or_none()
            return None if row is None else self._with_position(connection, row)

    def live(self, run_id: str) -> Sequence[Mapping[str, Any]]:
        """Return the curves that a running run last wrote down for other servers."""
        with self._read() as connection:
            text = connection.scalar(select(R.live).where(R.id == run_id))
        curves: Sequence[Mapping[str, Any]] = json.loads(text) if text else ()
        return curves

    def page(
        self,
        *,
        state: State | None = None,
        experiment: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Page:
        """List runs, newest first, without their results."""
        conditions: list[ColumnElement[bool]] = []
        if state is not None:
            conditions.append(R.state == state)
        if experiment is not None:
            conditions.append(R.experiment == experiment)
        page_conditions = [*conditions, R.number < before] if before is not None else conditions
        query = (
            select(*WITHOUT_RESULT)
            .where(*page_conditions)
            .order_by(R.number.desc())
            .limit(limit + 1)
        )
        with self._read() as connection:
            total = (
                connection.scalar(select(func.count()).select_from(RUNS).where(*conditions)) or 0
            )
            rows = connection.execute(query).all()
            items = tuple(self._with_position(connection, row) for row in rows[:limit])
        return Page(items, total, rows[limit - 1].number if len(rows) > limit else None)

    def answers(self, experiment: str, newest: int) -> Sequence[Run]:
        """Return the newest finished runs of an experiment, without results, oldest first."""
        done = select(*WITHOUT_RESULT).where(R.experiment == experiment, R.state == State.DONE)
        latest = done.order_by(R.finished.desc(), R.number.desc()).limit(newest)
        with self._read() as connection:
            return [run_of(row) for row in connection.execute(latest)][::-1]

    def oldest_done(
        self, experiment: str, params: Mapping[str, Any], replicates: int, seed: int
    ) -> Run | None:
        """Return the first finished run of a question, whatever code answered it."""
        query = (
            select(RUNS)
            .where(R.experiment == experiment, R.params == canonical(params))
            .where(R.replicates == replicates, R.seed == seed, R.state == State.DONE)
            .order_by(R.finished, R.number)
            .limit(1)
        )
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else run_of(row)

    # working

    def claim(self, owner: str) -> Claim | None:
        """Take the run that has waited longest; its attempt is counted before it starts."""
        first = (
            select(R.number)
            .where(R.state == State.QUEUED)
            .order_by(R.created, R.number)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        ticket = secrets.token_hex(8)
        started = {
            "state": State.RUNNING.value,
            "started": _now_after(R.created),
            "attempts": R.attempts + 1,
            "owner": owner,
            "ticket": ticket,
            "progress": 0,
            "live": None,
            "reason": "",
        }
        change = update(RUNS).where(R.number == first, R.state == State.QUEUED)
        with self._write() as connection:
            row = connection.execute(change.values(**started).returning(RUNS)).one_or_none()
        return None if row is None else Claim(run_of(row), ticket)

    def finish(
        self,
        claim: Claim,
        state: State,
        *,
        version: str,
        result: str | None = None,
        reason: str = "",
    ) -> bool:
        """Store result and state together; False when the claim is no longer good."""
        ended = {
            "state": state.value,
            "finished": _now_after(R.started),
            "result": result,
            "summary": None if result is None else summary_of(result),
            "reason": reason,
            "version": version,
            "live": None,
        }
        return self._change(claim, ended)

    def requeue(self, claim: Claim, *, count_attempt: bool, reason: str = "") -> bool:
        """Put a started run back; its attempt counts when its own worker died."""
        back: dict[str, Any] = {
            "state": State.QUEUED.value,
            "started": None,
            "owner": "",
            "progress": 0,
            "reason": reason,
        }
        if not count_attempt:
            back["attempts"] = R.attempts - 1
        return self._change(claim, back)

    def note_progress(self, claim: Claim, fraction: float, curves: str | None) -> bool:
        """Write down how far a run is, for watchers on other servers."""
        return self._change(claim, {"progress": fraction, "live": curves})

    def _change(self, claim: Claim, values: Mapping[str, Any]) -> bool:
        own = and_(R.id == claim.run.id, R.ticket == claim.ticket, R.state == State.RUNNING)
        with self._write() as connection:
            return connection.execute(update(RUNS).where(own).values(**values)).rowcount == 1

    def cancel(self, run_id: str, reason: str) -> Run:
        """Cancel a run that has not ended; raises NoSuchRun or AlreadyFinal."""
        alive = and_(R.id == run_id, R.state.in_([State.QUEUED, State.RUNNING]))
        over = _now_after(func.coalesce(R.started, R.created))
        ended = {"state": State.CANCELLED.value, "finished": over, "reason": reason, "live": None}
        change = update(RUNS).where(alive).values(**ended).returning(RUNS)
        with self._write() as connection:
            row = connection.execute(change).one_or_none()
        if row is not None:
            return run_of(row)
        run = self.get(run_id)
        if run is None:
            raise NoSuchRun(run_id)
        raise AlreadyFinal(f"the run is {run.state} already")

    def tickets(self, owner: str) -> set[str]:
        """Return the tickets of `owner` that are still good."""
        with self._read() as connection:
            own = select(R.ticket).where(R.owner == owner, R.state == State.RUNNING)
            return set(connection.scalars(own))

    # servers

    def heartbeat(self, owner: str) -> None:
        """Write a sign of life of a server, so that its runs stay its own."""
        with self._write() as connection:
            change = update(SERVERS).where(SERVERS.c.id == owner).values(seen=self._clock())
            if connection.execute(change).rowcount:
                return
            who = {"id": owner, "host": platform.node(), "pid": os.getpid()}
            connection.execute(insert(SERVERS).values(**who, seen=self._clock()))

    def release(self, owner: str) -> None:
        """Put back what a server runs and forget it; its attempts do not count."""
        with self._write() as connection:
            self._put_back(connection, [owner])

    def sweep(self) -> int:
        """Put back the runs of servers that are gone; return how many."""
        with self._write() as connection:
            rows = connection.execute(
                select(SERVERS, (SERVERS.c.seen < self._clock() - SILENT_SECONDS).label("silent"))
            ).all()
            gone = [row.id for row in rows if row.silent or (self.local and _is_gone(row))]
            # asked at once: a server may come and claim a run between two statements
            known = R.owner.in_(select(SERVERS.c.id))
            ownerless = select(R.owner).where(R.state == State.RUNNING, ~known)
            return self._put_back(connection, [*gone, *connection.scalars(ownerless)])

    @staticmethod
    def _put_back(connection: Connection, owners: Sequence[str]) -> int:
        back = {
            "state": State.QUEUED.value,
            "started": None,
            "owner": "",
            "progress": 0,
            "reason": "the server that computed it is gone; it starts again",
        }
        own = and_(R.owner.in_(owners), R.state == State.RUNNING)
        fewer = case((R.attempts > 0, R.attempts - 1), else_=0)
        count = connection.execute(update(RUNS).where(own).values(**back, attempts=fewer)).rowcount
        connection.execute(delete(SERVERS).where(SERVERS.c.id.in_(owners)))
        return count

    def _clock(self) -> ColumnElement[float]:
        """Seconds since the epoch by the database's own clock, which all servers share."""
        sqlite = "(julianday('now') - 2440587.5) * 86400.0"
        postgres = "extract(epoch from clock_timestamp())"
        return literal_column(sqlite if self.local else postgres)

    # connections

    def _refuse_if_gone(self) -> None:
        """Refuse to go on with a file that nobody will find again, as SQLite would."""
        if file_of(self.engine) != self._file:
            what = f"the runs database {self.place} was moved or deleted while in use"
            raise StoreError(what, "put it back, or start again with a new one")

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        self._refuse_if_gone()
        with translate_errors(self.place), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        self._refuse_if_gone()
        with translate_errors(self.place), self._read_engine.connect() as connection:
            yield connection

    @staticmethod
    def _with_position(connection: Connection, row: Row[Any]) -> Run:
        """Return the run with its place in the queue."""
        if row.state != State.QUEUED:
            return run_of(row)
        earlier = or_(
            R.created < row.created, and_(R.created == row.created, R.number < row.number)
        )
        ahead = select(func.count()).where(R.state == State.QUEUED, earlier)
        return run_of(row, position=connection.scalar(ahead) or 0)


def open_store(where: str | Path) -> Store:
    """Open the runs of a SQLite file or of a database URL; raises StoreError."""
    return Store(where)


def _now_after(earlier: ColumnElement[Any]) -> ColumnElement[Any]:
    """The time, but not before `earlier`: that may be of another server's clock."""
    now = time.time()
    return case((earlier > now, earlier), else_=now)


def _is_gone(row: Row[Any]) -> bool:
    """Whether a server's process on this machine has ended, as far as its number tells."""
    if row.host != platform.node() or row.pid == os.getpid():
        return False
    if os.name == "nt":
        return False  # there `os.kill` with 0 would end it; its silence will tell
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
