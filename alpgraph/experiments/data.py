"""Data for experiments: the bundled digits and tasks made up on the spot."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alpgraph.trainer import normal, permutations, sigmoid, uniform

Array = NDArray[Any]
FOLDER = Path(__file__).resolve().parent / "datasets"


@cache
def digits() -> tuple[Array, Array]:
    """Return 1,797 images of digits (N, 64), pixels in -0.3 to 0.7, and their labels (N,).

    Optical Recognition of Handwritten Digits, UCI, CC BY 4.0 (`datasets/ATTRIBUTION.txt`).
    """
    with np.load(FOLDER / "digits.npz") as stored:
        images, labels = stored["images"], stored["labels"]
    return (images / 16.0 - 0.3).astype(np.float32), labels.astype(np.int64)


def split_digits(
    rngs: Sequence[np.random.Generator], rows: int
) -> tuple[Array, Array, Array, Array]:
    """Split anew for each replicate: x (R, rows, 64), y (R, rows), test x and test y of the rest.

    Two replicates share images, never a split: an interval over replicates speaks of splits.
    """
    images, labels = digits()
    order = permutations(rngs, len(labels))  # (R, N)
    train, test = order[:, :rows], order[:, rows:]
    return images[train], labels[train], images[test], labels[test]


def rare_positives(
    rngs: Sequence[np.random.Generator], rows: int, test_rows: int = 2000, inputs: int = 20
) -> tuple[Array, Array, Array, Array]:
    """Make a noisy task of two classes, about one row in six positive, another per replicate.

    The log odds are a linear part plus a product of two directions, so that a linear model
    cannot get them right. Same shapes as `split_digits`.
    """
    count = rows + test_rows
    directions = normal(rngs, inputs, 3) / np.sqrt(inputs)  # (R, D, 3)
    x = normal(rngs, count, inputs)  # (R, N, D)
    seen = x @ directions  # (R, N, 3)
    odds = 2 * seen[..., 0] + 2 * seen[..., 1] * seen[..., 2] - 2.2
    y = (uniform(rngs, count) < sigmoid(odds)).astype(np.int64)
    x = x.astype(np.float32)
    return x[:, :rows], y[:, :rows], x[:, rows:], y[:, rows:]
