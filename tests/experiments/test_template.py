"""Experiments of other packages: from the template to a package that alpgraph finds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alpgraph.experiments import experiment_template
from alpgraph.experiments.template import LONGEST

ROOT = Path(__file__).resolve().parents[2]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Write the template's package, install it into a folder of its own, return both folders."""
    written, site = tmp_path_factory.mktemp("written"), tmp_path_factory.mktemp("site")
    for path, text in experiment_template("label-noise").items():
        file = written / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    package = written / "label-noise"
    command = [*PIP, "--no-deps", "--no-build-isolation", "--target", str(site), str(package)]
    subprocess.run(command, check=True, capture_output=True)
    return package, site


def run(site, *command, cwd):
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)


def test_an_installed_package_brings_its_experiment(installed):
    package, site = installed
    program = (
        "import json\n"
        "from alpgraph.experiments import all_experiments, code_hash, run_experiment\n"
        "result = run_experiment('label-noise', {'noise': 0.4}, 4, 1)\n"
        "print(json.dumps([list(all_experiments()), result['verdict'], code_hash('label-noise')]))"
    )
    done = run(site, sys.executable, "-W", "error", "-c", program, cwd=package.parent)
    assert done.returncode == 0, done.stderr
    names, verdict, code = json.loads(done.stdout)
    assert names[0] == "utility-weighted-loss"
    assert names[-1] == "label-noise"
    assert verdict == "supported"
    assert len(code) == 16


def test_results_of_a_package_are_stored_and_read_beside_its_own_module(installed):
    package, site = installed
    own = ROOT / "alpgraph" / "experiments" / "references"
    before = sorted(own.iterdir())
    renew = [sys.executable, "-m", "alpgraph.experiments.renew", "label-noise"]
    done = run(site, *renew, cwd=package.parent)
    assert done.returncode == 0, done.stderr
    written = sorted((site / "references").iterdir())
    names = [path.name for path in written]
    assert names == ["label-noise.claim.json", "label-noise.negative-control.json"]
    assert sorted(own.iterdir()) == before
    verify = [sys.executable, "-m", "alpgraph", "verify", "label-noise", "--seed", "7"]
    told = run(site, *verify, cwd=package.parent)
    assert told.returncode == 0, told.stderr
    assert "label-noise negative-control" in " ".join(told.stdout.split())


def test_a_wheel_brings_the_stored_results_along(installed, tmp_path):
    package, _ = installed
    copy = shutil.copytree(package, tmp_path / "package")
    (copy / "references").mkdir()
    (copy / "references" / "label-noise.claim.json").write_text("{}")
    target = ["--no-deps", "--no-build-isolation", "--target", str(tmp_path / "site")]
    subprocess.run([*PIP, *target, str(copy)], check=True, capture_output=True)
    assert (tmp_path / "site" / "references" / "label-noise.claim.json").is_file()


def test_the_test_that_comes_with_the_template_passes(installed):
    package, site = installed
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    done = run(site, *command, cwd=package)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


@pytest.mark.parametrize("name", ["tidy", "label-noise", "sgd-2-momentum"])
def test_template_lints_whatever_the_name(name, tmp_path):
    for path, text in experiment_template(name).items():
        (tmp_path / Path(path).name).write_text(text, "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    command = [*ruff, "check", "--isolated", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", ["", "Label", "label noise", "../up", "class", "-a", "a--b", "a" * (LONGEST + 1)]
)
def test_a_name_that_cannot_be_a_file_is_refused(name):
    with pytest.raises(ValueError, match="name of an experiment"):
        experiment_template(name)


def test_an_entry_point_that_fails_is_left_out_with_a_warning(tmp_path):
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[alpgraph.experiments]\nabsent = nowhere:EXPERIMENT\nwrong = json:dumps\n"
        "twice = alpgraph.experiments.utility_weighted_loss:EXPERIMENT\n"
    )
    program = (
        "from alpgraph.experiments import all_experiments; print(len(all_experiments()),"
        " len([n for n in all_experiments() if n == 'utility-weighted-loss']))"
    )
    done = run(tmp_path, sys.executable, "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1] == "1"
    assert "'nowhere:EXPERIMENT' cannot be loaded" in done.stderr
    assert "'json:dumps' is no Experiment" in done.stderr
    assert "a second experiment 'utility-weighted-loss'" in done.stderr
