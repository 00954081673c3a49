from dataclasses import replace

import numpy as np
import pytest

from alpgraph.experiments import Measurements, Verdict, decide, find_experiment, judge
from alpgraph.experiments.statistics import t_interval

EXPERIMENT = find_experiment("utility-weighted-loss")

CASES = [
    # mean, low, high, verdict, with a smallest effect of 0.1
    (0.5, 0.3, 0.7, Verdict.SUPPORTED),
    (0.1, 0.01, 0.19, Verdict.SUPPORTED),
    (0.09, 0.01, 0.17, Verdict.INCONCLUSIVE),
    (0.5, -0.1, 1.1, Verdict.INCONCLUSIVE),
    (0.0, -0.1, 0.1, Verdict.NO_EFFECT),
    (0.05, 0.01, 0.09, Verdict.NO_EFFECT),
    (-0.05, -0.09, -0.01, Verdict.NO_EFFECT),
    (0.0, -0.11, 0.11, Verdict.INCONCLUSIVE),
    (-0.5, -0.7, -0.3, Verdict.CONTRADICTED),
    (-0.09, -0.17, -0.01, Verdict.INCONCLUSIVE),
    (0.2, 0.0, 0.4, Verdict.INCONCLUSIVE),
]


@pytest.mark.parametrize(("mean", "low", "high", "verdict"), CASES)
def test_the_rule_is_applied_in_its_order(mean, low, high, verdict):
    assert decide(mean, low, high, smallest=0.1) == verdict


def measured(differences):
    return Measurements(np.zeros(len(differences)), np.array(differences))


def test_a_difference_in_the_stated_direction_supports():
    differences = [0.3, 0.4, 0.5]
    judged = judge(measured(differences), EXPERIMENT)
    assert judged.verdict == Verdict.SUPPORTED
    assert (judged.difference, judged.low, judged.high) == t_interval(np.array(differences))


def test_where_lower_is_expected_signs_turn_but_numbers_stay():
    lower = replace(EXPERIMENT, direction="lower")
    judged = judge(measured([-0.3, -0.4, -0.5]), lower)
    assert judged.verdict == Verdict.SUPPORTED
    assert judged.low < judged.difference < judged.high < 0
    assert judge(measured([0.3, 0.4, 0.5]), lower).verdict == Verdict.CONTRADICTED


@pytest.mark.parametrize(("direction", "sign"), [("higher", 1), ("lower", -1)])
def test_the_same_rule_judges_either_direction(direction, sign):
    asked = replace(EXPERIMENT, direction=direction, smallest_effect=0.1)
    for differences, verdict in [
        ([0.11, 0.12, 0.13], Verdict.SUPPORTED),
        ([0.08, 0.09, 0.10], Verdict.INCONCLUSIVE),
        ([-0.5, 1.5, 0.5], Verdict.INCONCLUSIVE),
        ([0.02, 0.03, 0.04], Verdict.NO_EFFECT),
        ([-0.11, -0.12, -0.13], Verdict.CONTRADICTED),
    ]:
        judged = judge(measured(sign * np.array(differences)), asked)
        assert judged.verdict == verdict, differences
