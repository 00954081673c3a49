"""Losses that experiments bring along: gradients by finite differences, estimates by their mean."""

import numpy as np
import pytest

from alpgraph.experiments import (
    learned_refusal,
    lost_modes,
    pass_at_k,
    polynomial_tail,
    unbounded_score,
)
from alpgraph.experiments.reasoner import Reasoner
from alpgraph.experiments.smoothing_and_temperature import smoothed_loss
from alpgraph.experiments.soft_targets import soft_loss
from alpgraph.trainer import generators, log_loss, softmax

RNG = np.random.default_rng(3)
R, B = 2, 5
LOGITS = RNG.normal(size=(R, B, 10))
LABELS = RNG.integers(4, size=(R, B))
SOFT = softmax(RNG.normal(size=(R, B, 10)))
LOGIT = RNG.normal(size=(R, B, 1)) * 2
BINARY = RNG.integers(2, size=(R, B))
EMPHASIS = np.where(BINARY == 1, 7.0, 1.0)
NINE = RNG.normal(size=(R, B, 9))

CASES = {
    "label smoothing": (LOGITS, lambda z: smoothed_loss(z, LABELS)),
    "soft targets": (LOGITS, lambda z: soft_loss(z, SOFT, 3.0)),
    "polynomial tail": (LOGIT, lambda z: polynomial_tail.polynomial_loss(z, BINARY, EMPHASIS)),
    "logit factor": (LOGIT, lambda z: polynomial_tail.factor_loss(z, BINARY, EMPHASIS)),
    "weights of mean 1": (LOGIT, lambda z: polynomial_tail.weighted_log_loss(z, BINARY, EMPHASIS)),
    "refusal, short of its coverage": (NINE, lambda z: refusal(z, 0.95)),
    "refusal, beyond its coverage": (NINE, lambda z: refusal(z, 0.1)),
}


def refusal(outputs, coverage):
    return learned_refusal.selective_loss(outputs, LABELS, coverage)


def slopes(outputs, value, step=1e-6):
    """Central differences of the sum over replicates."""
    found = np.zeros_like(outputs)
    for place in np.ndindex(outputs.shape):
        up, down = outputs.copy(), outputs.copy()
        up[place] += step
        down[place] -= step
        found[place] = (value(up).sum() - value(down).sum()) / (2 * step)
    return found


@pytest.mark.parametrize("name", CASES)
def test_gradient_is_the_slope_of_the_value(name):
    outputs, loss = CASES[name]
    value, gradient = loss(outputs)
    assert value.shape == (R,)
    numeric = slopes(outputs, lambda z: loss(z)[0])
    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-6)


def test_an_emphasis_of_one_changes_no_loss():
    ones = np.ones_like(EMPHASIS)
    plain = polynomial_tail.weighted_log_loss(LOGIT, BINARY, ones)
    for value, other in zip(plain, polynomial_tail.factor_loss(LOGIT, BINARY, ones), strict=True):
        np.testing.assert_allclose(value, other)


def test_a_far_margin_pays_much_more_under_the_polynomial_tail():
    far, label = np.full((1, 1, 1), 20.0), np.ones((1, 1))
    _, heavy = polynomial_tail.polynomial_loss(far, label, label)
    _, light = polynomial_tail.weighted_log_loss(far, label, label)
    assert heavy[0, 0, 0] == pytest.approx(-1 / 21**2)
    assert abs(heavy[0, 0, 0]) > 1e5 * abs(light[0, 0, 0])


@pytest.mark.parametrize("bypass", [True, False])
def test_reasoner_passes_gradients_through_its_steps(bypass):
    net = Reasoner(generators([(1, 0), (1, 1)]), (5, 6, 3), bypass=bypass, dtype=np.float64)
    x = RNG.normal(size=(2, 4, 5))
    answers, steps = RNG.integers(3, size=(2, 4)), RNG.integers(3, size=(2, 4))

    def losses():
        outputs, stated = net.forward(x)
        return log_loss(outputs, answers), log_loss(stated[..., :3], steps)

    (_, of_answers), (_, of_first) = losses()
    of_steps = np.concatenate([of_first, np.zeros_like(of_first)], axis=-1)
    for part, gradient in zip(
        (net.trunk, net.head), net.backward(of_answers, of_steps), strict=True
    ):
        kept = part.parameters.copy()

        def value(parameters, part=part):
            part.parameters[:] = parameters
            return sum(value for value, _ in losses())

        numeric = slopes(kept, value)
        part.parameters[:] = kept
        np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-8)


def test_exchanged_steps_change_answers_only_of_a_net_that_reads_them():
    net = Reasoner(generators([(2, 0)]), (5, 6, 3), bypass=True)
    x = RNG.normal(size=(1, 50, 5))
    given, stated = net.answer(x)
    exchanged, same = net.answer(x, exchanged=True)
    assert (stated == same).all()
    assert (given != exchanged).any()
    net.head.parameters[:] = 0
    assert (net.answer(x)[0] == net.answer(x, exchanged=True)[0]).all()


