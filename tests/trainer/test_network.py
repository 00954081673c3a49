"""The network against finite differences and against a plain loop written apart from it."""

import math

import numpy as np
import pytest

from alpgraph.trainer import (
    Adam,
    Network,
    Sgd,
    binary_log_loss,
    generators,
    integers,
    log_loss,
    normal,
)

SEEDS = [(5, i) for i in range(3)]


def small_net(activation="tanh", sizes=(4, 5, 3, 2)):
    rngs = generators(SEEDS)
    net = Network(rngs, sizes, activation=activation, dtype=np.float64)
    net.parameters += 0.1 * normal(rngs, net.parameters.shape[1])  # biases off zero too
    return net, normal(rngs, 7, sizes[0]), integers(rngs, sizes[-1], 7)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("sizes", [(4, 3), (4, 5, 3), (4, 5, 3, 2)])
def test_backward_is_the_gradient_of_finite_differences(activation, sizes):
    net, x, y = small_net(activation, sizes)
    gradient = net.backward(log_loss(net.forward(x), y)[1]).copy()
    numeric = np.zeros_like(gradient)
    for column in range(gradient.shape[1]):
        kept = net.parameters[:, column].copy()
        net.parameters[:, column] = kept + 1e-6
        above = log_loss(net.forward(x), y)[0]
        net.parameters[:, column] = kept - 1e-6
        numeric[:, column] = (above - log_loss(net.forward(x), y)[0]) / 2e-6
        net.parameters[:, column] = kept
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_input_gradient_is_that_of_finite_differences(activation):
    net, x, y = small_net(activation)
    gradient = net.input_gradient(log_loss(net.forward(x), y)[1]).copy()
    for place in np.ndindex(x.shape):
        moved = x.copy()
        moved[place] += 1e-6
        above = log_loss(net.forward(moved), y)[0][place[0]]
        moved[place] -= 2e-6
        below = log_loss(net.forward(moved), y)[0][place[0]]
        assert gradient[place] == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-8)


def plain_net(weights, x, y, activation):
    """One replicate, one row at a time, numbers only: gradient of the mean binary log loss."""
    total = [[[0.0] * len(row) for row in layer] for layer in weights]
    for row, label in zip(x, y, strict=True):
        seen, value = [], list(row)
        for depth, layer in enumerate(weights):
            seen.append([*value, 1.0])
            value = [
                sum(a * layer[i][j] for i, a in enumerate(seen[-1])) for j in range(len(layer[0]))
            ]
            if depth < len(weights) - 1:
                value = [max(v, 0.0) if activation == "relu" else math.tanh(v) for v in value]
        error = [1 / (1 + math.exp(-value[0])) - label]
        for depth in range(len(weights) - 1, -1, -1):
            layer, inputs = weights[depth], seen[depth]
            for i, a in enumerate(inputs):
                for j, e in enumerate(error):
                    total[depth][i][j] += a * e / len(x)
            back = [sum(e * layer[i][j] for j, e in enumerate(error)) for i in range(len(layer))]
            slopes = [float(a > 0) if activation == "relu" else 1 - a * a for a in inputs]
            error = [b * s for b, s in zip(back, slopes, strict=True)][:-1]
    return total


def plain_adam(weights, gradient, state, step, rate):
    """The published algorithm, number by number."""
    for depth, layer in enumerate(weights):
        for i, row in enumerate(layer):
            for j in range(len(row)):
                g, (m, v) = gradient[depth][i][j], state.get((depth, i, j), (0.0, 0.0))
                m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                state[depth, i, j] = (m, v)
                corrected = (v / (1 - 0.999**step)) ** 0.5 + 1e-8
                row[j] -= rate * m / (1 - 0.9**step) / corrected


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_training_follows_a_plain_loop_step_for_step(activation):
    net, x, _ = small_net(activation, (4, 5, 3, 1))
    y = (x[..., 0] > 0).astype(int)
    plain = [[w[r].tolist() for w in net.weights] for r in range(len(SEEDS))]
    states: list[dict] = [{} for _ in SEEDS]
    adam = Adam(net, 0.01)
    for step in range(1, 21):
        adam.step(net.backward(binary_log_loss(net.forward(x), y)[1]))
        for r, weights in enumerate(plain):
            plain_adam(weights, plain_net(weights, x[r], y[r], activation), states[r], step, 0.01)
            for ours, theirs in zip(net.weights, weights, strict=True):
                np.testing.assert_allclose(ours[r], theirs, rtol=1e-9, atol=1e-12)


