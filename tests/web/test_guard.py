"""The guard in front of everything: whose request it is, how large, and the headers on answers."""

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
BODY = json.dumps({"path": "a.md", "text": "# A\n"})


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    server: Any, method: str, path: str, body: str | None = None, *headers: tuple[str, str]
) -> Response:
    """Send exactly these headers; Host is ours unless given. Of a stream, the beginning is read."""
    address = urlsplit(server.url).netloc
    connection = http.client.HTTPConnection(address, timeout=30)
    with closing(connection):
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if not any(name == "Host" for name, _ in headers):
            connection.putheader("Host", address)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None and not any(name == "Transfer-Encoding" for name, _ in headers):
            connection.putheader("Content-Length", str(len(body.encode())))
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        with closing(answer):
            headers_received = {name.lower(): value for name, value in answer.getheaders()}
            streams = headers_received.get("content-type", "").startswith("text/event-stream")
            return Response(
                answer.status, headers_received, answer.readline() if streams else answer.read()
            )


@pytest.mark.parametrize(
    "path", ["/", "/n/utility-weighted-loss", "/n/none", "/api/notes", "/api/none", "/static/none",
             "/static/alpgraph.css", "/events", "/openapi.json", "/api/walk/none?depth=9"]
)  # fmt: skip
def test_every_answer_has_the_headers(server: Any, path: str) -> None:
    answer = ask(server, "GET", path)
    headers = answer.headers
    assert headers | HEADERS == headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "access-control-allow-origin" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:{port}@evil.example", "evil.example:{port}",
     "127.0.0.1.evil.example:{port}", "localhost.:{port}", "127.0.0.1:{port}.", "127.0.0.1:1", ""],
)  # fmt: skip
def test_another_host_is_refused(server: Any, host: str) -> None:
    port = str(urlsplit(server.url).port)
    answer = ask(server, "GET", "/", None, ("Host", host.format(port=port)))
    assert answer.status in (400, 421)
    assert b"<!doctype" not in answer.body


def test_two_hosts_are_refused(server: Any) -> None:
    own = urlsplit(server.url).netloc
    answer = ask(server, "GET", "/", None, ("Host", own), ("Host", own))
    assert answer.status in (400, 421)


JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([JSON], 200),
        ([("Content-Type", "Application/JSON; charset=utf-8")], 200),
        ([JSON, ("Origin", "{own}")], 200),
        ([JSON, ("Origin", "{own}"), ("Sec-Fetch-Site", "same-origin")], 200),
        ([JSON, ("Sec-Fetch-Site", "none")], 200),
        ([("Content-Type", "application/JSON")], 200),
        ([("Content-Type", "Application/Json; Charset=UTF-8")], 200),
        ([JSON, ("Origin", "https://evil.example")], 403),
        ([JSON, ("Origin", "null")], 403),
        ([JSON, ("Origin", "{own}.evil.example")], 403),
        ([JSON, ("Origin", "{own}"), ("Origin", "https://evil.example")], 403),
        ([JSON, ("Sec-Fetch-Site", "cross-site")], 403),
        ([JSON, ("Sec-Fetch-Site", "same-site")], 403),
        ([("Content-Type", "text/plain")], 415),
        ([("Content-Type", "multipart/form-data; boundary=x")], 415),
        ([], 415),
    ],
)
def test_what_may_be_sent_here(server: Any, headers: list[tuple[str, str]], status: int) -> None:
    sent = [(name, value.format(own=server.url)) for name, value in headers]
    answer = ask(server, "POST", "/api/check", BODY, *sent)
    assert answer.status == status
    if status != 200:
        data = json.loads(answer.body)
        assert answer.headers["content-type"] == "application/problem+json"
        assert data["title"]
        assert data["detail"]


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "OPTIONS", "PURGE"])
def test_every_method_that_may_change_something_is_guarded(server: Any, method: str) -> None:
    answer = ask(server, method, "/api/runs/none", None, ("Origin", "https://evil.example"))
    assert answer.status == 403


def test_a_large_body_is_refused_before_it_is_read(server: Any) -> None:
    answer = ask(server, "POST", "/api/check", None, JSON, ("Content-Length", str(10**9)))
    assert answer.status == 413


