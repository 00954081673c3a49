"""Accessibility: axe on every page type, and what axe cannot see about a graph."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
NOTE = "utility-weighted-loss"
PAGES = {
    "home": "/",
    "note": f"/n/{NOTE}",
    "note with a trail": f"/n/{NOTE}?trail=binary-reward-and-calibration",
    "walk": f"/walk/{NOTE}?trail=binary-reward-and-calibration&depth=2",
    "links": f"/links/{NOTE}",
    "network": "/network",
    "network around a note": f"/network?focus={NOTE}",
    "path": f"/path?from={NOTE}&to=goodhart-variants",
    "path nowhere": f"/path?from={NOTE}&to=nowhere",
    "walk read": "/trail?note=start-abstention&note=reject-option&note=nowhere",
    "tours": "/trail",
    "timeline": "/timeline",
    "standing": "/standing",
    "topics": "/topics",
    "topic": "/topics/abstention",
    "relation": "/relations/qualified-by",
    "experiments": "/experiments",
    "experiment": f"/experiments/{NOTE}?vary=miss_cost",
    "refused": f"/experiments/{NOTE}?miss_cost=9999",
    "search": "/search?q=calibration",
    "nothing found": "/search?q=zzzz",
    "help": "/help",
    "finding": "/help/ALP011",
    "api": "/api",
    "new note": f"/new?from={NOTE}",
    "edit": f"/edit/{NOTE}",
    "compare": "/diff",
    "changes": "/diff?base=HEAD~1",
    "wrong address": "/n/utility-weigthed-los",
}


def violations(page: Any) -> list[str]:
    """Run axe as WCAG 2.2 AA asks for it; say rule, place and what is wrong."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',"
        " 'wcag22aa', 'best-practice'], resultTypes: ['violations']})"
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


# each width and each scheme once: no rule of a style asks for both
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_axe_finds_nothing(
    server: Any, open_page: Callable[..., Any], width: int, scheme: str
) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 860})
    found = {}
    for name, path in PAGES.items():
        page.goto(server.url + path)
        if faults := violations(page):
            found[name] = faults
    assert not found


def test_axe_finds_nothing_in_the_palette_and_a_card(server: Any, page: Any) -> None:
    page.goto(server.url + PAGES["note"])
    page.locator(".body a[href^='/n/']").first.hover()
    page.locator(".card:popover-open").wait_for()
    assert violations(page) == []
    page.keyboard.press("Control+k")
    page.locator("[role=option]").first.wait_for()
    assert violations(page) == []


def test_axe_finds_nothing_in_a_form_with_faults(server: Any, page: Any) -> None:
    page.goto(server.url + PAGES["new note"])
    page.fill("[name=title]", "Does a weighted loss harm?")
    page.fill("[name=relation-0-why]", "too short")
    page.fill("[name=body]", "See [[nowhere]].")
    page.locator("#e-body .fault").wait_for()
    assert violations(page) == []
    page.locator("[name=relation-0-to]").fill("calib")
    page.locator("[role=option]").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 375, 640, 1280])  # 640: a screen of 1280 at 200 %
