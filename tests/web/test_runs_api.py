"""The API of runs, asked of running servers."""

import asyncio
import http.client
import json
import re
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from alpgraph.config import Config, load_config, locate
from alpgraph.experiments import run_experiment
from alpgraph.runs import Limits, StoreError
from alpgraph.web import Settings, create_app
from alpgraph.web.run_access import RunAccess

Call = Callable[..., tuple[int, dict[str, str], Any]]


def call(
    server: Any, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    """Ask a server; gives status, headers and the body read as JSON where it is JSON."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    text = None
    if body is not None:
        kind = headers.setdefault("content-type", "application/json")
        text = body if isinstance(body, str | bytes) or "json" not in kind else json.dumps(body)
    try:
        connection.request(method, path, text, headers)
        answer = connection.getresponse()
        data = answer.read().decode()
        found = {key.lower(): value for key, value in answer.getheaders()}
        return (
            answer.status,
            found,
            json.loads(data) if "json" in found.get("content-type", "") else data,
        )
    finally:
        connection.close()


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


def question(seed: int = 0, replicates: int = 2, **params: Any) -> dict[str, Any]:
    return {"experiment": "trial", "params": params, "replicates": replicates, "seed": seed}


def ended(server: Any, run_id: str) -> Any:
    """Wait for the end of a run."""

    def look() -> Any:
        status, _, run = call(server, "GET", f"/api/runs/{run_id}")
        assert status == 200
        return run["state"] not in ("queued", "running") and run

    return until(look)


@pytest.fixture(scope="module")
def home(
    start_server: Any, plugin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A server at home that knows the experiment `trial`."""
    with start_server("--state", str(tmp_path_factory.mktemp("state"))) as server:
        yield server


@pytest.fixture
def fresh(start_server: Any, plugin: Path, tmp_path: Path) -> Iterator[Any]:
    """A server of one's own."""
    with start_server("--state", str(tmp_path / "state")) as server:
        yield server


@pytest.fixture
def log(tmp_path: Path) -> Any:
    """Count a word that the trial wrote to `log.path`."""
    path = tmp_path / "log"
    path.touch()

    def count(word: str) -> int:
        return path.read_text().split().count(word)

    count.path = str(path)  # type: ignore[attr-defined]
    return count


def test_a_question_is_stored_computed_and_then_answered_at_once(home: Any) -> None:
    asked = question(seed=11, replicates=4)
    status, headers, data = call(home, "POST", "/api/runs", asked)
    assert status == 202
    assert data["state"] == "queued"
    assert data["url"] == f"/runs/{data['id']}"
    assert headers["location"] == f"/api/runs/{data['id']}"
    run = ended(home, data["id"])
    assert {**run["params"], "steps": 3} == run["params"]
    assert run["experiment"] == "trial"
    assert (run["state"], run["progress"], run["position"], run["reason"]) == ("done", 1, None, "")
    assert run["created"] <= run["started"] <= run["finished"]
    assert run["version"]
    assert run["result"] == run_experiment("trial", {}, 4, 11)
    assert run["verdict"] == run["result"]["verdict"]
    assert run["primary"] == run["result"]["primary"]
    status, _, again = call(home, "POST", "/api/runs", asked)
    assert (status, again) == (200, {**data, "state": "done"})


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"replicates": 1000}, "replicates", "must be between 2 and 256, not 1000"),
        ({"replicates": 2.5}, "replicates", "integer"),
        ({"seed": -1}, "seed", "must be between 0 and 9007199254740991, not -1"),
        ({"seed": True}, "seed", "integer"),
        ({"experiment": "nothing"}, "experiment", "there is no experiment 'nothing'"),
        ({"params": {"stepz": 3}}, "params.stepz", "is no parameter of this experiment"),
        ({"params": {"steps": "many"}}, "params.steps", "must be a whole number, not 'many'"),
        ({"params": {"pause": 1e400}}, "params.pause", "finite"),
        ({"params": {"label": "x" * 300}}, "params.label.constrained-str", "at most 200"),
        ({"colour": "red"}, "colour", "unknown parameter; known: experiment, params"),
    ],
)
def test_what_cannot_be_asked_names_the_field_and_its_limit(
    home: Any, change: dict[str, Any], field: str, message: str
) -> None:
    status, headers, data = call(home, "POST", "/api/runs", {**question(), **change})
    assert status == 422
    assert headers["content-type"] == "application/problem+json"
    said = {error["field"]: error["message"] for error in data["errors"]}
    assert message in said[field]


