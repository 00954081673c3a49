"""The page of a run: how it stands, what it found, how to get it again, what it compares with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from alpgraph.experiments import Experiment, find_experiment, references
from alpgraph.pages.addresses import experiment_url, run_url
from alpgraph.pages.charts import Line, interval_chart, lines_chart
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import rows
from alpgraph.pages.panel import Question, make_panel
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.runs import Run, State

MOST_COMPARED = 12
ENDS = {
    State.FAILED: "This run failed",
    State.CANCELLED: "This run was cancelled",
    State.TIMED_OUT: "This run ran out of time",
}
ADVICE = {
    State.FAILED: "The same question can be asked again; if it fails again, the reason belongs "
    "into a report to who wrote the experiment.",
    State.CANCELLED: "Ask again below to have it computed after all.",
    State.TIMED_OUT: "Fewer replicates, steps or rows take less time.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A result that a run is compared with."""

    key: str
    """Id of a run, or name of a preset."""
    name: str
    url: str
    params: Mapping[str, Any]
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One answer in the table of what differs."""

    answer: Answer
    values: tuple[str, ...]
    picture: Markup
    here: bool
    overlay: str
    """Address of this page with the answer's curves laid over; empty for the run itself."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answers side by side: a column for each parameter in which they differ."""

    columns: tuple[str, ...]
    rows: tuple[CompareRow, ...]
    overlay: tuple[tuple[str, Markup], ...]
    """(name of the curve, chart) with both answers' arms."""
    other: Answer | None


def run_page(
    collection: Collection,
    run: Run,
    *,
    may_run: bool = True,
    others: Sequence[Run] = (),
    beside: str = "",
) -> str | None:
    """Return the page of a stored run, or None when its experiment is gone.

    `others` are finished runs of the experiment with their results, `beside` the id or the preset
    whose curves are laid over.
    """
    experiment = find_experiment(run.spec.experiment)
    if experiment is None:
        return None
    question = Question(run.spec.params, run.spec.replicates, run.spec.seed)
    panel = make_panel(experiment, question, run.result, may_run=may_run)
    slugs = [
        slug
        for slug, note in collection.notes.items()
        if note.experiment and note.experiment.name == experiment.name
    ]
    return render(
        "run.html",
        **frame(collection, "/experiments"),
        run=run,
        panel=panel,
        end=ENDS.get(run.state, ""),
        advice=ADVICE.get(run.state, ""),
        seconds=(run.finished or 0) - (run.started or 0) if run.finished and run.started else None,
        comparison=compare(experiment, run, others, beside) if run.result else None,
        notes=rows(collection, slugs),
    )


def compare(
    experiment: Experiment, run: Run, others: Sequence[Run], beside: str
) -> Comparison | None:
    """Put a finished run beside stored results and other runs of its experiment."""
    if run.result is None:
        return None
    own = Answer(run.id, "this run", run_url(run.id), run.spec.params, run.result)
    answers = [own, *_stored(experiment), *_of_runs(run, others)][: MOST_COMPARED + 1]
    if len(answers) < 2:
        return None
    differing = [
        key
        for key in run.spec.params
        if len({str(answer.params.get(key)) for answer in answers}) > 1
    ]
    primaries = [answer.result["primary"] for answer in answers]
    low = min(0.0, *(primary["low"] for primary in primaries))
    high = max(0.0, *(primary["high"] for primary in primaries))
    titles = experiment.params.model_json_schema()["properties"]
    other = next((answer for answer in answers[1:] if answer.key == beside), None)
    return Comparison(
        columns=tuple(titles[key].get("title", key) for key in differing),
        rows=tuple(
            CompareRow(
                answer,
                tuple(str(answer.params.get(key, "")) for key in differing),
                interval_chart(answer.result["primary"], low, high),
                answer is own,
                "" if answer is own else run_url(run.id, beside=answer.key),
            )
            for answer in answers
        ),
        overlay=tuple(_overlay(experiment, own, other)) if other else (),
        other=other,
    )


def _stored(experiment: Experiment) -> list[Answer]:
    return [
        Answer(
            preset,
            f"stored: {preset.replace('-', ' ')}",
            experiment_url(experiment.name, found["params"]),
            found["params"],
            found["result"],
        )
        for preset, found in references(experiment.name).items()
    ]


def _of_runs(run: Run, others: Sequence[Run]) -> list[Answer]:
    return [
        Answer(one.id, f"run {one.id[:8]}", run_url(one.id), one.spec.params, one.result)
        for one in others
        if one.result is not None and one.id != run.id
    ]


def _overlay(experiment: Experiment, own: Answer, other: Answer) -> list[tuple[str, Markup]]:
    """Draw the curves that both answers have, four lines each."""
    arms = {"control": experiment.control.name, "treatment": experiment.treatment.name}
    names = dict.fromkeys(curve["name"] for curve in own.result["curves"])
    charts = []
    for name in names:
        lines = []
        for answer, styles in ((own, ("c-a", "c-b")), (other, ("c-c", "c-d"))):
            curves = [curve for curve in answer.result["curves"] if curve["name"] == name]
            for curve in curves:
                style = styles[curve["arm"] == "treatment"]
                label = f"{arms.get(curve['arm'], curve['arm'])}, {answer.name}"
                lines.append(
                    Line(label, style, curve["x"], curve["mean"], curve["low"], curve["high"])
                )
        if len(lines) > 2:
            charts.append((name, lines_chart(lines, own.result["curves"][0]["x_label"])))
    return charts
