"""The verdict of a note: the stored reference, else the first answer found here, else none."""

from collections.abc import Mapping, Sequence
from typing import Any

from alpgraph.experiments import find_experiment, reference_for, validate_params
from alpgraph.runs.model import Run
from alpgraph.runs.rows import canonical
from alpgraph.runs.spec import DEFAULT_SEED
from alpgraph.runs.store import Store

Question = tuple[str, Mapping[str, Any]]
"""Name of an experiment, and parameters as a note gives them."""


def verdict_for(store: Store, experiment: str, params: Mapping[str, Any]) -> str | None:
    """Return the verdict that a note of these parameters shows (design section 6).

    That of the stored reference, else of the oldest finished run with default seed and replicates,
    else None: a visitor's run never changes it. Raises pydantic.ValidationError for parameters out
    of bounds.
    """
    stored = reference_for(experiment, params)
    if stored is not None:
        return str(stored["result"]["verdict"])
    run = answer_for(store, experiment, params)
    return None if run is None else run.verdict


def answer_for(store: Store, experiment: str, params: Mapping[str, Any]) -> Run | None:
    """Return the oldest finished run with default seed and replicates, or None."""
    design = find_experiment(experiment)
    if design is None:
        return None
    values = validate_params(design, params).model_dump(mode="json")
    return store.oldest_done(experiment, values, design.replicates, DEFAULT_SEED)


def verdicts_for(store: Store, questions: Sequence[Question]) -> list[str | None]:
    """Return `verdict_for` of many questions, with one look into the database."""
    known: dict[tuple[str, str], str | None] = {}
    for run in store.answers():
        design = find_experiment(run.spec.experiment)
        usual = design is not None and run.spec.replicates == design.replicates
        if usual and run.spec.seed == DEFAULT_SEED:
            known.setdefault((run.spec.experiment, canonical(run.spec.params)), run.verdict)
    return [_among(known, *question) for question in questions]


def _among(
    known: Mapping[tuple[str, str], str | None], experiment: str, params: Mapping[str, Any]
) -> str | None:
    stored = reference_for(experiment, params)
    if stored is not None:
        return str(stored["result"]["verdict"])
    design = find_experiment(experiment)
    if design is None:
        return None
    values = validate_params(design, params).model_dump(mode="json")
    return known.get((experiment, canonical(values)))
