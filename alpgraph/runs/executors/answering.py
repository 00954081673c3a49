"""What a worker process does with a job: run the experiment, say how far it is, give JSON back."""

import json
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from alpgraph.experiments import Curve, curves_json, run_experiment

PAUSE, CURVES_PAUSE = 0.1, 0.25
"""Seconds between two reports, and between two with curves, which cost more to make."""
Tell = Callable[[float, list[dict[str, Any]] | None], None]


class Reporter:
    """Passes progress on, not more often than anybody can see."""

    def __init__(self, tell: Tell) -> None:
        """Report through `tell`."""
        self._tell = tell
        self._next = self._next_curves = 0.0

    def __call__(self, fraction: float, curves: Mapping[str, Curve] | None = None) -> None:
        """Take a report of the experiment."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + PAUSE
        drawn = None
        if curves and now >= self._next_curves:
            self._next_curves = now + CURVES_PAUSE
            drawn = curves_json(curves.values())
        self._tell(min(max(float(fraction), 0.0), 1.0), drawn)


def answer(job: Mapping[str, Any], tell: Tell) -> str:
    """Return `{"result": …}` or `{"failed": why}` as JSON text; never raises."""
    try:
        result = run_experiment(
            job["experiment"], job["params"], job["replicates"], job["seed"], Reporter(tell)
        )
        text = json.dumps({"result": result}, allow_nan=False)
    except MemoryError:
        limit = job.get("memory", 0) / 2**20
        return json.dumps({"failed": f"it needed more memory than the {limit:.0f} MB it may have"})
    except BaseException as error:  # whatever another package's experiment does
        return json.dumps({"failed": last_line(error)})
    if len(text) > job["result"]:
        why = f"its result takes {len(text)} bytes; the limit is {job['result']}"
        return json.dumps({"failed": why})
    return text


def last_line(error: BaseException) -> str:
    """Say what was raised and where, in a line."""
    said = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return said[:500] + where
