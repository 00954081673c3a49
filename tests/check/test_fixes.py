from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from alpgraph.check import apply_fixes, check_notebook
from alpgraph.check.fixes import replace_file, unified_diff
from alpgraph.diagnostics import Diagnostic, Edit, Fix, Place, Severity
from alpgraph.graph import build_graph
from alpgraph.notes import Notebook, read_notebook

Folder = Callable[[dict[str, str | bytes]], Path]
BAD = """---
title: A note
sumary: It has slips in it.
relations:
  - type: paralel
    to: other
    why: both are here for the sake of a test
---

# A note

Text.
"""


def read(root: Path) -> tuple[Notebook, list[Diagnostic]]:
    notebook = read_notebook(root)
    return notebook, check_notebook(notebook, build_graph(notebook), {})


def edit(file: str, line: int, start: int, end: int, text: str) -> Diagnostic:
    place = Place(file, line, start, line, end)
    fix = Fix("mend", (Edit(place, text),))
    return Diagnostic("ALP012", "unknown-key", Severity.WARNING, "m", "", place, fix)


def test_slips_are_mended_and_shown(folder: Folder) -> None:
    root = folder({"a.md": BAD, "other.md": "Text."})
    notebook, found = read(root)
    outcome = apply_fixes(notebook, found)
    text = (root / "a.md").read_text()
    assert "\nsummary: It has" in text
    assert "type: parallel" in text
    assert outcome.changed == ("a.md",)
    assert "-sumary: It has slips in it.\n+summary: It has slips in it.\n" in outcome.diff
    assert outcome.summary.startswith(f"mended {len(outcome.fixed)} findings in 1 file")
    again = read(root)
    assert "# A note" not in text
    assert [one.code for one in again[1] if one.fix] == []
    assert apply_fixes(*again).changed == ()


@pytest.mark.parametrize("end", ["", "\n"])
def test_repeated_title_at_the_end_is_removed(folder: Folder, end: str) -> None:
    root = folder({"a.md": f"---\ntitle: A note\n---\n\n# A note{end}"})
    apply_fixes(*read(root))
    assert (root / "a.md").read_text() == "---\ntitle: A note\n---\n\n"


@pytest.mark.parametrize("heading", ["# A note\n", "A note\n======\n\n", "#  A note #\n\n"])
def test_repeated_title_is_removed_however_it_is_written(folder: Folder, heading: str) -> None:
    root = folder({"a.md": f"---\ntitle: A note\n---\n\n{heading}Text.\n"})
    apply_fixes(*read(root))
    assert (root / "a.md").read_text() == "---\ntitle: A note\n---\n\nText.\n"


def test_target_that_differs_in_punctuation_only_is_mended(folder: Folder) -> None:
    bad = BAD.replace("to: other", "to: an Other.Note").replace("paralel", "parallel")
    root = folder({"a.md": bad, "an-other-note.md": "Text."})
    apply_fixes(*read(root))
    assert "to: an-other-note\n" in (root / "a.md").read_text()


def test_near_target_is_a_guess_and_stays(folder: Folder) -> None:
    bad = BAD.replace("to: other", "to: othr").replace("paralel", "parallel")
    root = folder({"a.md": bad, "other.md": "Text."})
    apply_fixes(*read(root))
    assert "to: othr\n" in (root / "a.md").read_text()


def test_line_ends_become_lf_and_the_mark_at_the_start_stays(folder: Folder) -> None:
    root = folder({"a.md": b"\xef\xbb\xbf" + BAD.replace("\n", "\r\n").encode()})
    apply_fixes(*read(root))
    data = (root / "a.md").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf---\n")
    assert b"\r" not in data


def test_fixes_of_windows_files_land_where_they_should(folder: Folder) -> None:
    root = folder({"a.md": BAD.replace("\n", "\r\n").encode(), "other.md": "Text."})
    notebook, found = read(root)
    apply_fixes(notebook, [one for one in found if one.code == "ALP012"])
    expected = BAD.replace("sumary", "summary").replace("\n", "\r\n").encode()
    assert (root / "a.md").read_bytes() == expected