@pytest.mark.parametrize("path", ["/api/runs", "/api/sweeps", "/api/check"])
def test_a_body_that_is_no_json_is_told_what_to_send(home: Any, path: str) -> None:
    form = "application/x-www-form-urlencoded"
    status, _, data = call(home, "POST", path, '{"experiment": "trial"}', **{"content-type": form})
    assert status == 422
    assert data["detail"] == "body: must be a JSON object, sent with Content-Type: application/json"
    status, _, data = call(home, "POST", path, "{trial}")
    assert status == 422
    assert data["detail"].startswith("body: is no JSON: Expecting property name")


@pytest.mark.parametrize("body", [b'{"text": "caf\xe9"}', b"[" * 100_000])
def test_a_body_that_cannot_be_read_is_the_fault_of_the_body(home: Any, body: bytes) -> None:
    message = "must be JSON in UTF-8, and not nested too deeply"
    status, headers, data = call(home, "POST", "/api/check", body)
    assert (status, headers["content-type"]) == (422, "application/problem+json")
    assert data["errors"] == [{"field": "body", "message": message}]


def test_work_far_over_the_limit_of_time_is_refused(home: Any) -> None:
    body = {
        "experiment": "utility-weighted-loss",
        "params": {"steps": 5000, "hidden": 128, "rows": 1200},
        "replicates": 256,
    }
    status, _, data = call(home, "POST", "/api/runs", body)
    if status == 202:  # quick enough on this machine's stored figures
        call(home, "DELETE", f"/api/runs/{data['id']}")
        return
    assert status == 422
    assert "the limit of a run is 600 s" in data["errors"][0]["message"]


def test_a_running_run_is_cancelled_once_and_may_be_asked_again(home: Any, log: Any) -> None:
    asked = question(pause=20.0, log=log.path)
    _, _, data = call(home, "POST", "/api/runs", asked)
    until(lambda: log("began"))
    status, _, run = call(home, "DELETE", f"/api/runs/{data['id']}")
    assert (status, run["state"], run["reason"]) == (200, "cancelled", "cancelled by a visitor")
    status, headers, problem = call(home, "DELETE", f"/api/runs/{data['id']}")
    assert (status, problem["detail"]) == (409, "the run is cancelled already")
    assert headers["content-type"] == "application/problem+json"
    status, _, again = call(home, "POST", "/api/runs", asked)
    assert (status, again["id"], again["state"]) == (202, data["id"], "queued")
    call(home, "DELETE", f"/api/runs/{data['id']}")


@pytest.mark.parametrize(
    ("method", "tail"),
    [("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/replicates.csv")],
)
def test_a_run_that_is_not_there_is_404(home: Any, method: str, tail: str) -> None:
    status, headers, data = call(home, method, f"/api/runs/feedbeef{tail}")
    assert (status, data["detail"]) == (404, "there is no such run")
    assert headers["content-type"] == "application/problem+json"


