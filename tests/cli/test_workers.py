"""Several server processes on one address, as `alpgraph serve --workers` starts them."""

import http.client
import json
import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import pytest

WORKERS = 3
NOTES = {f"n{i}.md": f"# Note {i}\n\nfirst words, [[n{(i + 1) % 5}]]\n" for i in range(5)}
Folder = Callable[[dict[str, Any]], Path]


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


class Line:
    """One kept connection to a server, and so to one of its workers."""

    def __init__(self, server: Any) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        self.ask("/healthz")
        port = self.connection.sock.getsockname()[1]
        self.worker = next(
            worker.pid
            for worker in workers_of(server)
            if any(end.raddr and end.raddr.port == port for end in worker.net_connections("tcp"))
        )

    def ask(
        self, path: str, method: str = "GET", body: Any = None, kind: str = "application/json"
    ) -> tuple[int, str]:
        text = json.dumps(body) if kind.endswith("json") and body is not None else body
        self.connection.request(method, path, text, {"content-type": kind} if body else {})
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


def workers_of(server: Any) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children()


@contextmanager
def lines_to(server: Any) -> Iterator[list[Line]]:
    """Open a connection to each worker: whichever is idle takes the next one."""
    found: dict[int, Line] = {}
    spare: list[Line] = []
    deadline = time.monotonic() + 60
    try:
        while len(found) < WORKERS:
            assert time.monotonic() < deadline, "one worker is never asked"
            line = Line(server)
            if found.setdefault(line.worker, line) is not line:
                spare.append(line)
        yield list(found.values())
    finally:
        for line in [*found.values(), *spare]:
            line.connection.close()


@pytest.fixture
def team(folder: Folder, start_server: Any, tmp_path: Path) -> Iterator[Any]:
    """Serve five notes by three workers."""
    root = folder(dict(NOTES))
    words = (str(root), "--state", str(tmp_path / "state"), "--workers", str(WORKERS))
    with start_server(*words) as server:
        server.root = root
        until(lambda: len(workers_of(server)) == WORKERS)
        yield server


def test_a_page_is_told_of_an_edit_once_every_worker_has_it(team: Any) -> None:
    with lines_to(team) as lines, lines_to(team) as streams:
        for stream in streams:
            stream.connection.request("GET", "/events")
        answers = [stream.connection.getresponse() for stream in streams]

        def told(answer: Any) -> str:
            while not (line := answer.readline().decode()).startswith("data: "):
                assert line, "the stream ended"
            return str(json.loads(line.removeprefix("data: "))["stamp"])

        begun = {told(answer) for answer in answers}
        assert len(begun) == 1
        for number in range(6):
            spare = team.root / ".n0.md.swp"
            spare.write_text(f"# Note 0\n\nedit {number} [[n{number % 4 + 1}]]\n")
            spare.replace(team.root / "n0.md")
            stamp = told(answers[number % WORKERS])
            for line in lines:
                assert f"edit {number}" in line.ask("/n/n0")[1]
                assert line.ask(f"/search?q=%22edit+{number}%22")[1].count('href="/n/n0"') == 1
            assert {told(answer) for answer in answers if answer is not answers[number % 3]} == {
                stamp
            }


def test_a_killed_worker_is_replaced_by_one_that_knows_what_changed(team: Any) -> None:
    before = workers_of(team)
    (team.root / "n1.md").write_text("# Note 1\n\nchanged before the kill\n")
    until(lambda: "changed before the kill" in team.get("/n/n1"))
    before[1].kill()
    until(lambda: {p.pid for p in workers_of(team)} - {p.pid for p in before})
    with lines_to(team) as lines:
        for line in lines:
            until(lambda line=line: "changed before the kill" in line.ask("/n/n1")[1])
    said = f"(process {before[1].pid}) was killed by signal 9; another takes its place"
    until(lambda: any(said in line for line in team.lines))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_workers_end_with_their_keeper(team: Any, how: int) -> None:
    tree = psutil.Process(team.process.pid).children(recursive=True)
    with lines_to(team) as lines:
        lines[0].connection.request("GET", "/events")  # an open stream keeps nobody
        code = team.stop(how)
        assert code == (-how if how == signal.SIGKILL else 0)
        assert psutil.wait_procs(tree, timeout=60)[1] == []
    address = urlsplit(team.url)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind((address.hostname, address.port))
    assert "Traceback" not in "".join(team.lines)


