"""Pages on paper, in forced colours, in scripts of the world, and what they weigh."""

import gzip
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NOTE = "/n/utility-weighted-loss"
WALK = "/walk/utility-weighted-loss"
LIMIT = 60_000
SHOWN = "all => all.filter(one => one.checkVisibility()).length"
BEFORE_LAST = """(title) => {
  const text = title.firstChild, range = document.createRange();
  const left = (at) => {
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  };
  return left(text.length - 1) < left(0);
}"""
"""Whether the last letter of a title stands left of its first."""

HEBREW = "האם פונקציית הפסד פוגעת בביצועים?"
ARABIC = "هل تعلّم المكافأة التخمين؟"
JAPANESE = "誤りの費用が異なるとき、しきい値はどこに置くべきか？"


def a_note(title: str, relation: str, to: str, why: str, body: str) -> str:
    return (
        f"---\ntitle: {title}\nsummary: {why}\nrelations:\n  - type: {relation}\n    to: {to}\n"
        f"    why: {why}\n---\n\n{body}\n"
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, start_server: Any) -> Iterator[Any]:
    """Serve three notes in three scripts."""
    root: Path = tmp_path_factory.mktemp("world")
    why = "كلا الحالتين تخلط بين التعلم والاختيار في دالة واحدة."
    body = f"{why}\n\n- {why}\n\n> {why}\n\n    code --flag\n"
    (root / "arabic.md").write_text(a_note(ARABIC, "parallels", "hebrew", why, body))
    why = "שקלול ההפסד לפי מחיר הטעות נראה כמו אמירה למודל."
    (root / "hebrew.md").write_text(a_note(HEBREW, "extends", "japanese", why, why))
    why = "確率が正しければ、しきい値は費用の比だけで決まる。学習が終わってから決めればよい。"
    (root / "japanese.md").write_text(a_note(JAPANESE, "parallels", "hebrew", why, why))
    with start_server(str(root), "--state", str(root / ".state")) as server:
        yield server


