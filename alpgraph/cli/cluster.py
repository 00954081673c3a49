"""`alpgraph run --dask`: the same results from a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import wait
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from alpgraph.experiments.model import Experiment, Progress

DAY = 86400.0
NOTICE = 5.0
"""Seconds after which it is said why nothing goes on."""


def reach_scheduler(address: str) -> None:
    """Call a Dask scheduler once; wrong use when it does not answer."""
    from alpgraph.runs import Unreachable, check_scheduler

    try:
        check_scheduler(address)
    except Unreachable as fault:
        raise click.UsageError(str(fault)) from None


def run_on_dask(
    address: str,
    experiment: "Experiment",
    questions: Sequence[Mapping[str, Any]],
    *,
    replicates: int,
    seed: int,
    progress: "Progress",
) -> Iterator[tuple[dict[str, Any] | None, bool]]:
    """Send all questions at once and give result and interruption of each, in their order.

    Those after an interruption are not given. Raises ClickException when one fails.
    """
    import json

    from alpgraph.experiments import code_hash
    from alpgraph.runs import Ended, Job, Limits, RunSpec, open_executor

    reach_scheduler(address)
    executor = open_executor(address)
    shares = [0.0] * len(questions)
    limits = Limits(seconds=DAY)
    code = code_hash(experiment.name)

    def on_progress(index: int, share: float) -> None:
        shares[index] = share
        progress(sum(shares) / len(shares))

    futures = [
        executor.submit(
            Job(f"{index}", RunSpec(experiment.name, question, replicates, seed, code), limits),
            lambda share, curves, index=index: on_progress(index, share),  # type: ignore[misc]
        )
        for index, question in enumerate(questions)
    ]
    try:
        for future in futures:
            if not wait([future], NOTICE).done and executor.trouble:
                click.echo(f"waiting: {executor.trouble}", err=True)
            yield json.loads(future.result()), False
    except KeyboardInterrupt:
        yield None, True
    except Ended as ended:
        raise click.ClickException(str(ended)) from None
    finally:
        progress.finish()  # type: ignore[attr-defined]
        executor.close()
