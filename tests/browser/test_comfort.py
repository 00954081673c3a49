"""What scripts add: cards, the palette, keys, colours, copying, walking without a reload."""

import re
from collections.abc import Callable
from typing import Any

import pytest

NOTE = "/n/utility-weighted-loss"
WALK = "/walk/utility-weighted-loss"


def test_a_card_shows_what_a_link_leads_to_and_why(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    height = page.evaluate("document.documentElement.scrollHeight")
    link = page.locator("#related a[href='/n/binary-reward-and-calibration']").first
    link.scroll_into_view_if_needed()
    link.hover()
    card = page.locator(".card:popover-open")
    card.wait_for()
    text = card.inner_text()
    assert "Does binary reward training hurt model calibration?" in text
    assert "has the case:" in text
    assert card.locator("li a").count() == 3
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert card.evaluate("card => card.scrollHeight <= card.clientHeight")  # all of it is seen
    card.hover()
    page.wait_for_timeout(600)
    assert card.is_visible()  # it can be pointed at
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")


def test_a_card_comes_with_the_keyboard_and_goes_with_it(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.keyboard.press("j")
    page.locator(".card:popover-open").wait_for()
    page.locator("#q").focus()
    page.locator(".card").wait_for(state="hidden")


@pytest.mark.parametrize("path", [NOTE, WALK])
def test_the_key_for_the_next_link_leaves_the_page_one_is_on(
    server: Any, page: Any, path: str
) -> None:
    page.goto(f"{server.url}{path}?trail=binary-reward-and-calibration")
    page.keyboard.press("j")
    page.locator("main a:focus").wait_for()
    href = page.evaluate("document.activeElement.getAttribute('href')")
    assert href.startswith(("/n/", "/walk/"))
    assert href.partition("?")[0] != path


def test_a_card_stays_inside_a_low_window(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(viewport={"width": 1280, "height": 420})
    page.goto(server.url + NOTE)
    link = page.locator("#related .rn a").first
    link.evaluate("link => link.scrollIntoView({ block: 'center', behavior: 'instant' })")
    link.hover()
    page.locator(".card:popover-open").wait_for()
    top, bottom = page.locator(".card").evaluate(
        "card => [card.getBoundingClientRect().top, card.getBoundingClientRect().bottom]"
    )
    assert 0 <= top < bottom <= 420


def test_no_card_on_touch(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True)
    page.goto(server.url + NOTE)
    page.locator(".body a[href^='/n/']").first.dispatch_event(
        "pointerover", {"pointerType": "touch", "bubbles": True}
    )
    page.wait_for_timeout(700)
    assert page.locator(".card:popover-open").count() == 0


def test_the_palette_finds_notes_topics_and_commands(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find notes, topics and commands")
    field.fill("calibration")
    options = page.locator("[role=option]")
    options.get_by_text(re.compile("^topic, ")).first.wait_for()
    kinds = {text.split(",")[0] for text in options.locator("span").all_inner_texts()}
    assert {"note", "topic", "supported"} <= kinds  # a note with a verdict shows it
    field.fill("walk from")
    page.get_by_role("option", name=re.compile("Walk from this note")).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**" + WALK)


def test_the_palette_is_walked_by_arrows_and_left_by_escape(server: Any, page: Any) -> None:
    page.goto(server.url + "/")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Find notes, topics and commands")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.get_attribute("id") == field.get_attribute("aria-activedescendant")
    assert chosen.get_attribute("data-at") == "1"
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")


def test_the_hint_of_a_key_makes_room_for_what_is_typed(server: Any, page: Any) -> None:
    page.goto(server.url + "/")
    hint = page.locator(".find kbd")
    assert hint.is_visible()
    page.locator("#q").fill("calibration")
    assert not hint.is_visible()  # the browser's cross stands there
    page.locator("h1").click()
    assert not hint.is_visible()


def test_what_was_read_is_offered_again(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.goto(server.url + "/topics")
    page.keyboard.press("Control+k")
    page.get_by_role("option", name=re.compile("Can utility-weighted")).first.wait_for()


def test_single_keys_go_and_can_be_switched_off(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**" + WALK)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    assert sheet.get_by_role("checkbox").bounding_box()["width"] < 24
    page.keyboard.press("Space")  # on the button to close it, and not on the switch
    assert sheet.count() == 0
    page.keyboard.press("?")
    sheet.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_timeout(400)
    assert page.url.endswith(WALK)


def test_keys_lead_to_the_search_field(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/search*")
    page.locator("#q:focus").wait_for()
    page.keyboard.type("calibration")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=calibration")


def test_the_sheet_of_keys_is_closed_in_a_low_window(
    server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page(viewport={"width": 640, "height": 400})
    page.goto(server.url + NOTE)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    sheet.get_by_role("button", name="Close").click()
    assert sheet.count() == 0


def test_keys_typed_into_a_field_are_text(server: Any, page: Any) -> None:
    page.goto(server.url + NOTE)
    page.locator("#q").focus()
    page.keyboard.type("gh/")
    assert page.locator("#q").input_value() == "gh/"
    assert page.url.endswith(NOTE)


def test_chosen_colours_stay_without_a_flash(server: Any, page: Any) -> None:
    page.goto(server.url + "/")
    page.get_by_role("radio", name="dark").check()
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.goto(server.url + "/topics")
    # the blocking script in the head has set it before anything was painted
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("radio", name="system").check()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""


def test_an_address_that_cannot_be_decoded_has_its_keys(server: Any, page: Any) -> None:
    page.goto(server.url + "/n/100%")
    page.keyboard.press("Control+k")
    page.locator("dialog[open]").wait_for()


def test_a_reference_is_copied(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(server.url + NOTE)
    page.get_by_role("link", name="BibTeX").click()
    page.get_by_text("BibTeX copied").first.wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("@misc{autor2025misaligned")
    assert page.url.endswith(NOTE)


def test_the_walk_moves_without_a_reload(server: Any, page: Any) -> None:
    page.goto(server.url + WALK)
    page.evaluate("window.stayed = true")
    card = page.locator("svg.fans a[href*='/walk/binary-reward-and-calibration']")
    card.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/walk/binary-reward-and-calibration?trail=utility-weighted-loss")
    page.wait_for_function("() => document.title.includes('binary reward')")
    assert page.evaluate("window.stayed")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused.startswith("/n/binary-reward-and-calibration")
    said = page.locator("[role=status]").first.inner_text()
    assert said.startswith("Now at Does binary reward training hurt model calibration?")
    assert page.locator("nav.trail li").count() == 2
    page.go_back()
    page.wait_for_function("() => document.title.includes('utility-weighted')")
    assert page.evaluate("window.stayed")
    page.locator("svg.fans .w-centre").click()
    page.wait_for_url("**" + NOTE)


def test_filters_of_the_walk_act_at_once_and_keep_the_focus(server: Any, page: Any) -> None:
    page.goto(server.url + WALK)
    before = page.locator("svg.fans a[href*='/walk/']").count()
    assert page.get_by_role("button", name="Apply").count() == 0  # there is nothing left to do
    box = page.get_by_role("checkbox", name="parallels")
    box.uncheck()
    page.wait_for_function(f"() => document.querySelectorAll('svg.fans .w-card').length < {before}")
    assert "type=" in page.url
    assert page.evaluate("document.activeElement.value") == "parallels"


def test_motion_is_left_out_when_it_is_not_welcome(
    server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(server.url + WALK)
    page.evaluate(
        "window.moved = 0; const start = document.startViewTransition.bind(document);"
        "document.startViewTransition = (f) => { window.moved += 1; return start(f); }; undefined"
    )
    page.locator("svg.fans a[href*='/walk/']").first.click()
    page.wait_for_url(re.compile(r"/walk/(?!utility)"))
    page.wait_for_function("() => !document.title.includes('utility-weighted')")
    assert page.evaluate("window.moved") == 0


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_next_page_is_fetched_while_its_link_is_pointed_at(
    server: Any, open_page: Callable[..., Any], motion: str
) -> None:
    page = open_page(reduced_motion=motion)
    page.add_init_script(
        "addEventListener('pagereveal', event => {"
        " sessionStorage.setItem('moved', event.viewTransition !== null); })"
    )
    preload = page.context.new_cdp_session(page)
    states: list[str] = []
    preload.on("Preload.prefetchStatusUpdated", lambda event: states.append(event["status"]))
    preload.send("Preload.enable")
    wanted = str(motion != "reduce").lower()
    for _ in range(3):  # a browser that is short of time goes without the transition
        page.goto(server.url + NOTE)
        states.clear()
        link = page.locator("#related .rn a").first
        link.hover()
        while "Ready" not in states:
            page.wait_for_timeout(50)
        link.click()
        page.wait_for_url(lambda url: not url.endswith(NOTE))
        delivery = "performance.getEntriesByType('navigation')[0].deliveryType"
        assert page.evaluate(delivery) == "navigational-prefetch"
        moved = page.evaluate("sessionStorage.getItem('moved')")
        if moved == wanted:
            break
    assert moved == wanted
