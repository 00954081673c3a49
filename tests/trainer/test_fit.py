from functools import partial

import numpy as np
import pytest

from alpgraph.trainer import (
    Adam,
    Network,
    Sgd,
    binary_log_loss,
    fit,
    fresh,
    generators,
    minibatches,
    normal,
    uniform,
    with_chances,
)
from alpgraph.trainer.fit import WORTH_THREADS

MANY = 35


def data(seeds):
    rngs = generators(seeds)
    x = normal(rngs, 200, 6).astype(np.float32)
    return x, (x[..., 0] * x[..., 1] > 0).astype(np.float32)


def trained(seeds, threads=1, sizes=(6, 16, 8, 1), activation="relu", optimiser=Adam):
    x, y = data(seeds)
    rngs = generators(seeds, 1)
    net = Network(rngs, sizes, activation=activation)
    fit(
        net,
        minibatches(rngs, x, y, size=32),
        binary_log_loss,
        steps=70,
        threads=threads,
        optimiser=optimiser,
    )
    return net


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("optimiser", [Adam, partial(Sgd, rate=0.05)])
def test_an_ensemble_equals_its_replicates_trained_alone(activation, optimiser):
    seeds = [(3, i) for i in range(MANY)]
    together = trained(seeds, threads=2, activation=activation, optimiser=optimiser).parameters
    for i in (0, 1, 17, MANY - 1):
        alone = trained([seeds[i]], activation=activation, optimiser=optimiser).parameters
        np.testing.assert_array_equal(together[i], alone[0])


@pytest.mark.parametrize("replicates", [1, 2, 5, MANY])
def test_threads_do_not_change_a_bit(replicates):
    seeds = [(4, i) for i in range(replicates)]
    np.testing.assert_array_equal(
        trained(seeds, threads=1).parameters, trained(seeds, threads=2).parameters
    )


def test_threads_are_used_by_themselves_from_many_replicates_on():
    seeds = [(4, i) for i in range(WORTH_THREADS)]
    np.testing.assert_array_equal(
        trained(seeds, threads=1).parameters, trained(seeds, threads=None).parameters
    )


def test_another_seed_gives_other_numbers():
    assert (trained([(1, 0)]).parameters != trained([(2, 0)]).parameters).any()


def test_training_learns_a_product():
    seeds = [(1, i) for i in range(4)]
    x, y = data(seeds)
    rngs = generators(seeds, 1)
    net = Network(rngs, (6, 32, 1))
    seen = fit(
        net,
        minibatches(rngs, x, y),
        binary_log_loss,
        steps=600,
        optimiser=partial(Adam, rate=0.01),
        watch=lambda net: {"accuracy": ((net.predict(x)[..., 0] > 0) == y).mean(axis=1)},
    )
    assert seen.steps.tolist() == list(range(0, 601, 30))
    assert seen.curves["accuracy"].shape == (21, 4)
    assert (seen.curves["accuracy"][0] < 0.7).all()
    assert (seen.curves["accuracy"][-1] > 0.95).all()


def test_early_stopping_brings_back_the_best_of_each_replicate():
    seeds = [(1, i) for i in range(3)]
    x, y = data(seeds)
    new_x, new_y = data([(9, i) for i in range(3)])
    rngs = generators(seeds, 1)
    net = Network(rngs, (6, 32, 1))
    stop = lambda net: {"stop": binary_log_loss(net.predict(new_x), new_y)[0]}  # noqa: E731
    seen = fit(
        net,
        minibatches(rngs, x, y),
        binary_log_loss,
        steps=4000,
        optimiser=partial(Adam, rate=0.02),
        watch=stop,
        points=80,
        patience=4,
    )
    assert seen.steps[-1] < 4000
    np.testing.assert_allclose(stop(net)["stop"], seen.curves["stop"].min(axis=0), rtol=1e-6)


def test_early_stopping_of_one_replicate_does_not_depend_on_the_others():
    values = np.array([[5, 4, 6, 7, 1, 1, 1, 1], [5, 4, 3, 2, 1.5, 1.2, 1.1, 1.0]])

    def run(rows):
        rngs = generators([(1, i) for i in rows])
        x, y = data([(1, i) for i in rows])
        net = Network(rngs, (6, 1))
        calls = iter(range(8))
        watch = lambda net: {"stop": values[rows, next(calls)]}  # noqa: E731
        fit(
            net,
            minibatches(rngs, x, y),
            binary_log_loss,
            steps=70,
            points=7,
            watch=watch,
            patience=2,
        )
        return net.parameters

    np.testing.assert_array_equal(run([0, 1])[0], run([0])[0])


def test_minibatches_draw_rows_with_their_targets():
    x = np.arange(2 * 50, dtype=np.float32).reshape(2, 50, 1)
    batches = minibatches(generators([(1, 0), (1, 1)]), x, x[..., 0] * 2, size=8)
    for replicates, low in ((slice(0, 1), 0), (slice(1, 2), 50)):
        rows, doubled = next(batches(replicates))
        assert rows.shape == (1, 8, 2)  # the last column is ones
        np.testing.assert_array_equal(rows[..., 0] * 2, doubled)
        assert rows[..., 0].min() >= low
        assert rows[..., 0].max() < low + 50


def test_minibatches_share_arrays_whose_first_axis_is_one():
    x = np.arange(50, dtype=np.float32).reshape(1, 50, 1)
    y = np.arange(3 * 50, dtype=np.float32).reshape(3, 50)
    rows, own = next(minibatches(generators([(1, i) for i in range(3)]), x, y)(slice(0, 3)))
    np.testing.assert_array_equal(own - rows[..., 0], np.array([[0], [50], [100]]) * np.ones(64))


def test_targets_with_other_rows_than_x_are_refused():
    x = np.zeros((1, 50, 1), np.float32)
    with pytest.raises(ValueError, match=r"\(1, 60\).*50 rows"):
        minibatches(generators([(1, 0)]), x, np.zeros((1, 60)))


def test_chances_come_last_and_belong_to_their_replicate():
    x = np.arange(50, dtype=np.float32).reshape(1, 50, 1)

    def second(count, part):
        rngs = generators([(1, i) for i in range(count)])
        batches = with_chances(rngs, minibatches(rngs, x, x[..., 0], size=8))(part)
        next(batches)
        return next(batches)

    _, same, chances = second(3, slice(0, 3))
    assert chances.shape == same.shape == (3, 8)
    np.testing.assert_array_equal(chances[2:], second(3, slice(2, 3))[2])


def test_fresh_data_know_which_replicates_they_are_for():
    seeds = [(1, i) for i in range(6)]
    rngs = generators(seeds)
    shift = np.arange(len(seeds), dtype=float)

    def draw(mine, part):
        return shift[part, None, None] + uniform(mine, 4, 1), np.zeros((len(mine), 4))

    x, _ = next(fresh(rngs, draw)(slice(4, 6)))
    assert x.shape == (2, 4, 1)
    assert (np.floor(x[:, 0, 0]) == [4, 5]).all()


def test_progress_ends_at_one_and_carries_the_curves():
    seeds = [(1, 0)]
    x, y = data(seeds)
    rngs = generators(seeds)
    seen = []
    fit(
        Network(rngs, (6, 1)),
        minibatches(rngs, x, y),
        binary_log_loss,
        steps=10,
        points=5,
        watch=lambda net: {"size": np.abs(net.parameters).sum(axis=1)},
        progress=lambda share, so_far: seen.append((share, len(so_far.curves["size"]))),
    )
    assert seen == [(0.0, 1), (0.2, 2), (0.4, 3), (0.6, 4), (0.8, 5), (1.0, 6)]
