"""`alpgraph build` into a folder that is there already, whatever happened to it meanwhile."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alpgraph.site.folder import SiteError, put_in_place
from tests.site.crawler import files_of

Build = Callable[..., str]
NOTES: dict[str, str | bytes] = {
    "a.md": "---\ntitle: A\nrelations: [{type: extends, to: b, why: it goes on}]\n---\n"
    "Forecasts of rain in the mountains.\n",
    "b.md": "---\ntitle: B\naliases: [once b]\n---\nWords of b.\n",
    "alone.md": "# Alone\n\nRain in the mountains, of which forecasts tell.\n",
}


@pytest.fixture
def site(build: Build, folder: Callable[..., Path], tmp_path: Path) -> Path:
    """The site of three notes in `tmp_path / "notes"`."""
    folder(NOTES)
    again(build, tmp_path)
    return tmp_path / "site"


def again(build: Build, at: Path, *args: str) -> str:
    """Build the site, after an edit."""
    return build(at / "site", str(at / "notes"), "--state", str(at / "state"), *args)


def retitle(at: Path, name: str, title: str) -> None:
    path = at / "notes" / name
    path.write_text(re.sub("title: .*", f"title: {title}", path.read_text(), count=1))


def test_an_empty_folder_may_become_a_site(
    build: Build, folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder(NOTES)
    (tmp_path / "site").mkdir()
    again(build, tmp_path)
    assert (tmp_path / "site" / "n" / "a.html").is_file()


def test_what_was_written_into_a_page_by_hand_is_mended_by_a_fresh_build(
    build: Build, site: Path, tmp_path: Path
) -> None:
    before = files_of(site)
    for name in ("n/a.html", "n/b.html"):
        (site / name).unlink()
        (site / name).write_text("by hand")
    said = again(build, tmp_path, "--fresh")
    assert ": 2 files written" in said
    assert files_of(site) == before


def test_files_of_a_note_are_made_anew_together_where_one_is_gone(
    build: Build, site: Path, tmp_path: Path
) -> None:
    before = files_of(site)
    (site / "n" / "a.html").unlink()
    (site / "n" / "a.html").write_text("by hand")
    (site / "api" / "walk" / "a.json").unlink()
    again(build, tmp_path)
    assert files_of(site) == before


def test_a_former_name_tells_the_title_as_it_is_now(
    build: Build, site: Path, tmp_path: Path
) -> None:
    assert "Bee" not in (site / "n" / "once b.html").read_text()
    retitle(tmp_path, "b.md", "Bee")
    again(build, tmp_path)
    assert "Bee" in (site / "n" / "once b.html").read_text()


def test_a_former_name_that_is_too_long_for_a_file_has_no_page(
    build: Build, site: Path, tmp_path: Path
) -> None:
    names = ["x" * 240, "y" * 241, "ä" * 121, "deep/" + "z" * 300]
    text = f"---\ntitle: C\naliases: {names}\n---\nWords of c.\n"
    (tmp_path / "notes" / "c.md").write_text(text)
    again(build, tmp_path)
    made = {path.stem for path in site.glob("n/**/*.html")}
    assert made == {"a", "b", "alone", "once b", "c", "x" * 240}


def test_a_site_moved_aside_is_dropped_where_the_next_is_in_its_place(
    build: Build, site: Path, tmp_path: Path
) -> None:
    aside = tmp_path / ".site.alpgraph-old"  # as when a build is killed after its second rename
    aside.mkdir()
    (aside / "index.html").write_text("old")
    retitle(tmp_path, "b.md", "Bee")
    again(build, tmp_path)
    assert not aside.exists()
    assert "Bee" in (site / "n" / "b.html").read_text()


def test_a_disk_without_hard_links_gets_copies(
    build: Build, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "CNAME").write_text("notes.example.org")
    os.utime(site / "CNAME", (10**9, 10**9))
    retitle(tmp_path, "b.md", "Bee")

    def no_link(*paths: Any, **options: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    again(build, tmp_path)
    assert "Bee" in (site / "n" / "b.html").read_text()
    assert (site / "CNAME").read_text() == "notes.example.org"
    assert (site / "CNAME").stat().st_mtime == 10**9
    monkeypatch.undo()
    files = {k: v for k, v in files_of(site).items() if k != "CNAME"}
    build(tmp_path / "anew", str(tmp_path / "notes"), "--state", str(tmp_path / "state"))
    assert files == files_of(tmp_path / "anew")


def test_a_note_like_others_is_told_of_them_and_not_of_itself(site: Path) -> None:
    page = (site / "n" / "alone.html").read_text()
    alike = re.search(r"<h2[^>]*>Alike by their words</h2>(.*?)</section>", page, re.S)
    assert alike
    assert re.findall(r'href="([^"]*)"', alike[1]) == ["../n/a.html"]


def test_what_is_gone_is_counted(build: Build, site: Path, tmp_path: Path) -> None:
    before = files_of(site).keys()
    (tmp_path / "notes" / "alone.md").unlink()
    said = again(build, tmp_path)
    gone = before - files_of(site).keys()
    assert {"n/alone.html", "n/alone.md", "walk/alone.html"} <= gone
    assert f", {len(gone)} removed" in said


def test_a_picture_is_the_one_of_now(build: Build, site: Path, tmp_path: Path) -> None:
    picture = tmp_path / "notes" / "one.png"
    for data in (b"\x89PNG one", b"\x89PNG two"):
        picture.write_bytes(data)
        again(build, tmp_path)
        assert (site / "files" / "one.png").read_bytes() == data


def test_a_folder_that_cannot_be_renamed_is_told_and_left_as_it_is(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(site)
    (tmp_path / "new").mkdir()
    rename = Path.rename

    def busy(path: Path, target: Path) -> Path:
        if path == site:  # as where a disk is mounted
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", busy)
    monkeypatch.setattr("alpgraph.site.folder.exchange_folders", lambda one, other: False)
    with pytest.raises(SiteError, match=r"cannot be replaced: .* busy; build into a folder in it"):
        put_in_place(tmp_path / "new", site)
    assert files_of(site) == before


def test_no_folder_stays_without_a_file(build: Build, site: Path, tmp_path: Path) -> None:
    deep = tmp_path / "notes" / "very" / "deep.md"
    deep.parent.mkdir()
    for title in ("One", "Two"):
        deep.write_text(f"# {title}\n")
        again(build, tmp_path)
    deep.unlink()
    for title in ("Bee", "Bees", "Beehive"):  # each begins with the site before the last
        retitle(tmp_path, "b.md", title)
        again(build, tmp_path)
        assert not [path for path in site.rglob("*") if path.is_dir() and not any(path.iterdir())]
