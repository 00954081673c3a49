"""Runs asked by forms and looked at as pages, as a browser without scripts does."""

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from alpgraph.config import Config, load_config, locate
from alpgraph.runs import Limits, StoreError
from alpgraph.web import Settings, create_app
from alpgraph.web.run_access import RunAccess

FORM = {"content-type": "application/x-www-form-urlencoded"}
ABROAD = "203.0.113.7"


def visitor(state: Path, client: str = "127.0.0.1", **flags: Any) -> TestClient:
    """Return one who asks a server in this process, and follows no redirect by himself."""
    location = locate(None, state)
    app = create_app(Settings(location, load_config(location.notes, flags), watch=False))
    return TestClient(app, "http://127.0.0.1:8000", client=(client, 1), follow_redirects=False)


@pytest.fixture
def home(plugin: Path, tmp_path: Path) -> Iterator[TestClient]:
    """Who uses a server at home that knows the experiment `trial`."""
    with visitor(tmp_path / "state") as asking:
        yield asking


def send(asking: TestClient, **fields: str) -> Response:
    """Send the form of the trial."""
    return asking.post("/runs", data={"experiment": "trial", "replicates": "2", **fields})


def launched(asking: TestClient, **fields: str) -> str:
    """Ask by the form and return the id of the run."""
    sent = send(asking, **fields)
    assert sent.status_code == 303
    return str(sent.headers["location"].removeprefix("/runs/"))


def until(asking: TestClient, run_id: str, *states: str) -> str:
    """Wait until a run is in one of some states, and return its id."""
    deadline = time.monotonic() + 60
    while asking.get(f"/api/runs/{run_id}").json()["state"] not in states:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return run_id


def finished(asking: TestClient, **fields: str) -> str:
    return until(asking, launched(asking, **fields), "done", "failed")


def change(state: Path, run_id: str, column: str, value: str) -> None:
    """Write into the stored row of a run."""
    with sqlite3.connect(state / "runs.sqlite", timeout=30) as database:
        database.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, run_id))
    database.close()


@pytest.mark.parametrize("body", [b"\xff", "&".join(f"a{i}=1" for i in range(101)).encode()])
def test_a_form_that_cannot_be_read_is_refused_by_a_page(home: TestClient, body: bytes) -> None:
    answer = home.post("/runs", content=body, headers=FORM)
    assert answer.status_code == 422
    assert "The form cannot be read." in answer.text


def test_a_form_of_no_experiment_is_told_which_there_are(home: TestClient) -> None:
    answer = send(home, experiment="nothing")
    assert answer.status_code == 422
    assert "there is no experiment &#39;nothing&#39;; there are: utility-weighted-" in answer.text


def test_a_form_keeps_what_was_typed_beside_what_is_wrong(home: TestClient) -> None:
    page = send(home, steps="many", label="mine", replicates="3", seed="5").text
    for name, typed in {"steps": "many", "label": "mine", "replicates": "3", "seed": "5"}.items():
        assert re.search(rf'<input[^>]* name="{name}"[^>]* value="{typed}"', page), name


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"replicates": "x"}, "replicates must be a whole number, not &#39;x&#39;"),
        ({"replicates": "1"}, "replicates must be between 2 and 256, not 1"),
        ({"values": "2,x"}, "must be a whole number, not &#39;x&#39;"),
    ],
)
def test_a_sweep_names_the_field_that_is_not_its_own(
    home: TestClient, fields: dict[str, str], said: str
) -> None:
    page = send(home, **{"vary": "steps", "values": "2, 3", **fields}).text
    assert f'id="fault-values">{said}<' in page


def test_blanks_around_what_is_typed_count_for_nothing(home: TestClient) -> None:
    run = home.get(f"/api/runs/{launched(home, seed=' 7 ')}").json()
    assert run["seed"] == 7
    assert send(home, vary="mode", values=" fine , gaps ").status_code == 303


def test_a_number_of_any_length_is_refused_and_no_fault(home: TestClient) -> None:
    answer = home.get(f"/experiments/trial?seed={'9' * 5000}")
    assert answer.status_code == 422
    assert "must be a whole number between 0 and" in answer.text


