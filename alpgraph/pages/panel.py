"""The panel of an experiment: what is known first, then how to check it."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel

from alpgraph.experiments import Experiment, estimate_seconds, reference_for, validate_params
from alpgraph.pages.addresses import experiment_url
from alpgraph.pages.charts import curves_chart, effect_chart, has_interval, picture_chart
from alpgraph.pages.formats import (
    NONE,
    decimals,
    duration,
    number,
    power,
    signed,
    signed_interval,
    written,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of the form, from the JSON Schema of the parameters."""

    name: str
    title: str
    says: str
    value: object
    low: float | None
    high: float | None
    step: str
    """Of a number; empty for a text."""
    options: tuple[object, ...]
    fault: str = ""


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
class Question:
    """What the form asks: parameters, replicates and seed, with what is wrong with them."""

    params: Mapping[str, Any]
    replicates: int | None = None
    seed: int = 0
    faults: Mapping[str, str] | None = None
    """By name of the field."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stored result comes from, so that it can be computed again."""

    line: str
    replicates: int
    seed: int
    code: str
    versions: Mapping[str, str]
    """By name of what computed it: alpgraph, NumPy, Python."""


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
    replicates: Field
    seed: Field
    estimate: str
    line: str
    may_run: bool
    origin: Origin | None
    """Of a stored result; None for any other."""

    @property
    def lead(self) -> tuple[Figure, ...]:
        """The effect, and the picture that tells most beside it: the experiment's own, if any."""
        return (self.figures[0], self.figures[-1]) if len(self.figures) > 1 else self.figures

    @property
    def rest(self) -> tuple[Figure, ...]:
        """The figures beside the leading ones."""
        return self.figures[1:-1]


def make_panel(
    experiment: Experiment,
    question: Question,
    result: Mapping[str, Any] | None,
    *,
    may_run: bool = True,
) -> Panel:
    """Return the panel of an experiment that asks `question`, showing `result` if there is one.

    Raises pydantic.ValidationError for unusable parameters unless `question` names their faults.
    """
    faults = question.faults or {}
    count = question.replicates if question.replicates is not None else experiment.replicates
    if faults:
        values = _defaults(experiment) | dict(question.params)
    else:
        values = values_of(experiment, question.params)
    return Panel(
        experiment=experiment,
        result=result,
        sentence=sentence(experiment, result) if result else "",
        small=_small(experiment, result) if result else "",
        setting=setting(experiment, values),
        figures=tuple(figures(experiment, result)) if result else (),
        presets=tuple(_presets(experiment, values)),
        fields=tuple(_fields(experiment, values, faults)),
        replicates=Field(
            "replicates", "Replicates", "", count, 2, 256, "1", (), faults.get("replicates", "")
        ),
        seed=Field(
            "seed", "Seed", "", question.seed, 0, 2**53 - 1, "1", (), faults.get("seed", "")
        ),
        estimate="" if faults else duration(estimate_seconds(experiment.name, values, count)),
        line="" if faults else _line(experiment, values, count, question.seed),
        may_run=may_run,
        origin=_origin(experiment, result) if result else None,
    )


def sentence(experiment: Experiment, result: Mapping[str, Any]) -> str:
    """Say the verdict in words with the size of the effect."""
    primary = result["primary"]
    name = f"{primary['name'][:1].upper()}{primary['name'][1:]}"
    digits = decimals((primary["control"], primary["treatment"]))
    values = (
        f"{number(primary['control'], digits)} with “{experiment.control.name}”",
        f"{number(primary['treatment'], digits)} with “{experiment.treatment.name}”",
    )
    if not has_interval(primary):
        return f"{name}: {values[0]} and {values[1]}; too large for a mean and an interval."
    match result["verdict"]:
        case "no effect":
            return f"{name}: hardly any difference, {values[0]} and {values[1]}."
        case "inconclusive":
            return f"{name}: {values[0]} and {values[1]}; the interval is too wide to tell."
    moved = "rose" if primary["difference"] > 0 else "fell"
    by = abs(primary["difference"])
    return f"{name} {moved} by {number(by, decimals([by]))}, from {' to '.join(values)}."


def setting(experiment: Experiment, values: Mapping[str, Any]) -> str:
    """Write parameters with their titles."""
    properties = _properties(experiment.params)
    return "; ".join(
        f"{properties.get(key, {}).get('title', key)}: {written(value)}"
        for key, value in values.items()
    )


def _small(experiment: Experiment, result: Mapping[str, Any]) -> str:
    primary = result["primary"]
    difference, low, high = signed_interval(primary)
    return (
        f"Difference {difference} {primary['unit']}, 95 % interval {low} to {high}, mean of "
        f"{len(result['replicates'])} paired replicates; {primary['better']} is better, and less "
        f"than {power(f'{experiment.smallest_effect:g}')} would be too small to matter."
    )


def figures(experiment: Experiment, result: Mapping[str, Any]) -> list[Figure]:
    """Return the effect, the curves of both arms, and the experiment's own pictures."""
    names = {"control": experiment.control.name, "treatment": experiment.treatment.name}
    drawn = [_effect_figure(names, result)]
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for curve in result["curves"]:
        by_name.setdefault(curve["name"], []).append(curve)
    drawn += [_curve_figure(names, name, curves) for name, curves in by_name.items()]
    drawn += [_picture_figure(names, picture) for picture in result["pictures"]]
    return drawn


