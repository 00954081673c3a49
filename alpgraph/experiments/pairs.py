"""Pairs of rows, of which the first was preferred, as batches for `trainer.preference_loss`."""

from collections.abc import Iterator, Sequence

import numpy as np

from alpgraph import trainer
from alpgraph.experiments.data import Array


def pair_batches(
    rngs: Sequence[np.random.Generator], pairs: Array, *more: Array, size: int
) -> trainer.Batches:
    """Draw from pairs (R, N, 2, D), the preferred first: x (R, 2B, D), then what goes with a pair.

    All preferred rows of a batch stand before all others.
    """
    drawn = trainer.minibatches(rngs, pairs, *more, size=size)

    def batches(part: slice) -> Iterator[tuple[Array, ...]]:
        for pair, *rest in drawn(part):
            rows = pair.swapaxes(1, 2)  # (R, 2, B, D)
            yield rows.reshape(len(rows), -1, rows.shape[-1]), *rest

    return batches