def test_a_run_is_cancelled_by_its_button_and_one_that_has_ended_just_shown(
    home: TestClient, tmp_path: Path
) -> None:
    run_id = launched(home, pause="20", label="to be stopped")
    for _ in range(2):
        answer = home.post(f"/runs/{run_id}/cancel", headers=FORM)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{run_id}")
    assert home.get(f"/api/runs/{run_id}").json()["state"] == "cancelled"
    assert home.post("/runs/none/cancel", headers=FORM).status_code == 404


def test_a_server_that_accepts_no_runs_offers_and_takes_none(plugin: Path, tmp_path: Path) -> None:
    with visitor(tmp_path, ABROAD, host="0.0.0.0", allow_runs=True) as open_to_all:
        run_id = launched(open_to_all, pause="20")
        page = open_to_all.get(f"/runs/{run_id}").text
        assert f'action="/runs/{run_id}/cancel"' in page
    with visitor(tmp_path, ABROAD, host="0.0.0.0") as asking:
        page = asking.get(f"/runs/{run_id}").text
        assert f'data-run-id="{run_id}"' in page  # it is still on its way
        assert 'method="post"' not in page
        refused = asking.post(f"/runs/{run_id}/cancel", headers=FORM)
        assert refused.status_code == 403
        assert "--allow-runs" in refused.text
        assert send(asking, seed="1").status_code == 403
        again = send(asking, steps="many")
        assert again.status_code == 422
        assert 'method="post"' not in again.text


def test_a_visitor_who_has_enough_runs_waiting_is_told_when_to_come_back(
    plugin: Path, tmp_path: Path
) -> None:
    own = Limits().per_visitor
    with visitor(tmp_path, ABROAD, host="0.0.0.0", allow_runs=True) as asking:
        many = {"pause": "20", "vary": "steps", "values": ",".join(map(str, range(1, own + 1)))}
        assert send(asking, **many).status_code == 303
        for fields in ({"pause": "20", "seed": "1"}, {**many, "seed": "2"}):
            refused = send(asking, **fields)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
            assert f"the limit is {own}" in refused.text
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("runs.sqlite*"))
        assert b"trial" in stored
        assert ABROAD.encode() not in stored  # visitors are told apart without their addresses


