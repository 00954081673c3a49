"""What may be asked: validated, bounded, refused by field and limit."""

from collections.abc import Callable
from typing import Any

import pytest

from alpgraph.experiments import code_hash
from alpgraph.runs import Limits, SpecError, make_spec

Ask = Callable[..., Any]


def faults(*args: Any, **options: Any) -> dict[str, str]:
    with pytest.raises(SpecError) as refused:
        make_spec(*args, **options)
    return {fault.field: fault.message for fault in refused.value.faults}


def test_defaults_are_filled_in_and_the_code_is_named() -> None:
    spec = make_spec("utility-weighted-loss", {"miss_cost": "10"})
    assert spec.params["miss_cost"] == 10
    assert spec.params["data"] == "digits"
    assert (spec.replicates, spec.seed) == (16, 0)
    assert spec.code == code_hash("utility-weighted-loss")


def test_the_same_question_has_the_same_id_however_it_is_written() -> None:
    ids = {
        make_spec("utility-weighted-loss", params).id
        for params in ({}, {"miss_cost": 30}, {"miss_cost": "30.0"}, {"data": "digits"})
    }
    assert len(ids) == 1


def test_every_fault_is_named_with_its_limit() -> None:
    found = faults("utility-weighted-loss", {"miss_cost": 1e9, "nonsense": 1}, 1000, -1)
    assert found["replicates"] == "must be between 2 and 256, not 1000"
    assert found["seed"] == "must be between 0 and 9007199254740991, not -1"
    assert found["params.miss_cost"] == "must be at most 300, not 1000000000.0"
    assert found["params.nonsense"].startswith("is no parameter of this experiment; its own: data")


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), True, "many", None, [30], "9" * 5000]
)
def test_what_is_no_number_is_refused_by_name(value: Any) -> None:
    found = faults("utility-weighted-loss", {"miss_cost": value})
    assert list(found) == ["params.miss_cost"]
    assert len(found["params.miss_cost"]) < 300


@pytest.mark.parametrize("value", [True, 2.5, "16"])
def test_replicates_are_whole_numbers(value: Any) -> None:
    assert "whole number" in faults("trial", {}, value)["replicates"]


def test_an_unknown_experiment_is_named() -> None:
    said = faults("nonsense", {})["experiment"]
    assert said.startswith("there is no experiment 'nonsense'; there are: ")
    assert "utility-weighted-loss" in said


def test_a_flag_may_be_true(trial: Ask) -> None:
    assert trial(flag=True).params["flag"] is True


def test_work_far_over_the_limit_of_time_is_refused_at_once() -> None:
    said = faults("trial", {}, 256, limits=Limits(seconds=10))["replicates"]
    assert said == "about 128 s of work; the limit of a run is 10 s"
