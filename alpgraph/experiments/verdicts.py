"""From measurements to a verdict, by one rule for all experiments."""

from dataclasses import dataclass

import numpy as np

from alpgraph.experiments.model import Experiment, Measurements, Verdict
from alpgraph.experiments.statistics import LEVEL, bootstrap_interval, t_interval


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and the numbers it rests on; differences are treatment minus control."""

    verdict: Verdict
    difference: float
    low: float
    high: float
    level: float
    bootstrap: tuple[float, float]
    """Percentile bootstrap of the same mean, for skewed differences; the verdict ignores it."""


def judge(measurements: Measurements, experiment: Experiment) -> Judgement:
    """Judge paired measurements of the primary metric."""
    differences = np.asarray(measurements.treatment - measurements.control, float)
    mean, low, high = t_interval(differences, LEVEL)
    sign = 1 if experiment.direction == "higher" else -1
    signed_low, signed_high = sorted((sign * low, sign * high))
    return Judgement(
        verdict=decide(sign * mean, signed_low, signed_high, experiment.smallest_effect),
        difference=mean,
        low=low,
        high=high,
        level=LEVEL,
        bootstrap=bootstrap_interval(differences, LEVEL),
    )


def decide(mean: float, low: float, high: float, smallest: float) -> Verdict:
    """Apply the rule to a difference whose plus sign is the stated direction.

    >>> decide(0.5, 0.2, 0.8, smallest=0.1).value
    'supported'
    """
    if -smallest <= low and high <= smallest:
        return Verdict.NO_EFFECT
    if low > 0 and mean >= smallest:
        return Verdict.SUPPORTED
    if high < 0 and mean <= -smallest:
        return Verdict.CONTRADICTED
    return Verdict.INCONCLUSIVE