def test_a_printed_note_is_text_on_white(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.get_by_role("radio", name="dark").check()  # what is chosen for the screen is not printed
    page.emulate_media(media="print")
    chrome = ".top, .foot, .around, .more, .again, details:not([open]), .anchor"
    assert page.locator(chrome).evaluate_all(SHOWN) == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(20, 33, 31)"
    address = "one => getComputedStyle(one, '::after').content"
    assert "/n/" in page.locator(".body a[href^='/n/']").first.evaluate(address)
    assert "https://arxiv.org/" in page.locator(".srcs a[href^=http]").first.evaluate(address)


def test_the_printed_network_names_every_note(server: Any, page: Any) -> None:
    page.goto(server.url + "/network")
    page.wait_for_selector("#map[data-ready]")
    page.emulate_media(media="print")
    assert page.locator("canvas, .net-legend input, .map-tools").evaluate_all(SHOWN) == 0
    assert page.locator("svg.map").first.is_visible()
    graph = page.evaluate("fetch('/api/graph.json').then(answer => answer.json())")
    notes = sum(not node["ghost"] for node in graph["nodes"])
    seen = "all => all.filter(one => one.getBoundingClientRect().height > 0).length"
    assert page.locator(".na a[data-slug]").evaluate_all(seen) == notes


def test_the_printed_walk_is_its_list(server: Any, page: Any) -> None:
    page.goto(server.url + WALK)
    page.emulate_media(media="print")
    assert not page.locator("svg.fans").is_visible()
    assert page.locator(".spine-g li").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_reach_the_pictures(
    server: Any, open_page: Callable[..., Any], scheme: str
) -> None:
    page = open_page(forced_colors="active", color_scheme=scheme)
    page.goto(server.url + WALK)
    system = page.evaluate(
        """() => Object.fromEntries(["Canvas", "CanvasText", "LinkText", "Highlight",
          "HighlightText"].map(name => {
            document.body.style.cssText = `forced-color-adjust: none; color: ${name}`;
            return [name, getComputedStyle(document.body).color];
          }))"""
    )
    page.reload()
    painted = "one => getComputedStyle(one).fill"
    for selector, name in {
        ".w-card": "Canvas",
        "a > .w-t": "LinkText",
        ".w-w": "CanvasText",
        ".w-plate": "Highlight",
        ".w-c": "HighlightText",
    }.items():
        assert page.locator(f"svg.fans {selector}").first.evaluate(painted) == system[name]
    back = "one => getComputedStyle(one).backgroundColor"
    here = page.locator(".depth a[aria-current]").evaluate(back)
    assert here == system["Highlight"]
    assert here != page.locator(".depth a:not([aria-current])").first.evaluate(back)


@pytest.mark.parametrize("width", [320, 1280])
def test_titles_read_in_their_own_direction(
    world: Any, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(f"{world.url}/n/arabic")
    titles = ["h1", "#related .rn a", ".srcs p > a[href^='/n/']"]
    for title in titles:
        assert page.locator(title).first.evaluate(BEFORE_LAST), title
    page.goto(f"{world.url}/walk/hebrew?trail=arabic")
    for title in (".trail li a", *([".spine-g li a"] if width == 320 else [])):
        assert page.locator(title).first.evaluate(BEFORE_LAST), title


def test_pictures_write_from_the_right(world: Any, page: Any) -> None:
    mark = """text => {
      const last = text.textContent.search(/[?؟]/);
      return text.getStartPositionOfChar(last).x < text.getStartPositionOfChar(1).x;
    }"""
    page.goto(f"{world.url}/n/arabic")
    assert page.locator(".fan .f-t tspan:last-child").last.evaluate(
        "line => line.textContent.startsWith('\\u2067')"
    )
    page.goto(f"{world.url}/walk/arabic")
    assert page.locator("svg.fans .w-t").first.evaluate(mark)


def test_the_text_of_a_note_is_set_from_the_right(
    world: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page(viewport={"width": 320, "height": 800})
    page.goto(f"{world.url}/n/arabic")
    body = page.locator(".body")
    room = body.bounding_box()
    item = body.locator("li").bounding_box()
    assert item["x"] + item["width"] < room["x"] + room["width"]  # the bullet has room
    quote = body.locator("blockquote").evaluate("one => getComputedStyle(one).borderRightWidth")
    assert quote == "3px"
    assert body.locator("pre").evaluate("one => getComputedStyle(one).direction") == "ltr"


@pytest.mark.parametrize("width", [320, 1280])
def test_no_script_of_the_world_scrolls_sideways(
    world: Any, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    wide = []
    for slug in ("arabic", "hebrew", "japanese"):
        for path in (f"/n/{slug}", f"/walk/{slug}?trail=arabic&trail=hebrew", "/network", "/"):
            page.goto(world.url + path)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(path)
    assert wide == []


def test_no_line_of_a_picture_begins_with_a_full_stop(world: Any, page: Any) -> None:
    page.goto(f"{world.url}/walk/japanese")
    lines = page.locator("svg.fans tspan").all_text_contents()
    assert any("しきい値" in line for line in lines)
    assert [line for line in lines if line[0] in "、。？"] == []


def test_a_note_with_all_it_loads_is_light(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.locator("#related .rn a").first.hover()
    page.locator(".card:popover-open").wait_for()  # what comes with the first card counts too
    loaded = page.evaluate(
        "[location.href, document.querySelector('[rel=icon]').href,"
        " ...performance.getEntriesByType('resource').map(entry => entry.name)]"
    )
    weights = {}
    for url in {url for url in loaded if "/events" not in url}:
        with urllib.request.urlopen(url, timeout=30) as answer:
            body = answer.read()
        weights[url] = len(body) if url.endswith(".woff2") else len(gzip.compress(body))
    assert len(weights) > 8
    assert sum(weights.values()) <= LIMIT, weights


LONG = "immeasurably" * 12
WIDE = f"""---
title: A note of wide things
topics: [{LONG[:70]}]
relations:
  - {{type: leads-to, to: long, why: it leads to the {LONG}}}
---
Before ${" + ".join(f"x_{{{i}}}^2" for i in range(60))}$ and after.

- an item ${" + ".join(f"y_{{{i}}}" for i in range(60))}$

$$ {" + ".join(f"z_{{{i}}}" for i in range(90))} $$

```
{"code that is long " * 30}
```

| one | two |
|-----|-----|
| {LONG} | {LONG} |
"""


@pytest.fixture
def wide(folder: Any, start_server: Any, tmp_path: Path) -> Any:
    root = folder({"wide.md": WIDE, "long.md": f"---\ntitle: {LONG}\n---\nText.\n"})
    with start_server(str(root), "--state", str(tmp_path / "state")) as started:
        yield started


@pytest.mark.parametrize("width", [375, 1280])
def test_no_long_word_and_no_formula_scrolls_the_page_sideways(
    wide: Any, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    for path in ("/n/wide", "/n/long", "/walk/wide", "/walk/wide?depth=2", "/links/wide"):
        page.goto(wide.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"{wide.url}/n/wide")
    room = page.locator(".body").bounding_box()["width"]
    formula = page.locator(".body p > math")
    assert formula.bounding_box()["width"] <= room
    assert formula.evaluate("one => one.scrollWidth") > room  # it scrolls by itself


def test_a_printed_note_is_no_wider_than_the_paper(
    wide: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page(viewport={"width": 672, "height": 900})  # A4 within its margins
    page.emulate_media(media="print")
    for path in ("/n/wide", "/n/long", "/walk/wide"):
        page.goto(wide.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 672, path
    page.goto(f"{wide.url}/n/wide")
    hidden = "one => one.scrollWidth - one.clientWidth"
    assert page.locator(".body pre").evaluate(hidden) <= 0
    assert page.locator(".body .scroll").evaluate(hidden) <= 0
