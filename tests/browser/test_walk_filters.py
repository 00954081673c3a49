"""The walk's filters, with and without scripts, and what a walk says of what it leaves out."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

MANY = 300
BEHIND = 10


def relation(kind: str, to: str, basis: str = "") -> str:
    rest = f", basis: {basis}" if basis else ""
    return f"  - {{type: {kind}, to: {to}, why: it goes on from here{rest}}}\n"


def note(title: str, *relations: str, text: str = "Text.", claim: str = "") -> str:
    head = f"title: {title}\n" + (f"claim: {claim}\n" if claim else "")
    return (
        f"---\n{head}"
        + ("relations:\n" if relations else "")
        + "".join(relations)
        + (f"---\n{text}\n")
    )


@pytest.fixture(scope="module")
def walked(
    start_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A hub of unsaid bases, a note of two bases, a note with many behind it."""
    root = tmp_path_factory.mktemp("notes")
    files = {
        "hub": note("Hub", *(relation("leads-to", f"n{i}") for i in range(MANY))),
        "mixed": note(
            "Mixed",
            relation("extends", "n1", "paper"),
            relation("extends", "n2", "paper"),
            relation("leads-to", "n3"),
            text="See [[n4]].",
        ),
        "before": note("Before", relation("extends", "middle")),
        "middle": note("Middle", *(relation("leads-to", f"m{i}") for i in range(BEHIND))),
    }
    files |= {f"n{i}": note(f"Next {i}", claim=f"It is {i}.") for i in range(MANY)}
    files |= {f"m{i}": note(f"Behind {i}") for i in range(BEHIND)}
    for slug, text in files.items():
        (root / f"{slug}.md").write_text(text)
    state = tmp_path_factory.mktemp("state")
    with start_server(str(root), "--state", str(state)) as started:
        yield started


def boxes(page: Any, name: str) -> list[str]:
    found = page.locator(f".filters [type=checkbox][name={name}]")
    return list(found.evaluate_all("all => all.map(one => one.value)"))


def ticked(page: Any, name: str) -> list[str]:
    found = page.locator(f".filters [type=checkbox][name={name}]:checked")
    return list(found.evaluate_all("all => all.map(one => one.value)"))


def test_only_what_links_rest_on_can_be_chosen(walked: Any, page: Any) -> None:
    page.goto(f"{walked.url}/walk/hub")
    assert boxes(page, "basis") == []
    page.goto(f"{walked.url}/walk/mixed")
    assert boxes(page, "basis") == ["paper", "unsaid"]
    page.get_by_label("a paper").uncheck()
    expect(page.locator("h1")).to_contain_text("1 note, one step away from “")
    assert page.url.endswith("?basis=unsaid")
    assert ticked(page, "basis") == ["unsaid"]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("name", ["type", "basis"])
def test_the_last_box_unticked_stays_unticked(
    walked: Any, open_page: Callable[..., Any], name: str, *, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto(f"{walked.url}/walk/mixed")
    for value in ticked(page, name):
        page.locator(f".filters [value={value}]").uncheck()
        if scripts:
            expect(page.locator(f".filters [value={value}]")).not_to_be_checked()
            page.wait_for_function("value => !location.search.includes(value)", arg=f"={value}")
    if not scripts:
        page.get_by_role("button", name="Apply").click()
    expect(page.locator("h1")).to_contain_text("0 notes, one step away")
    assert ticked(page, name) == []
    page.locator(f".filters [value={'extends' if name == 'type' else 'paper'}]").check()
    if not scripts:
        page.get_by_role("button", name="Apply").click()
    expect(page.locator("h1")).to_contain_text("2 notes, one step away")
    assert "none" not in page.locator(".w-centre + a, .fans a").last.get_attribute("href")


def test_programs_filter_by_the_same_words(walked: Any) -> None:
    def found(query: str) -> set[str]:
        answer = json.loads(walked.get(f"/api/walk/mixed?{query}"))
        return {node["slug"] for node in answer["nodes"]}

    assert found("basis=unsaid") == {"n3"}
    assert found("basis=unsaid&basis=paper") == {"n1", "n2", "n3"}
    assert found("basis=none") == set()
    assert found("type=none") == set()


def test_a_walk_says_how_many_notes_of_how_many_it_shows(walked: Any, page: Any) -> None:
    page.goto(f"{walked.url}/walk/hub")
    expect(page.locator("h1")).to_contain_text(f"24 of {MANY} notes, one step away")
    assert page.locator("svg.fans").get_attribute("aria-label").startswith(f"24 of {MANY} notes")
    page.goto(f"{walked.url}/n/hub")
    expect(page.locator(".fan")).to_contain_text(f"10 of {MANY} notes")
    page.goto(f"{walked.url}/n/mixed")
    expect(page.locator(".fan")).not_to_contain_text(" of ")


def test_the_small_figure_is_what_the_walk_says_it_is(walked: Any, page: Any) -> None:
    page.goto(f"{walked.url}/walk/before")
    expect(page.locator(".walk-h .hint")).to_contain_text("counts the notes that one is related to")
    assert page.locator(".fans .w-n").text_content() == str(BEHIND + 1)
    page.goto(f"{walked.url}/walk/middle")
    expect(page.locator("h1")).to_contain_text(f"{BEHIND + 1} notes, one step away")


@pytest.mark.parametrize(("width", "part"), [(1280, ".fans"), (375, ".spine")])
def test_the_second_step_says_how_many_more_there_are(
    walked: Any, open_page: Callable[..., Any], width: int, part: str
) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(f"{walked.url}/walk/before?depth=2")
    shown = page.locator(part)
    assert shown.get_by_text("→ Behind").count() == 6
    shown.get_by_text(f"→ {BEHIND - 6} more").click()
    expect(page.locator("h1")).to_contain_text(
        f"{BEHIND + 1} notes, one step away, and the next step"
    )


def test_the_first_page_says_that_a_row_is_cut(walked: Any, page: Any) -> None:
    page.goto(walked.url)
    row = page.locator(".v-not-tested")
    assert row.locator(".units a").count() == 60
    expect(row).to_contain_text(f"60 of {MANY} drawn")
    expect(row.locator(".units")).to_contain_text("…")
