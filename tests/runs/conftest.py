"""Both databases, services with real workers, and questions to the experiment `trial`."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alpgraph.runs import (
    LocalExecutor,
    Run,
    RunService,
    RunSpec,
    Store,
    make_spec,
    open_executor,
    open_store,
)

HERE = Path(__file__).resolve().parent
Ask = Callable[..., RunSpec]


@pytest.fixture(scope="module", autouse=True)
def trial_is_there(plugin: Path) -> None:
    """Have the experiment `trial` in every test of this folder."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Give addresses of fresh databases in a cluster of our own."""
    module_spec = spec_from_file_location("find_postgres", HERE / "find_postgres.py")
    assert module_spec is not None
    assert module_spec.loader is not None
    module = module_from_spec(module_spec)
    module_spec.loader.exec_module(module)
    numbers = itertools.count()
    with module.running_postgres() as socket:
        tail = f"?host={socket}&user=tests"

        def fresh() -> str:
            name = f"runs{next(numbers)}"
            with psycopg.connect(f"postgresql:///postgres{tail}", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return f"postgresql:///{name}{tail}"

        yield fresh


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return str(tmp_path / "state" / "runs.sqlite")
    address: str = request.getfixturevalue("postgres")()
    return address


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    opened = open_store(where)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def trial() -> Ask:
    """Ask the trial experiment."""

    def ask(seed: int = 0, replicates: int = 2, **params: Any) -> RunSpec:
        return make_spec("trial", params, replicates, seed)

    return ask


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., RunService]]:
    """Start services with real workers; all are stopped at the end."""
    started: list[RunService] = []

    def start(
        where: str | None = None, workers: int = 2, dask: str = "", **options: Any
    ) -> RunService:
        executor = open_executor(dask) if dask else LocalExecutor(workers)
        service = RunService(open_store(where or tmp_path / "runs.sqlite"), executor, **options)
        service.start()
        started.append(service)
        return service

    yield start
    for service in started:
        service.stop()


@pytest.fixture(scope="session")
def finished() -> Callable[[RunService, str], Run]:
    """Wait for the end of a run."""

    def wait(service: RunService, run_id: str, seconds: float = 60) -> Run:
        deadline = time.monotonic() + seconds
        while True:
            run = service.get(run_id)
            assert run is not None
            if run.state.final:
                return run
            assert time.monotonic() < deadline, run
            time.sleep(0.01)

    return wait


class Gate:
    """What the trial waits at where it is asked with `gate=gate.path`, until it may go on."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        path.touch()

    def open(self, steps: int = 100) -> None:
        """Let so many more steps be done; the end is a step, too."""
        with Path(self.path).open("ab") as file:
            file.write(b"." * steps)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "gate")


@pytest.fixture
def log(tmp_path: Path) -> Callable[[], Mapping[str, int]]:
    """Count the words in the trial's log, `log.path`."""
    path = tmp_path / "log"
    path.touch()

    def read() -> Mapping[str, int]:
        words = [line.split()[0] for line in path.read_text().splitlines()]
        return {word: words.count(word) for word in set(words)}

    read.path = str(path)  # type: ignore[attr-defined]
    return read
