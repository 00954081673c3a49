"""A run: one question to an experiment, with one answer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a run stands; the last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed out"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class RunSpec:
    """The question: its hash is the run's id, so the same question has one answer."""

    experiment: str
    params: Mapping[str, Any]
    """All parameters, validated and with defaults filled in, as JSON values."""
    replicates: int
    seed: int
    code: str
    """Hash of the code that answers (experiment, trainer, data, NumPy's version)."""

    @property
    def id(self) -> str:
        """First 16 hex digits of SHA-256 over the canonical JSON of the fields."""
        text = json.dumps(
            [self.experiment, self.params, self.replicates, self.seed, self.code],
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stored run."""

    id: str
    spec: RunSpec
    state: State
    progress: float = 0.0
    position: int | None = None
    """Runs ahead of it in the queue; None unless queued."""
    created: float = 0.0
    """Seconds since the epoch, as are the next two."""
    started: float | None = None
    finished: float | None = None
    attempts: int = 0
    reason: str = ""
    """Why it failed, was cancelled or ran out of time."""
    version: str = ""
    """Version of alpgraph that computed it."""
    verdict: str | None = None
    """The verdict once it is done; lists have it too, and the next."""
    primary: Mapping[str, Any] | None = None
    """The `primary` object of the result."""
    result: Mapping[str, Any] | None = None
    """The `result` object of the API (design section 4), once done."""
