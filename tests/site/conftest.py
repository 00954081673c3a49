"""Sites that tests look at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alpgraph.cli import cli
from tests.site.crawler import ROOT


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Build a site by the command line, in this process; what it says is returned."""
    monkeypatch.setattr("alpgraph.site.building.may_fork", lambda: False)  # pytest has threads

    def run(out: Path, *args: str) -> str:
        done = CliRunner().invoke(cli, ["build", str(out), *args], standalone_mode=False)
        assert done.exception is None, done.output
        return str(done.stderr)

    return run


@pytest.fixture(scope="session")
def bundled(alpgraph: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the bundled notes, built by a process of its own."""
    folder = tmp_path_factory.mktemp("bundled")
    site, state = str(folder / "site"), str(folder / "state")
    done = alpgraph("build", site, str(ROOT / "notes"), "--state", state, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder / "site"
