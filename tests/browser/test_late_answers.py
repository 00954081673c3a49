"""Answers that come late, twice or not at all, and keys that are not meant for a page."""

from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

import pytest
from playwright.sync_api import expect

FIRST = "utility-weighted-loss"
COMPOSED = """(field) => field.dispatchEvent(new KeyboardEvent("keydown",
  { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))"""


def held_back(page: Any, pattern: str) -> list[Any]:
    """Hold requests back; they go on by `route.continue_()`."""
    routes: list[Any] = []
    page.route(pattern, lambda route: routes.append(route))
    return routes


def wait_for(page: Any, holds: Callable[[], bool]) -> None:
    for _ in range(1200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came true")


def test_enter_takes_what_was_asked_for_however_late_it_comes(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/n/{FIRST}")
    page.keyboard.press("Control+k")
    page.locator("#palette-0").wait_for()
    held = held_back(page, "**/api/search?*")
    page.locator("dialog.palette input").fill("binary reward training")
    page.keyboard.press("Enter")
    wait_for(page, lambda: len(held) == 1)
    page.wait_for_timeout(100)
    held[0].continue_()
    page.wait_for_url("**/n/binary-reward-and-calibration")


def test_the_palette_says_that_no_server_answers_and_asks_again(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/n/{FIRST}")
    page.keyboard.press("Control+k")
    page.locator("#palette-0").wait_for()
    page.route("**/api/**", lambda route: route.abort())
    field = page.locator("dialog.palette input")
    field.fill("binary reward trainin")
    says = page.locator(".p-none", has_text="The server does not answer")
    says.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.url.endswith(FIRST)  # nowhere that cannot be reached
    page.unroute("**/api/**")
    field.press_sequentially("g")
    page.get_by_role("option", name="Does binary reward training hurt").wait_for()
    expect(says).to_have_count(0)


def test_a_key_of_an_input_method_chooses_nothing(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/n/{FIRST}")
    page.keyboard.press("Control+k")
    page.locator("#palette-0").wait_for()
    assert page.locator("dialog.palette input").evaluate(COMPOSED)
    expect(page.locator("dialog.palette")).to_be_visible()


def test_headings_are_offered_with_all_their_words(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/n/{FIRST}")
    page.locator("article.note").evaluate(
        """(note) => {
          const body = note.querySelector(".body"), heading = document.createElement("h2");
          const word = Object.assign(document.createElement("em"), { textContent: "its" });
          heading.id = "h-all";
          heading.append("All ", word, " words");
          body.append(heading);
        }"""
    )
    page.keyboard.press("Control+k")
    page.locator("dialog.palette input").fill("all its words")
    page.locator("#palette-0", has_text="heading here").wait_for()


def test_an_answer_that_failed_is_asked_for_again(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/n/{FIRST}")
    link = page.locator("main a[href*='/n/binary-reward-and-calibration']").first
    page.route("**/api/walk/**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        link.hover()
    page.mouse.move(0, 0)
    page.unroute("**/api/walk/**")
    link.hover()
    page.locator(".card:popover-open").wait_for()


@pytest.mark.parametrize("status", [404, 500])
def test_a_fault_is_not_copied_as_a_reference(
    server: Any, open_page: Callable[..., Any], status: int
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}/n/{FIRST}")
    page.evaluate("navigator.clipboard.writeText('before')")
    page.route("**/n/*.bib", lambda route: route.fulfill(status=status, body="a fault"))
    page.locator("a[data-copy][href$='.bib']").first.click()
    page.wait_for_url("**/n/*.bib")
    page.goto(f"{server.url}/n/{FIRST}")
    assert page.evaluate("navigator.clipboard.readText()") == "before"


def test_a_card_of_the_map_tells_its_reasons_once(open_map: Callable[..., Any]) -> None:
    shown = open_map()
    page, (x, y) = shown.page, shown.place(FIRST)
    held = held_back(page, "**/api/walk/*")
    page.mouse.move(x, y)
    wait_for(page, lambda: len(held) == 1)
    page.mouse.click(x, y)
    shown.wait_chosen(FIRST)
    held[0].continue_()
    shown.card.get_by_role("link", name="Open note").first.wait_for()
    assert shown.card.get_by_role("link", name="Open note").count() == 1


def test_a_note_let_go_before_it_could_be_pulled_stays(open_map: Callable[..., Any]) -> None:
    shown = open_map()
    page, (x, y) = shown.page, shown.place(FIRST)
    before, held = shown.ground(FIRST), held_back(page, "**/forces*.js")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20)
    wait_for(page, lambda: len(held) == 1)
    page.mouse.up()
    held[0].continue_()
    wait_for(page, lambda: page.evaluate("Boolean(document.querySelector('#map').acts.pull)"))
    page.wait_for_timeout(100)
    assert shown.ground(FIRST) == before


def test_going_back_ends_a_flight(open_map: Callable[..., Any]) -> None:
    shown = open_map()
    shown.page.keyboard.press("Tab")
    before = shown.view() if "view" in shown.asked() else None
    shown.page.evaluate(
        """(slug) => {
          const { sheet, acts } = document.querySelector("#map");
          acts.fly(sheet.slugs.get(slug));
          setTimeout(() => history.back(), 60);
        }""",
        FIRST,
    )
    wait_for(shown.page, lambda: "focus" not in shown.asked() and shown.chosen == "")
    shown.page.wait_for_timeout(600)
    assert shown.sheet("sheet.view.zoom") == pytest.approx(before[2] if before else 1)
    assert shown.sheet("sheet.view.cx") == pytest.approx(shown.sheet("sheet.view.middle.x"))


def test_back_on_a_walk_leads_to_where_one_was(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(viewport={"width": 375, "height": 600})
    page.goto(f"{server.url}/walk/{FIRST}")
    link = page.locator(".spine a[href*='/walk/']").last
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 600
    title = page.title()
    link.click()
    page.wait_for_function("(title) => document.title !== title", arg=title)
    page.wait_for_function("() => scrollY === 0")
    page.go_back()
    page.wait_for_function("(title) => document.title === title", arg=title)
    page.wait_for_function(f"() => Math.abs(scrollY - {before}) < 5")


def test_a_walk_skips_to_its_content(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/walk/{FIRST}")
    page.evaluate("document.querySelector('main').same = true")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.same")


def test_a_run_is_followed_again_after_back(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/experiments/{FIRST}")
    for name, value in {"steps": "5000", "replicates": "128", "seed": "907"}.items():
        page.locator(f"form[method=post] [name={name}]").first.fill(value)
    page.get_by_role("button", name="Run again").click()
    page.wait_for_url("**/runs/*")
    page.locator("[data-curves] .c-line").first.wait_for(state="attached")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    with page.expect_request("**/events"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("This run was cancelled").wait_for()


def test_how_far_the_reading_is_outlives_what_a_proxy_says_meanwhile(
    server: Any, page: Any
) -> None:
    script = server.get("/static/opening.js")
    page.route("**/opening.js", lambda route: route.fulfill(
        body=script, content_type="text/javascript"))  # fmt: skip
    answers = [
        '<p class="reading">first</p><script type="module" src="/opening.js"></script>',
        "<h1>Service Unavailable</h1>",
        '<p class="reading">second</p>',
    ]
    given = chain(answers, repeat(answers[-1]))
    page.route("**/n/large", lambda route: route.fulfill(
        status=503, body=next(given), content_type="text/html"))  # fmt: skip
    page.goto(f"{server.url}/n/large")
    expect(page.locator(".reading")).to_have_text("second", timeout=20_000)
