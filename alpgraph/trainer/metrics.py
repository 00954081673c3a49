"""Measures of what was learnt, replicate by replicate: (R, N, ...) -> (R,)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alpgraph.trainer.network import with_ones

Array = NDArray[Any]


def accuracy(scores: Array, labels: Array) -> Array:
    """Share of rows whose highest score (R, N, C) is at the label (R, N)."""
    return np.asarray((scores.argmax(axis=-1) == labels).mean(axis=-1))


def cross_entropy(probabilities: Array, labels: Array, weights: Array | None = None) -> Array:
    """Mean of -log of the true class's probability: (R, N, C), or (R, N) of the class 1."""
    if probabilities.ndim == 3:
        true = np.take_along_axis(probabilities, labels[..., None], axis=-1)[..., 0]
    else:
        true = np.where(labels == 1, probabilities, 1 - probabilities)
    losses = -np.log(np.maximum(true, 1e-12))
    return np.asarray((losses if weights is None else losses * weights).mean(axis=-1))


def brier_score(probabilities: Array, labels: Array) -> Array:
    """Mean squared distance of probabilities (R, N, C), or (R, N) of the class 1, to the truth."""
    if probabilities.ndim == 3:
        truth = labels[..., None] == np.arange(probabilities.shape[-1])
        return np.asarray(np.square(probabilities - truth).sum(axis=-1).mean(axis=-1))
    return np.asarray(np.square(probabilities - labels).mean(axis=-1))


def calibration_error(confidence: Array, right: Array, bins: int = 10) -> Array:
    """Expected calibration error in equal bins of confidence (R, N). Guo 2017, arXiv:1706.04599."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    error = np.zeros(len(confidence))
    for b in range(bins):
        gap = np.where(place == b, confidence - right, 0.0).sum(axis=-1)
        error += np.abs(gap) / confidence.shape[-1]
    return error


def auc(scores: Array, labels: Array) -> Array:
    """Probability that a positive row scores above a negative one, ties counting one half."""
    areas = []
    for score, label in zip(scores, labels, strict=True):
        _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
        rank = (np.cumsum(counts) - (counts - 1) / 2)[place]  # mean rank among equals
        positives = int((label == 1).sum())
        negatives = len(label) - positives
        if not positives or not negatives:
            raise ValueError("the area under the curve needs rows of both classes")
        above = rank[label == 1].sum() - positives * (positives + 1) / 2
        areas.append(above / (positives * negatives))
    return np.array(areas)


def decision_cost(positive: Array, labels: Array, miss_cost: float) -> Array:
    """Mean cost per row of decisions (R, N): a miss costs `miss_cost`, a false alarm 1."""
    misses = (labels == 1) & ~positive.astype(bool)
    false_alarms = (labels == 0) & positive.astype(bool)
    return np.asarray((miss_cost * misses + false_alarms).mean(axis=-1))


def selective_risk(confidence: Array, right: Array, coverage: float) -> Array:
    """Share of errors among the `coverage` most confident rows. Geifman 2017, arXiv:1705.08500."""
    kept = max(1, round(coverage * confidence.shape[-1]))
    order = np.argsort(-confidence, axis=-1, kind="stable")[..., :kept]
    return np.asarray(1 - np.take_along_axis(right, order, axis=-1).mean(axis=-1))


def linear_probe(features: Array, targets: Array, ridge: float = 1e-2) -> Array:
    """Fit targets (R, N, K) from features (R, N, H) by ridge regression: (R, H+1, K).

    A probe asks what a trunk has learnt, whatever its own head makes of it
    (Alain and Bengio, arXiv:1610.01644). Predict with `with_ones(features) @ probe`.
    """
    x = with_ones(features.astype(np.float64))  # (R, N, H+1)
    square = x.transpose(0, 2, 1) @ x + ridge * np.eye(x.shape[-1])
    return np.linalg.solve(square, x.transpose(0, 2, 1) @ targets)
