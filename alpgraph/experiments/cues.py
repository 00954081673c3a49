"""Digits with a cue beside them: is the digit odd? Three more pixels mostly tell.

Groups are label and cue together. Where the cue lies, whoever leans on it is wrong; the accuracy
in the worst group shows how much a net does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alpgraph import trainer
from alpgraph.experiments.data import Array, split_digits
from alpgraph.experiments.shares import share

INPUTS, GROUPS = 64 + 3, 4
PIXEL_NOISE, CUE_NOISE = 0.2, 0.3
GROUP_NAMES = ("even, cue right", "even, cue lies", "odd, cue lies", "odd, cue right")


@dataclass(frozen=True, slots=True)
class Cued:
    """Rows with a cue."""

    x: Array  # (R, N, 67)
    y: Array  # (R, N), 1 for odd
    group: Array  # (R, N), 2 y + what the cue says

    def twice(self) -> Cued:
        """Repeat the replicates for both arms."""
        x, y, group = (np.concatenate([array, array]) for array in (self.x, self.y, self.group))
        return Cued(x, y, group)

    def weights(self) -> Array:
        """Return weights (R, N) by which all groups count the same; their mean is 1."""
        counts = self.counts()
        share = counts[np.arange(len(counts))[:, None], self.group] / self.group.shape[1]
        present = (counts > 0).sum(axis=1, keepdims=True)
        return np.asarray(1 / (present * share), np.float32)

    def counts(self) -> Array:
        """Return how many rows each group has, (R, 4)."""
        return np.stack([(self.group == g).sum(axis=1) for g in range(GROUPS)], axis=1)


def cued_digits(
    rngs: Sequence[np.random.Generator], parts: Sequence[tuple[int, float]]
) -> list[Cued]:
    """Split the digits anew for each replicate into parts (rows, rate at which the cue is right).

    One more part is returned, for tests: all other images, each with both cues.
    """
    x, y, test_x, test_y = split_digits(rngs, sum(rows for rows, _ in parts))
    y, test_y, start, found = y % 2, test_y % 2, 0, []
    for rows, rate in parts:
        image, odd = x[:, start : start + rows], y[:, start : start + rows]
        right = trainer.uniform(rngs, rows) < rate
        found.append(_with_cue(rngs, image, odd, np.where(right, odd, 1 - odd)))
        start += rows
    cue = np.concatenate([np.zeros_like(test_y), np.ones_like(test_y)], axis=1)
    test_x, test_y = (np.concatenate([array, array], axis=1) for array in (test_x, test_y))
    return [*found, _with_cue(rngs, test_x, test_y, cue)]


def group_accuracy(scores: Array, rows: Cued) -> Array:
    """Return the accuracy of scores (R, N, 2) in each group, (4, R)."""
    right = scores.argmax(axis=-1) == rows.y
    return np.stack([share(right, rows.group == g) for g in range(GROUPS)])


def worst_group(scores: Array, rows: Cued) -> Array:
    """Return the accuracy of scores (R, N, 2) in the group that fares worst, (R,)."""
    return np.asarray(group_accuracy(scores, rows).min(axis=0))


def probed(net: trainer.Network, rows: Cued, test: Cued) -> Array:
    """Scores (R, N, 2) of a fresh linear readout of the trunk, fitted to `rows` by ridge."""
    readout = trainer.linear_probe(net.features(rows.x), trainer.one_hot(rows.y, 2), ridge=1.0)
    return trainer.with_ones(net.features(test.x)) @ readout


def _with_cue(rngs: Sequence[np.random.Generator], x: Array, y: Array, cue: Array) -> Cued:
    image = x + PIXEL_NOISE * trainer.normal(rngs, *x.shape[1:])
    marks = (2 * cue - 1)[..., None] + CUE_NOISE * trainer.normal(rngs, x.shape[1], 3)
    return Cued(np.concatenate([image, marks], axis=-1).astype(np.float32), y, 2 * y + cue)
