"""A page that has changed, and a reader who is writing in one of its fields."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

NOTE = """---
title: Can a loss harm?
summary: About losses.
claim: A loss can harm.
---
The first words.
"""


@pytest.fixture
def note(folder: Callable[..., Path]) -> Path:
    return folder({"first.md": NOTE}) / "first.md"


@pytest.fixture
def changing(note: Path, start_server: Any, tmp_path: Path) -> Iterator[Any]:
    """Serve a note; the server's `change()` rewrites it and waits until that is told."""
    with start_server(str(note.parent), "--state", str(tmp_path / "state")) as server:

        def change() -> None:
            with server.changes() as told:
                note.write_text(NOTE.replace("first words", "other words"))
                told()

        server.change = change
        yield server


def opened(changing: Any, page: Any) -> Any:
    """The note, and its field of the search."""
    with page.expect_request("**/events?*"):
        page.goto(f"{changing.url}/n/first")
    page.get_by_text("The first words").wait_for()
    return page.locator("#q")


def test_what_is_typed_outlives_a_change_of_the_page(changing: Any, page: Any) -> None:
    field = opened(changing, page)
    field.fill("half a wo")
    changing.change()
    offer = page.get_by_role("status").filter(has_text="This page has changed.")
    offer.wait_for()
    page.locator("h1").click()  # out of the field
    page.wait_for_timeout(500)
    expect(field).to_have_value("half a wo")
    expect(page.locator(".body")).to_contain_text("The first words")
    offer.get_by_role("button", name="Reload").click()
    expect(page.locator(".body")).to_contain_text("The other words")


def test_a_page_is_renewed_when_nothing_typed_would_be_lost(changing: Any, page: Any) -> None:
    field = opened(changing, page)
    field.fill("half a wo")
    changing.change()
    page.get_by_text("This page has changed.").wait_for()
    field.fill("")
    page.locator("h1").click()
    expect(page.locator(".body")).to_contain_text("The other words")


def test_the_page_of_a_note_that_is_gone_shows_it_when_it_comes_back(
    changing: Any, note: Path, page: Any, tmp_path: Path
) -> None:
    opened(changing, page)
    away = tmp_path / "away.md"
    with changing.changes() as told:
        note.rename(away)
        told()
    expect(page.locator("h1")).to_have_text("There is no such page")
    with changing.changes() as told:
        (note.parent / "other.md").write_text("# Another\n")
        told()
    with changing.changes() as told:
        away.rename(note)
        told()
    expect(page.locator("h1")).to_have_text("Can a loss harm?")


def test_the_page_of_an_absent_note_rests_while_nothing_changes(changing: Any, page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request("**/events?*"):
        page.goto(f"{changing.url}/n/absent")
    page.wait_for_timeout(1500)
    assert asked.count(f"{changing.url}/n/absent") == 1
