"""Running an experiment, and running it again to see whether its verdict still holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from alpgraph.experiments.model import Curve, Progress
from alpgraph.experiments.params import validate_params
from alpgraph.experiments.references import references
from alpgraph.experiments.registry import get_experiment
from alpgraph.experiments.results import result_of

Run = Callable[[str, Mapping[str, Any], int, int], Mapping[str, Any]]
"""`run(name, params, replicates, seed)` returns the `result` object."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What fresh seeds say of one stored verdict."""

    experiment: str
    preset: str
    stored: str
    verdict: str
    replicates: int
    result: Mapping[str, Any]

    @property
    def holds(self) -> bool:
        """Whether the verdict is the stored one."""
        return self.verdict == self.stored


def silent(fraction: float, curves: Mapping[str, Curve] | None = None) -> None:
    """Take a progress report and say nothing."""


def run_experiment(
    name: str,
    params: Mapping[str, Any],
    replicates: int,
    seed: int,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Run replicates 0, 1, ... of the base seed and return the `result` object.

    Raises ValueError for an unknown name, pydantic.ValidationError for parameters out of bounds.
    """
    experiment = get_experiment(name)
    if replicates < 1:
        raise ValueError(f"replicates must be 1 or more, not {replicates}")
    checked = validate_params(experiment, params)
    seeds = [(seed, i) for i in range(replicates)]
    return result_of(experiment, checked, seeds, experiment.measure(checked, seeds, progress))


def estimate_seconds(name: str, params: Mapping[str, Any], replicates: int) -> float:
    """Estimate seconds of one core, from the stored result nearest in its number of steps."""
    wanted = validate_params(get_experiment(name), params).model_dump(mode="json")
    known = list(references(name).values())
    if not known:
        return 0.5 * replicates
    steps = wanted.get("steps", 1)
    nearest = min(known, key=lambda reference: abs(reference["params"].get("steps", 1) - steps))
    taken = nearest["params"].get("steps", steps)
    scale = steps / taken if taken else 1.0  # a control may take none
    share = replicates / nearest["replicates"]
    return max(0.1, float(nearest["cpu_seconds"] * share * scale))


def verify(name: str, seed: int, progress: Progress = silent) -> Iterator[Verification]:
    """Run each stored preset again on replicates of `seed`: see `verify_preset`."""
    for preset in references(name):
        yield verify_preset(name, preset, seed, partial(run_experiment, progress=progress))


def verify_preset(name: str, preset: str, seed: int, run: Run = run_experiment) -> Verification:
    """Run a stored preset again, with twice the replicates before its verdict is given up.

    Choose a seed that nobody used before: references lie on `REFERENCE_SEED`. `run(name, params,
    replicates, seed)` returns a result.
    """
    reference = references(name)[preset]
    stored, replicates = reference["result"]["verdict"], reference["replicates"]
    for count in (replicates, 2 * replicates):
        result = run(name, reference["params"], count, seed)
        seen = Verification(name, preset, stored, result["verdict"], count, result)
        if seen.holds:
            break
    return seen
