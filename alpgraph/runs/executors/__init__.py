"""Where runs are computed: worker processes of this machine, or a Dask cluster."""

from alpgraph.runs.executors.base import Executor, Job, OnProgress
from alpgraph.runs.executors.local import LocalExecutor

__all__ = ["Executor", "Job", "LocalExecutor", "OnProgress"]