def test_a_port_that_is_taken_is_said_before_any_worker_starts(
    team: Any, alpgraph: Any, tmp_path: Path
) -> None:
    port = str(urlsplit(team.url).port)
    words = ("serve", str(team.root), "--no-open", "--port", port, "--workers", "2")
    done = alpgraph(*words, "--state", str(tmp_path / "other"))
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use" in done.stderr


def trial(seed: int, **params: Any) -> dict[str, Any]:
    return {"experiment": "trial", "params": params, "replicates": 2, "seed": seed}


def test_workers_share_one_queue(plugin: Path, team: Any, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    with lines_to(team) as lines:

        def post(number: int) -> int:
            line = lines[number % WORKERS]
            params = {"steps": 1, "log": str(log), "label": f"run{number // WORKERS}"}
            return line.ask("/api/runs", "POST", trial(number // WORKERS, **params))[0]

        with ThreadPoolExecutor(1) as pool:  # each question is asked of each worker
            assert set(pool.map(post, range(20 * WORKERS))) <= {200, 202}
        until(lambda: json.loads(lines[0].ask("/api/runs?state=done")[1])["total"] == 20)
        totals = [json.loads(line.ask("/api/runs?limit=1")[1])["total"] for line in lines]
        assert totals == [20] * WORKERS
        began = Counter(row.split()[1] for row in log.read_text().splitlines() if "began" in row)
        assert set(began.values()) == {1}
        assert len(began) == 20


def test_a_run_is_watched_and_cancelled_through_any_worker(
    plugin: Path, team: Any, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.touch()
    with lines_to(team) as lines, lines_to(team) as streams:
        slow = trial(1, steps=1000, pause=0.3, log=str(log), label="slow")
        run_id = json.loads(lines[0].ask("/api/runs", "POST", slow)[1])["id"]
        until(lambda: "began" in log.read_text())
        for stream in streams:
            stream.connection.request("GET", f"/api/runs/{run_id}/events")
        answers = [stream.connection.getresponse() for stream in streams]
        for answer in answers:  # each hears how the training goes on, wherever it is computed
            until(lambda answer=answer: b'"curves":[{' in answer.readline())
        assert lines[1].ask(f"/api/runs/{run_id}", "DELETE")[0] == 200
        for answer in answers:
            until(lambda answer=answer: b'"state":"cancelled"' in answer.readline())
        worker = int(log.read_text().split()[2])
        until(lambda: not psutil.pid_exists(worker))


def test_a_killed_worker_s_run_is_computed_by_another(
    plugin: Path, team: Any, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.touch()
    gate = tmp_path / "gate"
    gate.touch()
    slow = trial(2, log=str(log), label="slow", gate=str(gate))
    with lines_to(team) as lines:
        run_id = json.loads(lines[0].ask("/api/runs", "POST", slow)[1])["id"]
    until(lambda: "began" in log.read_text())
    child = psutil.Process(int(log.read_text().split()[2]))
    team_pids = {worker.pid for worker in workers_of(team)}
    owner = next(one for one in child.parents() if one.pid in team_pids)
    owner.kill()
    gate.write_bytes(b"." * 9)
    until(lambda: json.loads(team.get(f"/api/runs/{run_id}"))["state"] == "done")


def test_a_note_written_through_one_worker_is_there_for_all(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    words = ("--state", str(tmp_path / "state"), "--workers", str(WORKERS), "--edit")
    with start_server(str(folder(dict(NOTES))), *words) as server:
        found = until(lambda: re.search(r"token=(\S+)", "".join(server.lines)))
        with lines_to(server) as lines:
            for number, line in enumerate(lines):
                sent = {"title": f"Written {number}", "body": "words", "token": found[1]}
                form = urlencode(sent | {"action": "write"})
                status, page = line.ask("/new", "POST", form, "application/x-www-form-urlencoded")
                assert status == 200, page
                for other in lines:
                    assert f"Written {number}" in other.ask(f"/n/written-{number}")[1]


@pytest.mark.soak
def test_an_idle_connection_outlives_what_a_proxy_keeps(server: Any) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    for pause in (0, 121):
        time.sleep(pause)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    connection.close()
