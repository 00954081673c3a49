"""`alpgraph run` and `alpgraph verify` through their own door."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from alpgraph.experiments import all_experiments, experiment_template, references
from alpgraph.experiments.references import FOLDER

Run = Callable[..., "subprocess.CompletedProcess[str]"]
QUICK = ("run", "utility-weighted-loss", "--replicates", "4", "-p", "steps=40")


def test_a_run_says_what_is_asked_the_verdict_and_what_it_rests_on(alpgraph: Run) -> None:
    done = alpgraph(*QUICK)
    assert done.returncode == 0, done.stderr
    title, hypothesis, verdict, arms = done.stdout.splitlines()
    experiment = all_experiments()["utility-weighted-loss"]
    assert (title, hypothesis) == (experiment.title, experiment.hypothesis)
    assert "95 % interval" in verdict
    assert "4 replicates" in verdict
    assert "bootstrap" in verdict
    assert experiment.control.name in arms


def test_a_note_names_the_experiment_and_its_parameters(alpgraph: Run) -> None:
    done = alpgraph("run", "utility-weighted-loss.md", "--replicates", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["params"]["miss_cost"] == 30


def test_a_run_of_a_note_says_when_it_does_not_test_the_claim(
    alpgraph: Run, tmp_path: Path
) -> None:
    attached = "---\ntitle: A\nexperiment:\n  name: utility-weighted-loss\n  scope: %s\n---\n"
    (tmp_path / "a.md").write_text(attached % '"half \\e[31mof it"')
    few = ("--replicates", "2", "-p", "steps=40", "--notes", str(tmp_path))
    done = alpgraph("run", "a", *few)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()[2]
    assert told.startswith("This does not test the note's claim. It tests half ")
    assert "\x1b" not in told
    assert json.loads(alpgraph("run", "a", *few, "--json").stdout)["verdict"]


def test_a_note_that_names_no_parameters_asks_with_the_usual_ones(
    alpgraph: Run, plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the note's page does, whatever the preset `claim` of the experiment sets."""
    (tmp_path / "wide_trial.py").write_text(
        "from dataclasses import replace\n"
        "from trial_experiment import TRIAL\n"
        "claim = replace(TRIAL.presets['claim'], params={'steps': 5})\n"
        "WIDE = replace(TRIAL, name='wide-trial', presets={'claim': claim})\n"
    )
    info = tmp_path / "wide_trial-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wide-trial\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[alpgraph.experiments]\nw = wide_trial:WIDE\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]]))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("---\ntitle: A\nexperiment: {name: wide-trial}\n---\n")
    asked = {"a": 3, "wide-trial": 5}
    for what, steps in asked.items():
        done = alpgraph("run", what, "--notes", str(tmp_path / "notes"), "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["params"]["steps"] == steps


def test_a_sweep_is_a_table_of_effect_against_parameter(alpgraph: Run) -> None:
    done = alpgraph(*QUICK, "--sweep", "miss_cost=1,10,100")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[3].split() == ["miss_cost", "difference", "95", "%", "interval", "verdict"]
    assert [line.split()[0] for line in lines[4:]] == ["1.0", "10.0", "100.0"]
    assert all(" to " in line for line in lines[4:])


def test_a_sweep_as_json_gives_each_point_with_its_parameters(alpgraph: Run) -> None:
    done = alpgraph(*QUICK, "--sweep", "hidden=4,8", "--json")
    points = json.loads(done.stdout)
    assert [point["params"]["hidden"] for point in points] == [4, 8]
    assert all(point["result"]["params"] == point["params"] for point in points)
    alone = alpgraph(*QUICK, "-p", "hidden=8", "--json")
    assert json.loads(alone.stdout) == points[1]["result"]


@pytest.mark.parametrize(
    ("sweep", "message"),
    [("miss_cost=1,-1", "miss_cost"), ("mis_cost=1", "mis_cost"), ("miss_cost=", "no values")],
)
def test_a_sweep_over_what_cannot_be_is_wrong_use_before_anything_runs(
    alpgraph: Run, sweep: str, message: str
) -> None:
    done = alpgraph(*QUICK, "--sweep", sweep)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_two_sweeps_are_wrong_use_and_none_is_dropped(alpgraph: Run) -> None:
    done = alpgraph(*QUICK, "--sweep", "miss_cost=1", "--sweep", "hidden=4")
    assert (done.returncode, done.stdout) == (2, "")
    assert "miss_cost=1 and hidden=4 are 2 sweeps" in done.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("-p", "hidden=4", "-p", "hidden=8"), "'hidden' is set twice, to '4' and to '8'"),
        (("-p", "hidden=4", "--sweep", "hidden=4,8"), "'hidden' is set with -p, too"),
    ],
)
def test_a_parameter_that_is_set_twice_is_wrong_use(
    alpgraph: Run, more: tuple[str, ...], message: str
) -> None:
    done = alpgraph("run", "utility-weighted-loss", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_what_is_no_number_is_a_dash(alpgraph: Run, plugin: Path) -> None:
    done = alpgraph("run", "trial", "-p", "mode=huge")
    assert done.returncode == 0
    assert "INCONCLUSIVE" in done.stdout
    assert "(95 % interval – to –, 4 replicates" in done.stdout
    done = alpgraph("run", "trial", "--sweep", "mode=huge,gaps")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2].split()[-4:] == ["–", "to", "–", "inconclusive"]


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        (
            "raise",
            "ValueError: the dog ate the data (trial_experiment.py, line {raise ValueError})",
        ),
        ("lines", "LookupError: no such row (trial_experiment.py, line {raise LookupError})"),
        ("leave", "SystemExit: 3 (trial_experiment.py, line {raise SystemExit})"),
        ("nan", "ValueError: trial: treatment has values that are not finite: [nan nan nan nan] "),
        ("shape", "ValueError: trial: control has shape (1,), not (4,) (trial_experiment.py, line"),
        ("nothing", "AttributeError: 'NoneType' object has no attribute 'control' (trial_exp"),
    ],
)
def test_an_experiment_that_fails_is_a_failed_run_and_no_fault_of_our_own(
    alpgraph: Run, plugin: Path, mode: str, message: str
) -> None:
    source = (plugin / "trial_experiment.py").read_text()
    where = re.compile(r"\{(.*)\}")
    if found := where.search(message):
        line = next(i for i, text in enumerate(source.splitlines(), 1) if found[1] in text)
        message = where.sub(str(line), message)
    done = alpgraph("run", "trial", "--sweep", f"mode=fine,{mode}")
    assert done.returncode == 1
    assert f"Error: the experiment 'trial' failed: {message}" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1].split()[0] == "fine"  # what was finished is shown
    seen = alpgraph("run", "trial", "-p", f"mode={mode}", env=os.environ | {"ALPGRAPH_DEBUG": "1"})
    assert seen.returncode == 1
    assert "Traceback" in seen.stderr