def test_a_database_that_cannot_be_used_is_told_by_pages_too(plugin: Path, tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").mkdir()
    with visitor(tmp_path) as asking:
        cancelled = asking.post("/runs/x/cancel", headers=FORM)
        for answer in (send(asking), asking.get("/runs/x"), cancelled):
            assert answer.status_code == 503
            assert "The runs database cannot be used" in answer.text
        name = "unused-steps"
        shown = asking.get(f"/experiments/{name}?vary=steps")  # with the stored results
        assert shown.status_code == 200
        assert "Vary one thing" in shown.text


def test_the_page_of_a_run_is_never_kept_and_lists_the_newest_first(home: TestClient) -> None:
    ids = [finished(home, seed=str(seed), mode="gaps") for seed in range(3)]
    answer = home.get(f"/runs/{ids[0]}")
    assert answer.headers["cache-control"] == "no-store"
    beside = re.findall(rf'href="/runs/{ids[0]}\?with=([0-9a-f]+)#', answer.text)
    assert beside == [ids[2], ids[1]]


def test_only_an_answer_of_the_same_experiment_is_laid_over_a_run(
    home: TestClient, tmp_path: Path
) -> None:
    own, other, foreign = (finished(home, mode="gaps", seed=seed) for seed in "012")
    change(tmp_path / "state", foreign, "experiment", "uninstalled")
    failed = finished(home, mode="raise")
    strange = finished(home, experiment="unused-steps", cue="1", steps="20")
    laid = "The curves of this run beside those of “{}”."
    assert laid.format(f"run {other[:8]}") in home.get(f"/runs/{own}?with={other}").text
    page = home.get(f"/runs/{strange}?with=negative-control").text
    assert laid.format("stored: negative control") in page
    for key in (failed, foreign, strange, "nothing"):
        answer = home.get(f"/runs/{own}?with={key}")
        assert answer.status_code == 200
        assert laid[:20] not in answer.text


def test_curves_of_one_arm_alone_are_laid_over_each_other_too(home: TestClient) -> None:
    own, other = (finished(home, seed=seed) for seed in "01")
    page = home.get(f"/runs/{own}?with={other}").text
    assert f"The curves of this run beside those of “run {other[:8]}”." in page
    for name in ("this run", f"run {other[:8]}"):
        assert f"told, {name}" in page


def test_a_run_whose_experiment_is_gone_is_told_so(home: TestClient, tmp_path: Path) -> None:
    run_id = finished(home)
    change(tmp_path / "state", run_id, "experiment", "uninstalled")
    told = f"/api/runs/{run_id}"
    answer = home.get(f"/runs/{run_id}")
    assert answer.status_code == 404
    assert f"Its experiment is no longer here, or takes other parameters now; {told}" in answer.text
    assert home.get(told).json()["result"]["replicates"]


def test_values_on_their_way_are_counted_and_those_out_of_time_named(
    home: TestClient, tmp_path: Path
) -> None:
    slow = finished(home, label="late", mode="raise", steps="9")
    change(tmp_path / "state", slow, "state", "timed out")
    gate = tmp_path / "gate"
    gate.touch()
    values = ",".join(map(str, range(1, 13)))
    send(home, label="late", gate=str(gate), vary="steps", values=values)
    deadline = time.monotonic() + 60
    while home.get("/api/runs?state=running").json()["total"] < min(12, os.cpu_count() or 1):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    page = home.get("/experiments/trial?label=late&mode=raise&vary=steps").text
    gate.write_bytes(b"." * 100)
    assert "12 values are still being computed" in page
    assert f'1 of 1 value failed: <a href="/runs/{slow}">9</a>.' in page


def test_replicates_are_given_as_a_table_once_there_are_any(home: TestClient) -> None:
    run_id = finished(home, seed="4")
    answer = home.get(f"/api/runs/{run_id}/replicates.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="run-{run_id}.csv"'
    head, *rows = (line.split(",") for line in answer.text.splitlines())
    assert head == ["seed", "replicate", "control", "treatment"]
    told = home.get(f"/api/runs/{run_id}").json()["result"]["replicates"]
    assert rows == [[str(one[name]) for name in head] for one in told]
    none = home.get(f"/api/runs/{finished(home, mode='raise')}/replicates.csv")
    assert (none.status_code, none.json()["detail"]) == (404, "this run has no result")


def test_a_stream_is_kept_open_where_nothing_happens_and_by_nobody_stored(
    home: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alpgraph.web.runs.PING_SECONDS", 0.05)
    answer = home.get(f"/api/runs/{launched(home, pause='0.3')}/events")
    assert ": still here\n\n" in answer.text
    assert "event: end" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"  # nginx would hold events back


def test_a_server_that_ends_opens_no_database_any_more(tmp_path: Path) -> None:
    access = RunAccess(Settings(locate(None, tmp_path), Config()))
    access.stop()
    assert access.try_again()
    with pytest.raises(StoreError, match="the server is ending"):
        access.service()
    assert not list(tmp_path.iterdir())


def test_runs_left_by_an_earlier_server_go_on_though_nobody_asks(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, log = tmp_path / "gate", tmp_path / "log"
    gate.touch()
    log.touch()
    with visitor(tmp_path) as asking:
        launched(asking, gate=str(gate), log=str(log))
    assert "ended" not in log.read_text()
    gate.write_bytes(b"." * 10)
    monkeypatch.setattr("alpgraph.web.run_access.QUIET_SECONDS", 0.0)
    with visitor(tmp_path):
        deadline = time.monotonic() + 60
        while "ended" not in log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_a_server_finds_a_database_again_by_itself(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"QUIET_SECONDS": 0.0, "AGAIN": 0.05}.items():
        monkeypatch.setattr(f"alpgraph.web.run_access.{name}", seconds)
    (tmp_path / "runs.sqlite").mkdir()
    with visitor(tmp_path) as asking:
        assert send(asking).status_code == 503
        (tmp_path / "runs.sqlite").rmdir()
        deadline = time.monotonic() + 60
        while send(asking).status_code != 303:
            assert time.monotonic() < deadline
            time.sleep(0.02)
