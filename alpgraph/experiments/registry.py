"""Every experiment there is: the bundled ones by name, and those of other packages."""

import warnings
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from alpgraph.experiments import (
    abstention_lost,
    answer_only_supervision,
    binary_reward_calibration,
    conformal_coverage,
    fading_weights,
    features_or_head,
    grounding_under_preferences,
    last_layer_retraining,
    learned_refusal,
    logit_adjustment,
    lost_modes,
    majority_vote,
    pass_at_k,
    polynomial_tail,
    predict_then_decide,
    probe_then_tune,
    prompt_free_reward,
    proxy_reward_overoptimisation,
    smoothing_and_temperature,
    soft_targets,
    starved_features,
    unbounded_score,
    unused_steps,
    utility_weighted_loss,
    weights_or_subsample,
)
from alpgraph.experiments.model import Experiment
from alpgraph.resources import EXPERIMENTS

BUNDLED = (
    utility_weighted_loss.EXPERIMENT,
    binary_reward_calibration.EXPERIMENT,
    prompt_free_reward.EXPERIMENT,
    answer_only_supervision.EXPERIMENT,
    grounding_under_preferences.EXPERIMENT,
    abstention_lost.EXPERIMENT,
    predict_then_decide.EXPERIMENT,
    proxy_reward_overoptimisation.EXPERIMENT,
    unbounded_score.EXPERIMENT,
    smoothing_and_temperature.EXPERIMENT,
    soft_targets.EXPERIMENT,
    fading_weights.EXPERIMENT,
    polynomial_tail.EXPERIMENT,
    logit_adjustment.EXPERIMENT,
    weights_or_subsample.EXPERIMENT,
    last_layer_retraining.EXPERIMENT,
    features_or_head.EXPERIMENT,
    starved_features.EXPERIMENT,
    probe_then_tune.EXPERIMENT,
    unused_steps.EXPERIMENT,
    pass_at_k.EXPERIMENT,
    lost_modes.EXPERIMENT,
    majority_vote.EXPERIMENT,
    learned_refusal.EXPERIMENT,
    conformal_coverage.EXPERIMENT,
)


@cache
def all_experiments() -> Mapping[str, Experiment]:
    """Return experiments by name: the bundled list first, then entry points of installed packages.

    An entry point that cannot be loaded, or takes a name already there, is left out with a warning.
    """
    found = {experiment.name: experiment for experiment in BUNDLED}
    for point in entry_points(group=EXPERIMENTS):
        try:
            experiment = point.load()
        except Exception as error:  # another package's code may fail in any way
            warnings.warn(f"experiment {point.value!r} cannot be loaded: {error}", stacklevel=2)
            continue
        if not isinstance(experiment, Experiment):
            warnings.warn(f"{point.value!r} is no Experiment", stacklevel=2)
        elif experiment.name in found:
            warnings.warn(f"a second experiment {experiment.name!r} is ignored", stacklevel=2)
        else:
            found[experiment.name] = experiment
    return MappingProxyType(found)


def find_experiment(name: str) -> Experiment | None:
    """Return the experiment of that name, or None."""
    return all_experiments().get(name)


def get_experiment(name: str) -> Experiment:
    """Return the experiment of that name; raises ValueError with the names there are."""
    experiment = find_experiment(name)
    if experiment is None:
        raise ValueError(f"no experiment {name!r}; there are: {', '.join(all_experiments())}")
    return experiment
