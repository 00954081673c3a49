"""Experiments: the list of all, and the page of one with its design, stored results and sweeps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

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
from alpgraph.pages.addresses import experiment_url, run_url
from alpgraph.pages.answers import Answer, run_answers, stored_answers
from alpgraph.pages.charts import (
    Point,
    common_range,
    has_interval,
    interval_chart,
    sweep_chart,
)
from alpgraph.pages.formats import signed_interval, written
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import attaching
from alpgraph.pages.panel import Figure, Question, make_panel, values_of
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection

if TYPE_CHECKING:  # a site, which has no runs, need not load their database
    from alpgraph.runs import Run

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredPreset:
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
    presets: tuple[StoredPreset, ...]
    notes: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """The effect for several values of one parameter, the others being equal."""

    figure: Figure | None
    failed: tuple[tuple[str, str], ...]
    """Values that no run could answer, each with the address of one that failed."""
    cancelled: tuple[tuple[str, str], ...]
    """Values of which somebody stopped the only run, with its address."""
    count: int
    """All values that were tried."""


def preset_urls(experiment: Experiment, preset: str) -> list[str]:
    """Return the addresses that ask for a preset, which differ in how whole numbers are written."""
    params = experiment.presets[preset].params
    whole = validate_params(experiment, params).model_dump(mode="json")
    forms = (whole, values_of(experiment, params))
    return sorted({experiment_url(experiment.name, values) for values in forms})


def stored_presets(experiment: Experiment) -> tuple[StoredPreset, ...]:
    """Return the presets with their stored results, drawn on one range."""
    stored = references(experiment.name)
    low, high = common_range(one["result"]["primary"] for one in stored.values())
    rows = []
    for name, preset in experiment.presets.items():
        result = stored[name]["result"] if name in stored else None
        params = validate_params(experiment, preset.params).model_dump(mode="json")
        rows.append(
            StoredPreset(
                name.replace("-", " "),
                preset.says,
                experiment_url(experiment.name, params),
                preset.expected.value,
                result,
                interval_chart(result["primary"], low, high) if result else "",
            )
        )
    return tuple(rows)


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
    failed: "Sequence[Run]" = (),
    vary: str = "",
    waiting: int = 0,
    refused: tuple[str, str] | None = None,
) -> str | None:
    """Return the page of an experiment asking `question`, or None when there is none.

    `answered` are finished runs of the experiment: those that differ from the question in the
    parameter `vary` alone are drawn as a sweep, beside which stand those of `failed`, cancelled
    ones among them; `waiting` is how many are not answered yet, `refused` what was typed as
    further values and why it cannot be asked.
    Raises pydantic.ValidationError for unusable parameters unless the question names their faults.
    """
    experiment = find_experiment(name)
    if experiment is None:
        return None
    shown = question or Question(experiment.presets["claim"].params)
    result = None
    if not shown.faults:
        stored = reference_for(name, shown.params)
        result = stored["result"] if stored else None
    panel = make_panel(experiment, shown, result, may_run=may_run)
    sweep = None
    if vary in experiment.params.model_fields and not shown.faults:
        sweep = sweep_of(experiment, shown, vary, answered, failed)
    tested, beside = attaching(collection, name)
    return render(
        "experiment.html",
        **frame(collection, "/experiments"),
        panel=panel,
        presets=stored_presets(experiment),
        about=render_prose(experiment.about),
        notes=tested,
        beside=beside,
        sweep=sweep,
        vary=vary if vary in experiment.params.model_fields else "",
        vary_title=next((field.title for field in panel.fields if field.name == vary), ""),
        waiting=waiting,
        refused=refused,
    )


def sweep_of(
    experiment: Experiment,
    question: Question,
    vary: str,
    answered: "Sequence[Run]",
    failed: "Sequence[Run]" = (),
) -> Sweep | None:
    """Return what is known when one parameter varies, or None when nothing is.

    Of several answers for a value the one with most replicates counts, then a stored one, then the
    latest. `answered` are in the order in which they ended, `failed` the other way round.
    """
    wanted = validate_params(experiment, question.params).model_dump(mode="json")

    def belongs(params: Mapping[str, Any]) -> bool:
        return {**params, vary: None} == {**wanted, vary: None}

    answers: dict[Any, Answer] = {}
    for answer in [*run_answers(answered), *stored_answers(experiment)]:
        before = answers.get(answer.params.get(vary))
        if belongs(answer.params) and (before is None or answer.replicates >= before.replicates):
            answers[answer.params[vary]] = answer
    failures: dict[Any, Run] = {}
    for run in failed:
        if belongs(run.spec.params) and run.spec.params[vary] not in answers:
            failures.setdefault(run.spec.params[vary], run)
    if not answers and not failures:
        return None
    ended = [
        (run.state == "cancelled", written(v), run_url(run.id)) for v, run in _in_order(failures)
    ]
    return Sweep(
        _sweep_figure(experiment, vary, wanted[vary], _in_order(answers)) if answers else None,
        tuple((value, url) for stopped, value, url in ended if not stopped),
        tuple((value, url) for stopped, value, url in ended if stopped),
        len(answers) + len(failures),
    )


def _in_order(by_value: Mapping[Any, T]) -> list[tuple[Any, T]]:
    return sorted(by_value.items(), key=lambda pair: (str(type(pair[0])), pair[0]))


def _sweep_figure(
    experiment: Experiment, vary: str, here: Any, answers: Sequence[tuple[Any, Answer]]
) -> Figure:
    title = experiment.params.model_json_schema()["properties"][vary].get("title", vary)
    points = [
        Point(
            written(value) if isinstance(value, bool) else value,
            answer.primary["difference"],
            answer.primary["low"],
            answer.primary["high"],
            answer.verdict,
            answer.replicates,
            value == here,
        )
        for value, answer in answers
        if has_interval(answer.primary)
    ]
    counts = sorted({answer.replicates for _, answer in answers})
    many = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
    return Figure(
        f"Difference in {experiment.primary.name} by “{title}”",
        f"mean and 95 % interval over {many} replicates; of each value the answer with the most "
        "replicates, of equals a stored one or the latest, whatever its seed",
        sweep_chart(points, experiment.smallest_effect, title) if points else Markup(),
        (title, "difference", "95 % interval", "verdict", "replicates", "seed", "answer"),
        tuple(_sweep_row(value, answer) for value, answer in answers),
    )


def _sweep_row(value: Any, answer: Answer) -> tuple[str, ...]:
    difference, low, high = signed_interval(answer.primary)
    return (
        written(value),
        difference,
        f"{low} to {high}",
        answer.verdict,
        str(answer.replicates),
        str(answer.seed),
        Markup('<a href="{}">{}</a>').format(answer.url, answer.name),
    )
