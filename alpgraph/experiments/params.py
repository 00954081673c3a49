"""Parameters of experiments: bounded, titled, and refused when unknown."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from alpgraph.experiments.model import Experiment


class Params(BaseModel):
    """Base of every experiment's parameters: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def validate_params(experiment: Experiment, raw: Mapping[str, Any]) -> BaseModel:
    """Return the parameters with defaults filled in; raises pydantic.ValidationError."""
    return experiment.params.model_validate(dict(raw))
