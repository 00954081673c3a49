"""Sizes of pictures, read from the beginnings of files that anybody may have sent."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from alpgraph.notes.images import picture_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('<svg width="3" height="2.4px"/>', (3, 2)),
        ("<?xml version='1.0'?>\n<svg\n viewBox='0 0 30 20'\n>", (30, 20)),
        ('<svg viewBox="0 0 30 20" height="7"><rect width="9" height="9"/></svg>', (30, 20)),
        ('<svg width="100%"><svg width="1" height="1"/></svg>', None),
        ('<p width="3" height="2">', None),
    ],
)
def test_svg_has_the_size_its_own_tag_says(
    folder: Callable[..., Path], text: str, size: tuple[int, int] | None
) -> None:
    assert picture_size(folder({"a.svg": text}), "a.svg") == size


def test_svg_of_unclosed_tags_is_read_once(folder: Callable[..., Path]) -> None:
    root = folder({"a.svg": "<svg " * 13_000})
    begun = time.process_time()
    assert picture_size(root, "a.svg") is None
    assert time.process_time() - begun < 5