def test_the_list_is_filtered_and_turned_page_by_page(fresh: Any) -> None:
    ids = [call(fresh, "POST", "/api/runs", question(seed))[2]["id"] for seed in range(5)]
    for run_id in ids:
        ended(fresh, run_id)
    _, _, late = call(fresh, "POST", "/api/runs", question(pause=20.0))
    seen, address = [], "/api/runs?experiment=trial&state=done&limit=2"
    while address:
        status, _, page = call(fresh, "GET", address)
        assert (status, page["total"], page["trouble"]) == (200, 5, "")
        seen += [run["id"] for run in page["items"]]
        assert all(run["result"] is None for run in page["items"])
        assert all(run["primary"]["name"] == "height" for run in page["items"])
        address = page["next"]
    assert seen == ids[::-1]
    assert call(fresh, "GET", "/api/runs?experiment=utility-weighted-loss")[2]["total"] == 0
    running = call(fresh, "GET", "/api/runs?state=timed+out")[2]
    assert running == {"total": 0, "items": [], "next": None, "trouble": ""}
    assert call(fresh, "GET", "/api/runs")[2]["items"][0]["id"] == late["id"]
    for wrong in (
        "state=asleep",
        "limit=0",
        "limit=201",
        "before=-1",
        f"before={2**31}",
        "colour=red",
    ):
        assert call(fresh, "GET", f"/api/runs?{wrong}")[0] == 422


def test_a_sweep_asks_for_every_point_and_lists_tell_what_a_picture_needs(fresh: Any) -> None:
    body = {**question(seed=3), "vary": "steps", "values": [2, 4, 8]}
    status, _, data = call(fresh, "POST", "/api/sweeps", body)
    assert status == 202
    assert [point["value"] for point in data["items"]] == [2, 4, 8]
    for point in data["items"]:
        ended(fresh, point["id"])
    listed = call(fresh, "GET", "/api/runs?experiment=trial&state=done")[2]["items"]
    points = {run["params"]["steps"]: run["primary"]["difference"] for run in listed}
    assert points == {
        steps: run_experiment("trial", {"steps": steps}, 2, 3)["primary"]["difference"]
        for steps in (2, 4, 8)
    }
    status, _, again = call(fresh, "POST", "/api/sweeps", body)
    assert status == 200
    assert [point["id"] for point in again["items"]] == [point["id"] for point in data["items"]]
    status, _, more = call(fresh, "POST", "/api/sweeps", {**body, "values": [2, 16]})
    assert (status, more["items"][0]["state"]) == (202, "done")  # one is still to be computed
    status, _, refused = call(fresh, "POST", "/api/sweeps", {**body, "values": [2, "many"]})
    assert (status, refused["errors"][0]["field"]) == (422, "params.steps")
    assert call(fresh, "POST", "/api/sweeps", {**body, "values": list(range(65))})[0] == 422


def test_a_full_queue_says_when_to_come_back_and_takes_all_of_a_sweep_or_nothing(
    fresh: Any,
) -> None:
    body = {**question(pause=100.0), "vary": "steps", "values": list(range(1, 65))}
    for seed in range(3):
        assert call(fresh, "POST", "/api/sweeps", {**body, "seed": seed})[0] == 202
    before = call(fresh, "GET", "/api/runs")[2]["total"]
    status, headers, data = call(fresh, "POST", "/api/sweeps", {**body, "seed": 4})
    assert status == 429
    assert headers["retry-after"] == "15"
    assert data["detail"].endswith("runs are waiting already; the limit is 200")
    assert call(fresh, "GET", "/api/runs")[2]["total"] == before
    waiting = call(fresh, "GET", "/api/runs?state=queued&limit=1")[2]
    place = call(fresh, "GET", f"/api/runs/{waiting['items'][0]['id']}")[2]["position"]
    assert place == waiting["total"] - 1


def test_forms_lead_to_the_run_and_a_sweep_to_its_experiment(home: Any) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    fields = {"experiment": "trial", "params.steps": "2", "replicates": "2", "seed": "77"}
    status, headers, _ = call(home, "POST", "/runs", urlencode(fields), **form)
    assert status == 303
    assert re.fullmatch(r"/runs/[0-9a-f]{16}", headers["location"])
    sweep = {**fields, "vary": "steps", "values": "2, 3"}
    status, headers, _ = call(home, "POST", "/runs", urlencode(sweep), **form)
    assert (status, headers["location"]) == (303, "/experiments/trial?steps=2&vary=steps")
    listed = call(home, "GET", "/api/runs?experiment=trial&limit=200")[2]["items"]
    assert {run["params"]["steps"] for run in listed if run["seed"] == 77} == {2, 3}
    status, _, page = call(home, "POST", "/runs", urlencode({**sweep, "values": "2,x"}), **form)
    assert status == 422
    assert 'value="2,x" aria-invalid="true"' in page  # where it was typed, beside what is known
    assert 'id="fault-values">must be a whole number, not &#39;x&#39;<' in page


