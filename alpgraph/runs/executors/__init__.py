"""Where runs are computed: worker processes of this machine, or a Dask cluster."""

from alpgraph.runs.errors import Unreachable
from alpgraph.runs.executors.base import Executor, Job, OnProgress
from alpgraph.runs.executors.local import LocalExecutor

__all__ = ["Executor", "Job", "LocalExecutor", "OnProgress", "open_executor", "reach"]


def open_executor(dask: str = "") -> Executor:
    """Return this machine's executor, or the one of the Dask scheduler at an address.

    A scheduler that does not answer is no error here: runs wait for it. Raises Unreachable where
    Dask is not installed.
    """
    if not dask:
        return LocalExecutor()
    try:
        from alpgraph.runs.executors.cluster import DaskExecutor
    except ModuleNotFoundError:
        raise Unreachable("--dask needs Dask: pip install 'alpgraph[dask]'") from None
    return DaskExecutor(dask)


def reach(dask: str) -> None:
    """Call the Dask scheduler at an address once; raises Unreachable with what to do."""
    try:
        from alpgraph.runs.executors.cluster import call
    except ModuleNotFoundError:
        raise Unreachable("--dask needs Dask: pip install 'alpgraph[dask]'") from None
    call(dask)
