"""Experiments: the list of all, and the page of one with its design, stored results and sweeps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from alpgraph.experiments import (
    Experiment,
    all_experiments,
    find_experiment,
    reference_for,
    references,
    validate_params,
)
from alpgraph.notes import render_prose
from alpgraph.pages.addresses import experiment_url
from alpgraph.pages.charts import (
    Point,
    common_range,
    has_interval,
    interval_chart,
    sweep_chart,
)
from alpgraph.pages.formats import written
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import rows
from alpgraph.pages.panel import Question, make_panel, values_of
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection

if TYPE_CHECKING:  # a site, which has no runs, need not load their database
    from alpgraph.runs import Run


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored result of a preset, beside what it was expected to give."""

    name: str
    says: str
    url: str
    expected: str
    result: Mapping[str, Any] | None
    picture: Markup | str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An experiment in the list of all."""

    experiment: Experiment
    url: str
    presets: tuple[Stored, ...]
    notes: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """The effect for several values of one parameter, the others being equal."""

    name: str
    title: str
    picture: Markup
    points: tuple[Point, ...]


def preset_urls(experiment: Experiment, preset: str) -> list[str]:
    """Return the addresses that ask for a preset, which differ in how whole numbers are written."""
    params = experiment.presets[preset].params
    whole = validate_params(experiment, params).model_dump(mode="json")
    forms = (whole, values_of(experiment, params))
    return sorted({experiment_url(experiment.name, values) for values in forms})


def stored_presets(experiment: Experiment) -> tuple[Stored, ...]:
    """Return the presets with their stored results, drawn on one range."""
    stored = references(experiment.name)
    low, high = common_range(found["result"]["primary"] for found in stored.values())
    found = []
    for name, preset in experiment.presets.items():
        result = stored[name]["result"] if name in stored else None
        params = validate_params(experiment, preset.params).model_dump(mode="json")
        found.append(
            Stored(
                name.replace("-", " "),
                preset.says,
                experiment_url(experiment.name, params),
                preset.expected.value,
                result,
                interval_chart(result["primary"], low, high) if result else "",
            )
        )
    return tuple(found)


def experiments_page(collection: Collection) -> str:
    """Return the list of experiments with their stored verdicts."""
    attached = Counter(collection.attached.values())
    cards = [
        Card(experiment, experiment_url(name), stored_presets(experiment), attached[name])
        for name, experiment in all_experiments().items()
    ]
    return render("experiments.html", **frame(collection, "/experiments"), cards=cards)


def experiment_page(
    collection: Collection,
    name: str,
    question: Question | None = None,
    *,
    may_run: bool = True,
    answered: "Sequence[Run]" = (),
    vary: str = "",
    waiting: int = 0,
    refused: tuple[str, str] | None = None,
) -> str | None:
    """Return the page of an experiment asking `question`, or None when there is none.

    `answered` are finished runs of the experiment: those that differ from the question in the
    parameter `vary` alone are drawn as a sweep; `waiting` is how many are not answered yet,
    `refused` what was typed as further values and why it cannot be asked.
    Raises pydantic.ValidationError for unusable parameters unless the question names their faults.
    """
    experiment = find_experiment(name)
    if experiment is None:
        return None
    asked = question or Question(experiment.presets["claim"].params)
    result = None
    if not asked.faults:
        stored = reference_for(name, asked.params)
        result = stored["result"] if stored else None
    panel = make_panel(experiment, asked, result, may_run=may_run)
    sweep = None
    if vary in experiment.params.model_fields and not asked.faults:
        sweep = sweep_of(experiment, asked, vary, answered)
    slugs = [slug for slug, attached in collection.attached.items() if attached == name]
    return render(
        "experiment.html",
        **frame(collection, "/experiments"),
        panel=panel,
        presets=stored_presets(experiment),
        about=render_prose(experiment.about),
        notes=rows(collection, slugs),
        sweep=sweep,
        vary=vary if vary in experiment.params.model_fields else "",
        vary_title=next((field.title for field in panel.fields if field.name == vary), ""),
        waiting=waiting,
        refused=refused,
    )


def sweep_of(
    experiment: Experiment, question: Question, vary: str, answered: "Sequence[Run]"
) -> Sweep | None:
    """Return what is known when one parameter varies, or None when nothing is."""
    wanted = validate_params(experiment, question.params).model_dump(mode="json")
    others = {key: value for key, value in wanted.items() if key != vary}
    known: dict[Any, tuple[Mapping[str, Any], str]] = {}
    stored = [
        (found["params"], found["result"]["primary"], found["result"]["verdict"])
        for found in references(experiment.name).values()
    ]
    runs = [(run.spec.params, run.primary, run.verdict) for run in answered]
    for params, primary, verdict in [*runs, *stored]:  # a stored result wins over a run
        same = {key: value for key, value in params.items() if key != vary} == others
        if same and primary is not None and has_interval(primary) and verdict is not None:
            known[params[vary]] = primary, verdict
    if not known:
        return None
    title = experiment.params.model_json_schema()["properties"][vary].get("title", vary)
    points = tuple(
        Point(
            written(value) if isinstance(value, bool) else value,
            primary["difference"],
            primary["low"],
            primary["high"],
            verdict,
            value == wanted[vary],
        )
        for value, (primary, verdict) in sorted(
            known.items(), key=lambda pair: (str(type(pair[0])), pair[0])
        )
    )
    return Sweep(vary, title, sweep_chart(points, experiment.smallest_effect, title), points)
