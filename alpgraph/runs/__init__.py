"""Runs: one question, one answer, stored before anybody is told; computed by killable workers."""

from alpgraph.runs.channels import Event
from alpgraph.runs.errors import (
    AlreadyFinal,
    Fault,
    NoSuchRun,
    QueueFull,
    RunsError,
    SpecError,
    StoreError,
    Unreachable,
)
from alpgraph.runs.executors import Executor, LocalExecutor, open_executor, reach
from alpgraph.runs.limits import Limits
from alpgraph.runs.model import Run, RunSpec, State
from alpgraph.runs.service import RunService, run_json
from alpgraph.runs.spec import DEFAULT_SEED, make_spec
from alpgraph.runs.store import Page, Store, open_store

__all__ = [
    "DEFAULT_SEED",
    "AlreadyFinal",
    "Event",
    "Executor",
    "Fault",
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
    "Unreachable",
    "make_spec",
    "open_executor",
    "open_store",
    "reach",
    "run_json",
]
