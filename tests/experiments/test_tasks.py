"""The tasks and measures that experiments share or bring along."""

import numpy as np
import pytest

from alpgraph import trainer
from alpgraph.experiments import (
    conformal_coverage,
    get_experiment,
    lost_modes,
    majority_vote,
    pass_at_k,
    smoothing_and_temperature,
    soft_targets,
    unbounded_score,
)
from alpgraph.experiments.cues import INPUTS, cued_digits, group_accuracy, probed, worst_group
from alpgraph.experiments.running import silent
from alpgraph.experiments.strangers import called_eight, pair_of_digits, whole
from alpgraph.trainer import generators, softmax

SEEDS = [(4, 0), (4, 1)]
RNG = np.random.default_rng(5)
SAME_BY_DESIGN = [
    "unbounded-score", "smoothing-and-temperature", "soft-targets", "fading-weights",
    "polynomial-tail", "logit-adjustment", "last-layer-retraining", "starved-features",
    "probe-then-tune", "unused-steps", "pass-at-k", "lost-modes", "majority-vote",
    "learned-refusal", "conformal-coverage",
]  # fmt: skip


@pytest.mark.parametrize("name", SAME_BY_DESIGN)
def test_arms_of_the_negative_control_coincide_where_they_draw_the_same(name, monkeypatch):
    """What is left of their difference is chance: other first weights, rows and draws."""

    def same(seeds, stream=0):
        return generators(seeds, 1 if stream == 2 else stream)

    for module in ("trainer", "experiments.arms", "experiments.turns"):
        monkeypatch.setattr(f"alpgraph.{module}.generators", same)
    experiment = get_experiment(name)
    params = dict(experiment.presets["negative-control"].params)
    if params.get("steps", 1):
        params |= {"steps": 30} if "steps" in experiment.params.model_fields else {}
    if name == "fading-weights":
        params["steps"] = 100
    measured = experiment.measure(experiment.params.model_validate(params), SEEDS, silent)
    np.testing.assert_allclose(measured.control, measured.treatment, rtol=1e-6)


