import numpy as np
import pytest

from alpgraph.trainer import (
    accuracy,
    auc,
    brier_score,
    calibration_error,
    cross_entropy,
    decision_cost,
    linear_probe,
    selective_risk,
    with_ones,
)

LABELS = np.array([[1, 0, 1, 0]])
P = np.array([[0.9, 0.2, 0.4, 0.6]])


def test_metrics_of_a_case_done_by_hand():
    assert cross_entropy(P, LABELS)[0] == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.4]).mean())
    assert brier_score(P, LABELS)[0] == pytest.approx((0.01 + 0.04 + 0.36 + 0.36) / 4)
    assert decision_cost(P > 0.5, LABELS, 10.0)[0] == pytest.approx((10 + 1) / 4)
    assert auc(P, LABELS)[0] == pytest.approx(3 / 4)
    assert accuracy(np.stack([1 - P, P], -1), LABELS)[0] == pytest.approx(0.5)


def test_two_columns_say_what_one_probability_says():
    both = np.stack([1 - P, P], axis=-1)
    np.testing.assert_allclose(cross_entropy(both, LABELS), cross_entropy(P, LABELS))
    np.testing.assert_allclose(brier_score(both, LABELS), 2 * brier_score(P, LABELS))


def test_weights_multiply_the_rows_of_the_cross_entropy():
    weights = np.array([[1.0, 0.0, 0.0, 0.0]])
    assert cross_entropy(P, LABELS, weights)[0] == pytest.approx(-np.log(0.9) / 4)


def test_auc_is_one_half_where_all_scores_are_equal_and_counts_ties_half():
    assert auc(np.zeros((1, 4)), LABELS)[0] == 0.5
    assert auc(np.array([[1.0, 1.0, 2.0, 0.0]]), LABELS)[0] == pytest.approx(3.5 / 4)
    with pytest.raises(ValueError, match="both classes"):
        auc(P, np.ones((1, 4)))


def test_calibration_error_is_the_gap_of_each_bin_weighed_by_its_rows():
    confidence = np.array([[0.95, 0.95, 0.55, 0.55]])
    right = np.array([[1, 1, 1, 0]])
    assert calibration_error(confidence, right)[0] == pytest.approx(0.5 * 0.05 + 0.5 * 0.05)
    assert calibration_error(np.ones((1, 3)), np.zeros((1, 3)))[0] == pytest.approx(1.0)


def test_selective_risk_looks_at_the_most_confident_rows():
    right = np.array([[1, 1, 0, 0]])
    assert selective_risk(np.array([[0.9, 0.8, 0.7, 0.6]]), right, 0.5)[0] == 0
    assert selective_risk(np.array([[0.9, 0.8, 0.7, 0.6]]), right, 0.75)[0] == pytest.approx(1 / 3)


def test_a_probe_finds_a_linear_rule():
    features = np.random.default_rng(0).normal(size=(2, 60, 3))
    targets = features @ np.array([[1.0], [2.0], [-1.0]]) + 0.5
    probe = linear_probe(features, targets, ridge=1e-9)
    np.testing.assert_allclose(with_ones(features) @ probe, targets, atol=1e-6)
