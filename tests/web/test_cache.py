"""Cached responses: always what rendering afresh gives, dropped only where they may differ."""

import asyncio
import gzip
import json
import re
import tempfile
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from alpgraph.config import Config, Location
from alpgraph.graph import Layout, NoteGraph, layout
from alpgraph.locks import file_lock
from alpgraph.pages import Patch
from alpgraph.web import Settings, create_app
from alpgraph.web.cache import CachedResponse, Dependencies, PageCache, cached_response

NAMES = "abcdefg"
KINDS = ["parallels", "leads-to", "framed-by", "qualified-by"]
relation = st.tuples(st.sampled_from(KINDS), st.sampled_from([*NAMES, "gone"]))
note = st.tuples(
    st.sampled_from(["Title one", "Title two", "Another"]),
    st.lists(relation, max_size=4),
    st.lists(st.sampled_from([*NAMES, "Title one 3"]), max_size=2),
    st.sampled_from(["", "claim\n"]),
)
notebooks = st.fixed_dictionaries(dict.fromkeys(NAMES[:4], note)).flatmap(
    lambda first: st.dictionaries(st.sampled_from(NAMES), note).map(lambda more: first | more)
)
edits = st.lists(st.tuples(st.sampled_from(NAMES), st.none() | note), min_size=1, max_size=4)
PATHS = [
    pattern.format(name)
    for name in NAMES
    for pattern in (
        "/n/{}",
        "/n/{}.md",
        "/walk/{}",
        "/walk/{}?depth=2",
        "/links/{}",
        "/api/notes/{}",
        "/api/walk/{}?depth=2",
    )
]
PATHS += ["/", "/llms.txt", "/topics", "/relations/leads-to", "/api/notes", "/api/graph.json"]


def text(name: str, parts: Any) -> str:
    title, relations, mentions, claim = parts
    lines = [f"title: {title} {NAMES.index(name)}", "topics: [one]"]
    lines += [f"claim: {claim}"] if claim else []
    lines += ["relations:"] if relations else []
    lines += [
        f"  - {{type: {kind}, to: {to}, why: for {name}'s own reason}}" for kind, to in relations
    ]
    links = " ".join(f"[[{other}]]" for other in mentions)
    return "---\n" + "\n".join(lines) + f"\n---\nSaid by {name}. {links}\n"


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run in a thread of its own: the one of a browser's fixture has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


class Site:
    """The application over a folder, asked without a socket."""

    def __init__(self, root: Path) -> None:
        location = Location(root, Path(tempfile.mkdtemp(dir=root.parent)), bundled=False)
        self.root = root
        self.app = create_app(Settings(location, Config(), watch=False))
        self.hub = self.app.state.hub

    async def start(self) -> None:
        """Read the notes, and ask git at once: when it is asked later, all answers are dropped."""
        await self.hub.start()
        await asyncio.to_thread(self.hub.collection.dates.refresh)

    async def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        where, _, query = path.partition("?")
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        sent = {"host": "127.0.0.1:8000", **headers}
        scope = {
            "type": "http", "method": "GET", "path": where, "raw_path": where.encode(),
            "query_string": query.encode(), "root_path": "", "scheme": "http",
            "http_version": "1.1", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in sent.items()],
            "state": {},
        }  # fmt: skip
        await self.app(scope, receive, send)
        found = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        return (
            messages[0]["status"],
            found,
            b"".join(part.get("body", b"") for part in messages[1:]),
        )


def without_past(body: bytes) -> bytes:
    """Leave out what a cold start may make otherwise.

    The map follows edits, and how near two texts are is weighed by words of earlier ones too.
    """
    body = re.sub(rb'<svg class="map".*?</svg></div>', b"", body, flags=re.S)
    return re.sub(rb'<section [^>]*="near-h">.*?</section>', b"", body, flags=re.S)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notebooks, edits)
def test_every_kept_answer_is_what_rendering_afresh_gives(start: Any, changes: Any) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            root = Path(folder) / "notes"
            root.mkdir()
            for name, parts in start.items():
                (root / f"{name}.md").write_text(text(name, parts))
            site = Site(root)
            await site.start()
            for path in PATHS:
                await site.get(path)
            assert len(site.hub.cache) > 10
            for name, parts in changes:
                file = root / f"{name}.md"
                if parts is None:
                    file.unlink(missing_ok=True)
                else:
                    file.write_text(text(name, parts))
                await site.hub.refresh([file])
            fresh = Site(root)
            await fresh.start()
            cached = {path: await site.get(path) for path in PATHS}
            site.hub.cache.invalidate(None)
            for path, (status, _, body) in cached.items():
                assert (await site.get(path))[2] == body, path
                afresh = await fresh.get(path)
                assert afresh[0] == status, path
                assert without_past(afresh[2]) == without_past(body), path
            await site.hub.stop()
            await fresh.hub.stop()

    run(check())


