"""Parts of the replicates put together."""

import numpy as np
import pytest

from alpgraph.experiments import Curve, Measurements, merge_measurements


def part(points: int, *replicates: int) -> Measurements:
    values = np.array(replicates, float)
    y = np.arange(points)[:, None] + values
    return Measurements(values, values + 1, curves=[Curve("control", "cost", np.arange(points), y)])


def test_parts_are_joined_in_their_order() -> None:
    merged = merge_measurements([part(3, 1, 2), part(3, 7)])
    assert merged.control.tolist() == [1, 2, 7]
    assert merged.curves[0].y.tolist() == [[1, 2, 7], [2, 3, 8], [3, 4, 9]]


def test_parts_of_unlike_length_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="a replicate's length must be its own"):
        merge_measurements([part(3, 1, 2), part(4, 7)])


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="no measurements"):
        merge_measurements([])
