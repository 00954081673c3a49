"""The two arms trained one after the other, where they do not fit into one ensemble."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from alpgraph.experiments.model import Curve, Progress
from alpgraph.trainer import Seed, Trained, generators

T = TypeVar("T")
Report = Callable[[float, Curve], None]
"""Says the share of an arm's training that is done, and its curve so far."""


def in_turn(
    seeds: Sequence[Seed],
    progress: Progress,
    train: Callable[[str, list[np.random.Generator], Report], T],
) -> tuple[T, T]:
    """Return `train(arm, generators, report)` of the control and of the treatment.

    Each arm draws from streams of its own, the same as `arms.arm_generators` gives it.
    """
    curves: dict[str, Curve] = {}

    def train_arm(number: int, arm: str) -> T:
        def report(share: float, curve: Curve) -> None:
            curves[f"{arm} {curve.name}"] = curve
            progress((number + share) / 2, curves)

        return train(arm, generators(seeds, number + 1), report)

    return train_arm(0, "control"), train_arm(1, "treatment")


def curve_of(arm: str, trained: Trained, name: str, label: str) -> Curve:
    """Return a watched quantity as the curve of an arm that was trained alone."""
    return Curve(arm, name, trained.steps.astype(float), trained.curves[name], y_label=label)
