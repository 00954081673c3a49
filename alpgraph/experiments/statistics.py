"""Intervals for the mean of paired differences: Student's t, and a bootstrap beside it."""

import math
from functools import cache

import numpy as np

from alpgraph.experiments.model import Array

LEVEL = 0.95
RESAMPLES = 4000


def t_interval(differences: Array, level: float = LEVEL) -> tuple[float, float, float]:
    """Return the mean and the two ends of its Student t interval.

    With fewer than two differences there is no interval: the ends are minus and plus infinity.

    >>> [round(v, 3) for v in t_interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.484, 4.484]
    """
    mean = float(np.mean(differences))
    count = len(differences)
    if count < 2:
        return mean, -math.inf, math.inf
    error = float(np.std(differences, ddof=1)) / math.sqrt(count)
    half = t_quantile((1 + level) / 2, count - 1) * error
    return mean, mean - half, mean + half


def bootstrap_interval(
    differences: Array, level: float = LEVEL, seed: int = 0
) -> tuple[float, float]:
    """Return the ends of the percentile bootstrap interval of the mean; the same each time.

    It asks for no shape of the differences, but is too narrow when they are few.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(differences), size=(RESAMPLES, len(differences)))
    means = np.asarray(differences)[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@cache
def t_quantile(p: float, degrees: int) -> float:
    """Return the value below which Student's t with these degrees of freedom lies with chance p.

    >>> round(t_quantile(0.975, 10), 4)
    2.2281
    """
    if not 0 < p < 1 or degrees < 1:
        raise ValueError(f"no t quantile for p={p} and {degrees} degrees of freedom")
    if p < 0.5:
        return -t_quantile(1 - p, degrees)
    low, high = 0.0, 2.0
    while _t_below(high, degrees) < p:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_below(middle, degrees) < p else (low, middle)
    return (low + high) / 2


def _t_below(t: float, degrees: int) -> float:
    """Chance that Student's t is below t >= 0, by the incomplete beta function."""
    return 1 - 0.5 * _incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function (Numerical Recipes, 6.4: Lentz's continued fraction)."""
    if x in (0, 1):
        return x
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 1000):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / (1 + top * d), 1 + top / c
            fraction *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * fraction / a
