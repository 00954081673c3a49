import numpy as np
import pytest

from alpgraph.trainer import (
    binary_brier_loss,
    binary_log_loss,
    brier_loss,
    focal_loss,
    log_loss,
    policy_loss,
    preference_loss,
    sample,
    softmax,
    spo_plus_loss,
    squared_loss,
)

RNG = np.random.default_rng(11)
REPLICATES, ROWS, CLASSES = 3, 6, 4
LOGITS = RNG.normal(size=(REPLICATES, ROWS, CLASSES))
LABELS = RNG.integers(CLASSES, size=(REPLICATES, ROWS))
LOGIT = RNG.normal(size=(REPLICATES, ROWS, 1)) * 3
BINARY = RNG.integers(2, size=(REPLICATES, ROWS))
WEIGHTS = RNG.uniform(0.1, 30, size=(REPLICATES, ROWS))
HALF_WEIGHTS = WEIGHTS[:, : ROWS // 2]
TARGETS = RNG.normal(size=(REPLICATES, ROWS, CLASSES))
SIGNED = RNG.normal(size=(REPLICATES, ROWS))


def cheapest(costs: np.ndarray) -> np.ndarray:
    """A decision: take the single cheapest item."""
    return (costs == costs.min(axis=-1, keepdims=True)).astype(float)


CASES = {
    "log": (LOGITS, lambda z: log_loss(z, LABELS)),
    "log, weighted": (LOGITS, lambda z: log_loss(z, LABELS, WEIGHTS)),
    "binary log": (LOGIT, lambda z: binary_log_loss(z, BINARY)),
    "binary log, weighted": (LOGIT, lambda z: binary_log_loss(z, BINARY, WEIGHTS)),
    "binary log, soft labels": (LOGIT, lambda z: binary_log_loss(z, WEIGHTS / 30)),
    "focal": (LOGITS, lambda z: focal_loss(z, LABELS)),
    "focal, gamma 0.5": (LOGITS, lambda z: focal_loss(z, LABELS, 0.5, WEIGHTS)),
    "Brier": (LOGITS, lambda z: brier_loss(z, LABELS)),
    "Brier, weighted": (LOGITS, lambda z: brier_loss(z, LABELS, WEIGHTS)),
    "binary Brier": (LOGIT, lambda z: binary_brier_loss(z, BINARY, WEIGHTS)),
    "squared": (LOGITS, lambda z: squared_loss(z, TARGETS)),
    "squared, weighted": (LOGITS, lambda z: squared_loss(z, TARGETS, WEIGHTS)),
    "preference": (LOGIT, lambda z: preference_loss(z)),
    "preference, weighted": (LOGIT, lambda z: preference_loss(z, HALF_WEIGHTS)),
    "policy": (LOGITS, lambda z: policy_loss(z, LABELS, SIGNED)),
    "SPO+": (LOGITS, lambda z: spo_plus_loss(z, TARGETS, cheapest)),
}


def numeric_gradient(outputs, loss, step=1e-6):
    """Central differences of the sum over replicates: each replicate's value is its own."""
    gradient = np.zeros_like(outputs)
    for place in np.ndindex(outputs.shape):
        moved = outputs.copy()
        moved[place] += step
        above = loss(moved)[0][place[0]]
        moved[place] -= 2 * step
        gradient[place] = (above - loss(moved)[0][place[0]]) / (2 * step)
    return gradient


@pytest.mark.parametrize("name", CASES)
def test_gradient_is_that_of_finite_differences(name):
    outputs, loss = CASES[name]
    value, gradient = loss(outputs)
    assert value.shape == (REPLICATES,)
    assert gradient.shape == outputs.shape
    np.testing.assert_allclose(gradient, numeric_gradient(outputs, loss), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_float32_outputs_give_float32_gradients(name):
    outputs, loss = CASES[name]
    assert loss(outputs.astype(np.float32))[1].dtype == np.float32


def test_huge_logits_stay_finite():
    far = np.array([[[500.0], [-500.0]]], np.float32)
    for loss in (binary_log_loss, binary_brier_loss):
        value, gradient = loss(far, np.array([[0, 1]]))
        assert np.isfinite(value).all()
        assert np.isfinite(gradient).all()
    wide = np.array([[[800.0, -800.0]]], np.float32)
    for loss in (log_loss, brier_loss, focal_loss):
        value, gradient = loss(wide, np.array([[1]]))
        assert np.isfinite(value).all()
        assert np.isfinite(gradient).all()


def test_log_loss_of_a_fair_guess_is_the_log_of_the_classes():
    value, _ = log_loss(np.zeros((1, 5, 4)), np.zeros((1, 5), int))
    assert value[0] == pytest.approx(np.log(4))


def test_focal_loss_without_focus_is_the_log_loss():
    plain = log_loss(LOGITS, LABELS)
    focal = focal_loss(LOGITS, LABELS, gamma=0.0)
    np.testing.assert_allclose(focal[0], plain[0])
    np.testing.assert_allclose(focal[1], plain[1])


def test_spo_plus_bounds_the_regret_and_vanishes_at_the_true_costs():
    value, gradient = spo_plus_loss(TARGETS, TARGETS, cheapest)
    np.testing.assert_allclose(value, 0, atol=1e-12)
    np.testing.assert_allclose(gradient, 0)
    regret = (TARGETS * (cheapest(LOGITS) - cheapest(TARGETS))).sum(axis=-1).mean(axis=1)
    assert (spo_plus_loss(LOGITS, TARGETS, cheapest)[0] >= regret).all()


def test_policy_gradient_points_to_the_rewarded_action():
    _, gradient = policy_loss(np.zeros((1, 1, 3)), np.array([[2]]), np.array([[1.0]]))
    assert gradient[0, 0, 2] < 0 < gradient[0, 0, 0]


def test_actions_are_drawn_as_often_as_the_softmax_says():
    logits = np.broadcast_to(np.array([0.3, -1.0, 1.2, 0.0]), (2, 40000, 4))
    chances = np.random.default_rng(1).random((2, 40000))
    drawn = sample(logits, chances)
    assert drawn.shape == (2, 40000)
    for replicate in drawn:
        shares = np.bincount(replicate, minlength=4) / 40000
        np.testing.assert_allclose(shares, softmax(logits[0, 0]), atol=0.01)


def test_no_action_is_beyond_the_last():
    assert sample(np.zeros((1, 2, 3), np.float32), np.array([[0.0, 1 - 1e-16]])).tolist() == [
        [0, 2]
    ]
