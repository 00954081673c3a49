import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from alpgraph.check import apply_fixes, check_notebook
from alpgraph.check.fixes import replace_file, unified_diff
from alpgraph.check.keeping import keeps_rest
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


def edit(file: str, line: int, start: int, old: str, text: str) -> Diagnostic:
    place = Place(file, line, start, line, start + len(old))
    fix = Fix("mend", (Edit(place, text, old),))
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


def test_cost_of_many_fixes_of_a_file_grows_with_their_number(folder: Folder) -> None:
    item = "  - type: paralels\n    to: b\n    why: it is said for the sake of a test {}\n"
    text = "---\ntitle: A\nrelations:\n" + "".join(map(item.format, range(300))) + "---\nText.\n"
    root = folder({"a.md": text, "b.md": "# B\n\nText."})
    notebook, found = read(root)
    slips = [one for one in found if one.code == "ALP011"]
    wrong = edit("a.md", 6, 10, "it is said", "{: ")
    begun = time.process_time()
    outcome = apply_fixes(notebook, [*slips, wrong])
    assert time.process_time() - begun < 15
    assert len(outcome.fixed) == 300
    assert outcome.skipped == ("a.md: ALP012 on line 6 is left",)
    assert (root / "a.md").read_text() == text.replace("paralels", "parallels")


def test_overlapping_fixes_wait_for_the_next_time(folder: Folder) -> None:
    root = folder({"a.md": "0123456789"})
    notebook = read_notebook(root)
    found = [edit("a.md", 1, *one) for one in ((1, "012", "x"), (3, "234", "y"), (7, "", "z"))]
    outcome = apply_fixes(notebook, found)
    assert (root / "a.md").read_text() == "x345z6789"
    assert len(outcome.fixed) == 2
    assert "ALP012 on line 1 is left" in outcome.summary


@pytest.mark.parametrize("line", [0, 7])
def test_place_outside_the_file_is_refused(folder: Folder, line: int) -> None:
    root = folder({"a.md": "text"})
    outcome = apply_fixes(read_notebook(root), [edit("a.md", line, 1, "t", "x")])
    assert (root / "a.md").read_text() == "text"
    assert outcome.fixed == ()


@pytest.mark.parametrize(("line", "column", "old"), [(1, 1, "u"), (1, 6, "one"), (2, 3, "e\nt")])
def test_edit_whose_text_does_not_stand_in_its_line_is_refused(
    folder: Folder, line: int, column: int, old: str
) -> None:
    root = folder({"a.md": "text\none\ntwo\n"})
    outcome = apply_fixes(read_notebook(root), [edit("a.md", line, column, old, "x")])
    assert (root / "a.md").read_text() == "text\none\ntwo\n"
    assert outcome.fixed == ()
    assert outcome.summary == f"mended 0 findings\na.md: ALP012 on line {line} is left"


@pytest.mark.parametrize(
    ("line", "column", "old", "new"),
    [(2, 1, "title", "summary"), (2, 8, "A", "'"), (2, 8, "A", "x: y"), (4, 1, "---", "")],
)
def test_edit_that_changes_what_front_matter_says_besides_is_refused(
    folder: Folder, line: int, column: int, old: str, new: str
) -> None:
    text = "---\ntitle: A\nsummary: B\n---\ntext\n"
    root = folder({"a.md": text})
    good = edit("a.md", 3, 10, "B", "C")
    outcome = apply_fixes(read_notebook(root), [edit("a.md", line, column, old, new), good])
    assert (root / "a.md").read_text() == text.replace("B", "C")
    assert outcome.fixed == (good,)


def test_toml_is_left_as_it_is(folder: Folder) -> None:
    text = (
        '+++\ntitle = "A"\nsumary = "keep me"\n[[relations]]\ntype = "paralel"\nto = "an O"\n'
        'wy = "because it is the same mechanism"\n+++\nBody\n'
    )
    root = folder({"a.md": text, "an-o.md": "x"})
    found = read(root)[1]
    here = {one.code: one.place for one in found if one.place.file == "a.md"}
    assert here["ALP011"] == here["ALP101"] == Place("a.md", 4, 1, 5, 1)
    assert not any(one.fix for one in found)
    assert apply_fixes(*read(root)).changed == ()
    assert (root / "a.md").read_text() == text


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_ends_a_line_for_yaml_only_moves_no_place(folder: Folder, end: str, mark: str) -> None:
    text = (
        f'---\n{mark}sumary: "C{end}d"\nrelations:\n  - type: paralel\n    to: other\n'
        "    why: because of something good\n---\nB\n"
    )
    root = folder({"a.md": text, "other.md": "Text."})
    places = {one.code: one.place for one in read(root)[1] if one.fix}
    assert places["ALP011"] == Place("a.md", 4, 11, 4, 18)
    assert places["ALP012"] == Place("a.md", 2, 1 + len(mark), 2, 7 + len(mark))
    apply_fixes(*read(root))
    mended = text.replace("sumary", "summary").replace("paralel", "parallels")
    assert (root / "a.md").read_text() == mended


