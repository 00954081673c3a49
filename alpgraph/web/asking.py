"""What an address or a form asks of an experiment."""

import re
from collections.abc import Mapping
from typing import Any

from alpgraph import experiments, pages, runs

_OTHERS = ("experiment", "replicates", "seed")


def question_of(name: str, raw: Mapping[str, str]) -> "pages.Question":
    """Read parameters, replicates and seed, with what is wrong with each of them.

    `experiment` is passed over: the form that makes a link names it beside the address.
    """
    experiment = experiments.find_experiment(name)
    claim = dict(experiment.presets["claim"].params) if experiment else {}
    params = {key: value for key, value in raw.items() if key not in _OTHERS}
    counts = {key: whole(raw.get(key, "")) for key in ("replicates", "seed")}
    faults: dict[str, str] = {}
    try:
        spec = runs.make_spec(name, claim | params, counts["replicates"], counts["seed"])
    except runs.SpecError as error:
        faults = {fault.field.removeprefix("params."): fault.message for fault in error.faults}
        # a field for numbers holds none that is no number: what was typed stands in its fault
        known = {key: value for key, value in counts.items() if isinstance(value, int)}
        return pages.Question(claim | params, **known, faults=faults)
    return pages.Question(spec.params, spec.replicates, spec.seed)


def asked_names(name: str, raw: Mapping[str, str]) -> dict[str, str]:
    """Leave out of an address what the experiment `name` does not know."""
    experiment = experiments.find_experiment(name)
    names = {"vary", *_OTHERS, *(experiment.params.model_fields if experiment else ())}
    return {key: value for key, value in raw.items() if key in names}


def whole(text: str) -> Any:
    """Read a whole number of a form; what is none stays a text, to be refused by name later."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[-+]?\d{1,80}", text) else text or None
