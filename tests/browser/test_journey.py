"""The main job in a real browser, with scripts and without: read, walk, see the map, run."""

import re
from collections.abc import Callable
from typing import Any

import pytest

FIRST = "Can utility-weighted training loss actually harm model performance?"
SEED = {
    "reward-models-ignore-the-prompt",
    "sft-accuracy-and-reasoning-quality",
    "preference-optimization-and-grounding",
    "reasoning-tuning-and-abstention",
    "accurate-predictions-poor-decisions",
    "binary-reward-and-calibration",
    "reward-hacking-and-emergent-misalignment",
}


def related(page: Any) -> dict[str, str]:
    """Slug -> reason of the notes listed as related."""
    rows = page.locator("section.rels").first.locator("li")
    found = {}
    for i in range(rows.count()):
        row = rows.nth(i)
        href = row.locator("a[href*='/n/']").first.get_attribute("href")
        found[href.split("/n/")[1].split("?")[0]] = row.locator(".why").first.inner_text()
    return found


def inked(page: Any, selector: str) -> int:
    """Count pixels of a screenshot of an element that differ from its first one."""
    import io
    import struct
    import zlib

    data = io.BytesIO(page.locator(selector).first.screenshot())
    assert data.read(8) == b"\x89PNG\r\n\x1a\n"
    packed, width, height = b"", 0, 0
    while head := data.read(8):
        length, kind = struct.unpack(">I4s", head)
        body = data.read(length)
        data.read(4)
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
            channels = 4 if colour == 6 else 3
        elif kind == b"IDAT":
            packed += body
    raw, step = zlib.decompress(packed), width * channels + 1
    # a filtered row of one colour is all zeros after its first pixels: count what is not
    return sum(
        sum(1 for byte in raw[y * step + 1 + channels : (y + 1) * step] if byte)
        for y in range(height)
    )


def test_the_walk_begins_within_reach_on_a_phone(
    server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    page.goto(f"{server.url}/n/utility-weighted-loss")
    jumps = page.locator(".jumps a")
    assert jumps.all_inner_texts() == ["7 related notes", "Check it yourself", "Walk"]
    assert jumps.last.bounding_box()["y"] < 800
    jumps.last.click()
    page.wait_for_url("**/walk/utility-weighted-loss")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.go_back()
    assert not jumps.last.is_visible()  # "Walk from here" stands beside the text


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_read_walk_and_open(server: Any, open_page: Callable[..., Any], scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto(server.url + "/")
    page.get_by_role("link", name=FIRST).first.click()
    page.wait_for_url("**/n/utility-weighted-loss*")
    assert page.locator("h1").inner_text() == FIRST
    rows = related(page)
    assert set(rows) >= SEED
    assert all(len(why) >= 20 for why in rows.values())
    page.get_by_role("link", name=re.compile("Walk from here")).first.click()
    page.wait_for_url("**/walk/utility-weighted-loss*")
    card = page.locator("svg a[href*='/walk/binary-reward-and-calibration']:visible").first
    card.click()
    page.wait_for_url("**/walk/binary-reward-and-calibration*")
    assert "trail=utility-weighted-loss" in page.url
    page.go_back()
    page.wait_for_url("**/walk/utility-weighted-loss*")
    page.locator("svg a[href*='/n/utility-weighted-loss']:visible").first.click()
    page.wait_for_url("**/n/utility-weighted-loss*")


def test_the_walk_goes_by_keyboard_on_a_phone(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(viewport={"width": 375, "height": 800})
    page.goto(server.url + "/walk/utility-weighted-loss")
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    told = page.locator(".walk-h").inner_text()
    assert "stands first, what follows below" in told
    assert "left" not in told
    for _ in range(60):
        page.keyboard.press("Tab")
        href = page.evaluate("document.activeElement.getAttribute('href') || ''")
        if "/walk/" in href and "/walk/utility-weighted-loss" not in href:
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/walk/(?!utility-weighted-loss)"))


def test_the_whole_network_is_drawn(server: Any, page: Any) -> None:
    page.goto(server.url + "/network")
    page.wait_for_selector("canvas")
    page.wait_for_selector("[data-ready]")
    assert inked(page, "canvas") > 2_000
    answer = page.evaluate("fetch('/api/graph.json').then(answer => answer.json())")
    notes = [node for node in answer["nodes"] if not node["ghost"]]
    assert len(notes) >= 8


def test_the_network_without_scripts_is_a_picture_with_links(
    server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(server.url + "/network")
    assert page.locator("svg a[href*='/n/'], svg a[href*='/walk/']").count() >= 8


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_experiment_is_launched_and_its_verdict_read(
    server: Any, open_page: Callable[..., Any], scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto(server.url + "/n/utility-weighted-loss")
    panel = page.locator("#check, section.check").first
    assert re.search(r"supported|contradicted|no effect|inconclusive", panel.inner_text())
    page.locator("[name=replicates]").first.fill("4")
    page.locator("[name=seed]").first.fill("11" if scripts else "12")
    page.get_by_role("button", name=re.compile("Run again")).first.click()
    page.wait_for_url("**/runs/*")
    page.wait_for_selector("main .say .v, main .res .v", timeout=90_000)
    text = page.locator("main").inner_text()
    assert re.search(r"supported|contradicted|no effect|inconclusive", text)
    assert "95 %" in text
