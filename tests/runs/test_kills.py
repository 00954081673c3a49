"""`kill -9` of the server, of a worker, of the whole tree, at random moments."""

import json
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil
import pytest

from alpgraph.experiments import run_experiment

WAITING = 12
"""Runs kept waiting or running while the killing goes on."""


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return value


class Asker(threading.Thread):
    """A visitor that goes on asking, and remembers every run that was acknowledged."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.url = ""
        self.seed = 0
        self.acknowledged: dict[str, int] = {}
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.01):
            with suppress(OSError, ValueError, HTTPException):  # the server is dead just now
                if self._open() < WAITING:
                    self._ask()

    def _open(self) -> int:
        waiting = ask(self.url, "/api/runs?state=queued&limit=1")["total"]
        running = ask(self.url, "/api/runs?state=running&limit=1")["total"]
        return int(waiting + running)

    def _ask(self) -> None:
        self.seed += 1
        body = question(self.seed)
        told = ask(self.url, "/api/runs", json.dumps(body).encode())
        self.acknowledged[told["id"]] = self.seed


def question(seed: int) -> dict[str, Any]:
    pause = (seed % 7) / 50
    return {"experiment": "trial", "params": {"pause": pause}, "replicates": 2, "seed": seed}


def ask(url: str, path: str, body: bytes | None = None) -> Any:
    request = urllib.request.Request(url + path, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGKILL)


def strike(server: Any, what: str, dice: random.Random) -> list[psutil.Process]:
    """Kill a worker, the server, or the tree in any order; gives those that must be gone then."""
    root = psutil.Process(server.process.pid)
    workers = root.children(recursive=True)
    if what == "worker":
        chosen = dice.sample(workers, min(1, len(workers)))
    else:
        chosen = [root, *(workers if what == "tree" else [])]
        dice.shuffle(chosen)
    for process in chosen:
        kill(process)
    return chosen if what == "worker" else [root, *workers]


def survive(start_server: Any, folder: Path, blows: list[str], dice: random.Random) -> Asker:
    """Kill and start again until the blows are spent; then let everything be finished."""
    (folder / "notes").mkdir()
    options = (str(folder / "notes"), "--state", str(folder / "state"))
    asker = Asker()
    asker.start()
    waiting = list(blows)
    while waiting:
        with start_server(*options) as server:
            asker.url = server.url
            while waiting:
                before, more = len(asker.acknowledged), dice.randint(1, 4)
                until(lambda before=before, more=more: len(asker.acknowledged) >= before + more)
                time.sleep(dice.random() * 0.1)
                what = waiting.pop()
                gone = strike(server, what, dice)
                until(lambda gone=gone: not any(alive(process) for process in gone))
                if what != "worker":
                    server.process.wait()
                    break
    asker.over.set()
    asker.join()
    return asker


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # gone between the two questions
        return False


def check(start_server: Any, folder: Path, asker: Asker, kills: int) -> None:
    """Ask for everything that was ever acknowledged."""
    options = (str(folder / "notes"), "--state", str(folder / "state"))
    with start_server(*options) as server:
        until(lambda: ask(server.url, "/api/runs?state=queued&limit=1")["total"] == 0, 120)
        until(lambda: ask(server.url, "/api/runs?state=running&limit=1")["total"] == 0, 120)
        listed, address = [], "/api/runs?limit=200"
        while address:
            page = ask(server.url, address)
            listed += [run["id"] for run in page["items"]]
            address = page["next"]
        assert len(listed) == len(set(listed)) == page["total"]
        assert asker.acknowledged.keys() <= set(listed)
        given_up = 0
        for run_id, seed in asker.acknowledged.items():
            run = ask(server.url, f"/api/runs/{run_id}")
            if run["reason"].startswith("given up after 3 attempts"):
                given_up += 1
                continue
            assert run["state"] == "done", run
            params = question(seed)["params"] | {"pause": 0}
            whole = run_experiment("trial", params, 2, seed)
            assert {**run["result"], "params": whole["params"]} == whole
        assert given_up <= kills / 3
    assert len(asker.acknowledged) >= kills


@pytest.mark.parametrize("seed", [7])
def test_twenty_kills_lose_nothing(
    start_server: Any, plugin: Path, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    blows = ["worker"] * 12 + ["server"] * 4 + ["tree"] * 4
    dice.shuffle(blows)
    check(start_server, tmp_path, survive(start_server, tmp_path, blows, dice), len(blows))


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing(start_server: Any, plugin: Path, tmp_path: Path) -> None:
    dice = random.Random()
    blows = ["worker"] * 34 + ["server"] * 33 + ["tree"] * 33
    dice.shuffle(blows)
    check(start_server, tmp_path, survive(start_server, tmp_path, blows, dice), len(blows))
