"""A large folder: pages of notes come before all are read and say so; all else says how far."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from alpgraph.config import Config, Location
from alpgraph.notes import Opening
from alpgraph.web import Settings, create_app
from alpgraph.web import hub as hubs

Folder = Callable[[dict[str, str | bytes]], Path]
NOTES: dict[str, str | bytes] = {
    "a.md": "---\ntitle: Note A\nrelations:\n  - {type: parallel, to: b, why: both are letters}\n"
    "---\n\nwords of A, [[c]] and [[The D]], ![](p.png)\n",
    "b.md": "# The title of B\n\nto read\n",
    "c.md": "# Note C\n\nlinks to [[a]]\n",
    "d.md": "# The D\n\nlinks to [[a]] too\n",
}
HTML = {"accept": "text/html"}
SAYS = "4 notes are being read."


@pytest.fixture
def opening(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """Return the application for a folder that counts as large, read once it lives."""
    monkeypatch.setattr(hubs, "LARGE", 3)
    location = Location(folder(NOTES), tmp_path / "state", bundled=False)
    settings = Settings(location, Config(), watch=False)
    hub = hubs.Hub(settings)
    hub.open()
    return create_app(settings, hub)


def asking(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:8000")


def ready(client: TestClient) -> TestClient:
    """Wait until all notes are read."""
    while client.get("/api/notes").status_code == 503:
        time.sleep(0.01)
    return client


def test_a_note_is_shown_with_what_it_links_to_before_all_are_read(
    capsys: pytest.CaptureFixture[str], opening: FastAPI
) -> None:
    assert "4 notes are being read" in capsys.readouterr().err
    page = asking(opening).get("/n/a")
    assert page.status_code == 200
    assert SAYS in page.text
    assert "words of A" in page.text
    assert "both are letters" in page.text
    assert "The title of B" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert 'href="/n/c"' in page.text
    assert "Note C" in page.text.partition("linked-from")[2]
    assert 'href="/n/d"' not in page.text  # a title that nobody has read


def test_a_page_is_as_ever_once_all_are_read(opening: FastAPI, tmp_path: Path) -> None:
    early = asking(opening).get("/n/a")
    location = Location(tmp_path / "notes", tmp_path / "other", bundled=False)
    with asking(opening) as client, asking(create_app(Settings(location, Config()))) as other:
        page = ready(client).get("/n/a")
        assert page.text == other.get("/n/a").text
        assert SAYS not in page.text
        assert 'href="/n/d"' in page.text
        assert page.headers["etag"] != early.headers["etag"]
        assert client.get("/healthz").json()["status"] == "ok"


def test_what_needs_all_notes_says_how_far_the_reading_is(opening: FastAPI) -> None:
    client = asking(opening)
    for address in ("/", "/network", "/walk/a", "/search?q=words", "/n/no-such", "/n/a.md"):
        page = client.get(address, headers=HTML)
        assert (page.status_code, page.headers["retry-after"]) == (503, "1"), address
        assert "<b>0</b> of 4 notes" in page.text
    for address in ("/api/notes", "/api/graph.json", "/llms.txt", "/n/a"):
        answer = client.get(address, headers={"accept": "text/markdown"})
        assert (answer.status_code, answer.json()["title"]) == (503, "Not ready yet"), address
        assert answer.json()["detail"].startswith("0 of 4 notes are read")
    assert client.post("/runs", json={}).status_code == 503
    assert client.get("/healthz").json() | {"version": ""} == {
        "status": "reading", "version": "", "notes": 4, "revision": 1,
    }  # fmt: skip


def test_what_a_page_loads_comes_while_notes_are_read(opening: FastAPI) -> None:
    client = asking(opening)
    page = client.get("/", headers=HTML).text
    loaded = {part.partition('"')[0] for part in page.split('"/static/')[1:]}
    assert len(loaded) > 4
    assert {client.get(f"/static/{name}").status_code for name in loaded} == {200}
    missing = client.get("/files/d.png", headers=HTML)
    assert missing.status_code == 404
    assert client.get("/n/b").status_code == 200  # nothing is known yet that leads to it
    index = opening.state.settings.location.cache() / "search"
    assert not index.exists()  # none is made of notes that nobody has read
    with client:
        ready(client).get("/search?q=words")
    assert index.exists()


def test_open_pages_are_told_once_all_are_read(opening: FastAPI) -> None:
    with asking(opening) as client:
        early = hubs.OPENING
        changes = ready(client).get(
            f"/events?since={early}", headers={"accept": "application/json"}
        )
        assert changes.json()["slugs"] is None
        assert changes.json()["stamp"] != early


def test_a_note_that_is_gone_before_it_is_read_is_no_fault(
    opening: FastAPI, tmp_path: Path
) -> None:
    (tmp_path / "notes/c.md").unlink()
    (tmp_path / "notes/d.md").unlink()
    client = asking(opening)
    assert client.get("/n/a").status_code == 200
    assert client.get("/n/d", headers=HTML).status_code == 503
    with client:
        assert ready(client).get("/n/d").status_code == 404


def test_an_open_page_comes_by_itself_once_all_are_read(
    folder: Folder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chromium: Any,
    serve_here: Any,
) -> None:
    monkeypatch.setattr(hubs, "LARGE", 3)
    may_read, read = Event(), Opening.read
    monkeypatch.setattr(Opening, "read", lambda self: may_read.wait() and read(self))
    location = Location(folder(NOTES), tmp_path / "state", bundled=False)
    context = chromium.new_context()
    with serve_here(location) as (url, _):
        note, home = context.new_page(), context.new_page()
        for page, path in ((note, "/n/a"), (home, "/")):
            page.set_default_timeout(60_000)
            page.goto(url + path)
        assert SAYS in note.inner_text("main")
        assert home.inner_text("main h1") == "Reading the notes"
        may_read.set()
        home.wait_for_selector('main a[href^="/n/"]')
        note.bring_to_front()
        note.wait_for_selector('a[href="/n/d"]')
        assert SAYS not in note.inner_text("main")
    context.close()
