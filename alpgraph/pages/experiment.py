"""The page of an experiment and of a run."""

from collections.abc import Mapping
from typing import Any

from alpgraph.experiments import (
    Experiment,
    find_experiment,
    reference_for,
    references,
    validate_params,
)
from alpgraph.pages.frame import frame
from alpgraph.pages.overview import rows
from alpgraph.pages.panel import make_panel
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection


def experiment_page(
    collection: Collection, name: str, raw: Mapping[str, str], *, may_run: bool
) -> str | None:
    """Return the page of an experiment with parameters from the address, or None.

    Raises pydantic.ValidationError for parameters out of bounds.
    """
    experiment = find_experiment(name)
    if experiment is None:
        return None
    params = {**experiment.presets["claim"].params, **raw}
    values = validate_params(experiment, params).model_dump(mode="json")
    stored = reference_for(name, values)
    panel = make_panel(experiment, values, stored["result"] if stored else None, may_run=may_run)
    return _render(collection, experiment, panel=panel, run=None, refresh=False)


def run_page(collection: Collection, run: Any, *, may_run: bool) -> str | None:
    """Return the page of a stored run, or None when its experiment is gone."""
    experiment = find_experiment(run.spec.experiment)
    if experiment is None:
        return None
    panel = make_panel(
        experiment,
        run.spec.params,
        run.result,
        replicates=run.spec.replicates,
        seed=run.spec.seed,
        may_run=may_run,
    )
    return _render(collection, experiment, panel=panel, run=run, refresh=not run.state.final)


def _render(collection: Collection, experiment: Experiment, **data: Any) -> str:
    stored = references(experiment.name)
    presets = [
        {
            "name": name.replace("-", " "),
            "says": preset.says,
            "expected": preset.expected.value,
            "result": stored[name]["result"] if name in stored else None,
        }
        for name, preset in experiment.presets.items()
    ]
    slugs = [
        slug
        for slug, note in collection.notes.items()
        if note.experiment and note.experiment.name == experiment.name
    ]
    return render(
        "experiment.html",
        **frame(collection, "/experiments"),
        presets=presets,
        notes=rows(collection, slugs),
        about=experiment.about,
        **data,
    )
