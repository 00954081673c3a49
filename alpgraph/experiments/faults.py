"""What is wrong with parameters that somebody gives, in plain words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from alpgraph.experiments.model import Experiment
from alpgraph.experiments.params import validate_params
from alpgraph.experiments.registry import all_experiments

_BOUNDS = {
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
}
_KINDS = {"int": "a whole number", "float": "a number", "finite": "a finite number"}


@dataclass(frozen=True, slots=True)
class ParamFault:
    """A fault of one parameter, with the limit it passes; `field` is empty when all are meant."""

    field: str
    message: str
    code: str = "ALP402"
    """Code of the finding where a note gives these parameters."""


def param_faults(experiment: Experiment, raw: Mapping[str, object]) -> list[ParamFault]:
    """Return the faults of `raw`; an empty list means that it can be run."""
    try:
        validate_params(experiment, raw)
    except ValidationError as error:
        return [
            ParamFault(".".join(str(part) for part in fault["loc"]), refusal(experiment, fault))
            for fault in error.errors()
        ]
    return []


def refusal(experiment: Experiment, fault: Mapping[str, Any]) -> str:
    """Say what stands against one value, without its name: "must be at most 300, not '9999'".

    `fault` is a line of `pydantic.ValidationError.errors()`.
    """
    kind = str(fault["type"])
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        own = ", ".join(experiment.params.model_fields)
        return f"is no parameter of this experiment; its own: {own}"
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        wanted = f"must be {words} {fault['ctx'][key]:.15g}"
    elif meant := _KINDS.get(kind.partition("_")[0]):
        wanted = f"must be {meant}"
    else:
        said = str(fault["msg"]).replace("Input should be", "must be", 1)
        wanted = f"{said[:1].lower()}{said[1:]}"
    return f"{wanted}, not {fault['input']!r:.80}"


def fault_finders() -> dict[str, Callable[[Mapping[str, object]], list[ParamFault]]]:
    """Return, for every experiment, what says the faults of parameters that a note gives."""

    def finder(experiment: Experiment) -> Callable[[Mapping[str, object]], list[ParamFault]]:
        return lambda raw: param_faults(experiment, raw) or _not_expected(experiment, raw)

    return {name: finder(experiment) for name, experiment in all_experiments().items()}


def _not_expected(experiment: Experiment, raw: Mapping[str, object]) -> list[ParamFault]:
    """Say that good parameters are those of no preset, so that no verdict was expected of them."""
    wanted = validate_params(experiment, raw)
    for preset in experiment.presets.values():
        if validate_params(experiment, preset.params) == wanted:
            return []
    return [ParamFault("", f"no preset of `{experiment.name}` has these parameters", "ALP403")]
