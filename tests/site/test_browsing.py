"""A built site in a browser, served by `http.server` below a path, as a forge's pages are."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

START = "utility-weighted-loss"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def hosted(site: Path, root: Path) -> Iterator[str]:
    """Serve a site below /x/ of a folder of files."""
    (root / "x").symlink_to(site)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/x"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def address(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site of the bundled notes."""
    with hosted(bundled, tmp_path_factory.mktemp("host")) as address:
        yield address


@pytest.fixture
def visit(address: str, open_page: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Open a page of the site; requests that fail or leave the site fail the test."""
    wrong: list[str] = []

    def look(answer: Any) -> None:
        if answer.status >= 400 or not answer.url.startswith(address):
            wrong.append(f"{answer.status} {answer.url}")

    def open_it(path: str, **options: Any) -> Any:
        page = open_page(**options)
        page.on("response", look)
        page.goto(f"{address}/{path}")
        return page

    yield open_it
    assert wrong == []


def test_one_walks_from_note_to_note(visit: Callable[..., Any], address: str) -> None:
    page = visit("")
    page.get_by_role("link", name="Start with the first note").click()
    page.wait_for_url(f"{address}/n/{START}.html")
    page.get_by_role("link", name="Walk from here").click()
    page.wait_for_url(f"{address}/walk/{START}.html")
    first = page.title()
    page.locator(".w-card").nth(1).click()
    page.wait_for_function("title => document.title !== title", arg=first)
    assert "/walk/" in page.url
    page.go_back()
    page.wait_for_function("title => document.title === title", arg=first)
    page.locator("main").get_by_role("link", name="Open the note").click()
    page.wait_for_url(f"{address}/n/{START}.html")


def test_a_walk_into_a_folder_keeps_the_way_home(
    build: Callable[..., str], tmp_path: Path, page: Any
) -> None:
    notes = tmp_path / "notes"
    (notes / "deep").mkdir(parents=True)
    (notes / "a.md").write_text("---\ntitle: A\nrelations: [{type: supports, to: deep/b}]\n---\n")
    (notes / "deep" / "b.md").write_text("# B\n")
    build(tmp_path / "site", str(notes), "--state", str(tmp_path / "state"))
    with hosted(tmp_path / "site", tmp_path) as address:
        page.goto(f"{address}/walk/a.html")
        page.locator("svg.fans a[href*='/b.html']").first.click()
        page.wait_for_url("**/walk/deep/b.html*")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Topics").click()
        page.wait_for_url(f"{address}/topics.html")


def test_a_walk_needs_no_script(visit: Callable[..., Any], address: str) -> None:
    page = visit(f"walk/{START}.html", java_script_enabled=False)
    page.locator("svg a[href*='walk/']").first.click()
    page.wait_for_load_state()
    assert page.url != f"{address}/walk/{START}.html"
    assert page.locator("h1").is_visible()


def test_the_map_draws_chooses_and_opens(visit: Callable[..., Any], address: str) -> None:
    page = visit(f"network.html?focus={START}")
    page.wait_for_selector("#map[data-ready]")
    page.wait_for_selector(f'#map[data-chosen="{START}"]')
    card = page.locator("#map-card")
    card.locator("li .why").first.wait_for()  # reasons come from the file of its walk
    card.get_by_role("link", name="Open note").click()
    page.wait_for_url(f"{address}/n/{START}.html")


def test_the_search_finds_forgives_and_narrows(visit: Callable[..., Any], address: str) -> None:
    page = visit("help.html")
    page.locator("#q").fill("calibraton")  # one letter is missing
    page.locator("#q").press("Enter")
    page.wait_for_url(f"{address}/search.html?q=calibraton")
    page.locator("#found li a").first.wait_for()
    assert "for “calibraton”" in page.locator("h1").inner_text()
    assert "alibrat" in page.locator("#found").inner_text()
    page.locator("#q").fill("topic:abstention verdict:supported")
    page.locator("#q").press("Enter")
    page.locator("#found li .v").first.wait_for()
    assert {word.inner_text() for word in page.locator("#found .v").all()} == {"supported"}
    page.locator("#q").fill('type:"holds only within" has:claim verdict:none')
    page.locator("#q").press("Enter")
    page.locator("#found li").first.wait_for()
    assert page.locator("#found .v").count() == 0
    page.locator("#q").fill("has:foo")
    page.locator("#q").press("Enter")
    says = "“has:” takes experiment, claim, source, relation, finding; not “foo”."
    page.get_by_text(says).wait_for()
    page.locator("#q").fill("zyzzyva")
    page.locator("#q").press("Enter")
    page.get_by_text("Nothing found.").wait_for()
    assert page.get_by_role("button", name="More").count() == 0  # there is no more


def test_a_topic_that_is_mispelt_is_told_as_a_server_tells_it(
    visit: Callable[..., Any], server: Any
) -> None:
    for value in (
        "abstentoin",
        "Calibratoin",
        "ra",
        "learn of rewards",
        "cots-and-treshold",
        "zzz",
    ):
        query = quote(f'topic:"{value}"')
        told = json.loads(server.get(f"/api/search?q={query}"))["unknown"]
        assert len(told) == 1
        visit(f"search.html?q={query}").get_by_text(told[0], exact=True).wait_for()


def test_the_palette_finds_notes_and_topics(visit: Callable[..., Any], address: str) -> None:
    page = visit(f"n/{START}.html")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find notes").fill("abstention")
    page.locator(".palette li span", has_text="topic,").first.wait_for()
    kinds = page.locator(".palette li span").all_inner_texts()
    assert {kind.split(",")[0] for kind in kinds} >= {"note", "topic"}
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: START not in url)
    page.locator("h1").wait_for()


def test_a_card_shows_why_a_link_is_there(visit: Callable[..., Any]) -> None:
    page = visit(f"n/{START}.html")
    page.locator("#related .rn a").first.hover()
    page.locator(".card:popover-open .why").first.wait_for()


WAYS = """async (ends) => {
  const script = [...document.scripts].find((one) => /path\\./.test(one.src)).src;
  const text = await (await fetch(script)).text();
  const way = new URL(/import\\("([^"]+)"\\)/.exec(text)[1], script);
  const ways = /"([^"]*ways[^"]*)"/.exec(await (await fetch(way)).text())[1];
  const { load, findPaths, stopsOf } = await import(new URL(ways, way));
  const net = await load();
  const at = (slug) => net.bySlug.get(slug), named = (i) => net.titles[i][0];
  const told = (a) => ({ cost, edges }) =>
    [Math.round(1e4 / cost) / 1e4, stopsOf(net, edges, at(a)).map(named)];
  return ends.map(([a, b]) => findPaths(net, at(a), at(b), 3).map(told(a)));
}"""


def test_ways_are_as_strong_as_those_a_server_finds(visit: Callable[..., Any], server: Any) -> None:
    page = visit("path.html")
    slugs = sorted(
        note["slug"] for note in json.loads(server.get("/api/notes?limit=1000"))["items"]
    )
    pairs = [(slugs[i], slugs[-1 - 7 * i % len(slugs)]) for i in range(0, len(slugs) // 2, 5)]
    pairs = [(a, b) for a, b in pairs if a != b]
    found = page.evaluate(WAYS, pairs)
    assert len(pairs) > 5
    for (a, b), paths in zip(pairs, found, strict=True):
        told = json.loads(server.get(f"/api/path?from={a}&to={b}"))["paths"]
        assert [score for score, _ in paths] == [path["score"] for path in told], (a, b)
        assert all(stops[0] == a and stops[-1] == b for _, stops in paths)
        assert all(len(set(stops)) == len(stops) for _, stops in paths)


def test_a_way_is_told_with_its_reasons(visit: Callable[..., Any], server: Any) -> None:
    told = json.loads(server.get(f"/api/path?from={START}&to=reject-option"))["paths"][0]
    page = visit(f"path.html?from={START}&to=reject-option")
    page.locator(".way").first.wait_for()
    way = page.locator(".way").first
    assert way.locator(".post").count() == len(told["steps"]) + 1
    assert "The strongest way" in way.locator("h2").inner_text()
    assert way.locator(".leads .why").first.inner_text()
    assert page.locator("#p-from").input_value().endswith("?")


def test_an_unknown_end_is_asked_for_again(visit: Callable[..., Any]) -> None:
    page = visit("path.html?from=calibrated&to=reject-option")
    page.get_by_text("No note is called “calibrated”; perhaps one of these:").wait_for()
    assert "to=reject-option" in (page.locator("#ways .notes a").first.get_attribute("href") or "")


def test_a_run_is_launched_on_the_server_that_is_told(
    open_page: Callable[..., Any],
    build: Callable[..., str],
    start_server: Any,
    folder: Callable[..., Path],
    tmp_path: Path,
) -> None:
    notes, site, host = str(folder({"a.md": "# A\n"})), tmp_path / "site", tmp_path / "host"
    host.mkdir()
    with hosted(site, host) as address:
        origin = address.removesuffix("/x")
        args = ("--state", str(tmp_path / "state"), "--allow-origin", origin)
        with start_server(notes, *args) as own:
            build(site, notes, "--server", own.url)
            page = open_page()
            page.goto(f"{address}/experiments/utility-weighted-loss.html")
            page.locator("[name=steps]").first.fill("20")
            page.locator("[name=replicates]").first.fill("2")
            page.get_by_role("button", name="Run again").click()
            page.wait_for_url(f"{own.url}/runs/*")
            assert "2 replicates" in page.locator(".setting").inner_text()
