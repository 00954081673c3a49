"""Runs on a Dask cluster whose scheduler and workers are started as its users do."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from alpgraph.experiments import run_experiment
from alpgraph.runs import (
    Cancelled,
    Failed,
    Interrupted,
    Job,
    Limits,
    LocalExecutor,
    Run,
    RunService,
    RunSpec,
    State,
    TimedOut,
    WorkerDied,
    make_spec,
)
from alpgraph.runs.executors.cluster import DaskExecutor

Ask = Callable[..., RunSpec]
Serve = Callable[..., RunService]
Finished = Callable[..., Run]


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


@contextmanager
def dask(*args: str) -> Iterator[subprocess.Popen[str]]:
    """Run `dask scheduler` or `dask worker`; its address is in `process.address`."""
    command = [sys.executable, "-m", "dask", args[0], "--no-dashboard", *args[1:]]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    begun = threading.Event()

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"Scheduler at: +(tcp://\S+)|Registered to: +(tcp://\S+)", line):
                process.address = found[1] or found[2]  # type: ignore[attr-defined]
                begun.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        assert begun.wait(60), "".join(said)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(timeout=5)
        assert process.stderr is not None
        process.stderr.close()


def scheduler(port: int = 0) -> Any:
    return dask("scheduler", "--host", "127.0.0.1", "--port", str(port))


def worker(address: str, *args: str) -> Any:
    return dask("worker", address, "--nthreads", "1", *args)


@pytest.fixture(scope="module")
def cluster(plugin: Path) -> Iterator[str]:
    """The address of a cluster of two workers, one with a nanny and one without."""
    with ExitStack() as stack:
        address: str = stack.enter_context(scheduler()).address
        stack.enter_context(worker(address))
        stack.enter_context(worker(address, "--no-nanny"))
        yield address


@pytest.fixture(scope="module")
def executor(cluster: str) -> Iterator[DaskExecutor]:
    opened = DaskExecutor(cluster)
    until(lambda: opened.slots == 2)
    yield opened
    opened.close()


@pytest.fixture
def log(tmp_path: Path) -> Any:
    """What the trial wrote: (word, process) of each line; its file is `log.path`."""
    path = tmp_path / "log"
    path.touch()

    def read(word: str) -> list[int]:
        lines = [line.split() for line in path.read_text().splitlines()]
        return [int(line[-1]) for line in lines if line[0] == word]

    read.path = str(path)  # type: ignore[attr-defined]
    return read


def silent(share: float, curves: Any) -> None:
    """Hear nothing."""


def test_a_run_in_parts_gives_to_the_byte_what_one_process_gives(executor: DaskExecutor) -> None:
    spec = make_spec("utility-weighted-loss", {"steps": 60}, 7, 5)
    local = LocalExecutor(1)
    here = local.submit(Job("here", spec, Limits()), silent).result()
    local.close()
    assert executor.submit(Job("there", spec, Limits()), silent).result() == here


def test_the_replicates_of_one_run_are_spread_over_both_workers(
    executor: DaskExecutor, trial: Ask, log: Any
) -> None:
    until(lambda: executor.slots == 2)
    spec = trial(replicates=8, pause=0.3, log=log.path)
    heard: list[tuple[float, Any]] = []
    executor.submit(Job("spread", spec, Limits()), lambda *told: heard.append(told)).result()
    assert len(set(log("began"))) == 2
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    curves = [drawn[0] for _, drawn in heard if drawn]
    assert {curve["name"] for curve in curves} == {"height"}
    assert len(curves[0]["x"]) < len(curves[-1]["x"]) == 3
    assert all(low is not None for low in curves[0]["low"])


def test_many_points_are_computed_each_once(
    cluster: str, serve: Serve, trial: Ask, finished: Finished, log: Any
) -> None:
    service = serve(dask=cluster)
    specs = [trial(seed, log=log.path) for seed in range(12)]
    for spec in specs:
        service.submit(spec)
    results = [finished(service, spec.id, 60).result for spec in specs]
    assert len({json.dumps(result) for result in results}) == 12
    ends = len(log("ended"))
    assert 12 <= ends <= 24  # of one or two parts each
    assert len(log("began")) == ends


def test_cancelling_reaches_the_processes_of_every_part(
    executor: DaskExecutor, trial: Ask, log: Any
) -> None:
    until(lambda: executor.slots == 2)
    future = executor.submit(
        Job("stop", trial(replicates=4, mode="spin", log=log.path), Limits()), silent
    )
    pids = until(lambda: len(log("began")) == 2 and log("began"))
    executor.cancel("stop")
    assert isinstance(future.exception(60), Cancelled)
    until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


def test_what_waits_in_the_cluster_is_cancelled_before_it_begins(
    executor: DaskExecutor, trial: Ask, log: Any, gate: Any
) -> None:
    first = [
        executor.submit(Job(f"busy{i}", trial(i, gate=gate.path), Limits()), silent)
        for i in range(2)
    ]
    future = executor.submit(Job("late", trial(9, log=log.path), Limits()), silent)
    executor.cancel("late")
    assert isinstance(future.exception(60), Cancelled)
    gate.open()
    assert [one.exception(60) for one in first] == [None, None]
    assert log("began") == []


class Asking(Limits):
    """Limits that are looked at in the very moment in which another job is sent."""

    def __getattribute__(self, name: str) -> Any:
        if name == "seconds":
            SENDING.pop()() if SENDING else None
        return super().__getattribute__(name)


SENDING: list[Callable[[], Any]] = []


def test_a_job_that_comes_while_the_others_are_looked_through_disturbs_none(
    cluster: str, trial: Ask, log: Any, gate: Any
) -> None:
    executor = DaskExecutor(cluster)
    until(lambda: executor.slots)
    sent: list[Any] = []
    first = executor.submit(Job("first", trial(1, gate=gate.path, log=log.path), Asking()), silent)
    until(lambda: log("began"))
    second = Job("second", trial(2), Limits())
    SENDING.append(lambda: sent.append(executor.submit(second, silent)))
    until(lambda: sent)
    assert sent[0].exception(60) is None
    gate.open()
    assert first.exception(60) is None
    assert len(log("began")) == 1
    executor.close()


@pytest.mark.parametrize(
    ("mode", "kind", "said"),
    [
        ("raise", Failed, "ValueError: the dog ate the data (trial_experiment.py, line"),
        ("memory", Failed, "more memory than the 512 MB"),
        ("big", Failed, "bytes; the limit is 2097152"),
        ("exit", WorkerDied, "ended with code 7"),
        ("spin", TimedOut, "stopped after 2 s, the limit of a run"),
    ],
)
def test_a_part_that_fails_says_why(
    executor: DaskExecutor, trial: Ask, mode: str, kind: type[Exception], said: str
) -> None:
    job = Job(
        mode,
        trial(replicates=4, mode=mode),
        Limits(seconds=2 if mode == "spin" else 60, memory=2**29),
    )
    ended = executor.submit(job, silent).exception(60)
    assert isinstance(ended, kind)
    assert said in str(ended)


def test_a_worker_with_other_code_is_refused_with_what_to_do(executor: DaskExecutor) -> None:
    spec = RunSpec("utility-weighted-loss", {"steps": 20}, 4, 0, "feedbeef")
    ended = executor.submit(Job("foreign", spec, Limits()), silent).exception(60)
    assert isinstance(ended, Failed)
    assert "feedbeef where it was asked: install the same alpgraph" in str(ended)


def test_a_killed_workers_part_is_done_again_elsewhere_and_counted_once(
    cluster: str, serve: Serve, trial: Ask, finished: Finished, log: Any, gate: Any
) -> None:
    service = serve(dask=cluster)
    until(lambda: service.executor.slots == 2)
    spec = trial(replicates=4, gate=gate.path, log=log.path)
    service.submit(spec)
    pids = until(lambda: len(log("began")) == 2 and log("began"))
    workers = [psutil.Process(pid).parent() for pid in pids]
    nursed = next(one for one in workers if one and "dask" not in " ".join(one.cmdline()))
    nursed.send_signal(signal.SIGKILL)  # its nanny starts another
    until(lambda: len(log("began")) >= 3)
    gate.open()
    run = finished(service, spec.id, 60)
    assert (run.state, run.attempts) == (State.DONE, 1)
    assert run.result is not None
    assert len(run.result["replicates"]) == 4
    assert len(log("ended")) == 2
    until(lambda: service.executor.slots == 2)


def test_runs_wait_for_a_lost_scheduler_and_say_so(
    serve: Serve, trial: Ask, finished: Finished, log: Any, plugin: Path
) -> None:
    with scheduler() as first:
        address = first.address
        service = serve(dask=address)
        spec = trial(pause=60 / 3, log=log.path)
        service.submit(spec)

        def now() -> Run:
            run = service.get(spec.id)
            assert run is not None
            return run

        until(lambda: "has no workers" in now().reason)
        with worker(address, "--no-nanny"):
            until(lambda: log("began"))
            first.kill()
            until(lambda: "cannot be reached" in now().reason)
            until(lambda: now().state is State.QUEUED)
            assert now().attempts == 0
            until(lambda: not any(psutil.pid_exists(pid) for pid in log("began")))
    with scheduler(int(address.rpartition(":")[2])), worker(address, "--no-nanny"):
        until(lambda: len(log("began")) > 1)
        until(lambda: not now().reason)
        back = now()
        assert (back.state, back.attempts) == (State.RUNNING, 1)
        service.cancel(spec.id)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_an_absent_scheduler_is_wrong_use_said_in_a_sentence(alpgraph: Any, tmp_path: Path) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    state = str(tmp_path)
    for words in (["run", "utility-weighted-loss"], ["serve", "--no-open", "--state", state]):
        ended = alpgraph(*words, "--dask", address)
        assert ended.returncode == 2
        assert f"the Dask scheduler at {address} cannot be reached (connection" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_the_command_line_prints_the_same_results_from_a_cluster(
    alpgraph: Any, cluster: str
) -> None:
    words = ["run", "utility-weighted-loss", "-p", "steps=40", "--replicates", "4", "--json"]
    sweep = ["--sweep", "miss_cost=3,30"]
    here, there = alpgraph(*words, *sweep), alpgraph(*words, *sweep, "--dask", cluster)
    assert there.returncode == here.returncode == 0, there.stderr
    assert json.loads(there.stdout) == json.loads(here.stdout)
    assert len(json.loads(here.stdout)) == 2


def test_a_server_sends_its_runs_to_the_cluster_and_listens_at_its_own_port_only(
    start_server: Any, cluster: str, tmp_path: Path
) -> None:
    body = {"experiment": "trial", "params": {"steps": 2}, "replicates": 4, "seed": 3}
    with start_server("--state", str(tmp_path), "--dask", cluster) as server:
        request = urllib.request.Request(
            f"{server.url}/api/runs",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            path = json.load(answer)["id"]
        until(lambda: json.loads(server.get(f"/api/runs/{path}"))["state"] == "done")
        result = json.loads(server.get(f"/api/runs/{path}"))["result"]
        assert result == run_experiment("trial", {"steps": 2}, 4, 3)
        process = psutil.Process(server.process.pid)
        until(lambda: process.children(recursive=True) == [])  # it may ask git just now
        listening = [
            f"http://{one.laddr.ip}:{one.laddr.port}"
            for one in process.net_connections("inet")
            if one.status == psutil.CONN_LISTEN
        ]
        assert listening == [server.url]


def test_without_dask_the_option_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['distributed'] = None; from alpgraph.cli import main; "
        "sys.argv = ['alpgraph', 'run', 'utility-weighted-loss', '--dask', 'tcp://127.0.0.1:1']; "
        "main()"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert ended.returncode == 2
    assert "pip install 'alpgraph[dask]'" in ended.stderr


LOCAL_CLUSTER = """
import json, psutil
from distributed import LocalCluster
from alpgraph.runs import Job, Limits, make_spec
from alpgraph.runs.executors.cluster import DaskExecutor

if __name__ == "__main__":
    with LocalCluster(2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        executor = DaskExecutor(cluster.scheduler_address)
        spec = make_spec("utility-weighted-loss", {"steps": 20}, 4, 0)
        text = executor.submit(Job("one", spec, Limits()), lambda *told: None).result(60)
        own = psutil.Process()
        ports = [
            connection.laddr.ip
            for process in [own, *own.children(recursive=True)]
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        executor.close()
    print(json.dumps([len(json.loads(text)["replicates"]), sorted(set(ports))]))
"""


def test_a_local_cluster_works_and_listens_on_this_machine_only(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(LOCAL_CLUSTER)
    paths = os.pathsep.join(path for path in sys.path if path)
    ended = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert ended.stdout.strip() == '[4, ["127.0.0.1"]]', ended.stderr


def test_an_executor_that_closes_leaves_no_process_at_work(
    cluster: str, trial: Ask, log: Any
) -> None:
    executor = DaskExecutor(cluster)
    future = executor.submit(Job("left", trial(mode="spin", log=log.path), Limits()), silent)
    pids = until(lambda: log("began"))
    executor.close()
    assert isinstance(future.exception(60), Cancelled | Interrupted)
    until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
