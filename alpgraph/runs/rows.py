"""From rows of the database to runs, and from results to what lists tell of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from alpgraph.runs.errors import StoreError
from alpgraph.runs.model import Run, RunSpec, State
from alpgraph.runs.schema import RUNS

WITHOUT_RESULT = [column for column in RUNS.c if column.name not in ("result", "live")]


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the list of runs, newest first, without results."""

    items: tuple[Run, ...]
    total: int
    next: int | None
    """Pass it as `before` for the next page; None at the end."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this server may start now; the ticket proves it afterwards."""

    run: Run
    ticket: str


def run_of(row: Row[Any], position: int | None = None) -> Run:
    """Return the run that a row holds; raises StoreError where it holds none."""
    try:
        return _run_of(row, position)
    except (ValueError, TypeError, AttributeError) as error:
        what = f"the run {row.id!r} in the database cannot be read: {error}"
        raise StoreError(
            what, "move the database away; a new one is made at the next start"
        ) from None


def _run_of(row: Row[Any], position: int | None) -> Run:
    values = row._mapping
    spec = RunSpec(row.experiment, json.loads(row.params), row.replicates, row.seed, row.code)
    text = values.get("result")
    summary = json.loads(row.summary) if row.summary else {}
    return Run(
        id=row.id,
        spec=spec,
        state=State(row.state),
        progress=1.0 if row.state == State.DONE else row.progress,
        position=position,
        created=row.created,
        started=row.started,
        finished=row.finished,
        attempts=row.attempts,
        reason=row.reason,
        version=row.version,
        verdict=summary.get("verdict"),
        primary=summary.get("primary"),
        result=json.loads(text) if text else None,
    )


def canonical(params: Mapping[str, Any]) -> str:
    """Write parameters so that equal ones are equal text."""
    return json.dumps(params, sort_keys=True, separators=(",", ":"), allow_nan=False)
