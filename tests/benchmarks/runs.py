"""Runs: how long a click takes to show something, to stop, and to be spread over two workers.

`python tests/benchmarks/runs.py [start] [cluster] [memory]`: all unless named. Milliseconds are
medians with the largest beside them; say what else the machine did, by Linux's pressure figure.
"""

import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

from alpgraph.runs import Job, Limits, LocalExecutor, make_spec
from alpgraph.runs.executors.cluster import DaskExecutor

NAME = "utility-weighted-loss"
POINTS = 64


def silent(share: float, curves: Any) -> None:
    """Hear nothing."""


def shown(name: str, seconds: list[float]) -> None:
    """Print the median and the largest of some times."""
    middle, most = statistics.median(seconds), max(seconds)
    print(f"{name:<58} {middle * 1e3:8.1f} ms   largest {most * 1e3:8.1f}", flush=True)


def pressure() -> str:
    """Share of time somebody waited for a processor in the last ten seconds."""
    path = Path("/proc/pressure/cpu")
    return path.read_text().split()[1] if path.exists() else "unknown"


@contextmanager
def said(command: list[str], pattern: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a command until it has said what the pattern's group holds; give both."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(pattern, line):
            break
    reader = threading.Thread(target=process.stderr.read, daemon=True)
    reader.start()
    try:
        yield process, found[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


@contextmanager
def server(folder: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve the bundled notes with an empty state folder."""
    command = [sys.executable, "-m", "alpgraph", "serve", "--no-open", "--port", "0"]
    with said([*command, "--state", folder], r" at http://(\S+)") as (process, netloc):
        while True:
            try:
                ask(netloc, "GET", "/healthz")
                break
            except OSError:
                time.sleep(0.02)
        yield process, netloc


def ask(netloc: str, method: str, path: str, body: Any = None) -> Any:
    """Ask a server and return its JSON."""
    connection = http.client.HTTPConnection(netloc, timeout=60)
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {"content-type": "application/json"} if text else {})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def first_point(netloc: str, seed: int) -> float:
    """Return the seconds from asking for a run to the first point of a curve in its stream."""
    began = time.perf_counter()
    run = ask(netloc, "POST", "/api/runs", {"experiment": NAME, "seed": seed})
    connection = http.client.HTTPConnection(netloc, timeout=60)
    connection.request("GET", f"/api/runs/{run['id']}/events")
    answer = connection.getresponse()
    while True:
        line = answer.readline()
        if line.startswith(b"data:") and json.loads(line[5:]).get("curves"):
            break
    spent = time.perf_counter() - began
    connection.close()
    ask(netloc, "DELETE", f"/api/runs/{run['id']}")
    return spent


def measure_start() -> None:
    """A start, a cancel and a first point, warm and cold."""
    executor = LocalExecutor(1)

    def job(seed: int, **params: Any) -> Job:
        return Job(f"{seed}", make_spec(NAME, params, 2, seed), Limits())

    executor.submit(job(0, steps=10), silent).result()
    starts, ends = [], []
    for seed in range(1, 31):
        heard: list[float] = []
        began = time.perf_counter()
        future = executor.submit(
            job(seed, steps=5000),
            lambda share, curves, heard=heard: heard.append(time.perf_counter()),
        )
        while not heard:
            time.sleep(0.0005)
        starts.append(heard[0] - began)
        child = psutil.Process().children()[0]
        began = time.perf_counter()
        executor.cancel(f"{seed}")
        future.exception()
        psutil.wait_procs([child])
        ends.append(time.perf_counter() - began)
        executor.submit(job(0, steps=10), silent).result()  # a warm worker again
    executor.close()
    shown("warm worker: asked to first report of the training", starts)
    shown("cancel: told to process gone", ends)
    with tempfile.TemporaryDirectory() as folder, server(folder) as (_, netloc):
        shown("click to first point of a curve, first run of a server", [first_point(netloc, 1)])
        for seed in (2, 3):
            first_point(netloc, seed)
        asked = {"experiment": NAME, "params": {"steps": 10}, "replicates": 2}
        for seed in (4, 5):
            ask(netloc, "POST", "/api/runs", {**asked, "seed": seed})
        time.sleep(2)
        times = []
        for seed in range(10, 20):
            ask(netloc, "POST", "/api/runs", {**asked, "seed": seed})
            time.sleep(1.5)  # both workers warm and idle again
            times.append(first_point(netloc, seed + 100))
        shown("click to first point of a curve, warm", times)


def sweep(executor: DaskExecutor, seed: int) -> float:
    """Return the seconds that 64 points of a sweep take."""
    costs = [1 + i * 4 for i in range(POINTS)]
    specs = [make_spec(NAME, {"miss_cost": cost, "steps": 500}, 16, seed) for cost in costs]
    began = time.perf_counter()
    futures = [
        executor.submit(Job(f"{seed}x{i}", spec, Limits()), silent) for i, spec in enumerate(specs)
    ]
    for future in futures:
        future.result()
    return time.perf_counter() - began


def measure_cluster() -> None:
    """A sweep on one Dask worker and on two, each with one thread, twice in turn."""
    words = [sys.executable, "-m", "dask"]
    here = ["--no-dashboard", "--host", "127.0.0.1"]
    with said([*words, "scheduler", *here, "--port", "0"], r"Scheduler at: +(\S+)") as (_, address):
        one = [*words, "worker", address, "--nthreads", "1", *here]
        taken: dict[int, list[float]] = {1: [], 2: []}
        for turn in range(2):
            for count in (1, 2):
                with ExitStack() as stack:
                    for _ in range(count):
                        stack.enter_context(said(one, r"Registered to: +(\S+)"))
                    executor = DaskExecutor(address)
                    while executor.slots < count or executor.trouble:
                        time.sleep(0.05)
                    for i in range(2 * count):  # every worker has its process
                        spec = make_spec(NAME, {"steps": 50}, 4, 900 + i)
                        executor.submit(Job(f"warm{i}", spec, Limits()), silent).result()
                    taken[count].append(sweep(executor, 10 * turn + count))
                    executor.close()
    for count, seconds in taken.items():
        shown(f"sweep of {POINTS} points on {count} Dask worker(s)", seconds)
    print(f"two workers are {min(taken[1]) / min(taken[2]):.2f} x as fast as one")


def resident(process: subprocess.Popen[str]) -> str:
    """Return the memory of a server and of its workers, in MB."""
    tree = psutil.Process(process.pid)
    workers = sum(child.memory_info().rss for child in tree.children(recursive=True))
    return f"{tree.memory_info().rss / 2**20:.0f} MB, its workers {workers / 2**20:.0f} MB"


def measure_memory() -> None:
    """A server that has done nothing, and one with 500 finished runs, before and after a start."""
    with tempfile.TemporaryDirectory() as folder:
        with server(folder) as (process, netloc):
            time.sleep(3)
            print(f"{'idle server':<58} {resident(process)}", flush=True)
            for first in range(0, 500, 50):
                body = {"experiment": NAME, "params": {"steps": 10}, "replicates": 2, "seed": first}
                for value in range(50):
                    params = {"steps": 10, "miss_cost": 1 + value}
                    while "id" not in ask(netloc, "POST", "/api/runs", {**body, "params": params}):
                        time.sleep(0.2)
            while ask(netloc, "GET", "/api/runs?state=done&limit=1")["total"] < 500:
                time.sleep(0.2)
            print(f"{'with 500 finished runs':<58} {resident(process)}", flush=True)
        size = sum(path.stat().st_size for path in Path(folder).glob("runs.sqlite*"))
        with server(folder) as (process, netloc):
            ask(netloc, "GET", "/api/runs?limit=200")
            time.sleep(3)
            print(f"{'started again over them':<58} {resident(process)}", flush=True)
        print(f"{'database file':<58} {size / 2**20:.1f} MB")


if __name__ == "__main__":
    parts: dict[str, Callable[[], None]] = {
        "start": measure_start,
        "cluster": measure_cluster,
        "memory": measure_memory,
    }
    print(f"cores {os.cpu_count()}, waiting for a processor {pressure()}")
    for name in sys.argv[1:] or parts:
        parts[name]()
        print(f"waiting for a processor {pressure()}")