def test_what_an_experiment_prints_does_not_stand_in_its_result(
    alpgraph: Run, plugin: Path
) -> None:
    done = alpgraph("run", "trial", "-p", "mode=loud", "--json")
    assert json.loads(done.stdout)["params"]["mode"] == "loud"
    assert "heard" in done.stderr


def interrupted_after(lines: int, *command: str) -> tuple[int, str, str]:
    """Start a command, press Ctrl-C once it has printed so many lines, return how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "alpgraph", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(lines)]
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    return process.returncode, "".join(seen) + rest, errors


def test_ctrl_c_keeps_the_points_that_are_done() -> None:
    sweep = ("--sweep", "steps=10,5000", "--replicates", "64")
    code, out, errors = interrupted_after(5, "run", "utility-weighted-loss", *sweep)
    assert code == 130
    assert out.splitlines()[4].split()[0] == "10"
    assert "Traceback" not in errors
    assert "what was finished is shown" in errors


def test_verify_runs_again_on_fresh_seeds_and_says_which(alpgraph: Run) -> None:
    done = alpgraph("verify", "utility-weighted-loss", "--seed", "4")
    assert done.returncode == 0, done.stdout
    presets = references("utility-weighted-loss")
    assert [line.split()[1].rstrip(":") for line in done.stdout.splitlines()] == list(presets)
    assert all(": holds; stored" in line for line in done.stdout.splitlines())
    assert f"{len(presets)} of {len(presets)} verdicts hold on base seed 4" in done.stderr


def test_verify_ends_with_1_when_a_verdict_does_not_hold(tmp_path: Path) -> None:
    """A folder of stored results in which one verdict is wrong."""
    name = "utility-weighted-loss.negative-control.json"
    stored = json.loads((FOLDER / name).read_text("utf-8"))
    stored["replicates"], stored["result"]["verdict"] = 4, "supported"
    stored["cpu_seconds"] = 0.0  # as of an experiment that is done in a moment
    (tmp_path / FOLDER.name).mkdir()
    (tmp_path / FOLDER.name / name).write_text(json.dumps(stored), "utf-8")
    script = (
        "import pathlib, sys; from importlib import import_module\n"
        "stored = import_module('alpgraph.experiments.references')\n"
        "folder = pathlib.Path(sys.argv.pop(1))\n"
        "stored.folder_of = lambda _: folder\n"
        "from alpgraph.cli import main; main()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), "verify", "utility-weighted-loss"]
    done = subprocess.run(
        [*command, "--seed", "4"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "DOES NOT HOLD; stored supported, now" in done.stdout
    assert "8 replicates" in done.stdout  # it was given twice as many first
    assert "0 of 1 verdicts hold" in done.stderr


def test_verify_of_an_unknown_name_is_wrong_use(alpgraph: Run) -> None:
    done = alpgraph("verify", "no-such-thing")
    assert done.returncode == 2
    assert "'no-such-thing'" in done.stderr


def test_ctrl_c_ends_verify_with_130_and_leaves_no_worker() -> None:
    # of two, since all presets of one may be done when the first of them is told
    names = ("utility-weighted-loss", "unused-steps")
    code, _, errors = interrupted_after(1, "verify", *names)
    assert code == 130
    assert "not run: interrupted" in errors
    assert "Traceback" not in errors


def test_new_writes_an_experiment_and_never_over_one(alpgraph: Run, tmp_path: Path) -> None:
    done = alpgraph("new", "--experiment", "more-noise", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(experiment_template("more-noise"))
    for path, text in experiment_template("more-noise").items():
        assert (tmp_path / path).read_text("utf-8") == text
    again = alpgraph("new", "--experiment", "more-noise", cwd=tmp_path)
    assert again.returncode == 2
    assert "more-noise" in again.stderr


def test_a_new_experiment_takes_no_name_of_a_bundled_one(alpgraph: Run, tmp_path: Path) -> None:
    done = alpgraph("new", "--experiment", "utility-weighted-loss", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is an experiment 'utility-weighted-loss' already" in done.stderr
    assert not list(tmp_path.iterdir())
