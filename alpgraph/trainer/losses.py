"""Losses, each beside its gradient.

A loss takes the outputs of the network (R, B, O) and what they should have been, and returns its
value per replicate (R,), the mean over the batch, with the gradient of that value with respect to
the outputs (R, B, O). `weights` (R, B) multiply the rows' losses; the mean still divides by B.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Loss = Callable[..., tuple[Array, Array]]


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)) without overflow."""
    half: Array = 0.5 * np.tanh(0.5 * z) + 0.5
    return half


def softmax(z: Array) -> Array:
    """Return probabilities along the last axis."""
    powers: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def one_hot(labels: Array, classes: int, dtype: Any = np.float32) -> Array:
    """Return (..., classes) with a one at each label."""
    return np.asarray(labels[..., None] == np.arange(classes), dtype)


def _mean(
    outputs: Array, values: Array, gradient: Array, weights: Array | None
) -> tuple[Array, Array]:
    """Weigh rows, take the mean over the batch, keep the outputs' type: (R,), (R, B, O)."""
    if weights is not None:
        values, gradient = values * weights, gradient * weights[..., None]
    gradient = gradient / values.shape[1]
    return values.mean(axis=1), gradient.astype(outputs.dtype, copy=False)


def log_loss(outputs: Array, labels: Array, weights: Array | None = None) -> tuple[Array, Array]:
    """Logarithmic score of the softmax; labels (R, B) are class numbers. Good 1952."""
    p = softmax(outputs)  # (R, B, O)
    y = one_hot(labels, outputs.shape[-1], outputs.dtype)
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    values = np.log(np.exp(shifted).sum(axis=-1)) - (shifted * y).sum(axis=-1)  # (R, B)
    return _mean(outputs, values, p - y, weights)


def binary_log_loss(
    outputs: Array, labels: Array, weights: Array | None = None
) -> tuple[Array, Array]:
    """Logarithmic score of one logit, (R, B, 1); labels (R, B) lie in [0, 1].

    With `weights` it is the weighted log loss: a miss that costs w gives its row the weight w
    (Elkan 2001, doi:10.1145/1642194.1642224).
    """
    z = outputs[..., 0]  # (R, B)
    values = np.maximum(z, 0) - z * labels + np.log1p(np.exp(-np.abs(z)))
    return _mean(outputs, values, (sigmoid(z) - labels)[..., None], weights)


def focal_loss(
    outputs: Array, labels: Array, gamma: float = 2.0, weights: Array | None = None
) -> tuple[Array, Array]:
    """Focal loss -(1-p)^gamma log p of the true class. Lin et al., arXiv:1708.02002."""
    p = softmax(outputs)  # (R, B, O)
    y = one_hot(labels, outputs.shape[-1], outputs.dtype)
    right = np.maximum((p * y).sum(axis=-1), np.finfo(outputs.dtype).tiny)  # (R, B)
    doubt, log_right = 1 - right, np.log(right)
    slope = gamma * doubt ** (gamma - 1) * right * log_right - doubt**gamma
    return _mean(outputs, -(doubt**gamma) * log_right, slope[..., None] * (y - p), weights)


def brier_loss(outputs: Array, labels: Array, weights: Array | None = None) -> tuple[Array, Array]:
    """Brier score of the softmax: squared distance of the probabilities to the truth.

    Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    p = softmax(outputs)  # (R, B, O)
    miss = p - one_hot(labels, outputs.shape[-1], outputs.dtype)
    gradient = 2 * p * (miss - (p * miss).sum(axis=-1, keepdims=True))
    return _mean(outputs, np.square(miss).sum(axis=-1), gradient, weights)


def binary_brier_loss(
    outputs: Array, labels: Array, weights: Array | None = None
) -> tuple[Array, Array]:
    """Brier score of one logit, (R, B, 1); labels (R, B) lie in [0, 1]."""
    p = sigmoid(outputs[..., 0])
    miss = p - labels  # (R, B)
    return _mean(outputs, np.square(miss), (2 * miss * p * (1 - p))[..., None], weights)


def squared_loss(
    outputs: Array, targets: Array, weights: Array | None = None
) -> tuple[Array, Array]:
    """Squared error summed over outputs; targets (R, B, O). Legendre 1805."""
    miss = outputs - targets
    return _mean(outputs, np.square(miss).sum(axis=-1), 2 * miss, weights)


def preference_loss(outputs: Array, weights: Array | None = None) -> tuple[Array, Array]:
    """Bradley-Terry: the first half of the batch was preferred, row by row, to the second.

    Outputs are scores (R, 2B, 1); weights (R, B) belong to the pairs.
    Bradley and Terry 1952, doi:10.2307/2334029.
    """
    half = outputs.shape[1] // 2
    lead = outputs[:, :half, 0] - outputs[:, half:, 0]  # (R, B)
    values = np.maximum(-lead, 0) + np.log1p(np.exp(-np.abs(lead)))
    value, slope = _mean(outputs, values, (sigmoid(lead) - 1)[..., None], weights)
    return value, np.concatenate([slope, -slope], axis=1)


def sample(outputs: Array, chances: Array) -> Array:
    """Draw an action (R, B) from each row's softmax, given uniform random numbers (R, B)."""
    below = softmax(outputs).cumsum(axis=-1)[..., :-1] < chances[..., None]  # (R, B, A-1)
    return np.asarray(below.sum(axis=-1))


def policy_loss(outputs: Array, actions: Array, advantages: Array) -> tuple[Array, Array]:
    """REINFORCE: its gradient is minus the estimated gradient of the expected reward.

    Logits (R, B, A), actions taken (R, B), advantages (R, B) = reward minus a baseline.
    Williams 1992, doi:10.1007/BF00992696.
    """
    value, gradient = log_loss(outputs, actions, advantages)
    return value, gradient


def spo_plus_loss(
    outputs: Array, costs: Array, decide: Callable[[Array], Array]
) -> tuple[Array, Array]:
    """SPO+ loss of predicted costs (R, B, M) against the true ones.

    `decide(costs) -> (R, B, M)` returns the cheapest feasible decision for each row.
    Elmachtoub and Grigas, arXiv:1710.08005, definition 3 and proposition 3.
    """
    best, tilted = decide(costs), 2 * outputs - costs
    chosen = decide(tilted)
    values = (2 * outputs * best - costs * best - tilted * chosen).sum(axis=-1)  # (R, B)
    return _mean(outputs, values, 2 * (best - chosen), None)
