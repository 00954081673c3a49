"""Random numbers: one generator per replicate, so that no replicate hears of another."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Seed = tuple[int, int]
"""Base seed and number of the replicate."""


def generators(seeds: Sequence[Seed], stream: int = 0) -> list[np.random.Generator]:
    """Return one generator per replicate: child number `stream` of `SeedSequence([base, i])`.

    Streams keep purposes apart: the data of a replicate, the control's and the treatment's draws.

    >>> a, b = generators([(7, 0), (7, 0)])
    >>> bool(a.random() == b.random())
    True
    """
    return [
        np.random.default_rng(np.random.SeedSequence([base, replicate], spawn_key=(stream,)))
        for base, replicate in seeds
    ]


def normal(rngs: Sequence[np.random.Generator], *shape: int) -> NDArray[Any]:
    """Draw standard normals, (R, *shape): row r comes from generator r alone."""
    return np.stack([rng.standard_normal(shape) for rng in rngs])


def uniform(rngs: Sequence[np.random.Generator], *shape: int) -> NDArray[Any]:
    """Draw uniforms of [0, 1), (R, *shape): row r comes from generator r alone."""
    return np.stack([rng.random(shape) for rng in rngs])


def integers(rngs: Sequence[np.random.Generator], high: int, *shape: int) -> NDArray[Any]:
    """Draw integers below `high`, (R, *shape): row r comes from generator r alone."""
    return np.stack([rng.integers(high, size=shape) for rng in rngs])


def permutations(rngs: Sequence[np.random.Generator], length: int) -> NDArray[Any]:
    """Draw an order of `range(length)` for each replicate, (R, length)."""
    return np.stack([rng.permutation(length) for rng in rngs])