def test_no_page_scrolls_sideways(server: Any, open_page: Callable[..., Any], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    wide = []
    for name, path in PAGES.items():
        page.goto(server.url + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
    assert wide == []


@pytest.mark.parametrize("width", [375, 1280])
def test_text_twice_as_large_makes_no_page_wider(
    server: Any, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    large = {"standard": 32, "fixed": 26}  # as a reader may have it in the browser's settings
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": large})
    wide = []
    for name, path in PAGES.items():
        page.goto(server.url + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
    page.goto(f"{server.url}{PAGES['walk']}")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    mark = page.locator("svg.mark").bounding_box()
    assert mark["height"] > 48  # pictures that say something grow along
    assert page.locator(".trail [aria-current] span").bounding_box()["width"] > 200
    assert wide == []


@pytest.mark.parametrize("width", [700, 768, 1024, 1100, 1280])
def test_letters_of_pictures_are_large_enough_to_read(
    server: Any, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    for path, picture in (("note", ".fan"), ("walk", ".fans, .spine")):
        page.goto(server.url + PAGES[path])
        heights = page.locator(f":is({picture}) :is(.f-t tspan, .w-w tspan, .why)").evaluate_all(
            """all => all.filter(one => one.getClientRects().length).map((one) => {
              const matrix = one.getScreenCTM?.();
              return parseFloat(getComputedStyle(one).fontSize) * (matrix ? matrix.a : 1);
            })"""
        )
        assert heights, path
        assert min(heights) > 11, path


def test_stops_of_a_walk_keep_enough_of_their_names(
    server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    passed = ("soft-targets", "label-smoothing", "sycophancy", "verifiers", "reward-tampering")
    before = "&".join(f"trail={slug}" for slug in passed)
    page.goto(f"{server.url}/walk/preference-optimization-and-grounding?{before}")
    for stop in page.locator(".trail li a").all():
        assert stop.bounding_box()["width"] > 90


@pytest.mark.parametrize("width", [1280, 375])
def test_as_many_ways_to_walk_as_neighbours_in_the_order_of_the_list(
    server: Any, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(f"{server.url}/walk/{NOTE}")
    answer = page.evaluate(f"fetch('/api/walk/{NOTE}').then(answer => answer.json())")
    neighbours = {node["slug"] for node in answer["nodes"]}
    reached = []
    page.locator("#main").focus()
    for _ in range(200):
        page.keyboard.press("Tab")
        href = page.evaluate("document.activeElement.getAttribute('href') || ''")
        match = re.match(r"/walk/([^?]+)\?.*trail=", href)
        if match:
            reached.append(match[1])
        elif page.evaluate("document.activeElement.closest('.filters') !== null"):
            break
    assert set(reached) == neighbours
    assert len(reached) == len(neighbours)
    listed = page.locator(".spine-g li > p:first-child > a").evaluate_all(
        "links => links.map(link => link.getAttribute('href').match(/walk\\/([^?]+)/)[1])"
    )
    assert reached == listed


def test_the_first_page_is_walked_in_few_steps(server: Any, page: Any) -> None:
    page.goto(server.url)
    names = []
    while "Knowing when not to answer" not in names:
        page.keyboard.press("Tab")
        names.append(page.evaluate("() => document.activeElement.textContent.trim()"))
        assert len(names) < 16, names
    count = page.locator("dt", has_text="supported").locator("b").inner_text()
    page.get_by_role("link", name="supported").click()
    page.get_by_role("heading", level=1, name=f"{count} notes for").wait_for()


def test_every_relation_of_the_picture_is_told_in_the_list(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/walk/{NOTE}")
    answer = page.evaluate(f"fetch('/api/walk/{NOTE}').then(answer => answer.json())")
    told = " ".join(page.locator(".spine").evaluate("spine => spine.textContent").split())
    drawn = page.locator("svg.fans").evaluate("svg => svg.textContent.replace(/\\s+/g, ' ')")
    for edge in answer["edges"]:
        if edge["from"] == NOTE and edge.get("why"):
            assert edge["label"] in told
            assert edge["label"] in drawn
            plain = re.sub(r"[*_`]", "", edge["why"])
            assert plain in re.sub(r"[*_`]", "", told)


def test_what_can_be_pointed_at_is_large_enough(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    small = {}
    for name in ("note", "walk", "home", "experiment"):
        page.goto(server.url + PAGES[name])
        # links in running text are exempt (WCAG 2.5.8), as is what has room around it
        found = page.evaluate(
            """() => [...document.querySelectorAll('svg a, button, input, select, summary')]
              .map(one => [one, one.getBoundingClientRect()])
              .filter(([one, box]) => box.width && one.type !== 'radio' && one.type !== 'checkbox')
              .filter(([one, box]) => box.height < 24 || box.width < 24)
              .map(([one]) => one.outerHTML.slice(0, 90))"""
        )
        if found:
            small[name] = found
    assert small == {}


def test_nothing_moves_once_it_is_painted(server: Any, page: Any) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {"
        " if (!entry.hadRecentInput) window.shift += entry.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for path in ("/", PAGES["note"], PAGES["walk"], PAGES["network"], PAGES["experiment"]):
        page.goto(server.url + path)
        page.wait_for_timeout(400)
        assert page.evaluate("window.shift") < 0.005, path
