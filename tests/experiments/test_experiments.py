"""What every bundled experiment has to be."""

import time

import numpy as np
import pytest
from pydantic import ValidationError

from alpgraph.experiments import (
    REFERENCE_SEED,
    Verdict,
    all_experiments,
    estimate_seconds,
    find_experiment,
    get_experiment,
    merge_measurements,
    reference_for,
    references,
    result_of,
    run_experiment,
    running,
    validate_params,
    verify,
)
from alpgraph.experiments.renew import is_stale
from alpgraph.experiments.running import silent

NAMES = list(all_experiments())
PRESETS = [(name, preset) for name in NAMES for preset in get_experiment(name).presets]


@pytest.mark.parametrize("name", NAMES)
def test_design_is_complete(name):
    experiment = get_experiment(name)
    assert experiment.name == name
    assert {"claim", "negative-control"} <= experiment.presets.keys()
    assert experiment.presets["negative-control"].expected == Verdict.NO_EFFECT
    assert experiment.direction in ("higher", "lower")
    assert experiment.primary.better in ("higher", "lower", "neither side")
    assert experiment.smallest_effect > 0
    assert experiment.hypothesis.endswith(".")
    assert experiment.about
    assert experiment.sources
    for field in experiment.params.model_json_schema()["properties"].values():
        assert field["title"]
        bounded = {"minimum", "exclusiveMinimum"} & field.keys()
        assert bounded or "enum" in field or field["type"] == "boolean", field


@pytest.mark.parametrize(("name", "preset"), PRESETS)
def test_stored_result_is_of_this_code(name, preset):
    assert not is_stale(name, preset), f"run: make references ARGS='{name}'"


@pytest.mark.parametrize(("name", "preset"), PRESETS)
def test_stored_result_is_complete_and_found_by_its_parameters(name, preset):
    stored = references(name)[preset]
    assert stored["seed"] == REFERENCE_SEED
    assert len(stored["result"]["replicates"]) == get_experiment(name).replicates
    assert stored["result"]["curves"]
    assert stored["result"]["pictures"]
    chosen = get_experiment(name).presets[preset]
    found = reference_for(name, chosen.params)
    assert found is not None
    assert found["params"] == stored["params"]


@pytest.mark.parametrize(("name", "preset"), PRESETS)
def test_a_preset_takes_less_than_twenty_seconds_of_one_core(name, preset):
    assert references(name)[preset]["cpu_seconds"] < 20


@pytest.mark.parametrize("name", NAMES)
def test_replicates_of_the_stored_result_come_out_again(name):
    """Processors round differently, and training magnifies it: hence a tolerance."""
    stored = references(name)["claim"]
    again = run_experiment(name, stored["params"], 2, REFERENCE_SEED)["replicates"]
    for arm in ("control", "treatment"):
        values = np.array([r[arm] for r in stored["result"]["replicates"]])
        difference = np.mean([r[arm] for r in again]) - values[:2].mean()
        assert abs(difference) <= 0.75 * values.std() + 1e-6


@pytest.mark.parametrize(("name", "preset"), [p for p in PRESETS if p[1] != "claim"])
def test_a_few_replicates_on_fixed_seeds_agree_with_the_stored_result(name, preset):
    """Three replicates, within what the spread of the stored ones allows; always the same seeds."""
    stored = references(name)[preset]
    known = np.array([r["treatment"] - r["control"] for r in stored["result"]["replicates"]])
    again = run_experiment(name, stored["params"], 3, 5)["primary"]["difference"]
    spread = known.std(ddof=1) * (1 / 3 + 1 / len(known)) ** 0.5
    assert abs(again - known.mean()) <= 4 * spread + 0.5 * get_experiment(name).smallest_effect


def short_claim(experiment):
    """The claim's parameters, but for no more than a hundred steps of training."""
    params = dict(experiment.presets["claim"].params)
    if "steps" in experiment.params.model_fields:
        params["steps"] = min(100, experiment.params().steps)
    return validate_params(experiment, params)