def test_cued_rows_have_four_groups_and_tests_show_each_image_with_both_cues():
    first, second, test = cued_digits(generators(SEEDS), [(600, 0.9), (200, 0.5)])
    assert first.x.shape == (2, 600, INPUTS)
    assert second.x.shape == (2, 200, INPUTS)
    assert test.x.shape == (2, 2 * (1797 - 800), INPUTS)
    agrees = (first.group % 2 == first.y).mean(axis=1)
    np.testing.assert_allclose(agrees, 0.9, atol=0.04)
    assert (first.group // 2 == first.y).all()
    half = test.x.shape[1] // 2
    np.testing.assert_array_equal(test.y[:, :half], test.y[:, half:])
    assert (test.group[:, :half] % 2 == 0).all()
    assert (test.group[:, half:] % 2 == 1).all()


def test_cues_are_all_that_another_rate_changes():
    (some, _), (others, _) = (cued_digits(generators(SEEDS), [(600, r)]) for r in (0.5, 1.0))
    np.testing.assert_array_equal(some.x[..., :64], others.x[..., :64])
    np.testing.assert_array_equal(some.y, others.y)
    assert (others.group % 2 == others.y).all()


def test_group_weights_make_groups_equal_and_keep_the_mean():
    rows, _ = cued_digits(generators(SEEDS), [(600, 0.9)])
    weights = rows.weights()
    np.testing.assert_allclose(weights.mean(axis=1), 1, rtol=1e-5)
    for group in range(4):
        total = np.where(rows.group == group, weights, 0).sum(axis=1)
        np.testing.assert_allclose(total, 150, rtol=1e-5)


def test_whoever_follows_the_cue_is_wrong_wherever_it_lies():
    _, test = cued_digits(generators(SEEDS), [(600, 0.9)])
    follows = np.stack([test.group % 2 == 0, test.group % 2 == 1], axis=-1).astype(float)
    np.testing.assert_array_equal(group_accuracy(follows, test), [[1, 1], [0, 0], [0, 0], [1, 1]])
    assert (worst_group(follows, test) == 0).all()


def test_a_fresh_readout_finds_what_an_untrained_trunk_allows():
    _, second, test = cued_digits(generators(SEEDS), [(10, 0.5), (400, 0.5)])
    net = trainer.Network(generators(SEEDS, 1), (INPUTS, 64, 2))
    assert (group_accuracy(probed(net, second, test), test) > 0.6).all()
    assert (group_accuracy(net.predict(test.x), test).mean(axis=0) < 0.6).all()


def test_strangers_are_no_threes_and_no_eights():
    pair = pair_of_digits(generators(SEEDS), 100)
    assert pair.x.shape == (2, 100, 64)
    assert pair.strangers.shape == (2, 1797 - 183 - 174, 64)
    np.testing.assert_allclose(pair.x.mean(axis=1), 0, atol=1e-6)
    assert np.r_[pair.y[0], pair.test_y[0]].sum() == 174
    net = trainer.Network(generators(SEEDS, 1), (64, 4, 1))
    net.parameters[:] = 0
    net.weights[-1][0, -1] = 1
    net.weights[-1][1, -1] = -1
    assert called_eight(net, pair.strangers).tolist() == [1, 0]


def test_full_batches_are_the_same_rows_each_time():
    x, y = RNG.normal(size=(3, 4, 2)), RNG.normal(size=(3, 4))
    batches = whole(x, y)(slice(1, 3))
    for _ in range(2):
        rows, targets = next(batches)
        np.testing.assert_array_equal(rows[..., :2], x[1:])
        np.testing.assert_array_equal(targets, y[1:])


def test_the_conformal_cut_covers_the_promised_share_of_its_own_rows():
    net = trainer.Network(generators(SEEDS), (5, 8, 3))
    x, y = RNG.normal(size=(2, 199, 5)).astype(np.float32), RNG.integers(3, size=(2, 199))
    cut = conformal_coverage.quantile(net, x, y)
    scores = 1 - np.take_along_axis(softmax(net.predict(x)), y[..., None], axis=-1)[..., 0]
    assert ((scores <= cut[:, None]).sum(axis=1) == 180).all()  # (199 + 1) x 0.9


def test_the_best_temperature_undoes_a_scale():
    p = softmax(2 * RNG.normal(size=(1, 20000, 4)))
    labels = (p.cumsum(axis=-1) < RNG.random((1, 20000, 1))).sum(axis=-1)
    for scale in (0.5, 3.0):
        found = smoothing_and_temperature.best_temperature(scale * np.log(p), labels)
        assert found[0, 0, 0] == pytest.approx(scale, rel=0.08)


def test_shuffled_targets_keep_the_largest_entry_and_all_values():
    p = softmax(RNG.normal(size=(2, 30, soft_targets.CLASSES)))
    mixed = soft_targets.shuffled(p, generators(SEEDS))
    np.testing.assert_array_equal(mixed.argmax(axis=-1), p.argmax(axis=-1))
    np.testing.assert_array_equal(np.sort(mixed), np.sort(p))
    assert (mixed != p).mean() > 0.5


def test_a_temperature_that_matches_the_entropy_is_found():
    logits = 5 * RNG.normal(size=(2, 40, 10))
    wanted = np.array([1.0, 2.0])
    hot = pass_at_k.matching_temperature(logits, wanted)
    np.testing.assert_allclose(pass_at_k.entropy(logits / hot), wanted, atol=0.01)


def test_right_answers_found_grow_with_draws_up_to_all():
    p = np.full((1, 1, 20), 0.05)
    right = np.arange(20)[None, None] < 3
    found = [lost_modes.share_found(p, right, draws)[0] for draws in (1, 10, 500)]
    assert found[0] == pytest.approx(0.05)
    assert found[1] == pytest.approx(1 - 0.95**10)
    assert found[2] == pytest.approx(1)


def test_equal_votes_go_to_whoever_came_first():
    answers = np.array([[4, 2, 2, 4], [0, 1, 1, 1], [5, 3, 0, 1]])
    assert majority_vote.plurality(answers).tolist() == [4, 1, 5]


def test_a_sure_failure_beats_a_doubtful_answer_under_the_log_score_alone():
    brier = unbounded_score.best_reward(unbounded_score.scores(False), 1.0)
    log = unbounded_score.best_reward(unbounded_score.scores(True), 1.0)
    heavy = unbounded_score.best_reward(unbounded_score.scores(False), 3.0)
    chances = unbounded_score.CHANCES
    assert (brier > 0).all()
    np.testing.assert_array_equal(log < 0, chances < 0.649)
    assert heavy[0] < 0 < heavy[-1]
