"""What the map shows and how: filters, colours, missing notes, hubs, several links, files, ways."""

import io
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

FIRST = "utility-weighted-loss"
SVG = "{http://www.w3.org/2000/svg}"
LANES = """async () => {
  const { lanesOf } = await import(document.querySelector("link[href*='map/paint']").href);
  const { sheet } = document.querySelector("#map"), { from, to, m } = sheet.data;
  const pair = (...ends) => ends.sort().join();
  const both = pair(sheet.slugs.get("one"), sheet.slugs.get("two"));
  const between = [...Array(m).keys()].filter((e) => pair(from[e], to[e]) === both);
  const lanes = lanesOf(sheet.data, between);
  return between.map((e) => (from[e] < to[e] ? 1 : -1) * lanes.get(e));
}"""

OpenMap = Callable[..., Any]


def note(title: str, *rows: str) -> str:
    said = "".join(
        f"  - {{type: {kind}, to: {to}, why: {why}}}\n"
        for kind, to, why in (row.split("|") for row in rows)
    )
    return f"---\ntitle: {title}\nrelations:\n{said}---\nText.\n"


@pytest.fixture
def world(folder: Callable[..., Path], start_server: Any, tmp_path: Path) -> Iterator[Any]:
    """Serve a hub with 60 leaves, two notes joined four times, a self link, a missing note."""
    files = {
        f"leaf-{i:02}.md": note(f"Leaf {i}", "extends|hub|it carries the hub further")
        for i in range(60)
    }
    files["hub.md"] = note("The hub", "parallels|hub|like itself", "leads-to|gone|to nowhere")
    files["one.md"] = note("One", "framed-by|two|a", "explained-by|two|b", "parallels|two|c")
    files["two.md"] = note("Two", "leads-to|one|back again", "related|hub|somehow")
    with start_server(str(folder(files)), "--state", str(tmp_path / "state")) as started:
        yield started


def test_the_legend_filters_and_the_address_remembers(open_map: OpenMap) -> None:
    shown = open_map()
    everything = shown.ink()
    for box in shown.page.locator("#legend [name=type]:not([value=contradicts])").all():
        box.uncheck()
    few = shown.ink()
    assert few < everything - 5_000
    assert shown.asked()["type"] == ["contradicts"]
    shown.page.reload()
    shown.wait_ready()
    assert shown.ink() == pytest.approx(few, rel=0.02)
    assert shown.page.locator("#legend [name=type]:checked").count() == 1
    for box in shown.page.locator("#legend [name=type]:not([value=mention])").all():
        box.check()
    assert "type" not in shown.asked()


def test_the_card_counts_and_lists_what_the_legend_shows(open_map: OpenMap) -> None:
    shown = open_map(f"?type=contradicts&focus={FIRST}")
    shown.card.get_by_text("No relation of this note passes the filters").wait_for()
    assert shown.card.locator("li").count() == 0
    status = shown.page.locator("#map-status")
    assert "0 notes one step away as filtered" in status.inner_text()
    shown.page.locator("#legend [name=type][value=parallels]").check()
    shown.until(lambda: shown.card.locator("li").count() > 0)
    assert {row.split()[0] for row in shown.card.locator("li").all_inner_texts()} == {"parallels"}
    assert "0 notes" not in status.inner_text()


@pytest.mark.parametrize(
    ("name", "value", "left"), [("verdict", "not tested", 4), ("basis", "reading", 3)]
)
def test_verdicts_and_bases_fade_what_is_not_asked_for(
    open_map: OpenMap, name: str, value: str, left: int
) -> None:
    shown = open_map()
    before = shown.ink()
    shown.page.locator(f"#legend [name={name}][value='{value}']").uncheck()
    assert shown.ink() < before
    assert len(shown.asked()[name]) == left


