"""The map in a real browser: seen, pointed at, tapped, moved, pulled, searched, gone by keys."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FIRST = "utility-weighted-loss"
PHONE: dict[str, Any] = {
    "viewport": {"width": 375, "height": 800},
    "has_touch": True,
    "is_mobile": True,
}
REASON = "One score mixes a prompt-free judgement"
STATIC = Path(__file__).resolve().parent.parent.parent / "static"

OpenMap = Callable[..., Any]


def test_the_first_part_of_the_script_stays_small() -> None:
    found: dict[str, bytes] = {}

    def read(name: str) -> None:
        if name in found:
            return
        found[name] = (STATIC / name).read_bytes()
        for other in re.findall(r'^import .* from "\./([^"]+)"', found[name].decode(), re.M):
            read(str(Path(name).parent / other))

    read("network.js")
    assert "map/paint.js" in found
    assert sum(len(gzip.compress(data, 9)) for data in found.values()) < 8_000


def test_pixels_are_drawn_all_notes_are_there_and_names_keep_apart(open_map: OpenMap) -> None:
    shown = open_map()
    notes = json.loads(shown.server.get("/api/notes?limit=1"))["total"]
    assert shown.page.locator("#map").get_attribute("data-ready") == str(notes)
    assert shown.ink() > 20_000
    named = shown.sheet("sheet.named.map(({ box }) => box)")
    assert len(named) >= 15
    touching = [
        (a, b)
        for i, a in enumerate(named)
        for b in named[:i]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert not touching


def test_hovering_shows_the_neighbourhood_with_its_reasons(open_map: OpenMap) -> None:
    shown = open_map()
    shown.page.mouse.move(*shown.place(FIRST))
    shown.card.get_by_text(REASON).wait_for()
    assert "Can utility-weighted training loss" in shown.card.inner_text()
    assert shown.page.locator(".map-base").evaluate("it => it.style.opacity") == "0.25"
    assert "focus" not in shown.asked()
    shown.page.mouse.move(5, 5)
    shown.card.wait_for(state="hidden")


def test_a_click_chooses_and_the_card_opens_the_note(open_map: OpenMap) -> None:
    shown = open_map()
    shown.page.mouse.click(*shown.place(FIRST))
    shown.wait_chosen(FIRST)
    assert shown.asked()["focus"] == [FIRST]
    says = shown.page.get_by_role("status").filter(has_text="Can utility").inner_text()
    assert re.search(r"20 notes one step away, area costs and thresholds, square [A-F][1-4]", says)
    shown.card.get_by_role("link", name="Open note").click()
    shown.page.wait_for_url(f"**/n/{FIRST}")


def test_the_card_stands_beside_its_dot(open_map: OpenMap) -> None:
    shown = open_map()
    for slug in (FIRST, "reward-models-ignore-the-prompt", "binned-calibration-error"):
        shown.choose(slug)
        shown.card.get_by_role("link", name="Open note").wait_for()
        (x, y), box = shown.place(slug), shown.card.bounding_box()
        beside = min(abs(box["x"] - x), abs(box["x"] + box["width"] - x))
        assert 15 < beside < 40
        assert not box["x"] < x < box["x"] + box["width"]
        assert box["y"] < y < box["y"] + box["height"]


def test_the_back_button_goes_from_note_to_note(open_map: OpenMap) -> None:
    shown = open_map()
    for slug in (FIRST, "goodhart-variants"):
        shown.choose(slug)
        shown.wait_chosen(slug)
    shown.page.go_back()
    shown.wait_chosen(FIRST)
    assert shown.asked()["focus"] == [FIRST]
    shown.page.go_back()
    shown.wait_chosen("")
    shown.page.go_forward()
    shown.wait_chosen(FIRST)


def test_the_view_is_kept_in_the_address(open_map: OpenMap) -> None:
    shown = open_map()
    shown.page.mouse.move(*shown.place(FIRST))
    shown.page.mouse.wheel(0, -600)
    x, y, zoom = shown.view()
    assert zoom > 2
    shown.page.reload()
    shown.wait_ready()
    assert shown.view() == pytest.approx([x, y, zoom], rel=0.02)


def test_the_mouse_moves_the_sheet(open_map: OpenMap) -> None:
    shown = open_map()
    box = shown.page.locator(".map-top").bounding_box()
    x, y = box["x"] + 60, box["y"] + box["height"] - 120
    before = shown.place(FIRST)
    shown.page.mouse.move(x, y)
    shown.page.mouse.down()
    shown.page.mouse.move(x + 90, y - 40, steps=5)
    shown.page.mouse.up()
    assert shown.place(FIRST) == pytest.approx([before[0] + 90, before[1] - 40], abs=2)
    assert shown.chosen == ""


def test_pulling_a_note_pulls_its_neighbours(open_map: OpenMap) -> None:
    shown = open_map()
    beside = sorted(shown.neighbours(FIRST))
    before = {slug: shown.ground(slug) for slug in beside}
    x, y = shown.place(FIRST)
    shown.page.mouse.move(x, y)
    shown.page.mouse.down()
    shown.page.mouse.move(x + 30, y + 20)  # fetches what pulls
    shown.until(lambda: shown.place(FIRST) == pytest.approx([x + 30, y + 20], abs=2))
    shown.page.mouse.move(x + 120, y + 60, steps=8)
    shown.until(lambda: all(shown.ground(slug) != before[slug] for slug in beside))
    shown.page.mouse.up()
    assert shown.place(FIRST) == pytest.approx([x + 120, y + 60], abs=2)
    assert "view" not in shown.asked()


def finger(page: Any) -> Callable[..., None]:
    """Return what puts fingers on the screen, moves and lifts them."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


