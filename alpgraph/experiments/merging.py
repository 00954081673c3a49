"""Measurements of parts of the replicates put together as if measured at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from alpgraph.experiments.model import Measurements


def merge_measurements(parts: Sequence[Measurements]) -> Measurements:
    """Join replicates in the order of `parts`; pictures are those of the largest part.

    Raises ValueError when there is no part.
    """
    if not parts:
        raise ValueError("no measurements to merge")
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    curves = [
        replace(curve, y=np.concatenate([part.curves[i].y for part in parts], axis=1))
        for i, curve in enumerate(first.curves)
    ]
    secondary = {
        name: (
            np.concatenate([part.secondary[name][0] for part in parts]),
            np.concatenate([part.secondary[name][1] for part in parts]),
        )
        for name in first.secondary
    }
    return Measurements(
        np.concatenate([part.control for part in parts]),
        np.concatenate([part.treatment for part in parts]),
        secondary,
        curves,
        max(parts, key=lambda part: len(part.control)).pictures,
    )
