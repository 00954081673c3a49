"""Front matter that is not YAML: what is said of it is true, and the hint mends it."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpgraph.diagnostics import Diagnostic
from alpgraph.notes.frontmatter import read_by_parser

RELATIONS = "relations:\n  - type: a\n{}to: b\n{}why: c\n"


def broken(raw: str) -> Diagnostic | None:
    found: list[Diagnostic] = []
    read_by_parser("a.md", raw, found)
    return next((one for one in found if one.code == "ALP002"), None)


def obeyed(raw: str, one: Diagnostic) -> str:
    """Do what a hint says."""
    lines, at = raw.split("\n"), one.place.line - 2
    text = lines[at]
    if match := re.fullmatch(
        r"(add|remove) (\d+) spaces? at the beginning of (.+), as .+", one.hint
    ):
        first, *last = map(int, re.findall(r"\d+", match[3]))
        for line in range(first - 2, (last or [first])[0] - 1):
            add = " " * int(match[2])
            lines[line] = add + lines[line] if match[1] == "add" else lines[line][len(add) :]
    elif match := re.search(r"(?:end of line (\d+): |write |: )`(.+)`$", one.hint):
        at = int(match[1]) - 2 if match[1] else at
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        lines[at] = indent + match[2]
    elif "write `\\\\`" in one.hint:
        lines[at] = f"{text[: one.place.column - 1]}\\{text[one.place.column - 1 :]}"
    elif one.hint.startswith("remove it, write a key before it"):
        lines[at] = f"key: {text.strip()}" if ":" not in text and "- " not in text else ""
    elif "not with a tab" in one.hint:
        lines[at] = text.replace("\t", "  ")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("raw", "place", "what", "hint"),
    [
        (
            'title: "A b\nsummary: foo\n',
            "2:8-12",
            "quote opened on line 2",
            'line 2: `title: "A b"`',
        ),
        ('title: "A b\nclaim: "c"\n', "2:8-12", "quote opened on line 2", 'line 2: `title: "A b"`'),
        ("title: 'A\n  b\nsummary: foo\n", "2:8-10", "quote opened on line 2", "line 3: `b'`"),
        ("title: 'it's'\n", "2:8-14", "after its closing quote", '`title: "it\'s"`'),
        ("title: [x\nsummary: y\n", "2:8-10", "`[` opened on line 2", "line 2: `title: [x]`"),
        ("a: b\nc: {x: y\nd: e\n", "3:4-9", "`{` opened on line 3", "line 3: `c: {x: y}`"),
        ("topics: [a,\n  b\nc: d\n", "2:9-12", "`[` opened on line 2", "line 3: `b]`"),
        ("title:x\nsummary: y\n", "2:1-8", "a space is missing after the colon", "`title: x`"),
        ("a: b\ntitle:x\n", "3:1-8", "a space is missing after the colon", "`title: x`"),
        ("a:\n  - to:x\n    why: y\n", "3:3-9", "a space is missing", "`- to: x`"),
        ("title: x\njust text\nsummary: y\n", "3:1-10", "line 3 is no `key: value`", "remove it"),
        ("just text\nsummary: y\n", "2:1-10", "line 2 is no `key: value`", "remove it"),
        ("title: x\n summary: y\n", "3:2-12", "line 3 begins with 1 space too many", "`title`"),
        (" title: x\nsummary: y\n", "2:2-10", "line 2 begins with 1 space too many", "`summary`"),
        ("a:\n  b: c\n d: e\n", "4:2-6", "line 4 begins with 1 space too few", "`b` on line 3"),
        (RELATIONS.format("   ", "    "), "4:4-9", "1 space too few", "add 1 space"),
        (RELATIONS.format("     ", "     "), "4:6-11", "1 space too many", "each of lines 4 to 5"),
        (RELATIONS.format("    ", "     "), "5:6-12", "1 space too many", "as `to` on line 4"),
        (RELATIONS.format("    ", "  "), "5:3-9", "2 spaces too few", "as `to` on line 4"),
        ("a:\n  - b: c\n - b: d\n", "4:2-8", "1 space too few", "as `b` on line 3"),
        ('title: "x\\q"\n', "2:10-12", "`\\q` in double quotes", r"write `\\` for a backslash"),
        ('title: "C:\\Users"\n', "2:11-13", "`\\U` in double quotes", r"write `\\` for a"),
        ("title: a: b\n", "2:8-12", "a second colon", '`title: "a: b"`'),
        ("topics: [@a, b]\n", "2:10-12", "cannot start any token", '`topics: ["@a", b]`'),
        ("title: [Note] x\n", "2:8-16", "after its closing bracket", '`title: "[Note] x"`'),
        ("a:\n\tb: c\n", "3:1-2", "a tab stands in the indentation", "not with a tab"),
        ('a: "x\u2028y"\ntitle: c: d\n', "3:8-12", "a second colon", '`title: "c: d"`'),
        ("title: C\u2028d\nx: y\n", "2:8-11", "could not find", '`title: "C\u2028d"`'),
    ],
)
def test_fault_is_shown_where_it_is_and_the_hint_mends_it(
    raw: str, place: str, what: str, hint: str
) -> None:
    one = broken(raw)
    assert one is not None
    assert f"{one.place.line}:{one.place.column}-{one.place.end_column}" == place
    assert what in one.message
    assert hint in one.hint
    assert broken(obeyed(raw, one)) is None


@pytest.mark.parametrize(
    ("raw", "place", "what"),
    [
        ('title: [x, "y]\nsummary: z\n', "2:12", "the quote opened on line 2 is never closed"),
        ("title: [x\nsummary: {y\n", "2:8", "the `[` opened on line 2 is never closed"),
        ("title: [b: c: d]\n", "2:13", "did not find expected ',' or ']'"),
        ("title: {b: c d: e}\n", "2:15", "did not find expected ',' or '}'"),
    ],
)
def test_what_no_single_change_mends_is_still_said(raw: str, place: str, what: str) -> None:
    one = broken(raw)
    assert one is not None
    assert f"{one.place.line}:{one.place.column}" == place
    assert what in one.message


GOOD = (
    "title: \"A \\\"note\\\"\"\ntopics: [one, 'it''s']\nrelations:\n  - type: extends\n    to: b\n"
    "    why: |\n      some\n      reason\nexperiment: {name: x, params: {a: [1]}}\n"
)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, len(GOOD)),
        st.integers(0, 3),
        st.text("\"'[]{}:-\\ \n\tx@\u2028", max_size=3),
    ),
    min_size=1,
    max_size=3,
)


@given(CHANGES)
def test_whatever_is_broken_is_shown_in_the_file_and_hints_lead_on(
    changes: list[tuple[int, int, str]],
) -> None:
    raw = GOOD
    for at, length, text in changes:
        raw = raw[:at] + text + raw[at + length :]
    one = broken(raw)
    if one is not None:
        lines = raw.split("\n")
        assert 2 <= one.place.line <= len(lines) + 1
        assert 1 <= one.place.column < one.place.end_column
        assert one.place.column <= len(lines[one.place.line - 2]) + 1
        assert one.hint


@pytest.mark.parametrize("last", ['"', "x: [", "just", "a: b: c", " a: b", "a:b\nc: d", '"\\q"'])
def test_long_front_matter_is_judged_quickly(last: str) -> None:
    raw = "".join(f"k{number}: [a, b, 'c']\n" for number in range(2800)) + last
    start = time.perf_counter()
    assert broken(raw) is not None
    assert time.perf_counter() - start < 5
