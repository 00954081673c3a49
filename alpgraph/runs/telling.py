"""Runs as the API and the streams of events tell them (design section 4)."""

import time
from typing import Any

from alpgraph.runs.executors.base import Curves
from alpgraph.runs.model import Run

PROGRESS_FIELDS = ("id", "state", "progress", "position", "started", "attempts", "reason")
"""What a `progress` event tells of a run, beside `curves` and `eta`."""


def run_json(run: Run) -> dict[str, Any]:
    """Return a run as the API tells it (design section 4)."""
    return {
        "id": run.id,
        "experiment": run.spec.experiment,
        "params": dict(run.spec.params),
        "replicates": run.spec.replicates,
        "seed": run.spec.seed,
        "state": run.state.value,
        "progress": round(run.progress, 4),
        "position": run.position,
        "created": run.created,
        "started": run.started,
        "finished": run.finished,
        "attempts": run.attempts,
        "reason": run.reason,
        "version": run.version,
        "code": run.spec.code,
        "verdict": run.verdict,
        "primary": run.primary,
        "url": f"/runs/{run.id}",
        "result": run.result,
    }


def progress_json(run: Run, curves: Curves) -> dict[str, Any]:
    """Return a `progress` event of a run that has not ended."""
    progress = {key: value for key, value in run_json(run).items() if key in PROGRESS_FIELDS}
    return {**progress, "curves": curves, "eta": _seconds_left(run)}


def _seconds_left(run: Run) -> float | None:
    """Estimate how long a run still takes, from how far it came."""
    if run.started is None or run.progress < 0.02:
        return None
    spent = time.time() - run.started
    return round(spent * (1 - run.progress) / run.progress, 1)