def test_momentum_and_decay_follow_their_formula():
    net = Network(generators([(1, 0)]), (2, 1), dtype=np.float64)
    expected, velocity = net.parameters.copy(), 0.0
    sgd = Sgd(net, 0.1, momentum=0.5, decay=0.01)
    for gradient in ([[1.0, 2.0, 3.0]], [[-1.0, 0.5, 0.0]]):
        sgd.step(np.array(gradient))
        velocity = 0.5 * velocity + np.array(gradient) + 0.01 * expected
        expected = expected - 0.1 * velocity
    np.testing.assert_allclose(net.parameters, expected, rtol=1e-12)


def test_decay_in_adam_is_added_to_the_gradient():
    nets = [Network(generators([(1, 0)]), (2, 1), dtype=np.float64) for _ in range(2)]
    gradient = np.array([[1.0, 2.0, 3.0]])
    Adam(nets[0], 0.1, decay=0.5).step(gradient)
    Adam(nets[1], 0.1).step(gradient + 0.5 * nets[1].parameters)
    np.testing.assert_array_equal(nets[0].parameters, nets[1].parameters)


def test_frozen_layers_do_not_move():
    net, x, y = small_net()
    net.frozen = 2
    before = [w.copy() for w in net.weights]
    adam = Adam(net, 0.1, decay=0.1)
    for _ in range(3):
        adam.step(net.backward(log_loss(net.forward(x), y)[1]))
    np.testing.assert_array_equal(net.weights[0], before[0])
    np.testing.assert_array_equal(net.weights[1], before[1])
    assert (net.weights[2] != before[2]).all()


def test_a_head_without_gradient_does_not_move():
    net, x, y = small_net()
    before = net.weights[-1].copy()
    adam = Adam(net, 0.1)
    for _ in range(3):
        gradient = log_loss(net.forward(x), y)[1]
        gradient[..., 1] = 0
        adam.step(net.backward(gradient))
    np.testing.assert_array_equal(net.weights[-1][..., 1], before[..., 1])
    assert (net.weights[-1][..., 0] != before[..., 0]).any()


def test_predict_equals_forward_and_takes_shared_rows():
    net, x, _ = small_net("relu")
    np.testing.assert_allclose(net.predict(x), net.forward(x), rtol=1e-12)
    np.testing.assert_allclose(net.predict(x[0])[0], net.predict(x)[0], rtol=1e-12)


def test_a_part_shares_parameters_and_a_copy_does_not():
    net, x, y = small_net()
    part, copy = net.part(slice(1, 2)), net.copy()
    Adam(part, 0.1).step(part.backward(log_loss(part.forward(x[1:2]), y[1:2])[1]))
    assert (net.parameters[1] != copy.parameters[1]).any()
    np.testing.assert_array_equal(net.parameters[[0, 2]], copy.parameters[[0, 2]])


def test_another_batch_size_is_taken_as_it_comes():
    net, x, _ = small_net()
    long = net.forward(x).copy()
    np.testing.assert_allclose(net.forward(x[:, :3]), long[:, :3], rtol=1e-12)


@pytest.mark.parametrize(
    ("sizes", "activation", "quoted"), [((3,), "relu", "3"), ((3, 1), "swish", "swish")]
)
def test_impossible_shapes_are_refused(sizes, activation, quoted):
    with pytest.raises(ValueError, match=quoted):
        Network(generators([(1, 0)]), sizes, activation=activation)
