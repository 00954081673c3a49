"""The README's command blocks do what they say, and its pictures and links lead somewhere."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", README, flags=re.M | re.S)
    for line in block.splitlines()
]
SERVES = re.compile(r"(make serve|alpgraph serve)\b")
NOT_COPIED = (".venv", ".git", "build", ".alpgraph", "*_cache", "__pycache__", "tests")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Copy the project; `alpgraph`, `pip` and `make` are there as in a fresh environment."""
    home = tmp_path_factory.mktemp("readme")
    root = home / "alpgraph"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_COPIED))
    (root / ".venv").symlink_to(sys.prefix)
    own = root / "path" / "to" / "notes"
    own.mkdir(parents=True)
    (own / "mine.md").write_text("# A note of mine\n")
    programs = home / "bin"
    programs.mkdir()
    python = shlex.quote(sys.executable)
    for name, command in {
        "alpgraph": f"{python} -m alpgraph",
        "pip": f"{python} -m pip --quiet",
        "make": f"{shutil.which('make')} --old-file=.venv/run",  # the environment is made already
    }.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (programs / name).chmod(0o755)
    identity = {f"GIT_{role}_{key}": "a@example.org" for role in ("AUTHOR", "COMMITTER")
                for key in ("NAME", "EMAIL")}  # fmt: skip
    environ = {
        **os.environ,
        **identity,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PIP_TARGET": str(home / "site"),
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # the variable's sense is turned about
        "XDG_STATE_HOME": str(home / "state"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    for args in (["init", "-q", "-b", "main"], ["add", "-A", "notes"], ["commit", "-qm", "Begin"]):
        subprocess.run(["git", *args], cwd=root, env=environ, check=True)
    return root, environ


def _serve(line: str, root: Path, environ: dict[str, str]) -> None:
    """Start what serves, wait for its address, and end it as Ctrl-C does."""
    with subprocess.Popen(
        ["sh", "-c", f"exec {line}"], cwd=root, env=environ, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        watchdog = threading.Timer(480, os.killpg, (process.pid, signal.SIGKILL))
        watchdog.start()
        try:
            assert process.stderr is not None
            told = next((said for said in process.stderr if "http://127.0.0.1:" in said), "")
            assert told, f"{line} did not serve"
            os.killpg(process.pid, signal.SIGINT)
            process.stderr.read()
        finally:
            watchdog.cancel()


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_readme_works(line: str, clone: tuple[Path, dict[str, str]]) -> None:
    root, environ = clone
    if SERVES.match(line):
        _serve(line.partition("#")[0], root, environ)
        return
    done = subprocess.run(
        ["sh", "-c", line], cwd=root, env=environ, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=480, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]


def test_the_readme_leads_to_files_that_are_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)|src(?:set)?=\"([^\"]+)\"", README)
    local = [one or other for one, other in targets if "://" not in one + other]
    assert len(local) > 6
    assert [path for path in local if not (ROOT / path).exists()] == []
