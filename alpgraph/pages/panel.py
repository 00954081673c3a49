"""The panel of an experiment: what is known first, then how to check it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from alpgraph.experiments import estimate_seconds, validate_params
from alpgraph.experiments.model import Experiment
from alpgraph.pages.addresses import experiment_url
from alpgraph.pages.charts import curves_chart, effect_chart, picture_chart
from alpgraph.pages.render import number, signed


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of the form, from the JSON Schema of the parameters."""

    name: str
    title: str
    value: object
    low: float | None
    high: float | None
    step: str
    options: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the table of its numbers."""

    title: str
    caption: str
    svg: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PresetLink:
    """A named case to try."""

    name: str
    says: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """All a template needs."""

    experiment: Experiment
    result: Mapping[str, Any] | None
    sentence: str
    small: str
    setting: str
    figures: tuple[Figure, ...]
    presets: tuple[PresetLink, ...]
    fields: tuple[Field, ...]
    replicates: int
    seed: int
    estimate: str
    line: str
    may_run: bool


def make_panel(
    experiment: Experiment,
    params: Mapping[str, Any],
    result: Mapping[str, Any] | None,
    *,
    replicates: int | None = None,
    seed: int = 0,
    may_run: bool = True,
) -> Panel:
    """Return the panel of an experiment with `params`, showing `result` when there is one."""
    count = replicates or experiment.replicates
    values = validate_params(experiment, params).model_dump(mode="json")
    return Panel(
        experiment=experiment,
        result=result,
        sentence=_sentence(experiment, result) if result else "",
        small=_small(experiment, result) if result else "",
        setting=", ".join(f"{key} {value}" for key, value in values.items()),
        figures=_figures(experiment, result) if result else (),
        presets=tuple(_presets(experiment, values)),
        fields=tuple(_fields(experiment, values)),
        replicates=count,
        seed=seed,
        estimate=_duration(estimate_seconds(experiment.name, values, count)),
        line=_line(experiment, values, count, seed),
        may_run=may_run,
    )


def _sentence(experiment: Experiment, result: Mapping[str, Any]) -> str:
    primary = result["primary"]
    more = "higher" if primary["difference"] > 0 else "lower"
    return (
        f"{experiment.treatment.name[:1].upper()}{experiment.treatment.name[1:]}: "
        f"{primary['name']} {number(abs(primary['difference']))} {primary['unit']} {more} "
        f"than with {experiment.control.name}."
    )


def _small(experiment: Experiment, result: Mapping[str, Any]) -> str:
    primary = result["primary"]
    return (
        f"Mean of {len(result['replicates'])} paired replicates, 95 % interval "
        f"{signed(primary['low'])} to {signed(primary['high'])}; "
        f"{experiment.control.name} {number(primary['control'])}, "
        f"{experiment.treatment.name} {number(primary['treatment'])}."
    )


def _figures(experiment: Experiment, result: Mapping[str, Any]) -> tuple[Figure, ...]:
    names = {"control": experiment.control.name, "treatment": experiment.treatment.name}
    rows = tuple(
        (str(i), number(r["control"], 4), number(r["treatment"], 4),
         signed(r["treatment"] - r["control"], 4))
        for i, r in enumerate(result["replicates"])
    )  # fmt: skip
    figures = [
        Figure(
            f"Difference in {result['primary']['name']}",
            "treatment minus control, a dot a replicate; shaded: too small to matter",
            effect_chart(result, experiment.smallest_effect, experiment.direction),
            ("replicate", names["control"], names["treatment"], "difference"),
            rows,
        )
    ]
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for curve in result["curves"]:
        by_name.setdefault(curve["name"], []).append(curve)
    for name, curves in by_name.items():
        head = (curves[0]["x_label"], *(names.get(c["arm"], c["arm"]) for c in curves))
        table = tuple(
            (f"{x:g}", *(number(c["mean"][i], 4) for c in curves))
            for i, x in enumerate(curves[0]["x"])
        )
        figures.append(
            Figure(
                f"{name[:1].upper()}{name[1:]}",
                "mean and 95 % interval over replicates",
                curves_chart(curves, names),
                head,
                table,
            )
        )
    for picture in result["pictures"]:
        table = tuple(
            (s["name"], str(x), number(y, 4), f"± {number(h, 4)}")
            for s in picture["series"]
            for x, y, h in zip(s["x"], s["y"], s["half_width"], strict=True)
        )
        head = ("series", picture["x_label"], picture["y_label"], "95 % half-width")
        figures.append(
            Figure(picture["title"], picture["y_label"], picture_chart(picture), head, table)
        )
    return tuple(figures)


def _presets(experiment: Experiment, values: Mapping[str, Any]) -> list[PresetLink]:
    links = []
    for name, preset in experiment.presets.items():
        params = validate_params(experiment, preset.params).model_dump(mode="json")
        url = experiment_url(experiment.name, params)
        links.append(PresetLink(name.replace("-", " "), preset.says, url, params == dict(values)))
    return links


def _fields(experiment: Experiment, values: Mapping[str, Any]) -> list[Field]:
    fields = []
    for name, schema in experiment.params.model_json_schema()["properties"].items():
        whole = schema.get("type") == "integer"
        options = tuple(schema.get("enum", ()))
        if schema.get("type") == "boolean":
            options = (True, False)
        fields.append(
            Field(
                name,
                schema.get("title", name),
                values[name],
                schema.get("minimum", schema.get("exclusiveMinimum")),
                schema.get("maximum", schema.get("exclusiveMaximum")),
                "1" if whole else "any",
                options,
            )
        )
    return fields


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else "a second"


def _line(experiment: Experiment, values: Mapping[str, Any], replicates: int, seed: int) -> str:
    claim = experiment.presets["claim"].params
    default = validate_params(experiment, claim).model_dump(mode="json")
    changed = [f"-p {key}={value}" for key, value in values.items() if default[key] != value]
    more = [f"--replicates {replicates}"] if replicates != experiment.replicates else []
    return " ".join(["alpgraph run", experiment.name, *changed, *more, f"--seed {seed}"])
