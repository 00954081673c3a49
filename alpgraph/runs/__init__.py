"""Runs: one question, one answer, stored before anybody is told; computed by killable workers."""

from alpgraph.runs.channels import Event
from alpgraph.runs.errors import (
    AlreadyFinal,
    Cancelled,
    Ended,
    Failed,
    Fault,
    Interrupted,
    NoSuchRun,
    QueueFull,
    RunsError,
    SpecError,
    StoreError,
    TimedOut,
    Unreachable,
    WorkerDied,
)
from alpgraph.runs.executors import Executor, Job, LocalExecutor, open_executor, reach
from alpgraph.runs.limits import Limits
from alpgraph.runs.model import Run, RunSpec, State
from alpgraph.runs.rows import Page
from alpgraph.runs.service import RunService
from alpgraph.runs.spec import DEFAULT_SEED, make_spec
from alpgraph.runs.store import Store, open_store
from alpgraph.runs.telling import run_json
from alpgraph.runs.verdicts import answer_for

__all__ = [
    "DEFAULT_SEED",
    "AlreadyFinal",
    "Cancelled",
    "Ended",
    "Event",
    "Executor",
    "Failed",
    "Fault",
    "Interrupted",
    "Job",
    "Limits",
    "LocalExecutor",
    "NoSuchRun",
    "Page",
    "QueueFull",
    "Run",
    "RunService",
    "RunSpec",
    "RunsError",
    "SpecError",
    "State",
    "Store",
    "StoreError",
    "TimedOut",
    "Unreachable",
    "WorkerDied",
    "answer_for",
    "make_spec",
    "open_executor",
    "open_store",
    "reach",
    "run_json",
]
