"""Figures and the numbers beside them, from stored results and made-up ones."""

import re

import pytest

from alpgraph.experiments import get_experiment, references
from alpgraph.pages.charts import effect_chart, picture_chart


def ticks_below(svg: str) -> list[str]:
    """Return the labels of the horizontal axis."""
    return re.findall(r'<text class="c-tick"[^>]* text-anchor="middle">([^<]*)<', svg)


@pytest.mark.parametrize(
    ("name", "label", "wanted"),
    [
        ("smoothing-and-temperature", "tenths of the rows", ["2", "4", "6", "8", "10"]),
        ("pass-at-k", "draws, as a power of two", ["0", "2", "4", "6", "8", "10"]),
        ("proxy-reward-overoptimisation", "steps uphill", ["0", "200", "400", "600"]),
    ],
)
def test_an_axis_of_whole_numbers_has_whole_steps(name, label, wanted):
    pictures = references(name)["claim"]["result"]["pictures"]
    (picture,) = [one for one in pictures if one["x_label"].startswith(label)]
    assert ticks_below(picture_chart(picture, {})) == wanted


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
    ("name", "wanted"),
    [
        ("utility-weighted-loss", ["← treatment better", "treatment worse →"]),
        ("majority-vote", ["← treatment worse", "treatment better →"]),
    ],
)
def test_the_better_side_of_a_goal_is_named(name, wanted):
    assert sides(name) == wanted