def test_a_finger_that_starts_on_a_note_moves_the_sheet(open_map: OpenMap) -> None:
    shown = open_map(**PHONE)
    shown.page.locator("#map").scroll_into_view_if_needed()
    ground, (x, y) = shown.ground(FIRST), shown.place(FIRST)
    touch = finger(shown.page)
    touch("touchStart", (x, y))
    for step in range(1, 9):
        touch("touchMove", (x - 8 * step, y + 3 * step))
    touch("touchEnd")
    shown.until(lambda: shown.place(FIRST) == pytest.approx([x - 64, y + 24], abs=2))
    assert shown.ground(FIRST) == ground
    assert shown.chosen == ""


def test_two_fingers_come_nearer(open_map: OpenMap) -> None:
    shown = open_map(**PHONE)
    shown.page.locator("#map").scroll_into_view_if_needed()
    box = shown.page.locator(".map-top").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = finger(shown.page)
    touch("touchStart", (x - 30, y), (x + 30, y))
    for step in range(1, 7):
        touch("touchMove", (x - 30 - 10 * step, y), (x + 30 + 10 * step, y))
    touch("touchEnd")
    assert shown.view()[2] == pytest.approx(3, rel=0.05)
    assert shown.chosen == ""


def test_a_tap_shows_a_card_and_the_card_opens(open_map: OpenMap) -> None:
    shown = open_map(**PHONE)
    shown.page.locator("#map").scroll_into_view_if_needed()
    shown.page.touchscreen.tap(*shown.place(FIRST))
    shown.wait_chosen(FIRST)
    assert shown.page.url.startswith(shown.server.url + "/network")
    shown.card.get_by_text(REASON).wait_for()
    shown.card.get_by_role("link", name=re.compile("Can utility")).tap()
    shown.page.wait_for_url(f"**/n/{FIRST}")


def test_nothing_overflows_a_phone_and_the_card_leaves_the_note_in_sight(
    open_map: OpenMap,
) -> None:
    shown = open_map(f"?focus={FIRST}", **PHONE)
    shown.wait_chosen(FIRST)
    shown.card.get_by_text(REASON).wait_for()
    shown.until(lambda: shown.place(FIRST)[1] < shown.card.bounding_box()["y"] - 8)
    spare = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert shown.page.evaluate(spare) <= 0


