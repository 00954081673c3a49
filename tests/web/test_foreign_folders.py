"""A folder that another tool made: where it begins and what its first page says of it."""

import re
from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from alpgraph.config import Config, Location
from alpgraph.web import Settings, create_app

LINKED = {
    "arrivals.md": "# Arrivals\n\nAlone.\n",
    "berths.md": "# Berths\n\n[cranes](cranes.md), [tides](tides.md)\n",
    "cranes.md": "# Cranes\n\n[tides](tides.md) and [a plan](plan.md)\n",
    "tides.md": "# Tides\n\nThe sea, and [[its plan]].\n",
    "yards.md": "# Yards\n\n[tides](tides.md)\n",
}


def first_page(root: Path, state: Path) -> str:
    app = create_app(Settings(Location(root, state, bundled=False), Config(), watch=False))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        return client.get("/").text


def linked(page: str) -> list[str]:
    part = page.partition('id="h-linked"')[2].partition("</section>")[0]
    return re.findall(r'href="/n/([^"]+)"', part)


def start(page: str) -> str:
    found = re.search(r'href="/n/([^"]+)">Start with', page)
    assert found
    return found[1]


def test_notes_that_mentions_alone_join_are_ranked_by_them(
    folder: Callable[..., Path], tmp_path: Path
) -> None:
    page = first_page(folder(LINKED), tmp_path / "state")
    assert linked(page) == ["tides", "berths", "cranes", "yards"]
    assert start(page) == "tides"


def test_a_folder_begins_with_its_own_first_page(
    folder: Callable[..., Path], tmp_path: Path
) -> None:
    files = {**LINKED, "index.md": "# Harbour\n", "deep/index.md": "# Deep\n"}
    assert start(first_page(folder(files), tmp_path / "state")) == "index"


def test_a_folder_without_links_names_no_note_as_linked(
    folder: Callable[..., Path], tmp_path: Path
) -> None:
    page = first_page(folder({"a.md": "# A\n", "b.md": "# B\n"}), tmp_path / "state")
    assert "Most linked" not in page
    assert start(page) == "a"
