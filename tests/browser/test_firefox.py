"""The main job in another engine, the Firefox that people have: read, walk, search, see the map."""

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.soak  # it installs a Firefox where there is none

FIRST = "Can utility-weighted training loss actually harm model performance?"
NOTE = "/n/utility-weighted-loss"
WALK = "/walk/utility-weighted-loss"
NEXT = "/walk/binary-reward-and-calibration"
INKED = """
  const base = document.querySelector(".map-base");
  const { data } = base.getContext("2d").getImageData(0, 0, base.width, base.height);
  const pixels = new Uint32Array(data.buffer);
  return pixels.reduce((inked, pixel) => inked + (pixel !== pixels[0]), 0);
"""

SEEN = """
  const { top, bottom } = document.activeElement.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
"""


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return bool(request.param)


@pytest.fixture
def browser(firefox: Any, scripts: bool) -> Iterator[Any]:
    """A Firefox whose console has nothing against our pages."""
    firefox.set("javascript.enabled", scripts)
    firefox.resize(1280, 860)
    firefox.faults()
    yield firefox
    assert firefox.faults() == []
    firefox.set("javascript.enabled", True)


def load(browser: Any, part: str) -> None:
    browser.until(lambda: part in browser.url(), f"an address with {part}")


def test_read_walk_and_search(server: Any, browser: Any, scripts: bool) -> None:
    browser.goto(server.url + "/")
    assert browser.run("return document.querySelector('.theme').hidden") is not scripts
    browser.click(f".go a[href='{NOTE}']")
    load(browser, NOTE)
    assert browser.text("h1") == FIRST
    assert len(browser.text("#related .why")) > 20

    browser.click(f".around a[href^='{WALK}']")
    load(browser, WALK)
    browser.click(f"svg.fans a[href^='{NEXT}']")
    load(browser, f"{NEXT}?trail=utility-weighted-loss")
    assert "binary reward" in browser.text(".trail [aria-current]")
    browser.back()
    load(browser, WALK)
    browser.click(f"svg.fans a.w-centre[href*='{NOTE}']")
    load(browser, NOTE)

    browser.type("#q", "calibration{Enter}")
    load(browser, "/search?q=calibration")
    assert "calibrat" in browser.text(".notes li").lower()


def test_the_network_is_drawn(server: Any, browser: Any, scripts: bool) -> None:
    browser.goto(server.url + "/network")
    if scripts:
        browser.find("#map[data-ready]")
        assert browser.run(INKED) > 2_000
    else:
        browser.click(f".map a[href*='{NOTE}']")
        load(browser, NOTE)


def test_no_page_scrolls_sideways_on_a_phone(server: Any, firefox: Any) -> None:
    firefox.resize(375, 800)
    wide = {}
    for path in ("/", NOTE, WALK, "/network", "/experiments/utility-weighted-loss"):
        firefox.goto(server.url + path)
        room, width = firefox.run(
            "const page = document.documentElement; return [innerWidth, page.scrollWidth]"
        )
        if width > room:
            wide[path] = width
    assert wide == {}


def test_the_focus_brings_links_of_a_picture_into_view(server: Any, firefox: Any) -> None:
    firefox.resize(1280, 500)
    firefox.goto(server.url + WALK)
    for _ in range(18):
        firefox.press("Tab")
    assert firefox.run("return document.activeElement.ownerSVGElement !== null")
    firefox.until(lambda: firefox.run(SEEN), "the card in focus can be seen")


def test_the_walk_goes_by_keyboard(server: Any, firefox: Any) -> None:
    firefox.resize(1280, 860)
    firefox.goto(server.url + WALK)
    firefox.run("document.body.dataset.stayed = true")
    firefox.type(f"svg.fans a[href^='{NEXT}']", "{Enter}")
    load(firefox, NEXT)
    firefox.until(lambda: "binary reward" in firefox.run("return document.title"))
    assert firefox.run("return document.body.dataset.stayed")
    assert firefox.run("return document.activeElement.getAttribute('href')").startswith("/n/binary")