def _effect_figure(names: Mapping[str, str], result: Mapping[str, Any]) -> Figure:
    values = [row[arm] for row in result["replicates"] for arm in ("control", "treatment")]
    digits = decimals(values, 4)
    rows = tuple(
        (
            str(row.get("replicate", i)),
            number(row["control"], digits),
            number(row["treatment"], digits),
            signed(row["treatment"] - row["control"], digits),
        )
        for i, row in enumerate(result["replicates"])
    )
    return Figure(
        f"Difference in {result['primary']['name']}",
        f"“{names['treatment']}” (treatment) minus “{names['control']}” (control), a dot a "
        "replicate; shaded: too small to matter",
        effect_chart(result),
        ("replicate", names["control"], names["treatment"], "difference"),
        rows,
    )


def _curve_figure(
    names: Mapping[str, str], name: str, curves: Sequence[Mapping[str, Any]]
) -> Figure:
    head = (curves[0]["x_label"], *(names.get(curve["arm"], curve["arm"]) for curve in curves))
    digits = decimals((mean for curve in curves for mean in curve["mean"]), 4)
    rows = tuple(
        (NONE if x is None else f"{x:g}", *(number(curve["mean"][i], digits) for curve in curves))
        for i, x in enumerate(curves[0]["x"])
    )
    label = curves[0]["y_label"]
    unit = f"{label}, " if label and label != name else ""
    title = f"{name[:1].upper()}{name[1:]}"
    caption = f"{unit}mean and 95 % interval over replicates"
    return Figure(title, caption, curves_chart(curves, names), head, rows)


def _picture_figure(names: Mapping[str, str], picture: Mapping[str, Any]) -> Figure:
    digits = decimals((y for one in picture["series"] for y in one["y"]), 4)
    rows = tuple(
        (
            names.get(one["name"], one["name"]),
            NONE if x is None else str(x),
            number(y, digits),
            NONE if half is None else f"± {number(half, digits)}",
        )
        for one in picture["series"]
        for x, y, half in zip(one["x"], one["y"], one["half_width"], strict=True)
    )
    head = ("series", picture["x_label"], picture["y_label"], "95 % half-width")
    caption = f"{picture['y_label']}, mean and 95 % interval"
    return Figure(picture["title"], caption, picture_chart(picture, names), head, rows)


def _presets(experiment: Experiment, values: Mapping[str, Any]) -> list[PresetLink]:
    links = []
    for name, preset in experiment.presets.items():
        params = values_of(experiment, preset.params)
        url = experiment_url(experiment.name, params)
        links.append(PresetLink(name.replace("-", " "), preset.says, url, params == dict(values)))
    return links


@cache
def _properties(params: type[BaseModel]) -> Mapping[str, Any]:
    """Return the schema of each parameter."""
    properties: Mapping[str, Any] = params.model_json_schema()["properties"]
    return properties


def _defaults(experiment: Experiment) -> dict[str, Any]:
    return values_of(experiment, experiment.presets["claim"].params)


def values_of(experiment: Experiment, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters, whole numbers without a point: 30 rather than 30.0."""
    values = validate_params(experiment, params).model_dump(mode="json")
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in values.items()
    }


_STEPS = {"integer": "1", "number": "any"}
"""By type of the JSON Schema."""


def _fields(
    experiment: Experiment, values: Mapping[str, Any], faults: Mapping[str, str]
) -> list[Field]:
    fields = []
    for name, schema in _properties(experiment.params).items():
        options = tuple(schema.get("enum", ()))
        if schema.get("type") == "boolean":
            options = (True, False)
        fields.append(
            Field(
                name,
                schema.get("title", name),
                schema.get("description", ""),
                values[name],
                schema.get("minimum", schema.get("exclusiveMinimum")),
                schema.get("maximum", schema.get("exclusiveMaximum")),
                _STEPS.get(schema.get("type", ""), ""),
                options,
                faults.get(name, ""),
            )
        )
    return fields


def _origin(experiment: Experiment, result: Mapping[str, Any]) -> Origin | None:
    stored = reference_for(experiment.name, result["params"])
    if stored is None or stored["result"] != result:
        return None
    count, seed, values = (
        stored["replicates"],
        stored["seed"],
        values_of(experiment, result["params"]),
    )
    names = {"alpgraph": "alpgraph", "numpy": "NumPy", "python": "Python"}
    versions = {names.get(key, key): version for key, version in stored["versions"].items()}
    line = _line(experiment, values, count, seed)
    return Origin(line, count, seed, stored["code"], versions)


def _line(experiment: Experiment, values: Mapping[str, Any], replicates: int, seed: int) -> str:
    """Write the command that answers the same question in a terminal."""
    default = _defaults(experiment)
    words = ["alpgraph", "run", experiment.name]
    for key, value in values.items():
        words += ["-p", f"{key}={value}"] if default[key] != value else []
    words += ["--replicates", str(replicates)] if replicates != experiment.replicates else []
    return shlex.join([*words, "--seed", str(seed)])
