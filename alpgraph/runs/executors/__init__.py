"""Where runs are computed: worker processes of this machine, or a Dask cluster."""

from alpgraph.runs.executors.base import Executor, Job, OnProgress
from alpgraph.runs.executors.local import LocalExecutor
from alpgraph.runs.limits import Limits

__all__ = ["Executor", "Job", "LocalExecutor", "OnProgress", "open_executor"]


def open_executor(dask: str = "", limits: Limits | None = None) -> Executor:
    """Return the executor of a server: this machine's, unless a Dask scheduler is named."""
    if dask:
        raise ValueError(f"runs cannot be sent to {dask!r}: this version computes them here only")
    return LocalExecutor(limits=limits)
