import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from alpgraph.check import (
    RULES,
    to_concise,
    to_full,
    to_github,
    to_json,
    to_sarif,
    to_summary,
)
from alpgraph.diagnostics import Diagnostic, Edit, Fix, Place, Severity

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"


def diagnostic(
    message: str = "unknown relation type `paralel`",
    hint: str = "did you mean `parallel`?",
    place: Place | None = None,
    severity: Severity = Severity.ERROR,
    fix: Fix | None = None,
) -> Diagnostic:
    place = place or Place("broken.md", 6, 11, 6, 18)
    return Diagnostic("ALP011", "unknown-relation-type", severity, message, hint, place, fix)


def full(line: str, column: int, end: int, **options: Any) -> str:
    place = Place("a.md", 1, column, 1, end)
    return to_full([diagnostic(place=place, hint="")], lambda _: line, **options)


def test_full_report_has_the_shape_of_a_compilers() -> None:
    text = "\n" * 5 + "    type: paralel\n"
    assert to_full([diagnostic()], lambda _: text, prefix="notes/") == (
        "error[ALP011]: unknown relation type `paralel`\n"
        "  --> notes/broken.md:6:11\n"
        "    |\n"
        "  6 |     type: paralel\n"
        "    |           ^^^^^^^\n"
        "    = help: did you mean `parallel`?\n"
        "\n"
    )


def test_gutter_widens_with_the_line_number() -> None:
    place = Place("a.md", 120, 1, 120, 2)
    lines = to_full([diagnostic(place=place)], lambda _: "\n" * 119 + "x").split("\n")
    assert lines[1].index("-->") == 4
    assert lines[2].index("|") == lines[3].index("|") == lines[4].index("|") == 6


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "carets"),
    [
        ("ab", 2, 3, "ab", " ^"),
        ("\tab", 2, 4, "    ab", "    ^^"),
        ("漢字 ab", 4, 6, "漢字 ab", "     ^^"),
        ("漢字", 1, 3, "漢字", "^^^^"),
        ("e\u0301x", 3, 4, "e\u0301x", " ^"),
        ("a\u202eb", 2, 3, "a<U+202E>b", " ^^^^^^^^"),
        ("a\x1b[31mb", 2, 3, "a<U+001B>[31mb", " ^^^^^^^^"),
        ("abc", 4, 4, "abc", "   ^"),
        ("abc", 9, 12, "abc", "   ^"),
    ],
)
def test_carets_stand_under_the_value(
    line: str, column: int, end: int, shown: str, carets: str
) -> None:
    lines = full(line, column, end).split("\n")
    assert lines[3] == f"  1 | {shown}"
    assert lines[4] == f"    | {carets}"


def test_megabyte_line_is_cut_around_the_value() -> None:
    lines = full("x" * 500_000 + "HERE" + "y" * 500_000, 500_001, 500_005).split("\n")
    assert len(lines[3]) < 140
    start = lines[4].index("^")
    assert lines[3][start : start + 4] == "HERE"
    assert lines[4].count("^") == 4


def test_long_value_shows_its_beginning() -> None:
    lines = full("x" * 10_000, 1, 10_001).split("\n")
    assert lines[3].endswith("…")
    assert lines[4].count("^") == 120


def test_value_over_several_lines_is_marked_on_its_first() -> None:
    place = Place("a.md", 1, 3, 2, 4)
    lines = to_full([diagnostic(place=place)], lambda _: "  abcd  \nefg").split("\n")
    assert lines[4].endswith("|   ^^^^")


@pytest.mark.parametrize("text", ["", "one\n"])
def test_missing_line_leaves_the_excerpt_out(text: str) -> None:
    out = to_full([diagnostic()], lambda _: text)
    assert "|" not in out
    assert "help: did you mean" in out


def test_windows_line_ends_do_not_move_carets() -> None:
    place = Place("a.md", 2, 1, 2, 2)
    lines = to_full([diagnostic(place=place)], lambda _: "a\r\nb\r\n").split("\n")
    assert lines[3] == "  2 | b"


def test_colour_only_when_asked() -> None:
    assert "\x1b" not in full("ab", 1, 2)
    assert "\x1b[1;31m" in full("ab", 1, 2, colour=True)