def test_grouped_reinforcement_estimates_the_slope_of_the_expected_reward():
    outputs, rows = np.random.default_rng(6).normal(size=(1, 1, pass_at_k.ANSWERS)), 8000
    outputs[..., 3] = 4
    many, y = np.repeat(outputs, rows, axis=1), np.full((1, rows), 3)
    chances = np.random.default_rng(7).random((1, rows, pass_at_k.GROUP))
    _, gradient = pass_at_k.reward_loss(many, y, chances, 0.0)
    p = softmax(outputs)
    slope = p * ((np.arange(pass_at_k.ANSWERS) == 3) - p[..., 3])  # of the chance to be right
    shrunk = 1 - 1 / pass_at_k.GROUP  # the baseline holds the answer itself
    np.testing.assert_allclose(-gradient.sum(axis=1), shrunk * slope[0], atol=5e-3)
    assert slope.max() > 0.2


def test_the_bonus_of_reinforcement_is_the_slope_of_the_entropy():
    outputs, y = RNG.normal(size=(1, 1, pass_at_k.ANSWERS)), np.array([[3]])
    chances = RNG.random((1, 1, pass_at_k.GROUP))
    plain, paid = (pass_at_k.reward_loss(outputs, y, chances, bonus)[1] for bonus in (0.0, 2.0))

    def entropy(z):
        return pass_at_k.entropy(z)

    np.testing.assert_allclose(plain - paid, 2 * slopes(outputs, entropy), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("by_log", [False, True])
def test_reinforcement_of_a_score_estimates_the_slope_of_the_expected_reward(by_log):
    params = unbounded_score.UnboundedScore(chance=0.7, exploration=0.0)
    count = unbounded_score.ANSWERS * (1 + len(unbounded_score.LEVELS))
    outputs = 0.5 * np.random.default_rng(8).normal(size=(1, 1, count))
    repeats = 4000
    many, logs = np.repeat(outputs, repeats, axis=0), np.full((repeats, 1), by_log)
    u = np.random.default_rng(9).random((repeats, 3, unbounded_score.DRAWS))
    _, gradient = unbounded_score.reward_loss(many, logs, u, params)

    def expected(z):
        answers = unbounded_score.ANSWERS
        p, q = softmax(z[:, 0, :answers]), softmax(z[:, 0, answers:].reshape(-1, answers, 11))
        right = np.array([0.7, 0.3, 0.0])[:, None]
        score = unbounded_score.scores(by_log)
        reward = right + right * score[1] + (1 - right) * score[0]  # (A, L)
        return (p[..., None] * q * reward).sum(axis=(1, 2))

    shrunk = 1 - 1 / unbounded_score.DRAWS  # the baseline holds the draw itself
    numeric = slopes(outputs, expected)[0]
    np.testing.assert_allclose(-gradient.mean(axis=0), shrunk * numeric, atol=4e-3)
    assert np.abs(numeric).max() > 0.05


@pytest.mark.parametrize("bonus", [0.0, 0.3])
def test_reinforcement_of_tables_estimates_the_slope_of_reward_and_entropy(bonus):
    right = np.arange(lost_modes.ANSWERS) < lost_modes.RIGHT
    logits = np.random.default_rng(10).normal(size=(1, lost_modes.ANSWERS))
    logits[0, 0] = 3
    repeats = 60
    p = np.broadcast_to(softmax(logits), (repeats, lost_modes.QUESTIONS, lost_modes.ANSWERS))
    rngs = generators([(12, replicate) for replicate in range(repeats)])
    rows = np.broadcast_to(right, p.shape)
    push = np.mean(
        [lost_modes._push("reinforcement", p, rows, rngs, bonus).mean(axis=(0, 1)) for _ in "12"],
        axis=0,
    )

    def reward(z):
        return softmax(z)[:, right].sum(axis=-1)

    def entropy(z):
        return -(softmax(z) * np.log(softmax(z))).sum(axis=-1)

    shrunk = 1 - 1 / lost_modes.GROUP  # the baseline holds the draw itself
    expected = shrunk * slopes(logits, reward) + bonus * slopes(logits, entropy)
    np.testing.assert_allclose(push, expected[0], atol=5e-3)
    assert np.abs(slopes(logits, reward)).max() > 0.1


def test_imitation_of_tables_descends_the_log_loss_of_right_answers():
    right = np.arange(lost_modes.ANSWERS) < lost_modes.RIGHT
    logits = np.random.default_rng(10).normal(size=(1, lost_modes.ANSWERS))
    p = np.broadcast_to(softmax(logits), (60, lost_modes.QUESTIONS, lost_modes.ANSWERS))
    rngs = generators([(13, replicate) for replicate in range(60)])
    push = lost_modes._push("imitation", p, np.broadcast_to(right, p.shape), rngs, 0.0)

    def loss(z):
        return -np.log(softmax(z)[:, right]).mean(axis=-1)

    np.testing.assert_allclose(push.mean(axis=(0, 1)), -slopes(logits, loss)[0], atol=5e-3)