def test_topics_filter_and_areas_colour(open_map: OpenMap) -> None:
    shown = open_map()
    shown.page.get_by_label("Only the topic").select_option("abstention")
    assert shown.asked()["topic"] == ["abstention"]
    assert 0 < shown.sheet("sheet.clear.reduce((a, b) => a + b)") < 20
    shown.page.get_by_role("radio", name="area").check()
    assert shown.asked()["color"] == ["area"]
    assert len(set(shown.sheet("sheet.dots().map(({ colour }) => colour)"))) >= 5


def test_missing_notes_are_counted_and_shown_when_asked(world: Any, open_map: OpenMap) -> None:
    shown = open_map(at=world)
    before = shown.sheet("sheet.count")
    shown.page.get_by_label("also 1 missing note that links lead to").check()
    assert shown.sheet("sheet.count") == before + 1
    assert shown.asked()["ghosts"] == ["1"]
    shown.choose(None)
    assert "No note answers to this name yet" in shown.card.inner_text()


def test_a_hub_says_how_many_more_there_are(world: Any, open_map: OpenMap) -> None:
    shown = open_map("?focus=hub", at=world)
    shown.card.get_by_role("link", name=re.compile(r"Walk from here \(\d+ more\)")).wait_for()
    assert shown.card.locator("li").count() == 12


def test_notes_joined_several_times_have_a_lane_for_each(world: Any, open_map: OpenMap) -> None:
    bends = open_map(at=world).page.evaluate(LANES)
    assert len({round(bend, 3) for bend in bends}) == 4


def test_the_map_follows_the_colours_of_the_page(open_map: OpenMap) -> None:
    pixel = "[...sheet.base.pen.getImageData(2, 2, 1, 1).data].slice(0, 3)"
    shown = open_map()
    light = shown.sheet(pixel)
    shown.page.emulate_media(color_scheme="dark")
    assert sum(light) > 700
    shown.until(lambda: sum(shown.sheet(pixel)) < 150)
    shown.page.get_by_role("radio", name="light").check()
    shown.until(lambda: bool(shown.sheet(pixel) == light))


def test_forced_colours_are_the_systems(open_map: OpenMap) -> None:
    shown = open_map(forced_colors="active")
    look = shown.sheet("sheet.look")
    assert len({kind["colour"] for kind in look["kinds"]}) == 1
    assert len({kind["signature"] for kind in look["kinds"]}) > 5
    assert look["ground"] != look["ink"]
    assert shown.ink() > 10_000


def test_the_map_is_saved_as_svg_and_png(open_map: OpenMap) -> None:
    shown = open_map()
    with shown.page.expect_download() as saved:
        shown.page.get_by_role("button", name="SVG").click()
    root = ElementTree.parse(saved.value.path()).getroot()
    assert {"A", "F", "4", "Costs and thresholds"} <= {
        text.text for text in root.iter(f"{SVG}text")
    }
    assert len(list(root.iter(f"{SVG}path"))) > 40
    with shown.page.expect_download() as saved:
        shown.page.get_by_role("button", name="PNG").click()
    head = io.BytesIO(Path(saved.value.path()).read_bytes()[:24])
    assert head.read(8) == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I4sII", head.read(16))[2] == 2 * shown.sheet("sheet.view.w")


def test_a_way_is_drawn_and_let_go(open_map: OpenMap) -> None:
    shown = open_map(f"?path={FIRST}&path=reward-hacking-and-emergent-misalignment")
    assert shown.page.locator("#map-status").inner_text().startswith("A way by Can utility")
    shown.page.locator(".map-top").focus()
    shown.page.keyboard.press("Escape")
    shown.until(lambda: "path" not in shown.asked())


def test_a_past_map_shows_reasons_of_its_time(open_map: OpenMap) -> None:
    shown = open_map(f"?at=2030-01-01&focus={FIRST}")
    shown.card.get_by_text("One score mixes a prompt-free judgement").wait_for()
    assert shown.asked()["at"] == ["2030-01-01"]
