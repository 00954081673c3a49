"""`alpgraph build` where nothing changed: it leaves at once, and only then."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.site.crawler import files_of

Build = Callable[..., str]
NOTES: dict[str, str | bytes] = {
    "a.md": "---\ntitle: A\ntopics: [one]\n---\nSee [[b]], ![one](one.png).\n",
    "b.md": "# B\n\nText.\n",
    "one.png": b"\x89PNG",
}


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose notes were read for a site; files may be as young as what is kept."""
    import alpgraph.site.building as building

    seen: list[Path] = []
    read = building.published_collection

    def published_collection(location: Any, *args: Any, **named: Any) -> Any:
        seen.append(location.notes)
        return read(location, *args, **named)

    monkeypatch.setattr(building, "published_collection", published_collection)
    for module in ("notes.cache", "site.cache"):
        monkeypatch.setattr(f"alpgraph.{module}.RACE_NS", -(10**12))
    return seen


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a note": lambda at: write(at / "notes/b.md", "# B\n\nMore.\n"),
    "a new note": lambda at: write(at / "notes/deep/c.md", "# C\n"),
    "a note gone": lambda at: (at / "notes/b.md").unlink(),
    "the age of a note, which the feed tells": lambda at: os.utime(at / "notes/b.md", (1, 1)),
    "a picture": lambda at: (at / "notes/one.png").write_bytes(b"\x89PNX"),
    "a new picture": lambda at: (at / "notes/two.png").write_bytes(b"\x89PNG"),
    "a picture gone": lambda at: (at / "notes/one.png").unlink(),
    "the settings": lambda at: write(at / "alpgraph.toml", 'title = "Mine"\n'),
    "a relation type": lambda at: write(
        at / "alpgraph.toml", '[[relation_types]]\nid = "feeds"\nlabel = "feeds"\n'
    ),
    "the map": lambda at: next(at.glob("state/cache/*/layout.json")).unlink(),
    "a file of the site gone": lambda at: (at / "site/n/b.html").unlink(),
    "a file of the site renamed": lambda at: (at / "site/n/b.html").rename(at / "site/n/x.html"),
    "a file of others in the site": lambda at: write(at / "site/CNAME", "example.org"),
    "the list of the site's files": lambda at: write(
        at / "site/.alpgraph-site.json", (at / "site/.alpgraph-site.json").read_text() + "\n"
    ),
    "what an interrupted build left": lambda at: (at / ".site.alpgraph-new").mkdir(),
    "a site moved aside": lambda at: (at / "site").rename(at / ".site.alpgraph-old"),
    "the state": lambda at: (at / "state").rename(at / "elsewhere"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_site_is_left_as_it_is_until_what_it_rests_on_changes(
    build: Build, folder: Callable[..., Path], tmp_path: Path, looks: list[Path], name: str
) -> None:
    args = (str(folder(NOTES)), "--state", str(tmp_path / "state"))
    first = build(tmp_path / "site", *args)
    before = files_of(tmp_path / "site")
    again = build(tmp_path / "site", *args)
    assert len(looks) == 1
    files = len(before) - 1  # without the list of them
    assert f": {files} files written, 0 kept" in first
    assert f": 0 files written, {files} kept" in again
    assert files_of(tmp_path / "site") == before
    CHANGES[name](tmp_path)
    build(tmp_path / "site", *args)
    assert len(looks) == 2
    build(tmp_path / "site", *args)
    assert len(looks) == 2


OPTIONS = (
    ("--base-url", "https://example.org"),
    ("--base-path", "/x/"),
    ("--server", "https://runs.example.org"),
    ("--fresh",),
)


@pytest.mark.parametrize("option", OPTIONS)
def test_options_are_not_overlooked(
    build: Build,
    folder: Callable[..., Path],
    tmp_path: Path,
    looks: list[Path],
    option: tuple[str, ...],
) -> None:
    args = (str(folder(NOTES)), "--state", str(tmp_path / "state"))
    build(tmp_path / "site", *args)
    build(tmp_path / "site", *args, *option)
    assert len(looks) == 2


def test_an_environment_variable_is_not_overlooked(
    build: Build,
    folder: Callable[..., Path],
    tmp_path: Path,
    looks: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    args = (str(folder(NOTES)), "--state", str(tmp_path / "state"))
    build(tmp_path / "site", *args)
    monkeypatch.setenv("ALPGRAPH_TITLE", "Theirs")
    build(tmp_path / "site", *args)
    assert b"Theirs" in files_of(tmp_path / "site")["index.html"]


def test_another_folder_is_built_even_with_the_same_state(
    build: Build, folder: Callable[..., Path], tmp_path: Path, looks: list[Path]
) -> None:
    args = (str(folder(NOTES)), "--state", str(tmp_path / "state"))
    build(tmp_path / "one", *args)
    build(tmp_path / "two", *args)
    one, two = (files_of(tmp_path / name) for name in ("one", "two"))
    assert one
    assert one == two


def test_a_commit_is_not_overlooked(
    build: Build, repository: Any, tmp_path: Path, looks: list[Path]
) -> None:
    repository.write({"a.md": "# A\n"})
    args = (str(repository.notes), "--state", str(tmp_path / "state"))
    build(tmp_path / "site", *args)
    assert b"<dt>Written" not in files_of(tmp_path / "site")["n/a.html"]
    repository.commit({})
    build(tmp_path / "site", *args)
    assert b"<dt>Written" in files_of(tmp_path / "site")["n/a.html"]
    build(tmp_path / "site", *args)
    assert len(looks) == 2


def test_other_code_is_not_overlooked(
    build: Build,
    folder: Callable[..., Path],
    tmp_path: Path,
    looks: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    args = (str(folder(NOTES)), "--state", str(tmp_path / "state"))
    build(tmp_path / "site", *args)
    monkeypatch.setattr("alpgraph.site.cache.program_stamp", lambda *folders: "another")
    build(tmp_path / "site", *args)
    assert len(looks) == 2
    monkeypatch.setattr("alpgraph.site.cache.entry_points", lambda *, group: [group])
    build(tmp_path / "site", *args)
    build(tmp_path / "site", *args)
    assert len(looks) == 4, "experiments of other packages may change at any time"


def test_a_picture_as_young_as_the_build_may_change_once_more(
    build: Build,
    folder: Callable[..., Path],
    tmp_path: Path,
    looks: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("alpgraph.site.cache.RACE_NS", 10**12)
    args = (str(folder(NOTES)), "--state", str(tmp_path / "state"))
    build(tmp_path / "site", *args)
    build(tmp_path / "site", *args)
    assert len(looks) == 2