@pytest.mark.parametrize("path", ["/api/check", "/api/runs", "/runs", "/new"])
def test_a_large_body_without_a_length_is_cut_off(server: Any, path: str) -> None:
    chunk = f"{200_000:x}\r\n{'x' * 200_000}\r\n"
    kind = JSON if path.startswith("/api/") else FORM
    answer = ask(server, "POST", path, chunk * 4 + "0\r\n\r\n", kind,
                 ("Transfer-Encoding", "chunked"))  # fmt: skip
    assert answer.status == 413
    assert answer.headers | HEADERS == answer.headers
    assert json.loads(answer.body)["detail"] == "the body is larger than 524288 bytes"
    assert "Traceback" not in "".join(server.lines)


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_a_body_may_be_as_large_as_the_limit(server: Any, more: int, status: int) -> None:
    body = BODY.ljust(512 * 1024 + more)
    chunked = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    assert ask(server, "POST", "/api/check", body, JSON).status == status
    answer = ask(server, "POST", "/api/check", chunked, JSON, ("Transfer-Encoding", "chunked"))
    assert answer.status == status


@pytest.mark.parametrize(
    ("body", "field"), [('{"path": "", "text": ""}', "path"), ("[", "body"), ("null", "body")]
)
def test_a_fault_of_a_body_is_told_by_its_field(server: Any, body: str, field: str) -> None:
    answer = ask(server, "POST", "/api/check", body, JSON)
    assert answer.status == 422
    assert [error["field"] for error in json.loads(answer.body)["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/n/utility-weighted-loss", "GET, HEAD"),
        ("/api/runs", "GET, HEAD, POST"),
        ("/api/check", "POST"),
        ("/api/runs/none", "DELETE, GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_every_right_one(server: Any, path: str, allowed: str) -> None:
    answer = ask(server, "PATCH", path)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)
    assert json.loads(answer.body)["title"] == "Method not allowed"


@pytest.mark.parametrize(
    ("accepted", "used"),
    [("gzip", "gzip"), ("br, GZIP;q=0.1", "gzip"), ("gzip;q=0", None), ("br, gzip; q=0.0", None)],
)
def test_a_packing_that_is_refused_is_not_used(
    server: Any, accepted: str, used: str | None
) -> None:
    answer = ask(server, "HEAD", "/n/utility-weighted-loss", None, ("Accept-Encoding", accepted))
    assert answer.headers.get("content-encoding") == used


def test_head_is_get_without_a_body(server: Any) -> None:
    answer = ask(server, "HEAD", "/n/utility-weighted-loss")
    assert answer.status == 200
    assert int(answer.headers["content-length"]) > 10_000
    assert answer.body == b""


@pytest.mark.parametrize(
    "path",
    ["/n/../../etc/passwd", "/n/%2e%2e/%2e%2e/etc/passwd", "/static/../alpgraph.toml",
     "/static/%2e%2e/alpgraph.toml", "/files/../alpgraph.toml", "/files/%2e%2e%2falpgraph.toml",
     "//evil.example/", "/n//evil.example", "/files/utility-weighted-loss.md",
     "/walk/%00", "/n/" + "a" * 3000, "/topics/%F0%9F%92%A9"],
)  # fmt: skip
def test_odd_paths_lead_nowhere(server: Any, path: str) -> None:
    answer = ask(server, "GET", path)
    assert answer.status in (400, 404, 414, 422)
    assert "location" not in answer.headers
    assert b"root:" not in answer.body


def test_a_file_s_ending_alone_says_what_it_is(
    folder: Any, start_server: Any, tmp_path: Any
) -> None:
    root = folder({"a.md": "# A\n", "data:text/javascript,x.png": "alert(1)", "b.PDF": "%PDF"})
    with start_server(str(root), "--state", str(tmp_path / "state")) as own:
        script = ask(own, "GET", "/files/data:text/javascript,x.png")
        assert (script.status, script.headers["content-type"]) == (200, "image/png")
        assert ask(own, "GET", "/files/b.PDF").headers["content-type"] == "application/pdf"


def test_a_static_site_may_send_runs_where_it_is_told_and_do_nothing_else(
    folder: Any, start_server: Any, tmp_path: Any
) -> None:
    theirs, form = "https://notes.example", ("Content-Type", "application/x-www-form-urlencoded")
    asked = (form, ("Origin", theirs), ("Sec-Fetch-Site", "cross-site"))
    state = ("--state", str(tmp_path / "state"))
    root = folder({"a.md": "# A\n"})
    with start_server(str(root), *state, "--allow-origin", f"{theirs}/") as own:
        assert ask(own, "POST", "/runs", "experiment=none", *asked).status == 422
        assert ask(own, "POST", "/runs/none/cancel", "", *asked).status == 403
        assert ask(own, "POST", "/new", "title=x", *asked).status == 403
        other = (form, ("Origin", "https://evil.example"))
        assert ask(own, "POST", "/runs", "experiment=none", *other).status == 403


def test_runs_of_other_sites_are_refused_unless_told(server: Any) -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    origin = ("Origin", "https://notes.example")
    assert ask(server, "POST", "/runs", "experiment=none", form, origin).status == 403