def test_file_that_changed_meanwhile_is_left_alone(folder: Folder) -> None:
    root = folder({"a.md": BAD})
    notebook, found = read(root)
    (root / "a.md").write_text("the author went on")
    outcome = apply_fixes(notebook, found)
    assert (root / "a.md").read_text() == "the author went on"
    assert outcome.changed == ()
    assert outcome.fixed == ()
    assert "a.md: left alone" in outcome.summary


def test_file_that_is_gone_is_left_alone(folder: Folder) -> None:
    root = folder({"a.md": BAD})
    notebook, found = read(root)
    (root / "a.md").unlink()
    assert apply_fixes(notebook, found).changed == ()
    assert list(root.iterdir()) == []


def test_overlapping_fixes_wait_for_the_next_time(folder: Folder) -> None:
    root = folder({"a.md": "0123456789"})
    notebook = read_notebook(root)
    found = [edit("a.md", 1, 1, 4, "x"), edit("a.md", 1, 3, 6, "y"), edit("a.md", 1, 7, 7, "z")]
    outcome = apply_fixes(notebook, found)
    assert (root / "a.md").read_text() == "x345z6789"
    assert len(outcome.fixed) == 2
    assert "ALP012 on line 1 is left" in outcome.summary


@pytest.mark.parametrize("line", [0, 7])
def test_place_outside_the_file_is_refused(folder: Folder, line: int) -> None:
    root = folder({"a.md": "text"})
    outcome = apply_fixes(read_notebook(root), [edit("a.md", line, 1, 2, "x")])
    assert (root / "a.md").read_text() == "text"
    assert outcome.fixed == ()


def test_edit_of_another_file_is_refused(folder: Folder) -> None:
    root = folder({"a.md": "text", "b.md": "text"})
    one = edit("a.md", 1, 1, 2, "x")
    other = Fix("mend", (Edit(Place("b.md", 1, 1, 1, 2), "x"),))
    found = Diagnostic(one.code, one.name, one.severity, "m", "", one.place, other)
    apply_fixes(read_notebook(root), [found])
    assert (root / "a.md").read_text() == (root / "b.md").read_text() == "text"


def test_dry_run_writes_nothing(folder: Folder) -> None:
    root = folder({"a.md": BAD})
    outcome = apply_fixes(*read(root), write=False)
    assert outcome.diff
    assert (root / "a.md").read_text() == BAD


def test_mode_is_kept_and_nothing_is_left_behind(folder: Folder) -> None:
    root = folder({"a.md": BAD})
    (root / "a.md").chmod(0o640)
    apply_fixes(*read(root))
    assert (root / "a.md").stat().st_mode & 0o777 == 0o640
    assert list(root.iterdir()) == [root / "a.md"]


def test_of_two_that_replace_a_file_in_the_same_moment_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.md"
    file.write_text("before")
    second: list[Future[bool]] = []

    def read_bytes(path: Path) -> bytes:
        data = open_and_read(path)
        if not second:  # another thread comes between the look and the replacing, if it can
            second.append(pool.submit(replace_file, file, b"two", expected=b"before"))
            wait(second, timeout=1)
        return data

    open_and_read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with ThreadPoolExecutor() as pool:
        first = replace_file(file, b"one", expected=b"before")
        assert (first, second[0].result(), file.read_text()) == (True, False, "one")


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a\nb\n", "a\nc\n", [" a", "-b", "+c"]),
        ("a\nb", "a\nc\n", [" a", "-b", "\\ No newline at end of file", "+c"]),
        ("a\r\n", "a\n", ["-a<U+000D>", "+a"]),
        ("", "a\n", ["+a"]),
    ],
)
def test_diff_shows_line_ends_and_a_missing_one(before: str, after: str, lines: list[str]) -> None:
    diff = unified_diff("x.md", before.encode(), after.encode()).splitlines()
    assert diff[:2] == ["--- a/x.md", "+++ b/x.md"]
    assert diff[3:] == lines


def test_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    assert not replace_file(link, b"mine", expected=b"old")
    assert target.read_bytes() == b"old"


def test_replacing_compares_first(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"new")
    assert not replace_file(path, b"mine", expected=b"old")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