@pytest.mark.parametrize("typed", ["--5", "abc", "1.5", "-", "²"])
@pytest.mark.parametrize(("field", "high"), [("seed", 2**53 - 1), ("replicates", 256)])
def test_a_count_that_is_no_whole_number_is_refused_as_it_was_typed(
    home: Any, field: str, high: int, typed: str
) -> None:
    low = 2 if field == "replicates" else 0
    said = f"must be a whole number between {low} and {high}, not &#39;{typed}&#39;<"
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = urlencode({field: typed})
    for method, path, body in (
        ("GET", f"/experiments/trial?{asked}", None),
        ("POST", "/runs", f"experiment=trial&{asked}"),
    ):
        status, _, page = call(home, method, path, body, **form)
        assert status == 422
        assert f'id="fault-{field}">{said}' in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (",,", "must be one or more with commas between, not &#39;,,&#39;"),
        ("", "must be one or more with commas between, not &#39;&#39;"),
        (",".join(map(str, range(65))), "must be at most 64 at once, not 65"),
        ("1," + "x" * 201, "must be at most 200 characters each"),
    ],
)
def test_values_that_make_no_sweep_are_refused_in_plain_words(
    home: Any, values: str, said: str
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = urlencode({"experiment": "trial", "vary": "steps", "values": values})
    status, _, page = call(home, "POST", "/runs", asked, **form)
    assert status == 422
    assert f'id="fault-values">{said}<' in page


def test_a_text_that_is_too_long_is_refused_by_name(home: Any) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = urlencode({"experiment": "trial", "label": "x" * 201})
    status, _, page = call(home, "POST", "/runs", asked, **form)
    assert status == 422
    assert "Params.label: must be at most 200 characters." in page


def test_what_is_no_number_is_a_dash_on_pages_and_a_gap_in_pictures(home: Any) -> None:
    void = {"experiment": "unused-steps", "replicates": 2, "params": {"cue": 1, "steps": 20}}
    found = []
    for asked in (void, question(mode="gaps"), question(mode="gaps", steps=1)):
        data = call(home, "POST", "/api/runs", asked)[2]
        run = ended(home, data["id"])
        assert run["state"] == "done"
        for tail in ("", f"?with={data['id']}", "?with=claim"):
            status, _, page = call(home, "GET", f"/runs/{data['id']}{tail}")
            assert status == 200
            drawn = "".join(re.findall("<svg.*?</svg>", page))
            assert not re.search("nan|None", drawn)
        assert call(home, "GET", f"/api/runs/{data['id']}/replicates.csv")[0] == 200
        found.append(page)
    assert "misled against own steps</td><td>–</td><td>–</td>" in found[0]
    assert re.search(r"misled against own steps, a cue that tells: –[;\"]", found[0])
    lines = re.findall(r'<path class="c-line c-a" d="([^"]*)"', found[1])
    assert any(line.count("M") == 2 for line in lines)  # it goes on behind the gap
    assert "not told –" in found[1]


def test_a_primary_metric_that_is_no_number_is_no_verdict_but_said_plainly(home: Any) -> None:
    data = call(home, "POST", "/api/runs", question(mode="nan"))[2]
    assert ended(home, data["id"])["state"] == "failed"
    status, _, page = call(home, "GET", f"/runs/{data['id']}")
    assert status == 200
    assert "treatment has values that are not finite" in page
    data = call(home, "POST", "/api/runs", question(mode="huge"))[2]
    run = ended(home, data["id"])
    assert (run["verdict"], run["primary"]["low"]) == ("inconclusive", None)
    for path in (f"/runs/{data['id']}", "/experiments/trial?mode=huge&vary=steps"):
        assert call(home, "GET", path)[0] == 200
    page = call(home, "GET", f"/runs/{data['id']}")[2]
    assert "too large for a mean and an interval" in page


CURVE = {"arm": "control", "name": "height", "x_label": "step", "y_label": "height"}
FORGED: dict[str, Any] = {
    "result": [],
    "result.primary": 3,
    "result.primary.difference": "<b>",
    "result.verdict": "true",
    "result.params": {"steps": "x"},
    "result.replicates": [],
    "result.replicates.0.control": None,
    "result.curves.0.low": [0.5],
    "result.curves.0.mean": [0.5],
    "result.curves": [dict(CURVE, x=[], mean=[], low=[], high=[])],
    "result.pictures.0.series.0.y": [0.5],
    "result.pictures": {"a": 1},
    "result.smallest_effect": None,
    "result.secondary": ["x"],
    "summary.primary": [1],
    "params.steps": "many",
}


def forged(row: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the columns of a row with another value at a place inside their JSON."""
    whole = {key: json.loads(row[key]) for key in ("result", "summary", "params")}
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    at: Any = whole
    for step in way:
        at = at[step]
    at[last] = value
    return {key: json.dumps(data) for key, data in whole.items()}


def test_a_stored_result_of_another_shape_is_told_and_breaks_no_other_page(
    fresh: Any, tmp_path: Path
) -> None:
    data = [call(fresh, "POST", "/api/runs", question(seed, mode="gaps"))[2] for seed in (0, 1)]
    bad, good = [ended(fresh, one["id"])["id"] for one in data]
    runs = sqlite3.connect(tmp_path / "state" / "runs.sqlite", isolation_level=None)
    runs.row_factory = sqlite3.Row
    row = dict(runs.execute("SELECT * FROM runs WHERE id = ?", (bad,)).fetchone())
    change = "UPDATE runs SET result = :result, summary = :summary, params = :params WHERE id = :id"
    for place, value in FORGED.items():
        runs.execute(change, {**forged(row, place, value), "id": bad})
        status, _, page = call(fresh, "GET", f"/runs/{bad}")
        assert status in (404, 503), place
        assert status == 404 or f"The stored result of run {bad} cannot be read" in page, place
        assert "<h1>This run cannot be shown</h1>" in page, place
        for path in (f"/api/runs/{bad}", f"/api/runs/{bad}/replicates.csv"):
            assert call(fresh, "GET", path)[0] in (200, 503), place
        for path in (f"/runs/{good}", f"/runs/{good}?with={bad}", "/experiments/trial"):
            assert call(fresh, "GET", path)[0] == 200, place
        assert call(fresh, "GET", "/api/runs")[2]["total"] == 2
    runs.close()


def test_what_an_experiment_prints_is_no_message_of_the_server(fresh: Any) -> None:
    data = call(fresh, "POST", "/api/runs", question(mode="loud"))[2]
    assert ended(fresh, data["id"])["state"] == "done"
    fresh.stop()
    assert not any("heard" in line for line in fresh.lines)


def sweep_rows(page: str) -> list[list[str]]:
    """Return the numbers of the sweep on a page."""
    figure = re.search(r'<figure class="fig sweep">(.*?)</figure>', page, re.S)
    assert figure
    rows = re.findall("<tr>(.*?)</tr>", figure[1], re.S)[1:]
    return [[re.sub("<.*?>", "", cell) for cell in re.findall("<td>(.*?)</td>", r)] for r in rows]


def test_a_sweep_shows_the_answer_with_most_replicates_and_says_whose_it_is(home: Any) -> None:
    runs = {
        (steps, count, seed): call(
            home, "POST", "/api/runs", question(seed, count, steps=steps, label="sweep")
        )[2]["id"]
        for steps, count, seed in [(2, 8, 1), (2, 2, 2), (4, 3, 3), (4, 3, 4)]
    }
    for run_id in runs.values():  # asked one after the other, and ended in whatever order
        ended(home, run_id)
    page = call(home, "GET", "/experiments/trial?label=sweep&vary=steps")[2]
    two, four = sweep_rows(page)
    assert (two[0], two[4:]) == ("2", ["8", "1", f"run {runs[2, 8, 1][:8]}"])
    assert (four[0], four[4]) == ("4", "3")
    assert "over 3 to 8 replicates" in page
    assert re.search(r"<title>2: [^<]*, 8 replicates</title>", page)
    own = call(home, "GET", f"/runs/{runs[4, 3, 3]}")[2]
    table = own[own.index('aria-label="Table: comparison"') :]
    heads = re.findall('<th scope="col">(.*?)</th>', table)
    assert heads[-2:] == ["replicates", "seed"]
    rows = re.findall(r"<tr.*?>(.*?)</tr>", table, re.S)[1:]
    cells = [tuple(re.findall(r"<td>(.*?)</td>", row)) for row in rows]
    assert len(set(cells)) == len(cells)  # no two rows look alike


def test_values_that_failed_are_counted_and_lead_to_their_runs(home: Any) -> None:
    asked = {**question(), "vary": "mode", "values": ["fine", "raise", "shape"]}
    asked["params"] = {"label": "failing"}
    items = call(home, "POST", "/api/sweeps", asked)[2]["items"]
    for item in items:
        ended(home, item["id"])
    page = call(home, "GET", "/experiments/trial?label=failing&vary=mode")[2]
    links = [f'<a href="/runs/{item["id"]}">{item["value"]}</a>' for item in items[1:]]
    assert f"2 of 3 values failed: {', '.join(links)}." in page
    assert [row[0] for row in sweep_rows(page)] == ["fine"]


def test_values_whose_run_was_cancelled_are_told_and_lead_to_it(home: Any) -> None:
    asked = {**question(), "vary": "mode", "values": ["fine", "spin"]}
    asked["params"] = {"label": "stopped"}
    fine, slow = call(home, "POST", "/api/sweeps", asked)[2]["items"]
    assert call(home, "DELETE", f"/api/runs/{slow['id']}")[0] == 200
    ended(home, slow["id"])
    ended(home, fine["id"])
    page = call(home, "GET", "/experiments/trial?label=stopped&vary=mode")[2]
    assert f'1 of 2 values was cancelled: <a href="/runs/{slow["id"]}">spin</a>.' in page


def events_of(text: str) -> list[tuple[int, str, Any]]:
    """Read a stream of events: id, kind, data."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line[1:])
        if "data" in fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def test_a_dropped_stream_goes_on_from_the_last_event_seen(home: Any, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gate.write_bytes(b".")
    asked = question(seed=21, steps=12, pause=0.15, gate=str(gate))
    _, _, told = call(home, "POST", "/api/runs", asked)
    path = f"/api/runs/{told['id']}/events"

    def hear(after: int, progress: float) -> list[tuple[int, str, Any]]:
        """Listen from an event on until so much is done."""
        connection = http.client.HTTPConnection(urlsplit(home.url).netloc, timeout=60)
        connection.request("GET", path, headers={"last-event-id": str(after)})
        answer = connection.getresponse()
        assert answer.getheader("content-type", "").startswith("text/event-stream")
        text = ""
        while not (heard := events_of(text)) or heard[-1][2]["progress"] < progress:
            line = answer.readline()
            assert line, text
            text += line.decode()
        connection.close()
        return heard

    first = hear(0, 0.08)
    last = first[-1][0]
    gate.write_bytes(b"." * 12)  # all steps, but not the end
    later = hear(last, 0.9)
    assert all(number > last for number, _, _ in later)
    assert {kind for _, kind, _ in later} == {"progress"}
    gate.write_bytes(b"." * 13)
    status, _, rest = call(home, "GET", path, **{"last-event-id": str(later[-1][0])})
    assert status == 200
    later += events_of(rest)
    assert later[-1][1] == "end"
    curves = [data["curves"] for _, kind, data in first + later if kind == "progress"]
    lengths = [len(drawn[0]["x"]) for drawn in curves if drawn]
    assert lengths == sorted(lengths)
    assert later[-1][2]["result"] == run_experiment("trial", asked["params"], 2, 21)
    assert call(home, "GET", path, **{"last-event-id": str(later[-1][0])})[0] == 204


def test_a_stream_whose_database_goes_away_ends_and_says_so(
    plugin: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database, aside = tmp_path / "state/runs.sqlite", tmp_path / "aside"
    with public(tmp_path / "state", allow_runs=True) as visitor:
        told = visitor.post("/api/runs", json=question(1)).json()
        until(lambda: visitor.get(f"/api/runs/{told['id']}").json()["state"] == "done")
        engine = cast("FastAPI", visitor.app).state.runs.service().store.engine

        @event.listens_for(engine, "after_cursor_execute")
        def take_away(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if "WHERE runs.id = " in statement and not aside.exists():  # the first of two looks
                database.rename(aside)

        answer = visitor.get(f"/api/runs/{told['id']}/events")
        aside.rename(database)
    assert (answer.status_code, answer.text) == (200, "")
    said = [one.getMessage() for one in caplog.records if "stream of events" in one.getMessage()]
    assert len(said) == 1
    assert "was moved or deleted while in use; put it back" in said[0]


def test_two_hundred_watchers_cost_one_computation(home: Any, log: Any, complete: Any) -> None:
    asked = question(seed=31, steps=20, pause=0.15, log=log.path)
    netloc = urlsplit(home.url).netloc
    _, _, data = call(home, "POST", "/api/runs", asked)
    request = f"GET /api/runs/{data['id']}/events HTTP/1.1\r\nHost: {netloc}\r\n\r\n"

    async def watch() -> str:
        host, port = netloc.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request.encode())
        text = ""
        while "event: end" not in text:
            text += (await reader.readline()).decode()
        text += (await reader.readline()).decode()
        writer.close()
        return text[text.index("event: end") :]

    async def watch_all() -> list[str]:
        return await asyncio.gather(*(watch() for _ in range(200)))

    seen = complete(watch_all())
    assert len(seen) == 200
    assert len(set(seen)) == 1
    assert (log("began"), log("ended")) == (1, 1)


def test_runs_are_on_again_once_their_database_can_be_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "runs.sqlite"
    place.write_bytes(b"no database" * 100)
    access = RunAccess(Settings(locate(None, tmp_path), Config()))
    for _ in range(2):
        with pytest.raises(StoreError, match="move the file away"):
            access.service()
        assert access.try_again()
    place.unlink()
    assert not access.try_again()
    try:
        assert access.service().list().total == 0
    finally:
        access.stop()
    data = [record.getMessage().split(":")[0] for record in caplog.records]
    assert data == ["runs are off", "runs are on again"]


def public(state: Path, **flags: Any) -> TestClient:
    """A visitor of a server on a public address, in this process."""
    location = locate(None, state)
    config = load_config(location.notes, {"host": "0.0.0.0", **flags})
    app = create_app(Settings(location, config, watch=False))
    return TestClient(app, "http://127.0.0.1:8000", client=("203.0.113.7", 1234))


def test_a_public_server_shows_runs_and_launches_none_unless_told(
    plugin: Path, tmp_path: Path
) -> None:
    with public(tmp_path, allow_runs=True) as visitor:
        data = visitor.post("/api/runs", json=question(1)).json()
        until(lambda: visitor.get(f"/api/runs/{data['id']}").json()["state"] == "done")
    with public(tmp_path) as visitor:
        assert visitor.post("/api/runs", json=question(1)).status_code == 200
        refused = visitor.post("/api/runs", json=question(2))
        assert refused.status_code == 403
        assert "--allow-runs" in refused.json()["detail"]
        sweep = {**question(1), "vary": "steps", "values": [3, 4]}
        assert visitor.post("/api/sweeps", json=sweep).status_code == 403
        assert visitor.post("/api/sweeps", json={**sweep, "values": [3]}).status_code == 200
        assert visitor.delete(f"/api/runs/{data['id']}").status_code == 403
        assert visitor.get("/api/runs").json()["total"] == 1


def test_one_visitor_cannot_fill_the_queue(plugin: Path, tmp_path: Path) -> None:
    own = Limits().per_visitor
    with public(tmp_path, allow_runs=True) as visitor:

        def status(who: TestClient, seed: int) -> int:
            return who.post("/api/runs", json=question(seed, pause=20.0)).status_code

        assert [status(visitor, seed) for seed in range(own + 2)] == [202] * own + [429] * 2
        other = TestClient(visitor.app, "http://127.0.0.1:8000", client=("203.0.113.8", 1))
        assert status(other, 100) == 202


def test_behind_a_proxy_each_visitor_has_the_limit_and_runs_are_allowed_by_flag_only(
    plugin: Path, tmp_path: Path
) -> None:
    own, name = Limits().per_visitor, ("notes.example.org",)

    def status(who: TestClient, seed: int, address: str) -> int:
        sent = {"x-forwarded-for": f"1.2.3.4, {address}", "host": name[0]}
        body = question(seed, pause=20.0)
        return who.post("/api/runs", json=body, headers=sent).status_code

    with public(tmp_path, host="127.0.0.1", allow_hosts=name, allow_runs=True) as server:
        proxy = TestClient(server.app, "http://127.0.0.1:8000", client=("127.0.0.1", 1))
        data = [status(proxy, seed, "203.0.113.7") for seed in range(own + 1)]
        assert data == [202] * own + [429]
        assert status(proxy, 100, "203.0.113.8") == 202
        at_home = [status(proxy, 200 + seed, "127.0.0.1") for seed in range(own + 1)]
        assert at_home == [202] * (own + 1)
    with public(tmp_path, host="127.0.0.1", allow_hosts=name) as server:
        proxy = TestClient(server.app, "http://127.0.0.1:8000", client=("127.0.0.1", 1))
        assert status(proxy, 101, "203.0.113.8") == 403


def test_a_database_that_cannot_be_used_takes_away_the_runs_only(
    start_server: Any, plugin: Path, tmp_path: Path
) -> None:
    (tmp_path / "runs.sqlite").mkdir()
    with start_server("--state", str(tmp_path)) as server:
        assert "alpgraph" in server.get("/")
        sweep = {**question(), "vary": "steps", "values": [2]}
        for method, path, body in (
            ("POST", "/api/runs", question()),
            ("POST", "/api/sweeps", sweep),
            ("GET", "/api/runs", None),
            ("GET", "/api/runs/x", None),
            ("GET", "/api/runs/x/replicates.csv", None),
            ("GET", "/api/runs/x/events", None),
            ("DELETE", "/api/runs/x", None),
        ):
            status, _, data = call(server, method, path, body)
            assert status == 503, path
            assert "--state" in data["detail"]
        until(lambda: any("runs are off" in line for line in server.lines))


def test_a_full_disk_is_said_plainly_and_loses_nothing_acknowledged(
    start_server: Any, plugin: Path, tmp_path: Path
) -> None:
    state = str(tmp_path / "state")
    room = 200_000

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    kept = []
    with start_server("--state", state, preexec_fn=little_room) as server:
        for seed in range(2000):
            status, _, data = call(server, "POST", "/api/runs", question(seed, label="x" * 190))
            if status != 202:
                break
            kept.append(data["id"])
        assert status == 503
        assert "room" in data["detail"] or "space" in data["detail"]
        assert server.get("/healthz")
    assert kept
    with start_server("--state", state) as server:
        for run_id in kept:
            assert ended(server, run_id)["state"] == "done"
        assert call(server, "GET", "/api/runs")[2]["total"] == len(kept)