@pytest.mark.parametrize("name", NAMES)
def test_a_replicate_does_not_depend_on_the_others(name):
    experiment = get_experiment(name)
    params = short_claim(experiment)
    together = experiment.measure(params, [(7, 0), (7, 1)], silent)
    alone = experiment.measure(params, [(7, 1)], silent)
    np.testing.assert_allclose(together.control[1], alone.control[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(together.treatment[1], alone.treatment[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_parts_put_together_are_to_the_bit_what_one_call_measures(name):
    experiment = get_experiment(name)
    params = short_claim(experiment)
    seeds = [(7, i) for i in range(3)]
    whole = experiment.measure(params, seeds, silent)
    parts = [experiment.measure(params, part, silent) for part in (seeds[:2], seeds[2:])]
    results = [
        result_of(experiment, params, seeds, measured)
        for measured in (whole, merge_measurements(parts))
    ]
    assert results[0] == results[1]


@pytest.mark.parametrize("name", NAMES)
def test_progress_grows_to_its_end_and_brings_curves(name):
    shares, curves = [], []

    def progress(fraction, so_far=None):
        shares.append(fraction)
        curves.extend(so_far or {})

    experiment = get_experiment(name)
    experiment.measure(short_claim(experiment), [(7, 0)], progress)
    assert shares == sorted(shares)
    assert 0.9 <= shares[-1] <= 1
    assert len(shares) >= 5
    assert curves


def test_unknown_and_unbounded_parameters_are_refused_by_name():
    experiment = get_experiment("utility-weighted-loss")
    for raw, field in (({"miss_cost": 0}, "miss_cost"), ({"mis_cost": 3}, "mis_cost")):
        with pytest.raises(ValidationError) as seen:
            validate_params(experiment, raw)
        assert seen.value.errors()[0]["loc"] == (field,)


def test_parameters_may_be_written_as_text():
    experiment = get_experiment("utility-weighted-loss")
    assert validate_params(experiment, {"miss_cost": "30"}).model_dump()["miss_cost"] == 30


def test_unknown_names_are_none_or_an_error_that_lists_the_known():
    assert find_experiment("nothing") is None
    assert references("nothing") == {}
    assert reference_for("nothing", {}) is None
    with pytest.raises(ValueError, match=r"'nothing'.*utility-weighted-loss"):
        get_experiment("nothing")
    with pytest.raises(ValueError, match="not 0"):
        run_experiment("utility-weighted-loss", {}, 0, 1)


def test_the_estimate_is_of_the_right_size():
    params = {"steps": 1000, "miss_cost": 7}
    began = time.process_time()
    run_experiment("utility-weighted-loss", params, 8, 3)
    spent = time.process_time() - began
    assert spent / 8 < estimate_seconds("utility-weighted-loss", params, 8) < spent * 8


def test_equal_parameters_have_one_reference_however_they_are_written():
    short = reference_for("utility-weighted-loss", {"miss_cost": 30})
    whole = reference_for("utility-weighted-loss", {"miss_cost": "30", "data": "digits"})
    assert short is not None
    assert short == whole
    assert reference_for("utility-weighted-loss", {"miss_cost": 31}) is None


def test_verify_repeats_every_preset_on_other_seeds():
    seen = list(verify("utility-weighted-loss", seed=4))
    assert [v.preset for v in seen] == list(references("utility-weighted-loss"))
    assert all(v.holds for v in seen), [(v.preset, v.stored, v.verdict) for v in seen]
    assert all(r["seed"] == 4 for v in seen for r in v.result["replicates"])


def test_verify_doubles_the_replicates_before_it_gives_a_verdict_up(monkeypatch):
    stored = references("utility-weighted-loss")["negative-control"]
    wrong = {**stored, "result": {**stored["result"], "verdict": "supported"}}
    monkeypatch.setattr(running, "references", lambda name: {"negative-control": wrong})
    (seen,) = verify("utility-weighted-loss", seed=4)
    assert not seen.holds
    assert (seen.stored, seen.verdict) == ("supported", "no effect")
    assert seen.replicates == 2 * stored["replicates"]


def test_every_preset_can_be_estimated() -> None:
    for name, experiment in all_experiments().items():
        for preset in experiment.presets.values():
            assert estimate_seconds(name, preset.params, 8) >= 0.1
