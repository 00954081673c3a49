"""What `pip install .` gives: the wheel holds everything and serves from any folder."""

import os
import re
import subprocess
import sys
import threading
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_notes_templates_and_static_files(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("notes", "templates", "static"):
        here = {
            f"alpgraph/_bundled/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
        }
        assert here
        assert here <= set(names)
    assert any(re.fullmatch(r"alpgraph/experiments/references/.*\.json", name) for name in names)
    assert "alpgraph/_bundled/alpgraph.toml" in names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"alpgraph"}


def test_an_editable_install_holds_no_twin_of_a_bundled_file(tmp_path: Path) -> None:
    code = f"from hatchling.build import build_editable as b; b({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(built).namelist()
    assert [name for name in names if ".dist-info/" not in name and name[-4:] != ".pth"] == []


def test_an_installed_alpgraph_serves_the_bundled_notes_from_anywhere(
    wheel: Path, tmp_path: Path
) -> None:
    target = tmp_path / "site"
    subprocess.run(
        [*PIP, "install", "--no-deps", "--target", str(target), str(wheel)],
        check=True,
        capture_output=True,
    )
    home = tmp_path / "home"
    home.mkdir()
    environ = {
        **os.environ,
        "PYTHONPATH": str(target),
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "alpgraph", "serve", "--no-open", "--port", "0"],
        cwd=home,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if match := re.search(r"serving (\S+) at (http://\S+)", line):
                break
        assert str(target) in match[1]
        with urllib.request.urlopen(f"{match[2]}/n/utility-weighted-loss", timeout=30) as answer:
            page = answer.read().decode()
        with urllib.request.urlopen(f"{match[2]}/", timeout=30) as answer:
            home = answer.read().decode()
    finally:
        watchdog.cancel()
        process.terminate()
        process.communicate(timeout=20)
    assert "Can utility-weighted training loss actually harm model performance?" in page
    settings = tomllib.loads((ROOT / "alpgraph.toml").read_text(encoding="utf-8"))
    assert f"<title>{settings['title']}" in home
    assert settings["tagline"] in home


def test_every_python_gets_the_numpy_that_stored_results_name() -> None:
    for name in ("run", "dev"):
        lock = (ROOT / ".ci" / "lock" / f"{name}.txt").read_text()
        assert re.findall(r"^numpy==\S+(.*)$", lock, re.M) == [" \\"]
