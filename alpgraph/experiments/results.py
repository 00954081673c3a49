"""Measurements as the JSON that is stored, sent and drawn."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from alpgraph.experiments.model import Array, Curve, Experiment, Measurements, Picture
from alpgraph.experiments.statistics import t_interval
from alpgraph.experiments.verdicts import judge
from alpgraph.trainer import Seed

MOST_POINTS = 60
"""Points kept of a curve: more cannot be told apart in a picture of 600 pixels."""


def result_of(
    experiment: Experiment,
    params: Any,
    seeds: Sequence[Seed],
    measurements: Measurements,
) -> dict[str, Any]:
    """Judge the measurements and return the `result` object: plain JSON, numbers finite."""
    control, treatment = measurements.control, measurements.treatment
    _refuse_unusable(experiment.name, len(seeds), measurements)
    judged = judge(measurements, experiment)
    return {
        "experiment": experiment.name,
        "params": params.model_dump(mode="json"),
        "verdict": judged.verdict.value,
        "direction": experiment.direction,
        "smallest_effect": experiment.smallest_effect,
        "primary": {
            "name": experiment.primary.name,
            "unit": experiment.primary.unit,
            "better": experiment.primary.better,
            "control": number(np.mean(control)),
            "treatment": number(np.mean(treatment)),
            "difference": number(judged.difference),
            "low": number(judged.low),
            "high": number(judged.high),
            "level": judged.level,
            "bootstrap": [number(end) for end in judged.bootstrap],
        },
        "replicates": [
            {"seed": base, "replicate": i, "control": number(c), "treatment": number(t)}
            for (base, i), c, t in zip(seeds, control, treatment, strict=True)
        ],
        "secondary": [_secondary(name, pair) for name, pair in measurements.secondary.items()],
        "curves": curves_json(measurements.curves),
        "pictures": [_picture(picture) for picture in measurements.pictures],
    }


def curves_json(curves: Iterable[Curve]) -> list[dict[str, Any]]:
    """Return curves with the mean over replicates and its 95 % interval, at most 60 points each."""
    return [_curve(curve) for curve in curves]


def number(value: Any) -> float | None:
    """Round to six significant digits; None for what JSON has no number for."""
    value = float(value)
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _refuse_unusable(name: str, count: int, measurements: Measurements) -> None:
    for arm in ("control", "treatment"):
        values = getattr(measurements, arm)
        if values.shape != (count,):
            raise ValueError(f"{name}: {arm} has shape {values.shape}, not ({count},)")
        if not np.isfinite(values).all():
            raise ValueError(f"{name}: {arm} has values that are not finite: {values}")


def _secondary(name: str, pair: tuple[Array, Array]) -> dict[str, Any]:
    control, treatment = pair
    mean, low, high = t_interval(treatment - control)
    return {
        "name": name,
        "control": number(np.mean(control)),
        "treatment": number(np.mean(treatment)),
        "difference": number(mean),
        "low": number(low),
        "high": number(high),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    count = len(curve.x)
    kept = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int))
    points = [t_interval(curve.y[i]) for i in kept]
    return {
        "arm": curve.arm,
        "name": curve.name,
        "x": [number(curve.x[i]) for i in kept],
        "mean": [number(mean) for mean, _, _ in points],
        "low": [number(low) for _, low, _ in points],
        "high": [number(high) for _, _, high in points],
        "x_label": curve.x_label,
        "y_label": curve.y_label,
    }


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "title": picture.title,
        "kind": picture.kind,
        "x_label": picture.x_label,
        "y_label": picture.y_label,
        "series": [_series(name, x, y) for name, (x, y) in picture.series.items()],
    }


def _series(name: str, x: Sequence[float | str], y: Array) -> dict[str, Any]:
    points = [t_interval(row) for row in y]
    return {
        "name": name,
        "x": [v if isinstance(v, str) else number(v) for v in x],
        "y": [number(mean) for mean, _, _ in points],
        "half_width": [number(high - mean) for mean, _, high in points],
    }
