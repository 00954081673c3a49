"""Notes of equal titles: wherever a list names one, it says which of them it is."""

import html
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

FOLDERS = ("home", "school", "work")
FILES = {
    **{f"{folder}/vault.md": "# My vault\n\nAll I keep. See [[alone]].\n" for folder in FOLDERS},
    "alone.md": "---\ntitle: Alone\ntopics: [keeping]\nrelations:\n"
    "  - {type: extends, to: home/vault, why: it keeps more of the same}\n---\nI keep one.\n",
}


@pytest.fixture
def vaults(folder: Any, start_server: Callable[..., Any], tmp_path: Path) -> Iterator[Any]:
    """Serve three notes of one title and one of another."""
    root = folder(FILES)
    with start_server(str(root), "--state", str(tmp_path / "state")) as started:
        yield started


def text_of(page: str) -> str:
    main = re.sub(r"<svg\b.*?</svg>", " ", page[page.index("<main") :], flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_an_end_that_several_notes_answer_to_asks_which(vaults: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as fault:
        vaults.get("/path?from=My+vault&to=Alone")
    page = fault.value.read().decode()
    text = text_of(page)
    assert "Three notes are called “My vault”; choose one:" in text
    assert "No note is called" not in text
    for one in FOLDERS:
        assert f"My vault {one}/vault" in text
        assert f"/path?from={one}/vault&amp;to=alone" in page or f"from={one}%2Fvault" in page
    chosen = vaults.get("/path?from=home/vault&to=alone")
    assert 'value="home/vault"' in chosen  # what the form sends again means the same note
    assert 'value="Alone"' in chosen


@pytest.mark.parametrize("path", ["/", "/search?q=vault", "/n/alone", "/links/alone"])
def test_lists_tell_notes_of_one_title_apart(vaults: Any, path: str) -> None:
    text = text_of(vaults.get(path))
    for one in FOLDERS:
        assert f"My vault {one}/vault" in text, one
    assert "Alone alone" not in text


def test_the_palette_tells_notes_of_one_title_apart(vaults: Any, page: Any) -> None:
    page.goto(vaults.url)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("vault")
    for one in FOLDERS:
        expect(page.get_by_role("option", name=f"My vault {one}/vault")).to_be_visible()
    items = json.loads(vaults.get("/api/search?q=keep"))["items"]
    assert {item["slug"]: item["apart"] for item in items} == {
        "alone": "",
        **{f"{one}/vault": f"{one}/vault" for one in FOLDERS},
    }


@pytest.mark.parametrize(
    "path",
    [
        "/relations/extends",
        "/path?from=sub/one&to=pointer",
        "/trail?note=sub/one&note=pointer",
        "/walk/pointer?depth=2",
        "/walk/end?depth=2",
        "/n/pointer",
        "/n/pointer?trail=sub/one",
        "/network",
    ],
)
def test_sentences_ways_and_walks_tell_notes_of_one_title_apart(
    folder: Any, start_server: Callable[..., Any], tmp_path: Path, path: str
) -> None:
    twin = "---\ntitle: Twins\n---\nSee nothing.\n"
    root = folder({
        "sub/one.md": twin,
        "two.md": twin,
        "pointer.md": "---\ntitle: Pointer\nrelations:\n"
        "  - {type: extends, to: sub/one, why: it carries the first of them further}\n"
        "  - {type: parallels, to: two, why: it does the same as the second of them}\n---\nA.\n",
        "end.md": "---\ntitle: End\nrelations:\n"
        "  - {type: extends, to: pointer, why: it carries the pointer further on}\n---\nB.\n",
    })  # fmt: skip
    with start_server(str(root), "--state", str(tmp_path / "state")) as started:
        page = started.get(path)
    body = re.sub(r'<svg class="map".*?</svg>', "", page[page.index("</header>") :], flags=re.S)
    named = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
    twins, text = len(re.findall("Twins", named)), len(re.findall(r"Twins (?:sub/one|two)", named))
    assert text == twins > 0, named


def test_the_map_tells_notes_of_one_title_apart(vaults: Any, page: Any) -> None:
    page.goto(f"{vaults.url}/network")
    page.wait_for_selector("#map[data-ready]")
    page.get_by_role("combobox", name="Find on the map").fill("vault")
    for one in FOLDERS:
        expect(page.get_by_role("option", name=f"My vault {one}/vault")).to_be_visible()
