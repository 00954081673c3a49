"""What is kept between runs says what the files say, whatever happened to them meanwhile."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alpgraph.notes import Notebook, read_notebook
from alpgraph.notes.files import read_file

Folder = Callable[[dict[str, str | bytes]], Path]


@pytest.fixture(autouse=True)
def certain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust files that are only just written."""
    monkeypatch.setattr("alpgraph.notes.cache.RACE_NS", -(10**12))


@pytest.fixture
def root(folder: Folder) -> Path:
    """Return so many notes that several processes read them."""
    return folder({f"n{number:03}.md": f"# N {number}\n\n[[n000]]" for number in range(600)})


def same(one: Notebook, other: Notebook) -> bool:
    return (one.notes, one.diagnostics) == (other.notes, other.diagnostics)


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("an unchanged file was parsed again")


@pytest.mark.parametrize("change", ["edit", "new", "gone", "renamed", "touched"])
def test_after_a_change_the_kept_notes_are_those_of_the_files(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    cache, note = tmp_path / "cache", root / "n300.md"
    read_notebook(root, cache=cache)
    if change == "edit":
        note.write_text("# Other\n\n[[n001]]", encoding="utf-8")
    elif change == "new":
        (root / "new.md").write_text("x", encoding="utf-8")
    elif change == "gone":
        note.unlink()
    elif change == "renamed":
        note.rename(root / "renamed.md")
    else:
        os.utime(note, ns=(1, 1))
    fresh = read_notebook(root)
    assert same(read_notebook(root, cache=cache), fresh)
    monkeypatch.setattr("alpgraph.notes.reading.parse_note", refuse)
    assert same(read_notebook(root, cache=cache), fresh)


def test_a_file_written_just_before_it_was_read_is_read_again_however_long_reading_took(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, cache, read = folder({"a.md": "# A", "b.md": "# B"}), tmp_path / "cache", []
    monkeypatch.setattr("alpgraph.notes.cache.RACE_NS", 2 * 10**9)
    began = time.time_ns()
    clock = SimpleNamespace(time_ns=lambda: began + len(read) * 10**11)  # each file takes long
    monkeypatch.setattr("alpgraph.notes.cache.time", clock)

    def read_slowly(root: Path, path: str) -> Any:
        found = read_file(root, path)
        read.append(path)
        return found

    monkeypatch.setattr("alpgraph.notes.reading.read_file", read_slowly)
    read_notebook(root, cache=cache)
    read_notebook(root, cache=cache)  # they may have changed once more without another stamp
    assert read == ["a.md", "b.md"] * 2
    read_notebook(root, cache=cache)
    assert len(read) == 4


def test_a_damaged_file_is_as_none(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    fresh = read_notebook(root, cache=cache)
    kept = next(cache.glob("notes-*.cache"))
    data = kept.read_bytes()
    for damaged in (b"", data[:-1], data[:20], data[:100] + b"x" + data[101:]):
        kept.write_bytes(damaged)
        assert same(read_notebook(root, cache=cache), fresh)
