"""Fixture files a person can edit: a title, what is written, what is expected."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from alpgraph.notes import RelationTypes, parse_note, read_notebook, render_body

HERE = Path(__file__).parent / "fixtures"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 3, 2)
B = "---\ntitle: The note B\n---\n## One thing\n\nfirst ^idea\n\n## Two\n\nsecond\n"


def cases(name: str) -> list[pytest.param]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines(keepends=True)
    marks = [number for number, line in enumerate(lines) if line == ".\n"]
    found = []
    for first, second, third in zip(marks[::3], marks[1::3], marks[2::3], strict=True):
        title = lines[first - 1].strip()
        text, expected = lines[first + 1 : second], lines[second + 1 : third]
        found.append(pytest.param("".join(text), "".join(expected), id=title))
    return found


@pytest.mark.parametrize(("text", "expected"), cases("render.md"))
def test_body_becomes_the_expected_html(
    folder: Callable[..., Path], text: str, expected: str
) -> None:
    root = folder(
        {
            "a.md": "---\ntitle: The note A\n---\n" + text,
            "b.md": B,
            "folder/c.md": "",
            "pic.png": PNG,
        }
    )
    html = render_body(
        read_notebook(root),
        "a",
        note_url=lambda slug, anchor: f"/n/{slug}" + (f"#{anchor}" if anchor else ""),
        file_url=lambda path: f"/files/{path}",
    )
    assert html.strip() == expected.strip()


@pytest.mark.parametrize(("text", "expected"), cases("typed_links.md"))
def test_typed_links_of_other_tools(text: str, expected: str) -> None:
    note = parse_note("a.md", text.encode(), types=RelationTypes())
    found = [
        f"{item.form} {item.type} {item.to}" + (f" | {item.why}" if item.why else "")
        for item in note.relations
    ]
    found += [f"mention {item.to}" for item in note.mentions]
    assert found == expected.splitlines()
