"""Both databases, and an experiment of another package that does what tests need."""

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alpgraph.experiments import all_experiments
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
TRIAL = '''
"""An experiment that behaves as it is told."""

import os
import time
from pathlib import Path
from typing import Literal

import numpy as np

from alpgraph.experiments import Arm, Curve, Experiment, Measurements, Metric, Params, Preset
from alpgraph.experiments import Verdict


class TrialParams(Params):
    steps: int = 3
    pause: float = 0.0
    mode: Literal["fine", "raise", "exit", "memory", "spin", "big", "leave"] = "fine"
    dies: int = 0
    log: str = ""
    label: str = ""
    flag: bool = False


def note(params, word):
    if params.log:
        with open(params.log, "a") as log:
            log.write(f"{word} {params.label} {os.getpid()}\\n")


def measure(params, seeds, progress):
    note(params, "began")
    if params.dies and Path(params.log).read_text().count("began") <= params.dies:
        os._exit(7)
    if params.mode == "raise":
        raise ValueError("the dog ate the data")
    if params.mode == "exit":
        os._exit(7)
    if params.mode == "leave":
        raise SystemExit(3)
    if params.mode == "memory":
        held = [np.ones(2**24) for _ in range(100)]
    while params.mode == "spin":
        np.sort(np.random.default_rng(0).random(10**7))
    values = [np.random.default_rng(np.random.SeedSequence(seed)).random(2) for seed in seeds]
    control, treatment = np.array(values).T
    x = np.arange(params.steps, dtype=float)
    y = np.outer(x + 1, control)
    for step in range(params.steps):
        time.sleep(params.pause)
        curve = Curve("control", "height", x[: step + 1], y[: step + 1])
        progress((step + 1) / params.steps, {"control height": curve})
    label = "x" * 4_000_000 if params.mode == "big" else "height"
    note(params, "ended")
    return Measurements(control, treatment + 1, curves=[Curve("control", label, x, y)])


TRIAL = Experiment(
    name="trial",
    title="Does a trial do as it is told?",
    hypothesis="It does.",
    control=Arm("told", "is told"),
    treatment=Arm("not told", "is not told"),
    primary=Metric("height", "m", "lower"),
    direction="higher",
    smallest_effect=0.1,
    params=TrialParams,
    presets={"claim": Preset({}, Verdict.SUPPORTED, "says it all")},
    measure=measure,
    replicates=4,
)
'''
Ask = Callable[..., RunSpec]


@pytest.fixture(scope="session", autouse=True)
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install a package that brings the experiment `trial`, as another person's package would."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "trial_experiment.py").write_text(TRIAL)
    info = folder / "trial_experiment-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trial-experiment\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[alpgraph.experiments]\ntrial = trial_experiment:TRIAL\n"
    )
    sys.path.insert(0, str(folder))
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), *filter(None, [before])])
    all_experiments.cache_clear()
    yield folder
    sys.path.remove(str(folder))
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
    all_experiments.cache_clear()


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
        service.store.close()


@pytest.fixture(scope="session")
def finished() -> Callable[[RunService, str], Run]:
    """Wait for the end of a run."""

    def wait(service: RunService, run_id: str, seconds: float = 20) -> Run:
        deadline = time.monotonic() + seconds
        while True:
            run = service.get(run_id)
            assert run is not None
            if run.state.final:
                return run
            assert time.monotonic() < deadline, run
            time.sleep(0.01)

    return wait


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
