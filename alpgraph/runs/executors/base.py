"""What every executor can do."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from alpgraph.runs.limits import Limits
from alpgraph.runs.model import RunSpec

Curves = Sequence[Mapping[str, Any]]
OnProgress = Callable[[float, Curves | None], None]
"""Called with the share done and, now and then, the curves so far as JSON values."""


@dataclass(frozen=True, slots=True)
class Job:
    """One start of a run, or of a part of one."""

    key: str
    """Differs between two starts of the same run."""
    spec: RunSpec
    limits: Limits
    """Wall time, memory and size of the answer that it may take."""
    part: tuple[int, int] | None = None
    """First replicate and how many, when measurements of these are wanted and not a result."""


class Executor(Protocol):
    """Computes jobs out of this process, so that they can be stopped."""

    @property
    def slots(self) -> int:
        """Jobs worth starting at once; 0 while there is `trouble`."""

    @property
    def trouble(self) -> str:
        """What keeps every job waiting, in a sentence; empty when all is well."""

    def submit(self, job: Job, on_progress: OnProgress) -> Future[str]:
        """Start a job; the future gives the answer as JSON text, or raises `Ended`.

        What `on_progress` raises is raised there too.
        """

    def cancel(self, key: str) -> None:
        """Stop a job; its future raises `Cancelled`. An unknown key is no error."""

    def close(self) -> None:
        """Stop every job and every process."""
