"""Edits reach open pages: whole, alone, in floods, half-written, and in twelve tabs at once."""

import asyncio
import http.client
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from alpgraph.config import Config, Location
from alpgraph.graph import build_graph
from alpgraph.notes import Notebook, read_notebook, stale_paths, update_notebook
from alpgraph.pages import patched
from alpgraph.web import Settings
from alpgraph.web.events import KEPT, Changes
from alpgraph.web.hub import Hub

Folder = Callable[[dict[str, str | bytes]], Path]
NOTES: dict[str, str | bytes] = {
    "a.md": "# Note A\n\nfirst words, [[b]]\n",
    "b.md": "# Note B\n\nto read\n",
    "c.md": "# Note C\n\nalone\n",
}


class Stream:
    """The events of a server, as a page hears them."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.connection.request("GET", "/events")
        self.answer = self.connection.getresponse()
        self.first = self.next()

    def next(self) -> dict[str, Any]:
        while not (line := self.answer.readline().decode()).startswith("data: "):
            assert line, "the stream ended"
        return dict(json.loads(line.removeprefix("data: ")))

    def until(self, holds: Callable[[], bool]) -> set[str]:
        """Read the next events until something holds; return every slug they name."""
        slugs: set[str] = set()
        while True:  # at least one comes, though what it tells of may be seen before
            slugs |= set(self.next()["slugs"] or ["any"])
            if holds():
                return slugs


@pytest.fixture
def live(folder: Folder, start_server: Any, tmp_path: Path) -> Iterator[Any]:
    """Serve three notes; return the folder, the server and its events."""
    root = folder(NOTES)
    with start_server(str(root), "--state", str(tmp_path / "state")) as server:
        stream = Stream(server.url)
        yield root, server, stream
        stream.connection.close()


def missing(server: Any, path: str) -> bool:
    try:
        server.get(path)
    except OSError as error:
        return "404" in str(error)
    return False


def wait_for_line(server: Any, words: str) -> None:
    """Wait until a server has said something once."""
    deadline = time.monotonic() + 60
    while words not in "".join(server.lines):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "".join(server.lines).count(words) == 1


def test_a_saved_note_is_told_with_its_neighbours(live: Any) -> None:
    root, server, stream = live
    (root / "a.md").write_text("# Note A\n\nother words, [[b]]\n", encoding="utf-8")
    assert stream.until(lambda: "other words" in server.get("/n/a")) == {"a", "b"}


def test_an_editor_that_writes_by_renaming(live: Any) -> None:
    root, server, stream = live
    for number in range(3):
        spare = root / ".a.md.swp"
        spare.write_text(f"# Note A\n\nversion {number} of it [[c]]\n", encoding="utf-8")
        spare.replace(root / "a.md")
        stream.until(lambda number=number: f"version {number} of it" in server.get("/n/a"))
    assert "version 2" in server.get("/n/c")


def test_folders_that_come_move_and_go(live: Any, tmp_path: Path) -> None:
    root, server, stream = live
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "d.md").write_text("# Note D\n\n[[a]]", encoding="utf-8")
    outside.rename(root / "new")
    stream.until(lambda: not missing(server, "/n/new/deep/d"))
    (root / "new").rename(root / "newer")
    stream.until(lambda: not missing(server, "/n/newer/deep/d"))
    assert missing(server, "/n/new/deep/d")
    (root / "newer" / "deep" / "d.md").unlink()
    stream.until(lambda: missing(server, "/n/newer/deep/d"))
    assert "Note D" not in server.get("/n/a")


def test_a_file_that_is_half_written_ends_whole(live: Any) -> None:
    root, server, stream = live
    with (root / "b.md").open("w", encoding="utf-8") as file:
        file.write("---\ntitle: Hal")
        file.flush()
        stream.until(lambda: "closing" in server.get("/n/b"))
        file.write("f and half\n---\nthe whole of it\n")
    stream.until(lambda: "the whole of it" in server.get("/n/b"))
    assert "Half and half</h1>" in server.get("/n/b")


def test_a_picture_that_arrives_is_shown(live: Any) -> None:
    root, server, stream = live
    (root / "a.md").write_text("# Note A\n\n![curve](p.svg)\n", encoding="utf-8")
    stream.until(lambda: "no file p.svg" in server.get("/n/a"))
    (root / "p.svg").write_text("<svg width='1' height='1'/>", encoding="utf-8")
    stream.until(lambda: "/files/p.svg" in server.get("/n/a"))


@pytest.mark.parametrize("how", ["moved", "removed"])
def test_notes_are_served_while_their_folder_is_gone_and_followed_after(
    live: Any, tmp_path: Path, how: str
) -> None:
    root, server, stream = live
    shutil.copytree(root, tmp_path / "copy")
    if how == "moved":
        root.rename(tmp_path / "before")
    else:
        shutil.rmtree(root)
    wait_for_line(
        server, f"edits are not followed: the folder {root} is gone; what was read of it is"
    )
    assert how == "removed" or "first words" in server.get("/n/a")
    shutil.copytree(tmp_path / "copy", root)
    (root / "a.md").write_text("# Note A\n\nput back, [[b]]\n", encoding="utf-8")
    stream.until(lambda: "put back" in server.get("/n/a"))
    (root / "b.md").write_text("# Note B\n\nedited there\n", encoding="utf-8")
    stream.until(lambda: "edited there" in server.get("/n/b"))
    wait_for_line(server, "edits are followed again")


def git(root: Path, *words: str) -> None:
    names = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", "-C", root, *names, *words], check=True, capture_output=True)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run in a thread of its own: the one of a browser's fixture has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


@asynccontextmanager
async def turning() -> AsyncIterator[list[float]]:
    """Note how much this process computes between two turns of the loop, in processor seconds.

    A loaded machine makes both slow and neither larger.
    """
    gaps: list[float] = []

    async def turn() -> None:
        while True:
            begun = time.process_time()
            await asyncio.sleep(0.001)
            gaps.append(time.process_time() - begun)

    task = asyncio.create_task(turn())
    await asyncio.sleep(0.01)
    yield gaps
    await asyncio.sleep(0.01)
    task.cancel()


def test_a_checkout_that_changes_a_thousand_files_keeps_the_loop_turning(
    folder: Folder, tmp_path: Path
) -> None:
    root = folder({f"f{n % 7}/n{n}.md": f"# N {n}\n\n[[n{n + 1}]] one" for n in range(1000)})
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    for number in range(1000):
        path = root / f"f{number % 7}/n{number}.md"
        path.write_text(f"# N {number}\n\n[[n{number - 1}]] two", encoding="utf-8")
    git(root, "commit", "-qam", "two")
    (root / "f0/extra.md").write_text("# Extra", encoding="utf-8")

    async def follow() -> None:
        hub = Hub(Settings(Location(root, tmp_path / "state", bundled=False), Config()))
        await hub.start()
        for there, gone in (("HEAD~1", "two"), ("main", "one"), ("main~1", "two")):
            before = hub.collection
            async with turning() as gaps, asyncio.timeout(120):
                await asyncio.to_thread(git, root, "checkout", "-q", there)
                while any(gone in note.body for note in hub.collection.notes.values()):
                    await asyncio.sleep(0.02)
            async with turning() as control:
                notebook = update_notebook(before.notebook, stale_paths(before.notebook))
                patched(before, notebook)  # as a loop that did the work of following itself
            if turned := max(gaps) < max(control) / 4:
                break  # else the system may have let the loop wait, which it does not do each time
        assert turned
        assert hub.collection.graph.edges.keys() == build_graph(read_notebook(root)).edges.keys()
        await hub.stop()

    run(follow())


async def follows(hub: Hub, slug: str, title: str) -> None:
    """Wait until a note is known by a title."""
    async with asyncio.timeout(60):
        while slug not in hub.collection.notes or hub.collection.notes[slug].title != title:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("moved", [False, True])
def test_a_folder_that_takes_the_place_of_the_one_before_is_followed(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    monkeypatch.setattr("alpgraph.web.watching.QUIET_MS", 50)
    root = folder(NOTES)

    async def follow() -> None:
        hub = Hub(Settings(Location(root, tmp_path / "state", bundled=False), Config()))
        await hub.start()
        (root / "a.md").write_text("# Seen\n", encoding="utf-8")
        await follows(hub, "a", "Seen")
        root.rename(tmp_path / "aside") if moved else shutil.rmtree(root)
        await asyncio.sleep(0.3)
        root.mkdir()
        (root / "new.md").write_text("# There\n", encoding="utf-8")
        await follows(hub, "new", "There")
        assert list(hub.collection.notes) == ["new"]
        (root / "new.md").write_text("# There again\n", encoding="utf-8")
        await follows(hub, "new", "There again")
        await hub.stop()

    run(follow())


def test_a_fault_of_ours_in_reading_an_edit_is_said_and_the_next_is_followed(
    folder: Folder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = folder(NOTES)

    def spoilt(notebook: Notebook, names: set[str]) -> Notebook:
        if "b.md" in names:
            raise KeyError("b.md")
        return update_notebook(notebook, names)

    monkeypatch.setattr("alpgraph.web.patching.update_notebook", spoilt)

    async def follow() -> None:
        hub = Hub(Settings(Location(root, tmp_path / "state", bundled=False), Config()))
        await hub.start()
        for name in ("a", "b", "c"):
            (root / f"{name}.md").write_text("# Seen\n", encoding="utf-8")
            await (asyncio.sleep(1) if name == "b" else follows(hub, name, "Seen"))
        await hub.stop()

    run(follow())
    assert "KeyError: 'b.md'" in capsys.readouterr().err


def test_a_page_tells_the_date_of_a_note_that_is_committed_after_the_edit(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alpgraph.web.watching.QUIET_MS", 50)
    root = folder(NOTES)
    git(root, "init", "-q")
    git(root, "add", "a.md")
    git(root, "commit", "-qm", "one")

    async def follow() -> None:
        hub = Hub(Settings(Location(root, tmp_path / "state", bundled=False), Config()))
        await hub.start()
        async with asyncio.timeout(60):
            while "a.md" not in hub.collection.dates:
                await asyncio.sleep(0.02)
            assert "b.md" not in hub.collection.dates
            git(root, "add", "b.md")
            git(root, "commit", "-qm", "two")
            invalidations = hub.cache.invalidations
            while "b.md" not in hub.collection.dates or hub.cache.invalidations == invalidations:
                await asyncio.sleep(0.02)
        await hub.stop()

    run(follow())


def test_a_page_is_told_what_it_missed() -> None:
    changes = Changes()
    changes.begin("s0")
    changes.add("s1", {"a"})
    changes.add("s2", {"b"})
    assert changes.since("s0") == {"stamp": "s2", "slugs": ["a", "b"]}
    assert changes.since("s1") == {"stamp": "s2", "slugs": ["b"]}
    assert changes.since("s2") == {"stamp": "s2", "slugs": []}
    assert changes.since("of another time") == {"stamp": "s2", "slugs": None}
    changes.add("s3", None)
    assert changes.since("s2")["slugs"] is None
    for number in range(KEPT):
        changes.add(f"t{number}", {"c"})
    assert changes.since("s3")["slugs"] is None


def test_one_answer_instead_of_a_stream_where_json_is_asked_for(live: Any) -> None:
    _, server, stream = live
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request(
        "GET", f"/events?since={stream.first['stamp']}", headers={"Accept": "application/json"}
    )
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert answer == {"stamp": stream.first["stamp"], "slugs": []}


def test_twelve_tabs_share_one_stream_and_all_are_renewed(
    folder: Folder, chromium: Any, serve_here: Any, tmp_path: Path
) -> None:
    root = folder(NOTES | {"long.md": "# Long\n\n" + "a line\n\n" * 300 + "[[a]]\n"})
    location = Location(root, tmp_path / "state", bundled=False)
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    with serve_here(location) as (url, hub):
        tabs = [context.new_page() for _ in range(12)]
        for number, tab in enumerate(tabs):
            tab.set_default_timeout(60_000)
            tab.goto(f"{url}/n/{'c' if number == 11 else 'a'}")
        assert tabs[0].evaluate("fetch('/healthz').then((answer) => answer.status)") == 200
        tabs[0].wait_for_function("navigator.locks.query().then((all) => all.held.length === 1)")
        while hub.events.listeners != 1:  # that of the tab that has the lock comes, others go
            time.sleep(0.02)
        tabs[11].evaluate("window.same = true")
        (root / "a.md").write_text("# Note A\n\nwords renewed\n", encoding="utf-8")
        for tab in tabs[:11]:
            tab.get_by_text("words renewed").wait_for()
        assert tabs[11].evaluate("window.same")  # its note was not touched
        tabs[0].wait_for_function("navigator.locks.query().then((all) => all.held.length === 1)")
        tabs[0].close()
        tabs[1].wait_for_function("navigator.locks.query().then((all) => all.held.length === 1)")
        (root / "a.md").write_text("# Note A\n\nwords again\n", encoding="utf-8")
        for tab in tabs[1:11]:
            tab.get_by_text("words again").wait_for()
        context.close()


def test_a_renewed_page_keeps_the_place_and_the_focus(
    folder: Folder, chromium: Any, serve_here: Any, tmp_path: Path
) -> None:
    text = (
        "# Long\n\n" + "a line\n\n" * 200 + "[to b](b.md) and [to c](c.md)\n\n" + "more\n\n" * 200
    )
    root = folder(NOTES | {"long.md": text})
    location = Location(root, tmp_path / "state", bundled=False)
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    with serve_here(location) as (url, _):
        page = context.new_page()
        page.goto(f"{url}/n/long")
        page.get_by_role("link", name="to c", exact=True).evaluate(
            "e => { e.scrollIntoView({ behavior: 'instant' }); e.focus({ preventScroll: true }) }"
        )
        before = page.evaluate("scrollY")
        assert before > 1000
        (root / "long.md").write_text(text + "\nand an end\n", encoding="utf-8")
        page.get_by_text("and an end").wait_for(state="attached")
        page.wait_for_function("document.activeElement.getAttribute('href') === '/n/c'")
        page.wait_for_function(f"Math.abs(scrollY - {before}) < 50")
        # the page waits while it would lose what somebody wrote
        page.locator("#q").fill("half a word")
        (root / "long.md").write_text(text + "\nand another end\n", encoding="utf-8")
        page.wait_for_timeout(1500)
        assert page.locator("#q").input_value() == "half a word"
        page.locator("#q").fill("")
        page.locator("#q").blur()
        page.get_by_text("and another end").wait_for(state="attached")
        context.close()


def test_a_hidden_page_holds_no_stream(
    folder: Folder, chromium: Any, serve_here: Any, tmp_path: Path
) -> None:
    location = Location(folder(NOTES), tmp_path / "state", bundled=False)
    context = chromium.new_context()
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    say = "document.dispatchEvent(new Event('visibilitychange'))"
    with serve_here(location) as (url, hub):
        page = context.new_page()
        page.goto(f"{url}/n/a")
        page.wait_for_function("navigator.locks.query().then((all) => all.held.length === 1)")
        page.evaluate(hide % "true" + say)
        page.wait_for_function("navigator.locks.query().then((all) => all.held.length === 0)")
        while hub.events.listeners:
            time.sleep(0.02)
        (location.notes / "a.md").write_text("# Note A\n\nmissed words\n", encoding="utf-8")
        while hub.collection.notes["a"].body.count("missed") == 0:
            time.sleep(0.02)
        assert page.get_by_text("missed words").count() == 0
        page.evaluate(hide % "false" + say)
        page.get_by_text("missed words").wait_for()
        context.close()


def test_a_walk_is_renewed_by_the_note_it_has_come_to(
    folder: Folder, chromium: Any, serve_here: Any, tmp_path: Path
) -> None:
    root = folder(
        {"a.md": "# Note A\n\n[[b]]\n", "b.md": "# Note B\n\n[[c]]\n", "c.md": "# Note C\n"}
    )
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    with serve_here(Location(root, tmp_path / "state", bundled=False)) as (url, _):
        page = context.new_page()
        page.goto(f"{url}/walk/a?type=mention")
        page.locator("a[href*='/walk/b']:visible").first.click()
        page.wait_for_url("**/walk/b*")
        page.locator("a[href*='/walk/c']:visible").first.click()
        page.wait_for_url("**/walk/c*")
        page.get_by_role("link", name="Note C").first.wait_for()
        (root / "c.md").write_text("# Note C, renamed\n", encoding="utf-8")
        page.get_by_text("Note C, renamed").first.wait_for()
        context.close()
