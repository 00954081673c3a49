"""Several web servers on one PostgreSQL share one queue."""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

RUNS = 300


def post(url: str, body: dict[str, Any]) -> int:
    """Ask for a run; gives the status."""
    request = urllib.request.Request(
        f"{url}/api/runs", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status: int = answer.status
    except urllib.error.HTTPError as refused:
        status = refused.code
        refused.close()
    return status


def test_three_servers_take_three_hundred_runs_once_each(
    postgres: Callable[[], str], start_server: Any, plugin: Path, tmp_path: Path
) -> None:
    database, log = postgres(), tmp_path / "log"
    log.touch()
    notes = tmp_path / "notes"
    notes.mkdir()
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                start_server(str(notes), "--database", database, "--state", str(tmp_path / str(i)))
            )
            for i in range(3)
        ]
        for seed in range(RUNS):
            params = {"steps": 1, "log": str(log), "label": f"run{seed}"}
            body = {"experiment": "trial", "params": params, "replicates": 2, "seed": seed}
            while (status := post(servers[seed % 3].url, body)) == 429:
                time.sleep(0.1)
            assert status in (200, 202)
        deadline = time.monotonic() + 300
        while json.loads(servers[0].get("/api/runs?state=done&limit=1"))["total"] < RUNS:
            assert time.monotonic() < deadline, servers[0].get("/api/runs?state=failed")
            time.sleep(0.1)
        totals = [json.loads(server.get("/api/runs?limit=1"))["total"] for server in servers]
        assert totals == [RUNS] * 3
    began = Counter(line.split()[1] for line in log.read_text().splitlines() if "began" in line)
    assert len(began) == RUNS
    assert set(began.values()) == {1}
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT owner, count(*) FROM runs GROUP BY owner").fetchall()
    assert len(rows) == 3  # each server did its share
