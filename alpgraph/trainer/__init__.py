"""A small trainer of ensembles: R networks of one shape, in one pass, with NumPy alone.

Read it in this order: network (forward and backward), losses (value and gradient), optimisers,
fit (the loop), metrics, seeds. It knows nothing of the rest of alpgraph.
"""

from alpgraph.trainer.fit import Batches, Trained, fit, fresh, minibatches, with_chances
from alpgraph.trainer.losses import (
    Loss,
    binary_brier_loss,
    binary_log_loss,
    brier_loss,
    focal_loss,
    log_loss,
    one_hot,
    policy_loss,
    preference_loss,
    sample,
    sigmoid,
    softmax,
    spo_plus_loss,
    squared_loss,
)
from alpgraph.trainer.metrics import (
    accuracy,
    auc,
    brier_score,
    calibration_error,
    cross_entropy,
    decision_cost,
    linear_probe,
    selective_risk,
)
from alpgraph.trainer.network import Network, with_ones
from alpgraph.trainer.optimisers import Adam, Optimiser, Sgd
from alpgraph.trainer.seeds import Seed, generators, integers, normal, permutations, uniform

__all__ = [
    "Adam",
    "Batches",
    "Loss",
    "Network",
    "Optimiser",
    "Seed",
    "Sgd",
    "Trained",
    "accuracy",
    "auc",
    "binary_brier_loss",
    "binary_log_loss",
    "brier_loss",
    "brier_score",
    "calibration_error",
    "cross_entropy",
    "decision_cost",
    "fit",
    "focal_loss",
    "fresh",
    "generators",
    "integers",
    "linear_probe",
    "log_loss",
    "minibatches",
    "normal",
    "one_hot",
    "permutations",
    "policy_loss",
    "preference_loss",
    "sample",
    "selective_risk",
    "sigmoid",
    "softmax",
    "spo_plus_loss",
    "squared_loss",
    "uniform",
    "with_chances",
    "with_ones",
]
