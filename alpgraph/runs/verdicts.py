"""The answer that gives a note its verdict where no stored reference does (design section 6)."""

from collections.abc import Mapping
from typing import Any

from alpgraph.experiments import find_experiment, validate_params
from alpgraph.runs.model import Run
from alpgraph.runs.spec import DEFAULT_SEED
from alpgraph.runs.store import Store


def answer_for(store: Store, experiment: str, params: Mapping[str, Any]) -> Run | None:
    """Return the oldest finished run with default seed and replicates, or None.

    So a visitor's run never changes a verdict. Raises pydantic.ValidationError for parameters out
    of bounds.
    """
    design = find_experiment(experiment)
    if design is None:
        return None
    values = validate_params(design, params).model_dump(mode="json")
    return store.oldest_done(experiment, values, design.replicates, DEFAULT_SEED)
