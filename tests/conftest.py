"""Fixtures shared by every room's tests: a notes folder from a dict, a real server, a browser."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
# what a user has, keys among it, is not touched by tests
_HOME = TemporaryDirectory(prefix="alpgraph-tests-")
os.environ["XDG_STATE_HOME"] = _HOME.name
# NumPy, imported later, reads it: a thread per core only slows such small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A busy machine is no fault of the code under test.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what it sends behind so
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _module(name: str) -> Any:
    spec = spec_from_file_location(name, ROOT / "tests" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Write files into a fresh notes folder and return it."""

    def write(files: dict[str, str | bytes]) -> Path:
        root = tmp_path / "notes"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        root.mkdir(exist_ok=True)
        return root

    return write


@dataclass(frozen=True)
class Repository:
    """A git repository of one's own, with a folder of notes."""

    root: Path

    @property
    def notes(self) -> Path:
        return self.root / "notes"

    def git(self, *args: str) -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout.rstrip("\n")

    def write(self, files: dict[str, str | None]) -> None:
        """Write files below the notes folder, or remove those that are None."""
        for name, text in files.items():
            path = self.notes / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text) if text is not None else path.unlink()

    def commit(self, files: dict[str, str | None], message: str = "Change") -> str:
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Begin a repository in a temporary folder, out of reach of any other."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A. Writer")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "writer@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    made = Repository(tmp_path / "work")
    made.notes.mkdir(parents=True)
    made.git("init", "--quiet", "--initial-branch=main")
    return made


@pytest.fixture(scope="session")
def alpgraph() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a process of its own."""

    def run(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "alpgraph", *args],
            capture_output=True,
            text=True,
            timeout=options.pop("timeout", 120),
            **options,
        )

    return run


@dataclass
class Server:
    """A running `alpgraph serve`."""

    url: str
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return str(answer.read().decode())

    @contextmanager
    def changes(self) -> Iterator[Callable[[], None]]:
        """Listen to what changes; the function given waits until a change is told."""
        with urllib.request.urlopen(self.url + "/events", timeout=60) as stream:

            def wait() -> None:
                deadline = time.monotonic() + 60
                for line in stream:
                    if line == b"event: changed\n":
                        return
                    assert time.monotonic() < deadline, "no change was told"
                raise AssertionError("the server ended its stream")

            wait()  # the first event says how things stand
            yield wait

    def stop(self, how: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=60)


@contextmanager
def running_server(*args: str, **options: Any) -> Iterator[Server]:
    """Start `alpgraph serve` on a free port and wait until it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "alpgraph", "serve", "--no-open", "--port", "0", *args],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        **options,
    )
    lines: list[str] = []
    found = threading.Event()
    server = Server("", process, lines)

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            if match := re.search(r" at (http://[^/\s]+)", line):
                server.url = match[1]
                found.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        assert found.wait(60), f"the server did not start: {''.join(lines)}"
        deadline = time.monotonic() + 60
        while True:
            try:
                server.get("/healthz")
                break
            except OSError:
                assert process.poll() is None, f"the server ended: {''.join(lines)}"
                assert time.monotonic() < deadline, f"no answer: {''.join(lines)}"
                time.sleep(0.05)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        reader.join(timeout=5)
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture(scope="session")
def start_server() -> Callable[..., Any]:
    """Return the context manager that starts a server of one's own."""
    return running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the bundled notes for the whole session, with a state folder of its own."""
    state = tmp_path_factory.mktemp("state")
    with running_server(str(ROOT / "notes"), "--state", str(state)) as started:
        yield started


@pytest.fixture(scope="session")
def complete() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Run a coroutine in another thread: in this one a browser's loop may turn already."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda coroutine: pool.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start one Chromium for the session; there is always one, or the run fails."""
    from playwright.sync_api import expect, sync_playwright

    module = _module("find_browser")
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=module.install(), args=module.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def firefox() -> Iterator[Any]:
    """Start one Firefox for the session, if a test asks for it."""
    path = _module("find_browser").install_firefox()
    with _module("firefox").running_firefox(path) as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open pages in fresh contexts; any CSP violation or script error fails the test."""
    contexts: list[Any] = []
    faults: list[str] = []

    def new_page(**options: Any) -> Any:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        # Chromium's own word when a page is left while it is revealed, also where no script runs.
        page.on(
            "pageerror",
            lambda error: None if "Transition was" in str(error) else faults.append(str(error)),
        )
        page.on(
            "console",
            lambda message: (
                faults.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        page.set_default_timeout(60_000)
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """One page at 1280 pixels."""
    return open_page()


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install a package that brings the experiment `trial`, as another person's package would."""
    from alpgraph.experiments import registry

    folder = tmp_path_factory.mktemp("plugin")
    shutil.copy(ROOT / "tests" / "trial_experiment.py", folder)
    info = folder / "trial_experiment-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trial-experiment\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[alpgraph.experiments]\ntrial = trial_experiment:TRIAL\n"
    )
    sys.path.insert(0, str(folder))
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), *filter(None, [before])])
    registry.all_experiments.cache_clear()
    registry.offered_experiments.cache_clear()
    yield folder
    sys.path.remove(str(folder))
    sys.modules.pop("trial_experiment", None)
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
    registry.all_experiments.cache_clear()
    registry.offered_experiments.cache_clear()
