import json

import numpy as np
import pytest

from alpgraph.experiments import Curve, Measurements, Picture, find_experiment, result_of
from alpgraph.experiments.results import MOST_POINTS, curves_json

EXPERIMENT = find_experiment("utility-weighted-loss")
PARAMS = EXPERIMENT.params()
SEEDS = [(5, 0), (5, 1), (5, 2)]
CONTROL, TREATMENT = np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.6, 0.8])


def result(**more):
    return result_of(EXPERIMENT, PARAMS, SEEDS, Measurements(CONTROL, TREATMENT, **more))


def test_result_has_the_fields_that_others_build_on():
    seen = result()
    assert seen["verdict"] == "supported"
    assert seen["primary"]["name"] == "decision cost"
    assert {"unit", "better", "low", "high", "level"} <= seen["primary"].keys()
    assert seen["primary"]["control"] == pytest.approx(0.2)
    assert seen["primary"]["difference"] == pytest.approx(0.4)
    assert seen["replicates"][1] == {"seed": 5, "replicate": 1, "control": 0.2, "treatment": 0.6}
    assert seen["params"] == {
        "data": "digits",
        "miss_cost": 30,
        "rows": 800,
        "steps": 500,
        "hidden": 32,
    }


def test_result_is_strict_json_even_for_one_replicate():
    one = Measurements(CONTROL[:1], TREATMENT[:1])
    seen = result_of(EXPERIMENT, PARAMS, SEEDS[:1], one)
    assert json.loads(json.dumps(seen, allow_nan=False)) == seen
    assert seen["verdict"] == "inconclusive"
    assert seen["primary"]["low"] is None


def test_secondary_metrics_are_paired_too():
    (seen,) = result(secondary={"accuracy": (CONTROL, CONTROL + 0.1)})["secondary"]
    assert seen["name"] == "accuracy"
    assert seen["difference"] == pytest.approx(0.1)
    assert seen["low"] == pytest.approx(0.1)


def test_curves_are_thinned_and_keep_their_ends():
    x = np.arange(1000.0)
    y = x[:, None] + np.array([-1.0, 0.0, 1.0])
    (seen,) = curves_json([Curve("control", "cost", x, y, y_label="cost")])
    assert len(seen["x"]) == len(seen["mean"]) == MOST_POINTS
    assert (seen["x"][0], seen["x"][-1]) == (0, 999)
    assert seen["mean"] == pytest.approx(seen["x"])
    assert seen["high"][3] - seen["mean"][3] == pytest.approx(2.484, abs=0.001)
    assert (seen["x_label"], seen["y_label"]) == ("training steps", "cost")


def test_pictures_keep_names_as_they_are():
    y = np.array([[0.4, 0.5, 0.6], [0.1, np.nan, 0.2]])
    picture = Picture("t", "bars", "x", "y", {"control": (["a", 2], y)})
    (seen,) = result(pictures=[picture])["pictures"]
    (series,) = seen["series"]
    assert (series["name"], series["x"], series["y"]) == ("control", ["a", 2.0], [0.5, None])
    assert series["half_width"] == [pytest.approx(0.2484, abs=1e-4), None]


@pytest.mark.parametrize(
    ("control", "message"),
    [(np.array([0.1, np.nan, 0.3]), "not finite"), (np.array([0.1]), r"not \(3,\)")],
)
def test_unusable_measurements_are_refused(control, message):
    with pytest.raises(ValueError, match=message):
        result_of(EXPERIMENT, PARAMS, SEEDS, Measurements(control, TREATMENT))
