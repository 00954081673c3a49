"""The page of a run: how it stands, what it found, how to get it again, what it compares with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from pydantic import ValidationError

from alpgraph.experiments import Experiment, find_experiment
from alpgraph.pages.addresses import run_url
from alpgraph.pages.answers import Answer, run_answers, stored_answers
from alpgraph.pages.charts import Line, common_range, interval_chart, lines_chart
from alpgraph.pages.formats import written
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import attaching
from alpgraph.pages.panel import Question, make_panel
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.runs import Run, State

MAX_COMPARED = 12
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
    """The answers side by side: a column for each thing asked in which they differ."""

    columns: tuple[str, ...]
    rows: tuple[CompareRow, ...]
    overlay: tuple[tuple[str, Markup], ...]
    """(name of the curve, chart) with both answers' arms."""
    other: str
    """What is laid over; empty when nothing is."""


def run_page(
    collection: Collection,
    run: Run,
    *,
    may_run: bool = True,
    others: Sequence[Run] = (),
    compared: tuple[str, Mapping[str, Any]] | None = None,
) -> str | None:
    """Return the page of a stored run, or None when its experiment is gone or asks otherwise now.

    `others` are finished runs of the experiment, `compared` what a run or a stored result is called
    and its result, whose curves are laid over.
    """
    experiment = find_experiment(run.spec.experiment)
    if experiment is None:
        return None
    question = Question(run.spec.params, run.spec.replicates, run.spec.seed)
    try:
        panel = make_panel(experiment, question, run.result, may_run=may_run)
    except ValidationError:
        return None
    tested, beside = attaching(collection, experiment.name)
    return render(
        "run.html",
        **frame(collection, "/experiments"),
        run=run,
        panel=panel,
        end=ENDS.get(run.state, ""),
        advice=ADVICE.get(run.state, ""),
        seconds=run.finished - run.started if run.finished and run.started else None,
        comparison=compare(experiment, run, others, compared),
        notes=tested,
        beside=beside,
    )


def compare(
    experiment: Experiment,
    run: Run,
    others: Sequence[Run],
    compared: tuple[str, Mapping[str, Any]] | None,
) -> Comparison | None:
    """Put a finished run beside stored results and other runs of its experiment."""
    own = next(iter(run_answers([run])), None)
    if own is None or run.result is None:
        return None
    own = replace(own, name="this run")
    rest = [other for other in others if other.id != run.id]
    answers = [own, *stored_answers(experiment), *run_answers(rest)][: MAX_COMPARED + 1]
    if len(answers) < 2:
        return None
    questions = [_question(answer) for answer in answers]
    differing = [key for key in _question(own) if len({str(one.get(key)) for one in questions}) > 1]
    low, high = common_range(answer.primary for answer in answers)
    titles = experiment.params.model_json_schema()["properties"]
    return Comparison(
        columns=tuple(titles.get(key, {}).get("title", key) for key in differing),
        rows=tuple(
            CompareRow(
                answer,
                tuple(written(_question(answer).get(key, "")) for key in differing),
                interval_chart(answer.primary, low, high),
                answer is own,
                "" if answer is own else run_url(run.id, beside=answer.key),
            )
            for answer in answers
        ),
        overlay=tuple(_overlay(experiment, run.result, *compared)) if compared else (),
        other=compared[0] if compared else "",
    )


def _question(answer: Answer) -> dict[str, Any]:
    """Return all that was asked: runs may differ in seed or replicates alone."""
    return {**answer.params, "replicates": answer.replicates, "seed": answer.seed}


def _overlay(
    experiment: Experiment, own: Mapping[str, Any], name: str, other: Mapping[str, Any]
) -> list[tuple[str, Markup]]:
    """Draw the curves that both results have, a line for each arm that has one."""
    arms = {"control": experiment.control.name, "treatment": experiment.treatment.name}
    charts = []
    others = {curve["name"] for curve in other["curves"]}
    for curve_name in dict.fromkeys(curve["name"] for curve in own["curves"]):
        if curve_name not in others:
            continue
        lines = []
        for result, styles, called in (
            (own, ("c-a", "c-b"), "this run"),
            (other, ("c-c", "c-d"), name),
        ):
            lines += [
                Line(
                    f"{arms.get(curve['arm'], curve['arm'])}, {called}",
                    styles[curve["arm"] == "treatment"],
                    curve["x"],
                    curve["mean"],
                    curve["low"],
                    curve["high"],
                )
                for curve in result["curves"]
                if curve["name"] == curve_name
            ]
        charts.append((curve_name, lines_chart(lines, own["curves"][0]["x_label"])))
    return charts
