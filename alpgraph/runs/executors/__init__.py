"""Where runs are computed: worker processes of this machine, or a Dask cluster."""

import os

from alpgraph.runs.errors import Unreachable
from alpgraph.runs.executors.base import Executor


def open_executor(dask: str = "", *, servers: int = 1) -> Executor:
    """Return this machine's executor, or the one of the Dask scheduler at an address.

    `servers` share the cores of this machine. A scheduler that does not answer is no error here:
    runs wait for it. Raises Unreachable where Dask is not installed.
    """
    if not dask:
        from alpgraph.runs.executors.local import LocalExecutor

        return LocalExecutor(max(1, (os.cpu_count() or 1) // servers))
    try:
        from alpgraph.runs.executors.cluster import DaskExecutor
    except ModuleNotFoundError:
        raise Unreachable("--dask needs Dask: pip install 'alpgraph[dask]'") from None
    return DaskExecutor(dask)


def check_scheduler(dask: str) -> None:
    """Call the Dask scheduler at an address once; raises Unreachable with what to do."""
    try:
        from alpgraph.runs.executors.cluster import call
    except ModuleNotFoundError:
        raise Unreachable("--dask needs Dask: pip install 'alpgraph[dask]'") from None
    call(dask)
