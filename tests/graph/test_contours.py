from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.contours import LINES, contours


def inside(ring: Any, point: Any) -> bool:
    """Whether a point lies in a closed line: an odd number of its sides is to the right."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1


def test_a_lone_point_is_a_round_hill() -> None:
    levels = contours(np.array([[5.0, -3.0]]), 2.0)
    assert len(levels) == LINES
    (ring,) = levels[0]
    far = np.hypot(*(np.array(ring) - [5.0, -3.0]).T)
    assert far.max() / far.min() < 1.25
    assert 2.0 < far.mean() < 5.0


def test_higher_lines_lie_within_lower_ones() -> None:
    rng = np.random.default_rng(2)
    levels = contours(rng.normal(0, 3, (60, 2)), 1.5)
    for low, high in pairwise(levels):
        assert high
        for ring in high:
            assert sum(inside(outer, ring[0]) for outer in low) % 2 == 1


def test_two_crowds_are_two_hills_and_one_when_near() -> None:
    rng = np.random.default_rng(3)
    crowd = rng.normal(0, 1, (40, 2))
    assert len(contours(np.concatenate([crowd, crowd + 30]), 1.0)[2]) >= 2
    apart = contours(np.concatenate([crowd, crowd + 1]), 1.0)[2]
    assert len(apart) < 4


def test_no_points_are_no_hills() -> None:
    assert contours(np.empty((0, 2)), 1.0) == []


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=30),
    st.floats(0.5, 500),
)
def test_lines_are_closed_finite_and_hold_every_point_that_crowds(
    points: list[tuple[float, float]], radius: float
) -> None:
    levels = contours(np.array(points), radius)
    assert len(levels) == LINES
    for ring in levels[0]:
        assert len(ring) >= 4
        assert np.isfinite(np.array(ring)).all()
        steps = np.hypot(*np.diff(np.array([*ring, ring[0]]), axis=0).T)
        assert steps[-1] <= 4 * steps[:-1].max()  # the end is beside the beginning


@pytest.mark.parametrize("count", [1, 2, 500])
def test_the_lowest_line_holds_most_points(count: int) -> None:
    points = np.random.default_rng(4).normal(0, 10, (count, 2))
    rings = contours(points, 3.0)[0]
    enclosed = [any(inside(ring, point) for ring in rings) for point in points]
    assert np.mean(enclosed) > 0.8
