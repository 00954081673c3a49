"""Every experiment there is: the bundled ones by name, and those of other packages."""

import warnings
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from alpgraph.resources import EXPERIMENTS

if TYPE_CHECKING:
    from alpgraph.experiments.model import Experiment

BUNDLED = (
    "utility-weighted-loss",
    "binary-reward-calibration",
    "prompt-free-reward",
    "answer-only-supervision",
    "grounding-under-preferences",
    "abstention-lost",
    "predict-then-decide",
    "proxy-reward-overoptimisation",
    "unbounded-score",
    "smoothing-and-temperature",
    "soft-targets",
    "fading-weights",
    "polynomial-tail",
    "logit-adjustment",
    "weights-or-subsample",
    "last-layer-retraining",
    "features-or-head",
    "starved-features",
    "probe-then-tune",
    "unused-steps",
    "pass-at-k",
    "lost-modes",
    "majority-vote",
    "learned-refusal",
    "conformal-coverage",
)
"""Names of the bundled ones; each lies in the module of its name, imported when it is asked for."""


@cache
def all_experiments() -> "Mapping[str, Experiment]":
    """Return experiments by name: the bundled list first, then entry points of installed packages.

    An entry point that cannot be loaded, or takes a name already there, is left out with a warning.
    """
    offered = {name: experiment for name, (experiment, _) in offered_experiments().items()}
    return MappingProxyType({name: _bundled(name) for name in BUNDLED} | offered)


@cache
def offered_experiments() -> "dict[str, tuple[Experiment, str]]":
    """Return the experiments of other packages with the module that offers each, by name."""
    from alpgraph.experiments.model import Experiment

    found: dict[str, tuple[Experiment, str]] = {}
    for point in entry_points(group=EXPERIMENTS):
        try:
            experiment = point.load()
        except Exception as error:  # another package's code may fail in any way
            warnings.warn(f"experiment {point.value!r} cannot be loaded: {error}", stacklevel=3)
            continue
        if not isinstance(experiment, Experiment):
            warnings.warn(f"{point.value!r} is no Experiment", stacklevel=3)
        elif experiment.name in (*BUNDLED, *found):
            warnings.warn(f"a second experiment {experiment.name!r} is ignored", stacklevel=3)
        else:
            found[experiment.name] = experiment, point.module
    return found


def folder_of(name: str) -> Path | None:
    """Return the folder of the module that offers an experiment; None when that is no file."""
    if name in BUNDLED:
        return Path(__file__).resolve().parent
    _, module = offered_experiments()[name]
    file = import_module(module).__file__
    return Path(file).resolve().parent if file else None


def _bundled(name: str) -> "Experiment":
    experiment: Experiment = import_module(
        f"alpgraph.experiments.{name.replace('-', '_')}"
    ).EXPERIMENT
    return experiment


def find_experiment(name: str) -> "Experiment | None":
    """Return the experiment of that name, or None."""
    return _bundled(name) if name in BUNDLED else all_experiments().get(name)


def get_experiment(name: str) -> "Experiment":
    """Return the experiment of that name; raises ValueError with the names there are."""
    experiment = find_experiment(name)
    if experiment is None:
        raise ValueError(f"no experiment {name!r}; there are: {', '.join(all_experiments())}")
    return experiment
