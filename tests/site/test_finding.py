"""What the search of a static site holds."""

import json
from collections.abc import Callable
from pathlib import Path

NOTE = """---
title: A note
sources:
  - arxiv: "2511.07699"
    title: On grues
    authors: [Ada Peregrine]
---
Shown words %% secret %% and ![[wide.png]] more. <!-- hidden -->
"""


def test_a_site_is_searched_by_what_it_shows_and_by_sources(
    build: Callable[..., str], folder: Callable[..., Path], tmp_path: Path
) -> None:
    build(tmp_path / "site", str(folder({"a.md": NOTE})), "--state", str(tmp_path / "state"))
    data = json.loads((tmp_path / "site/api/search.json").read_text())
    words = {word for word, _ in data["index"]["index"]}
    assert {"shown", "more", "2511", "07699", "grues", "peregrine"} <= words
    assert words.isdisjoint({"secret", "hidden", "wide", "png"})
    assert data["notes"][0][2] == "Shown words and more."