def test_notes_text_cannot_steer_the_terminal() -> None:
    place = Place("a\x1b[2J.md", 1, 1, 1, 2)
    hostile = diagnostic("x\x1b[31m\nerror: fake", "\r\u2028", place)
    for out in (to_full([hostile], lambda _: "\x1b]0;t\x07"), to_concise([hostile])):
        assert not {"\x1b", "\r", "\x07", "\u2028"} & set(out)
        assert not any(line.startswith("error: fake") for line in out.split("\n"))


def test_concise_report_is_one_line_each() -> None:
    assert to_concise([diagnostic()], prefix="notes/") == (
        "notes/broken.md:6:11: ALP011 unknown relation type `paralel`\n"
    )


def test_json_has_the_shape_others_build_on() -> None:
    fix = Fix("write `parallel`", (Edit(Place("broken.md", 6, 11, 6, 18), "parallel", "paralel"),))
    (record,) = json.loads(to_json([diagnostic(fix=fix)]))
    edits = record.pop("fix")["edits"]
    assert record == {
        "code": "ALP011",
        "name": "unknown-relation-type",
        "severity": "error",
        "message": "unknown relation type `paralel`",
        "hint": "did you mean `parallel`?",
        "file": "broken.md",
        "line": 6,
        "column": 11,
        "end_line": 6,
        "end_column": 18,
    }
    assert edits[0]["text"] == "parallel"
    assert json.loads(to_json([diagnostic()]))[0]["fix"] is None
    assert json.loads(to_json([])) == []


def test_github_commands_are_escaped() -> None:
    place = Place("a,b:c%.md", 1, 1, 1, 2)
    hostile = diagnostic("100 %\r\n::set-output name=x::y", "", place)
    assert to_github([hostile], prefix="notes/") == (
        "::error file=notes/a%2Cb%3Ac%25.md,line=1,col=1,endColumn=1,"
        "title=ALP011 unknown-relation-type::100 %25%0A%0A::set-output name=x::y\n"
    )


def test_github_gets_ten_of_a_kind_and_a_count() -> None:
    errors = [diagnostic(place=Place(f"{n:02}.md")) for n in range(30)]
    warnings = [diagnostic(place=Place("w.md"), severity=Severity.WARNING)] * 3
    lines = to_github([*errors, *warnings], first={"29.md"}).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line.startswith("::warning ") for line in lines) == 3
    assert "file=29.md" in lines[0]
    assert lines[-1] == "20 more, see the summary"


def test_github_span_over_lines_has_no_columns() -> None:
    out = to_github([diagnostic(place=Place("a.md", 3, 2, 5, 1))])
    assert "line=3,endLine=5" in out
    assert "col=" not in out


def test_github_summary_neither_mentions_nor_breaks_its_table() -> None:
    hostile = diagnostic("@everyone | <img src=x> [x](y) `z`\n| new row", "")
    out = to_summary([hostile], prefix="notes/")
    assert len(out.splitlines()) == 3
    row = out.splitlines()[2]
    assert not set("@<>[]`") & set(row)
    assert row.count("|") == 4


def test_github_summary_keeps_to_the_limit() -> None:
    out = to_summary([diagnostic("x" * 1000)] * 400)
    assert len(out) < 65_536
    assert "more" in out.splitlines()[-1]
    assert to_summary([]) == "No findings.\n"


def test_sarif_satisfies_its_schema() -> None:
    fix = Fix(
        "write `parallel`", (Edit(Place("ein Ordner/ä.md", 6, 11, 6, 18), "parallel", "paralel"),)
    )
    place = Place("ein Ordner/ä.md", 6, 11, 7, 1)
    found = [
        diagnostic(place=place, severity=severity, fix=fix, hint=hint)
        for severity, hint in zip(Severity, ("", "one", "two"), strict=True)
    ]
    log = json.loads(to_sarif(found, prefix="notes/"))
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text())).validate(log)
    (run,) = log["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert len(run["tool"]["driver"]["rules"]) == len(RULES)
    result = run["results"][0]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "notes/ein%20Ordner/%C3%A4.md"


def test_file_names_that_are_no_unicode_do_not_stop_a_report() -> None:
    odd = [diagnostic(place=Place("\udcff.md"))]
    for out in (to_full(odd, lambda _: ""), to_github(odd), to_sarif(odd), to_json(odd)):
        out.encode("utf-8")
