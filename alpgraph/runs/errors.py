"""What can go wrong with runs.

RunsError
├── StoreError        the database cannot be used; `hint` says what to do
├── QueueFull         come back after `retry_after` seconds
├── AlreadyFinal      a finished run cannot be cancelled
├── Unreachable       there is no such cluster
└── Ended             why an executor gave no result
    ├── Failed        the experiment itself failed
    ├── TimedOut      it was stopped at its limit of time
    ├── Cancelled     somebody asked for it
    ├── WorkerDied    the process that computed it is gone
    └── Interrupted   what it was computed on cannot be reached
ValueError
└── SpecError         a question that cannot be asked; `faults` names the fields
LookupError
└── NoSuchRun
"""

from collections.abc import Sequence
from dataclasses import dataclass


class RunsError(Exception):
    """Base of what the runs room raises."""


class StoreError(RunsError):
    """The database cannot be read or written; nothing that was acknowledged is lost by it."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep what to do about it beside the message."""
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message, self.hint = message, hint


class QueueFull(RunsError):  # noqa: N818 (names what happened)
    """Too many runs wait already."""

    def __init__(self, message: str, retry_after: int) -> None:
        """Keep when to come back, in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class AlreadyFinal(RunsError):  # noqa: N818 (names what happened)
    """A run that has ended cannot be cancelled."""


class Unreachable(RunsError):  # noqa: N818 (names what happened)
    """A cluster that was named cannot be used; the message says what to do."""


class Ended(RunsError):  # noqa: N818 (names what happened)
    """A run ended without a result."""


class Failed(Ended):
    """The experiment raised; the message is its last line."""


class TimedOut(Ended):
    """The run was stopped at its limit of time."""


class Cancelled(Ended):
    """The run was stopped because somebody asked for it."""


class WorkerDied(Ended):
    """The process that computed the run is gone; the run may be tried again."""


class Interrupted(Ended):
    """What computed the run cannot be reached; it is nobody's fault and waits again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of a question that cannot be asked, with its limit in the message."""

    field: str
    message: str


class SpecError(ValueError):
    """A question that cannot be asked."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults; the message tells them all."""
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


class NoSuchRun(LookupError):  # noqa: N818 (names what happened)
    """No run has this id."""
