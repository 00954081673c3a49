"""One run in parts: replicates measured in several places, put together to one result."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from alpgraph.experiments import get_experiment, merge_measurements, result_of, validate_params
from alpgraph.experiments.failures import failure
from alpgraph.experiments.model import Array, Curve, Measurements
from alpgraph.experiments.parts import unpack, unpack_curves
from alpgraph.experiments.results import number
from alpgraph.experiments.statistics import t_interval
from alpgraph.runs.errors import Failed
from alpgraph.runs.executors.base import Curves
from alpgraph.runs.limits import Limits
from alpgraph.runs.model import RunSpec

Part = tuple[int, int]
"""First replicate, and how many."""
LEAST = 2
"""Replicates of a part: single ones train half as fast as those trained together."""


def cut(replicates: int, pieces: int) -> list[Part]:
    """Cut the replicates into at most `pieces` parts of about one size.

    >>> cut(16, 3)
    [(0, 5), (5, 5), (10, 6)]
    >>> cut(5, 64)
    [(0, 2), (2, 3)]
    """
    count = max(1, min(pieces, replicates // LEAST))
    ends = [replicates * i // count for i in range(count + 1)]
    return [(start, end - start) for start, end in pairwise(ends)]


class Assembly:
    """What is known of each part of a run."""

    def __init__(self, spec: RunSpec, pieces: int) -> None:
        """Cut a run into parts."""
        self.spec = spec
        self.parts = cut(spec.replicates, pieces)
        self._shares = [0.0] * len(self.parts)
        self._curves: list[Sequence[Curve]] = [()] * len(self.parts)
        self._measured: dict[int, Measurements] = {}

    @property
    def progress(self) -> float:
        """The share of the whole run that is done."""
        counts = (count for _, count in self.parts)
        return sum(s * c for s, c in zip(self._shares, counts, strict=True)) / self.spec.replicates

    @property
    def remaining(self) -> int:
        """How many parts are not done."""
        return len(self.parts) - len(self._measured)

    def note_progress(self, index: int, share: float, packed: Curves | None) -> None:
        """Note how far a part is; one that is done again elsewhere does not fall back."""
        if index in self._measured or share < self._shares[index]:
            return
        self._shares[index] = share
        if packed is not None:
            self._curves[index] = unpack_curves(packed)

    def add_result(self, index: int, text: str) -> None:
        """Note what a part measured."""
        measured = unpack(json.loads(text))
        self._measured[index] = measured
        self._shares[index], self._curves[index] = 1.0, measured.curves

    def curves(self) -> list[dict[str, Any]]:
        """Return the curves so far: at each point, of the replicates that have come to it."""
        by_name: dict[tuple[str, str], list[Curve]] = {}
        for curves in self._curves:
            for curve in curves:
                by_name.setdefault((curve.arm, curve.name), []).append(curve)
        return [_curve_json(found) for found in by_name.values()]

    def result(self, limits: Limits) -> str:
        """Put the parts together; the JSON text is that of one worker. Raises Failed."""
        experiment = get_experiment(self.spec.experiment)
        params = validate_params(experiment, self.spec.params)
        seeds = [(self.spec.seed, i) for i in range(self.spec.replicates)]
        parts = [self._measured[i] for i in range(len(self.parts))]
        try:
            result = result_of(experiment, params, seeds, merge_measurements(parts))
        except Exception as error:  # measurements of another package may be anything
            raise Failed(failure(error, experiment)) from None
        text = json.dumps(result, separators=(",", ":"), allow_nan=False)
        if len(text) > limits.result:
            raise Failed(f"its result takes {len(text)} bytes; the limit is {limits.result}")
        return text


def _curve_json(curves: Sequence[Curve]) -> dict[str, Any]:
    """Return one curve of all parts as the API tells it."""
    longest = max(curves, key=lambda curve: len(curve.x))
    points = [t_interval(_row(curves, i)) for i in range(len(longest.x))]
    return {
        "arm": longest.arm,
        "name": longest.name,
        "x": [number(x) for x in longest.x],
        "mean": [number(mean) for mean, _, _ in points],
        "low": [number(low) for _, low, _ in points],
        "high": [number(high) for _, _, high in points],
        "x_label": longest.x_label,
        "y_label": longest.y_label,
    }


def _row(curves: Sequence[Curve], point: int) -> Array:
    """Return the values of all replicates that have come to a point."""
    return np.concatenate([curve.y[point] for curve in curves if point < len(curve.y)])
