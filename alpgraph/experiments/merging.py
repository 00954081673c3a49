"""Measurements of parts of the replicates put together as if measured at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from alpgraph.experiments.model import Array, Measurements, Picture


def merge_measurements(parts: Sequence[Measurements]) -> Measurements:
    """Join replicates in the order of `parts`: to the bit what one call would have measured.

    Raises ValueError when there is no part.
    """
    if not parts:
        raise ValueError("no measurements to merge")
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    secondary = {
        name: (
            np.concatenate([part.secondary[name][0] for part in parts]),
            np.concatenate([part.secondary[name][1] for part in parts]),
        )
        for name in first.secondary
    }
    curves = [
        replace(curve, y=_side_by_side([part.curves[i].y for part in parts]))
        for i, curve in enumerate(first.curves)
    ]
    pictures = [_join([part.pictures[i] for part in parts]) for i in range(len(first.pictures))]
    return Measurements(
        np.concatenate([part.control for part in parts]),
        np.concatenate([part.treatment for part in parts]),
        secondary,
        curves,
        pictures,
    )


def _join(pictures: Sequence[Picture]) -> Picture:
    series = {
        name: (x, _side_by_side([picture.series[name][1] for picture in pictures]))
        for name, (x, _) in pictures[0].series.items()
    }
    return replace(pictures[0], series=series)


def _side_by_side(values: Sequence[Array]) -> Array:
    """Join (points, r) of each part to (points, R)."""
    if len({len(part) for part in values}) > 1:
        raise ValueError("parts differ in their points: a replicate's length must be its own")
    return np.concatenate(values, axis=1)