def test_the_map_goes_by_keys(open_map: OpenMap) -> None:
    shown = open_map(f"?focus={FIRST}")
    shown.wait_chosen(FIRST)
    shown.page.locator(".map-top").focus()
    shown.page.keyboard.press("ArrowRight")
    shown.page.wait_for_selector(f'#map:not([data-chosen="{FIRST}"])')
    assert shown.chosen in shown.neighbours(FIRST)
    assert shown.ground(shown.chosen)[0] > shown.ground(FIRST)[0]
    shown.page.keyboard.press("Escape")
    shown.wait_chosen("")
    x, _, zoom = shown.view()
    shown.page.keyboard.press("ArrowLeft")
    shown.page.keyboard.press("+")
    moved = shown.view()
    assert moved[0] < x
    assert moved[2] == pytest.approx(zoom * 1.4, rel=0.02)
    shown.page.keyboard.press("0")
    shown.until(lambda: shown.view()[2] == pytest.approx(1, abs=0.01))
    shown.page.keyboard.press(" ")
    shown.page.wait_for_selector('#map:not([data-chosen=""])')
    slug = shown.chosen
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_url(f"**/n/{slug}")


@pytest.mark.parametrize("colours", ["none", "active"])
def test_one_sees_that_the_keyboard_is_at_the_map(open_map: OpenMap, colours: str) -> None:
    shown = open_map(forced_colors=colours)
    box = shown.page.locator(".map-live").bounding_box()
    edge = {"x": box["x"], "y": box["y"] + 200, "width": 4, "height": 100}
    at_rest = shown.page.screenshot(clip=edge)
    shown.page.locator(".map-top").press("Shift")
    assert shown.page.evaluate("document.activeElement.matches('.map-top:focus-visible')")
    assert shown.page.screenshot(clip=edge) != at_rest


def test_the_keyboard_gets_past_the_map(open_map: OpenMap) -> None:
    shown = open_map()
    shown.page.locator(".map-top").focus()
    shown.page.keyboard.press("Tab")
    assert shown.page.evaluate("document.activeElement.ariaLabel") == "Nearer"


def test_the_search_is_a_combobox_that_flies(open_map: OpenMap) -> None:
    shown = open_map()
    field = shown.page.get_by_role("combobox", name="Find on the map")
    field.fill("RÉWARD models")
    options = shown.page.locator("#map-found").get_by_role("option")
    assert options.first.inner_text().startswith("Do reward models")
    assert field.get_attribute("aria-expanded") == "true"
    shown.page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    shown.page.keyboard.press("Enter")
    shown.wait_chosen("reward-models-ignore-the-prompt")
    assert field.get_attribute("aria-expanded") == "false"
    field.fill("zzzz qqqq")
    assert options.count() == 0
    shown.page.get_by_text("No title has “zzzz qqqq”; Enter searches the text.").wait_for()
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_url("**/search?q=zzzz+qqqq")


def test_the_search_knows_names_and_else_asks_the_text(open_map: OpenMap) -> None:
    shown = open_map()
    field, options = shown.page.locator("#map-find"), shown.page.locator("#map-found li")
    field.fill("sycophancy")
    assert options.all_inner_texts() == ["Does approval train flattery?"]
    field.fill("calibartion")
    options.filter(has_text="Does measuring calibration in bins mislead?").click()
    shown.wait_chosen("binned-calibration-error")
    field.fill("flatery")
    shown.page.get_by_text("No title has “flatery”; the search of the text finds these").wait_for()
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_selector('#map:not([data-chosen="binned-calibration-error"])')
    assert shown.page.url.startswith(shown.server.url + "/network")


def test_lists_beside_the_map_show_their_notes_on_it(open_map: OpenMap) -> None:
    shown = open_map()
    shown.page.locator("#area-0 summary").click()
    shown.page.locator("#area-0 [data-slug]").first.focus()
    shown.card.wait_for()
    shown.page.get_by_role("link", name="Show this area on the map").first.click()
    assert shown.view()[2] > 1.3


def test_calm_readers_are_taken_there_at_once(open_map: OpenMap) -> None:
    count_moves = """async () => {
      const { sheet, acts } = document.querySelector("#map");
      let moves = 0;
      sheet.addEventListener("move", () => { moves += 1; });
      acts.fly(sheet.slugs.get("goodhart-variants"));
      await new Promise((done) => setTimeout(done, 700));
      return moves;
    }"""
    assert open_map(reduced_motion="reduce").page.evaluate(count_moves) == 1
    assert open_map(reduced_motion="no-preference").page.evaluate(count_moves) > 3