@pytest.fixture
def chain(tmp_path: Path) -> Site:
    """Nine notes in a row, each leading to the next."""
    root = tmp_path / "notes"
    root.mkdir()
    for i in range(9):
        on = f"relations: [{{type: leads-to, to: n{i + 1}, why: it goes on from here}}]\n"
        (root / f"n{i}.md").write_text(f"---\ntitle: N{i}\n{on if i < 8 else ''}---\ntext\n")
    return Site(root)


def test_an_edit_leaves_answers_far_from_it_alone(chain: Site) -> None:
    async def check() -> None:
        await chain.start()
        for i in range(9):
            await chain.get(f"/n/n{i}")
        assert len(chain.hub.cache) == 9
        file = chain.root / "n0.md"
        file.write_text(file.read_text().replace("N0", "New name"))
        await chain.hub.refresh([file])
        assert len(chain.hub.cache) == 6  # n0, its neighbour and the one behind are made anew
        assert b"New name" in (await chain.get("/n/n1"))[2]
        await chain.hub.stop()

    run(check())


def test_a_title_in_a_page_that_a_far_note_takes_too_is_told_apart(chain: Site) -> None:
    async def check() -> None:
        await chain.start()
        alone = (await chain.get("/n/n0"))[2]
        file = chain.root / "n8.md"
        before = file.read_text()
        for text, apart in [(before.replace("N8", "n1"), True), (before, False)]:
            file.write_text(text)
            await chain.hub.refresh([file])
            page = (await chain.get("/n/n0"))[2]
            assert (b'<span class="n apart">n1</span>' in page) is apart
        assert page == alone
        await chain.hub.stop()

    run(check())


def test_names_that_no_page_knows_do_not_fill_the_cache(chain: Site) -> None:
    async def check() -> None:
        await chain.start()
        paths = ["/", "/topics", "/n/n3", "/n/n3.md", "/walk/n3?depth=2", "/links/n3", "/network"]
        for path in paths:
            body = (await chain.get(path))[2]
            for i in range(3):
                more = f"{path}{'&' if '?' in path else '?'}utm_{i}=x"
                status, _, same = await chain.get(more)
                assert (status, same) == (200, body), more
        assert len(chain.hub.cache) == len(paths)
        await chain.hub.stop()

    run(check())


def test_an_answer_has_a_strong_tag_for_each_encoding_and_is_not_sent_twice(chain: Site) -> None:
    async def check() -> None:
        await chain.start()
        status, plain, body = await chain.get("/n/n3")
        assert status == 200
        _, packed, data = await chain.get("/n/n3", accept_encoding="br, gzip")
        assert gzip.decompress(data) == body
        assert packed["content-encoding"] == "gzip"
        assert packed["vary"] == "accept, accept-encoding"
        assert not plain["etag"].startswith("W/")
        assert plain["etag"] != packed["etag"]
        assert plain["cache-control"] == "no-cache"  # kept elsewhere, it is asked for again
        assert "speculation-rules" in plain
        again, headers, nothing = await chain.get("/n/n3", if_none_match=packed["etag"])
        assert (again, nothing) == (304, b"")
        assert headers["etag"] == plain["etag"]
        assert "content-security-policy" in headers
        markdown = await chain.get("/n/n3", accept="text/markdown")
        assert markdown[1]["content-type"].startswith("text/markdown")
        assert "speculation-rules" not in markdown[1]
        assert (await chain.get("/n/n3"))[2] == body
        await chain.hub.stop()

    run(check())


@pytest.mark.parametrize("path", ["/n/n3", "/walk/n3", "/", "/api/notes/n3"])
def test_an_answer_begun_before_dates_came_is_not_kept(chain: Site, path: str) -> None:
    async def check() -> None:
        await chain.start()
        begun = asyncio.create_task(chain.get(path))
        while not begun.done():
            await asyncio.sleep(0)
            chain.hub.cache.invalidate(None)
        assert (await begun)[0] == 200
        assert len(chain.hub.cache) == 0
        await chain.get(path)
        assert len(chain.hub.cache) == 1
        await chain.hub.stop()

    run(check())


