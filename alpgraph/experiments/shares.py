"""Shares of rows, replicate by replicate, and thresholds that spend a given share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def share(hits: Array, among: Array) -> Array:
    """Return the share of hits among some rows, both boolean: (R, N) to (R,)."""
    return np.asarray((hits & among).sum(axis=-1) / among.sum(axis=-1))


def cut(scores: Array, among: Array, price: float) -> Array:
    """Return the score (R, 1) that a share `price` of these rows exceeds; scores are (R, N)."""
    rows = zip(scores, among, strict=True)
    return np.stack([[np.quantile(row[chosen], 1 - price)] for row, chosen in rows])
