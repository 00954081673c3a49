"""Figures and the numbers beside them, from stored results and made-up ones."""

import re
from dataclasses import replace

import pytest

from alpgraph.experiments import get_experiment, references
from alpgraph.pages.charts import effect_chart, picture_chart
from alpgraph.pages.panel import Panel, Question, figures, make_panel


def ticks_below(svg: str) -> list[str]:
    """Return the labels of the horizontal axis."""
    return re.findall(r'<text class="c-tick"[^>]* text-anchor="middle">([^<]*)<', svg)


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("smoothing-and-temperature", "tenths of the rows", ["2", "4", "6", "8", "10"]),
        ("pass-at-k", "draws, as a power of two", ["0", "2", "4", "6", "8", "10"]),
        ("proxy-reward-overoptimisation", "steps uphill", ["0", "200", "400", "600"]),
    ],
)
def test_an_axis_of_whole_numbers_has_whole_steps(name, label, expected):
    pictures = references(name)["claim"]["result"]["pictures"]
    (picture,) = [one for one in pictures if one["x_label"].startswith(label)]
    assert ticks_below(picture_chart(picture, {})) == expected


def test_an_axis_of_fractions_keeps_its_steps():
    series = [{"name": "a", "x": [0, 0.5, 1], "y": [1, 2, 3], "half_width": [0, 0, 0]}]
    picture = {"title": "t", "kind": "lines", "x_label": "x", "y_label": "y", "series": series}
    assert ticks_below(picture_chart(picture, {})) == ["0", "0.25", "0.5", "0.75", "1"]


def test_rows_are_named_in_full():
    experiment = get_experiment("unused-steps")
    names = {"control": experiment.control.name, "treatment": experiment.treatment.name}
    for picture in references("unused-steps")["claim"]["result"]["pictures"]:
        assert "…" not in picture_chart(picture, names)


def sides(name: str) -> list[str]:
    """Return what stands left and right below the effect of an experiment's claim."""
    svg = effect_chart(references(name)["claim"]["result"])
    return re.findall(r'<text class="c-side"[^>]*>([^<]*)<', svg)


@pytest.mark.parametrize("name", ["fading-weights", "features-or-head", "polynomial-tail"])
def test_nothing_is_called_better_where_the_metric_is_a_diagnosis(name):
    assert sides(name) == ["← lower than control", "higher than control →"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("utility-weighted-loss", ["← treatment better", "treatment worse →"]),
        ("majority-vote", ["← treatment worse", "treatment better →"]),
    ],
)
def test_the_better_side_of_a_goal_is_named(name, expected):
    assert sides(name) == expected


def scaled(found, factor: float):
    """Return a result measured in another unit: every number times the factor but x and seeds."""
    if isinstance(found, dict):
        same = ("x", "seed", "replicate", "level", "params")
        return {key: one if key in same else scaled(one, factor) for key, one in found.items()}
    if isinstance(found, list):
        return [scaled(one, factor) for one in found]
    return float(f"{found * factor:.6g}") if isinstance(found, float | int) else found


def panel_of(name: str, factor: float) -> Panel:
    experiment = get_experiment(name)
    smallest = experiment.smallest_effect * factor
    result = scaled(references(name)["claim"]["result"], factor)
    question = Question(experiment.presets["claim"].params)
    return make_panel(replace(experiment, smallest_effect=smallest), question, result)


def test_tiny_effects_are_told_and_drawn():
    panel = panel_of("features-or-head", 1e-9)
    assert "fell by 2.1 × 10⁻¹⁰, from 2.2 × 10⁻¹⁰ with" in panel.sentence
    assert panel.small.startswith("Difference −2.1 × 10⁻¹⁰ ")
    assert "interval −2.4 × 10⁻¹⁰ to −1.7 × 10⁻¹⁰, mean" in panel.small
    assert "less than 1 × 10⁻¹⁰ would" in panel.small
    for figure in panel.figures:
        marks = re.findall(r'<text class="c-tick"[^>]*>([^<]*[0-9⁻⁰-⁹][^<]*)<', figure.svg)
        assert len(marks) >= 2
        assert not {"0.000", "0.0000"} & {cell for row in figure.rows for cell in row}


def test_large_effects_are_told_without_idle_decimals():
    panel = panel_of("features-or-head", 1e12)
    assert "fell by 206,145,000,000, from 224,486,000,000 with" in panel.sentence
    assert "Difference −206,145,000,000 " in panel.small
    assert not [cell for one in panel.figures for row in one.rows for cell in row if ".0" in cell]


def test_three_decimals_stay_where_they_serve():
    panel = panel_of("features-or-head", 1)
    assert "fell by 0.206, from 0.224 with" in panel.sentence
    assert "Difference −0.206 share" in panel.small
    assert panel.figures[0].rows[0][1].count(".") == 1
    assert {len(row[1].split(".")[1]) for row in panel.figures[0].rows} == {4}


def test_the_effect_says_which_arm_is_the_treatment():
    experiment = get_experiment("utility-weighted-loss")
    effect = figures(experiment, references(experiment.name)["claim"]["result"])[0]
    assert effect.caption.startswith(
        "“weighted loss” (treatment) minus “adjusted afterwards” (control), a dot a replicate"
    )