def test_what_a_search_finds_of_a_later_state_is_left_out(
    chain: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        await chain.start()
        ready = chain.hub.derived.search

        async def after_an_edit() -> Any:
            file = chain.root / "later.md"
            file.write_text("# A ptarmigan\n")
            await chain.hub.refresh([file])
            return await ready()

        monkeypatch.setattr(chain.hub.derived, "search", after_an_edit)
        status, _, body = await chain.get("/api/search?q=ptarmigan")
        assert (status, json.loads(body)["items"]) == (200, [])
        _, _, body = await chain.get("/api/search?q=ptarmigan")
        assert [item["slug"] for item in json.loads(body)["items"]] == ["later"]
        await chain.hub.stop()

    run(check())


async def answers_meanwhile(site: Site, slow: str) -> None:
    """Ask for something else while more wait for something slow than there are threads."""
    waiting = [asyncio.create_task(site.get(slow)) for _ in range(40)]
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        assert (await site.get("/"))[0] == 200
    assert not any(task.done() for task in waiting)


def test_pages_are_answered_while_many_wait_for_the_search_index(chain: Site) -> None:
    async def check() -> None:
        with file_lock(chain.hub.settings.location.cache() / "search.lock"):
            await chain.start()
            await answers_meanwhile(chain, "/search?q=text")
        await chain.hub.stop()

    run(check())


def test_pages_are_answered_while_many_wait_for_the_map(
    chain: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = threading.Event()

    def draw(graph: NoteGraph, folder: Path, **_: Any) -> Layout:
        drawn.wait(60)
        return layout(graph)

    monkeypatch.setattr("alpgraph.graph.stored_layout", draw)
    monkeypatch.setattr("alpgraph.pages.state.SMALL", 0)

    async def check() -> None:
        await chain.start()
        await answers_meanwhile(chain, "/network")
        drawn.set()
        assert (await chain.get("/network"))[0] == 200
        await chain.hub.stop()

    run(check())


SLOW = {
    "/api/experiments": "alpgraph.experiments.all_experiments",
    "/api/walk/n1": "alpgraph.web.api.walk_data",
    "/experiments/soft-targets?seed=3": "alpgraph.web.routes.question_of",
    "/feed.atom": "alpgraph.web.routes.atom_feed",
    "/files/a.png": "alpgraph.notes.files.open_regular",
    "/llms.txt": "alpgraph.web.routes.llms_text",
    "/n/n1.md": "alpgraph.pages.twins.note_markdown",
    "/sitemap.xml": "alpgraph.web.routes.sitemap",
}
"""What grows with the notes or loads experiments: address -> what makes the answer."""


@pytest.mark.parametrize("path", SLOW)
def test_what_takes_long_is_not_made_on_the_event_loop(
    chain: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    module, _, name = SLOW[path].rpartition(".")
    made = getattr(import_module(module), name)
    where: list[int] = []

    def spied(*given: Any, **named: Any) -> Any:
        where.append(threading.get_ident())
        return made(*given, **named)

    monkeypatch.setattr(SLOW[path], spied)
    (chain.root / "a.png").write_bytes(b"a picture")

    async def check() -> None:
        await chain.start()
        assert (await chain.get(path))[0] == 200
        assert where
        assert threading.get_ident() not in where
        await chain.hub.stop()

    run(check())


def a_response(size: int) -> CachedResponse:
    return cached_response([(b"content-type", b"text/html")], b"x" * size)


def test_the_room_is_bounded_and_the_least_used_gives_way() -> None:
    cache = PageCache(max_bytes=100_000)
    static = Dependencies(static=True)
    for i in range(200):
        cache.put((f"/{i}", b"", False), a_response(1_000), static)
        cache.get(("/0", b"", False))
    assert cache.size <= 100_000
    assert cache.get(("/0", b"", False)) is not None
    assert cache.get(("/1", b"", False)) is None
    cache.put(("/large", b"", False), a_response(60_000), static)
    assert cache.get(("/large", b"", False)) is None


def test_only_what_gains_by_it_is_packed() -> None:
    sizes = [(b"text/html", 800), (b"text/html", 799), (b"image/png", 5_000),
             (b"text/event-stream", 5_000), (b"image/svg+xml", 5_000)]  # fmt: skip
    made = [cached_response([(b"Content-Type", kind)], b"x" * size) for kind, size in sizes]
    packed = [response.choose_encoding(b"gzip") == b"gzip" for response in made]
    assert packed == [True, False, False, False, True]


def test_a_response_that_gives_way_leaves_others_about_the_same_to_be_removed() -> None:
    cache = PageCache(max_bytes=100_000)
    for path, size in (("/n/a", 1), ("/walk/a", 1), ("/n/a", 60_000)):
        cache.put((path, b"", False), a_response(size), Dependencies("a"))
    assert cache.get(("/walk/a", b"", False)) is not None
    cache.invalidate(None)
    assert len(cache) == cache.size == 0


def test_a_change_that_nobody_can_place_leaves_only_static_files() -> None:
    cache = PageCache()
    cache.put(("/static/a", b"", False), a_response(1), Dependencies(static=True))
    cache.put(("/n/a", b"", False), a_response(1), Dependencies("a"))
    cache.put(("/", b"", False), a_response(1), Dependencies())
    cache.invalidate(None)
    assert len(cache) == 1
    collection: Any = object()
    empty: frozenset[str] = frozenset()
    cache.put(("/n/a", b"", False), a_response(1), Dependencies("a"))
    cache.put(("/", b"", False), a_response(1), Dependencies())
    cache.invalidate(Patch(collection, (empty, empty, frozenset("b"), frozenset("ab"))))
    assert cache.get(("/n/a", b"", False)) is not None
    assert cache.get(("/", b"", False)) is None
