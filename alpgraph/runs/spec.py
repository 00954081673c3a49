"""From what somebody asks to a RunSpec: validated, bounded, with defaults filled in."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from alpgraph.experiments import (
    all_experiments,
    code_hash,
    estimate_seconds,
    find_experiment,
    validate_params,
)
from alpgraph.experiments.faults import refusal
from alpgraph.experiments.model import Experiment
from alpgraph.runs.errors import Fault, SpecError
from alpgraph.runs.limits import Limits
from alpgraph.runs.model import RunSpec

DEFAULT_SEED = 0
"""Base seed of a run when nobody chose one."""
PATIENCE = 2.0
"""A run whose estimate passes the limit of time by this factor is refused at once."""


def make_spec(
    experiment: str,
    params: Mapping[str, Any],
    replicates: int | None = None,
    seed: int | None = None,
    *,
    limits: Limits | None = None,
) -> RunSpec:
    """Return the question, or raise SpecError naming each field and its limit."""
    limits = limits or Limits()
    design = find_experiment(experiment)
    if design is None:
        names = ", ".join(all_experiments())
        message = f"there is no experiment {experiment[:80]!r}; there are: {names}"
        raise SpecError([Fault("experiment", message)])
    count = design.replicates if replicates is None else replicates
    base = DEFAULT_SEED if seed is None else seed
    faults = list(_outside("replicates", count, limits.least_replicates, limits.replicates))
    faults += _outside("seed", base, 0, limits.largest_seed)
    values, more = _checked(design, params)
    if faults or more:
        raise SpecError([*faults, *more])
    expected = estimate_seconds(experiment, values, count)
    if expected > PATIENCE * limits.seconds:
        text = f"about {expected:.0f} s of work; the limit of a run is {limits.seconds:.0f} s"
        raise SpecError([Fault("replicates", text)])
    return RunSpec(experiment, values, count, base, code_hash(experiment))


def _outside(field: str, value: Any, low: int, high: int) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int):
        message = f"must be a whole number between {low} and {high}"
        yield Fault(field, f"{message}, not {value!r:.80}")
    elif not low <= value <= high:
        yield Fault(field, f"must be between {low} and {high}, not {value!r:.80}")


def _checked(design: Experiment, params: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return all parameters as JSON values, and what is wrong with those given."""
    try:
        values = validate_params(design, params).model_dump(mode="json")
    except ValidationError as error:
        return {}, [_fault(design, dict(line)) for line in error.errors()]
    # pydantic reads true as 1 where a number is meant
    mistaken = [
        Fault(f"params.{key}", f"must not be {str(value).lower()}")
        for key, value in params.items()
        if isinstance(value, bool) and not isinstance(values.get(key), bool)
    ]
    return values, mistaken


def _fault(design: Experiment, line: Mapping[str, Any]) -> Fault:
    field = ".".join(["params", *(str(part) for part in line["loc"])])
    return Fault(field, refusal(design, line))
