"""Two arms in one ensemble: the first half of the replicates is the control.

Replicate i of both arms sees the same data (stream 0 of its seed) and draws its own first weights
and minibatches (streams 1 and 2), so that equal arms differ by chance alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alpgraph.experiments.model import Array, Curve, Picture, Progress
from alpgraph.trainer import Seed, Trained, generators

Series = tuple[Sequence[float | str], Array]


def arm_generators(seeds: Sequence[Seed]) -> list[np.random.Generator]:
    """Return 2R generators: one for each replicate of the control, then of the treatment."""
    return generators(seeds, 1) + generators(seeds, 2)


def both(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Repeat arrays (R, ...) for both arms: (2R, ...)."""
    return tuple(np.concatenate([array, array]) for array in arrays)


def split(values: NDArray[Any]) -> tuple[Array, Array]:
    """Cut (2R, ...) into control (R, ...) and treatment (R, ...)."""
    half = len(values) // 2
    return values[:half].astype(float), values[half:].astype(float)


def arm_curves(trained: Trained, labels: Mapping[str, str]) -> list[Curve]:
    """Return the watched quantities in `labels` (name -> label of y) as curves of each arm."""
    curves = []
    for name, label in labels.items():
        for arm, y in zip(("control", "treatment"), split(trained.curves[name].T), strict=True):
            curves.append(Curve(arm, name, trained.steps.astype(float), y.T, y_label=label))
    return curves


def reporter(
    progress: Progress, labels: Mapping[str, str], start: float = 0.0, end: float = 1.0
) -> Callable[[float, Trained], None]:
    """Return what `fit(progress=...)` calls, for a training that is this share of the whole."""

    def report(share: float, trained: Trained) -> None:
        curves = {f"{c.arm} {c.name}": c for c in arm_curves(trained, labels)}
        progress(start + share * (end - start), curves)

    return report


def series(x: Sequence[float | str], values: NDArray[Any]) -> Series:
    """Return one line of a picture from values (points, R)."""
    return list(x), values.astype(float)


def arm_picture(
    title: str, x: Sequence[float | str], values: NDArray[Any], *, x_label: str, y_label: str
) -> Picture:
    """Return lines of both arms over x, or dots when x are names, from values (points, 2R)."""
    control, treatment = split(values.T)
    lines = {"control": series(x, control.T), "treatment": series(x, treatment.T)}
    kind = "dots" if any(isinstance(value, str) for value in x) else "lines"
    return Picture(title, kind, x_label, y_label, lines)
