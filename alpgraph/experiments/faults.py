"""What is wrong with parameters that a note gives, said without raising."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from alpgraph.experiments.model import Experiment
from alpgraph.experiments.params import validate_params
from alpgraph.experiments.registry import all_experiments


@dataclass(frozen=True, slots=True)
class ParamFault:
    """A fault of one parameter, with the limit it passes."""

    field: str
    message: str


def param_faults(experiment: Experiment, raw: Mapping[str, object]) -> list[ParamFault]:
    """Return the faults of `raw`; an empty list means that it can be run."""
    try:
        validate_params(experiment, raw)
    except ValidationError as error:
        return [
            ParamFault(".".join(str(part) for part in fault["loc"]), str(fault["msg"]))
            for fault in error.errors()
        ]
    return []


def fault_finders() -> dict[str, Callable[[Mapping[str, object]], list[ParamFault]]]:
    """Return, for every experiment, what says the faults of parameters."""

    def finder(experiment: Experiment) -> Callable[[Mapping[str, object]], list[ParamFault]]:
        return lambda raw: param_faults(experiment, raw)

    return {name: finder(experiment) for name, experiment in all_experiments().items()}
