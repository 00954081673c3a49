"""Digits 3 and 8 to learn, and the other eight to be asked about: images that no label speaks of.

Where a net has fitted all its rows, a weight or a loss can still move the boundary; it shows in
what the net calls these strangers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from alpgraph import trainer
from alpgraph.experiments.data import Array, digits


@dataclass(frozen=True, slots=True)
class Pair:
    """Rows of 3 and 8 split anew for each replicate, pixels centred on the training rows."""

    x: Array  # (R, N, 64)
    y: Array  # (R, N), 1 for 8
    test_x: Array  # (R, M, 64)
    test_y: Array  # (R, M)
    strangers: Array  # (R, 1440, 64)


def pair_of_digits(rngs: Sequence[np.random.Generator], rows: int) -> Pair:
    """Draw `rows` training rows for each replicate; the rest of 3 and 8 is for tests."""
    images, labels = digits()
    known = np.flatnonzero(np.isin(labels, (3, 8)))
    order = known[trainer.permutations(rngs, len(known))]  # (R, N + M)
    centre = images[order[:, :rows]].mean(axis=1, keepdims=True)  # (R, 1, 64)
    x, y = images[order] - centre, (labels[order] == 8).astype(np.float32)
    others = images[~np.isin(labels, (3, 8))] - centre
    return Pair(x[:, :rows], y[:, :rows], x[:, rows:], y[:, rows:], others)


def whole(x: Array, *targets: Array) -> trainer.Batches:
    """Return all rows at every step: full-batch descent."""
    arrays = (trainer.with_ones(x), *targets)

    def batches(part: slice) -> Iterator[tuple[Array, ...]]:
        while True:
            yield tuple(array[part] for array in arrays)

    return batches


def called_eight(net: trainer.Network, x: Array) -> Array:
    """Return the share of images (R, N, 64) that a net of one logit calls 8, (R,)."""
    return np.asarray((net.predict(x)[..., 0] > 0).mean(axis=1))