@pytest.mark.parametrize("written", ["'an O'", "[[an O]]", '"[[an O]]"', "an O"])
def test_a_target_stays_written_as_it_is(folder: Folder, written: str) -> None:
    bad = BAD.replace("to: other", f"to: {written}").replace("paralel", "parallel")
    root = folder({"a.md": bad, "an-o.md": "Text."})
    apply_fixes(*read(root))
    assert f"to: {written.replace('an O', 'an-o')}\n" in (root / "a.md").read_text()


@pytest.mark.parametrize(
    "lines",
    [
        "sumary: a\nsummary: b\n",
        "sumary: a\nsummry: b\n",
        'relations:\n  - {type: "paral\\x65l", to: other}\n',
        "relations:\n  - {wy: x, why: y, type: parallels, to: other}\n",
    ],
)
def test_what_is_not_certain_is_left(folder: Folder, lines: str) -> None:
    root = folder({"a.md": f"---\ntitle: T\n{lines}---\nText.\n", "other.md": "Text."})
    before = (root / "a.md").read_text()
    apply_fixes(*read(root))
    after = (root / "a.md").read_text()
    assert after in (before, before.replace("sumary", "summary", "summry" in lines))


@pytest.mark.parametrize(
    ("matter", "keeps"),
    [
        ("title: sumary\nsummary sumary: '~'\ntags: [x, sumary]\n", True),
        ("title: sumary\nsummary sumary: ~\ntags: [x, sumary]\n", False),
        ("title: summary\nsummary sumary: '~'\ntags: [x, sumary]\n", False),
        ("title: sumary\nsummary summary: '~'\ntags: [x, sumary]\n", False),
        ("title: sumary\nsummary sumary: '~'\ntags: [x, summary]\n", False),
        ("title: sumary\nsummary sumary: '~'\ntags: [x]\n", False),
        ("title: sumary\nsummary sumary: '~'\n", False),
        ("title: [\n", False),
    ],
)
def test_mended_front_matter_says_what_it_said_but_for_the_edit(matter: str, keeps: bool) -> None:
    before = "---\ntitle: sumary\nsumary sumary: '~'\ntags: [x, sumary]\n---\n"
    mend = edit("a.md", 3, 1, "sumary", "summary").fix
    assert mend is not None
    assert keeps_rest(before, f"---\n{matter}---\n", mend.edits) is keeps


@pytest.mark.parametrize(
    ("body", "other"),
    [
        ("# A note\n\nText.", "[[a#A note]]"),
        ("# A note\n\nText.", "![[a#a note]]"),
        ("# A note\n\nText.", "[x](a.md#a-note)"),
        ("# A note\n\nText.", "- extends [[a#A note]] (so)"),
        ("# A note\n\n# A note\n", "[[a#A note-1]]"),
        ("# A note ^here\n", "[[a#^here]]"),
        ("A note ^here\n===\n", "[[a#^here]]"),
        ("# A note\n\nSee [[#A note]].", ""),
        ("# A note\n\nSee [above](#a-note).", ""),
        ("Text\n# A note\nmore", ""),
        ("- one\n\n# A note\n\n      more", ""),
        ("> # A note\n> words", ""),
        ("- A note\n  ===\n- two", ""),
        ("A\nnote\n====\n", ""),
    ],
)
def test_heading_that_a_link_or_the_text_rests_on_is_left(
    folder: Folder, body: str, other: str
) -> None:
    root = folder({"a.md": f"---\ntitle: A note\n---\n{body}", "other.md": f"{other}\n"})
    notebook, found = read(root)
    assert [one.fix for one in found if one.code == "ALP302"] == [None]
    before = sorted((one.code, one.place) for one in found)
    apply_fixes(notebook, found)
    assert (root / "a.md").read_text().endswith(body)
    assert sorted((one.code, one.place) for one in read(root)[1]) == before


def test_heading_is_removed_where_links_lead_elsewhere(folder: Folder) -> None:
    note = "---\ntitle: A note\n---\n# A note\n\n# A note more\n\nText. ^p\n"
    links = "[[a#A note more]] [[a#^p]] [[a]] [[a#absent]] [[other#A note]]\n\n# A note\n"
    root = folder({"a.md": note, "other.md": links})
    apply_fixes(*read(root))
    assert (root / "a.md").read_text() == note.replace("# A note\n\n", "", 1)


def test_edit_of_another_file_is_refused(folder: Folder) -> None:
    root = folder({"a.md": "text", "b.md": "text"})
    one = edit("a.md", 1, 1, "t", "x")
    other = Fix("mend", (Edit(Place("b.md", 1, 1, 1, 2), "x", "t"),))
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
