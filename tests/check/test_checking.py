import inspect
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alpgraph.check import (
    RULES,
    check_notebook,
    chosen,
    explain,
    find_rule,
    findings_of_change,
    summary_line,
)
from alpgraph.check.near import Names
from alpgraph.check.rule import FaultFinder, ParamFault
from alpgraph.check.rules.network import ordering_cycle
from alpgraph.diagnostics import Diagnostic, Place, Severity
from alpgraph.graph import build_graph
from alpgraph.notes import notebook_of

Folder = Callable[[dict[str, str | bytes]], Path]
HEADINGS = ["What it does", "Why it matters", "Wrong", "Right", "How to fix"]
CODES = (
    "001 002 003 004 005 011 012 013 014 015 016 017 101 102 103 104 105 106 201 202 203 204 205"
    " 206 207 301 302 303 304 305 306 307 308 401 402 403"
)


def found(code: str, file: str = "a.md", line: int = 1, message: str = "m") -> Diagnostic:
    return Diagnostic(code, "n", Severity.ERROR, message, "", Place(file, line))


def check(
    files: dict[str, str], experiments: Mapping[str, FaultFinder] | None = None
) -> list[Diagnostic]:
    notebook = notebook_of({name: text.encode() for name, text in files.items()}, root=Path("n"))
    return check_notebook(notebook, build_graph(notebook), experiments or {})


def relation(kind: str, to: str, why: str = "") -> str:
    return f"---\ntitle: T\nrelations:\n  - {{type: {kind}, to: {to}, why: '{why}'}}\n---\nText.\n"


def codes(files: dict[str, str], prefix: str) -> list[str]:
    return [f"{one.code} {one.place.file}" for one in chosen(check(files), select=[prefix])]


def test_every_code_has_a_rule() -> None:
    assert list(RULES) == [f"ALP{code}" for code in CODES.split()]


@pytest.mark.parametrize("code", RULES)
def test_help_page_has_its_headings(code: str) -> None:
    page = explain(code)
    assert page.startswith(f"# {code} {RULES[code].name} ({RULES[code].severity.value})\n")
    assert re.findall(r"^## (.+)", page, flags=re.M) == HEADINGS
    assert page.count("```") == 4
    assert RULES[code].summary.endswith(".")
    assert max(map(len, page.splitlines())) <= 100


def test_names_of_rules_differ() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_rule_is_found_by_code_or_name() -> None:
    assert find_rule("alp101") is find_rule("absent-target") is RULES["ALP101"]
    with pytest.raises(ValueError, match="no finding 'ALP1O1'; did you mean 'ALP101'"):
        find_rule("ALP1O1")


def test_help_page_of_a_rule_is_its_docstring() -> None:
    from alpgraph.check.rules.links import absent_target

    assert RULES["ALP101"].page == inspect.cleandoc(absent_target.__doc__ or "")


def test_findings_are_in_order_of_file_line_column_code() -> None:
    files = {
        "b.md": "[[x]] [[y]]\n\n[[z]]\n",
        "a.md": relation("parallels", "nowhere"),
        "c.md": "no links\n",
    }
    keys = [(o.place.file, o.place.line, o.place.column, o.code) for o in check(files)]
    assert keys == sorted(keys)
    assert {key[0] for key in keys} == set(files)


def test_selection_goes_by_the_longest_beginning() -> None:
    all_three = [found("ALP101"), found("ALP104"), found("ALP201")]
    assert [o.code for o in chosen(all_three, select=["ALP1"])] == ["ALP101", "ALP104"]
    assert [o.code for o in chosen(all_three, ignore=["alp1"])] == ["ALP201"]
    assert [o.code for o in chosen(all_three, select=["ALP101"], ignore=["ALP1"])] == ["ALP101"]
    assert [o.code for o in chosen(all_three, select=["ALP1"], ignore=["ALP101"])] == ["ALP104"]
    assert chosen(all_three, select=["ALP1"], ignore=["ALP1"]) == []


@pytest.mark.parametrize("text", ["XYZ", "ALP9", " "])
def test_selection_of_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"begins with '{text}'"):
        chosen([], select=[text])


def test_change_reports_touched_files_and_what_it_broke() -> None:
    old = [found("ALP101", "a.md"), found("ALP104", "b.md", 3)]
    new = [found("ALP101", "a.md"), found("ALP104", "b.md", 3), found("ALP101", "b.md", 9)]
    assert findings_of_change(old, new, {"a.md"}) == [new[0], new[2]]
    assert findings_of_change(old, new, set()) == [new[2]]


def test_removed_target_is_reported_in_the_note_it_broke() -> None:
    before = {"a.md": relation("parallels", "b"), "b.md": "Text."}
    after = {"a.md": before["a.md"]}
    report = findings_of_change(check(before), check(after), {"b.md"})
    assert [(o.code, o.place.file) for o in report] == [("ALP101", "a.md")]


def test_equal_findings_are_counted() -> None:
    twice = [found("ALP101"), found("ALP101")]
    assert findings_of_change(twice[:1], twice, set()) == twice[:1]


def test_summary_counts_by_severity() -> None:
    warning = Diagnostic("ALP104", "n", Severity.WARNING, "m", "", Place("a.md"))
    assert summary_line([found("ALP101"), warning, warning], 1) == "1 error, 2 warnings in 1 note"


def test_summary_says_what_can_be_mended() -> None:
    crlf = chosen(check({"a.md": "---\r\ntitel: A\r\n---\r\nText.\r\n"}), select=["ALP0"])
    assert summary_line(crlf, 2).endswith(" in 2 notes; `--fix` mends 2 of them")


def test_tie_lists_its_candidates() -> None:
    files = {"a.md": relation("extends", "twin"), "x/twin.md": "Text.", "y/twin.md": "Text."}
    (one,) = chosen(check(files), select=["ALP101"])
    assert one.severity is Severity.ERROR
    assert "`x/twin`, `y/twin`" in one.hint
    assert one.fix is None


def test_foreign_relation_without_target_is_a_warning() -> None:
    (one,) = chosen(check({"a.md": "---\nsupports: '[[nowhere]]'\n---\nText."}), select=["ALP1"])
    assert (one.code, one.severity) == ("ALP101", Severity.WARNING)


def test_link_in_text_is_no_orphan_maker() -> None:
    assert codes({"a.md": "[[b]]", "b.md": "Text."}, "ALP2") == []


def test_link_to_an_absent_note_joins_nothing() -> None:
    files = {"a.md": "[[ghost]]", "b.md": "[[ghost]]"}
    assert codes(files, "ALP2") == ["ALP201 a.md", "ALP201 b.md"]


def test_a_lost_relation_or_unread_front_matter_is_one_finding_and_makes_no_orphan() -> None:
    files = {"a.md": relation("extends", "ghost"), "b.md": "---\ntitle: b: c\n---\nText."}
    assert codes(files, "ALP2") == []
    assert codes(files, "ALP101") == ["ALP101 a.md"]
    assert codes(files, "ALP002") == ["ALP002 b.md"]


def test_misspelt_type_is_one_finding_and_makes_no_orphans() -> None:
    files = {"a.md": relation("extnds", "b"), "b.md": "Text."}
    assert codes(files, "ALP2") == []
    assert codes(files, "ALP011") == ["ALP011 a.md"]


def test_single_note_is_no_orphan() -> None:
    assert codes({"a.md": "Text."}, "ALP2") == []


def test_symmetric_relation_from_both_ends_contradicts_nothing() -> None:
    files = {"a.md": relation("parallels", "b"), "b.md": relation("parallels", "a")}
    assert codes(files, "ALP203") == []


def test_inverse_from_the_other_end_contradicts_nothing() -> None:
    files = {"a.md": relation("explains", "b"), "b.md": relation("mechanism", "a")}
    assert codes(files, "ALP203") == []


def test_circle_of_a_type_that_orders_nothing_is_fine() -> None:
    chain = ["b", "c", "a"]
    files = {f"{n}.md": relation("explains", to) for n, to in zip("abc", chain, strict=True)}
    assert codes(files, "ALP204") == []
    ordered = {name: text.replace("explains", "extends") for name, text in files.items()}
    assert codes(ordered, "ALP204") == ["ALP204 a.md"]
    both = "{type: extended-by, to: a}, {type: extends, to: c}"
    told = {"b.md": f"---\ntitle: T\nrelations: [{both}]\n---\nText.\n"}
    assert codes(ordered | told, "ALP204") == ["ALP204 a.md"]


def test_of_several_relations_on_a_line_the_one_at_fault_is_told() -> None:
    line = "relations: [{type: parallels, to: a}, {type: extends, to: b}]"
    told = {
        "a": "relations: []",
        "b": "relations: [{type: extends, to: a}, {type: extends, to: c}]",
        "c": line,
    }
    files = {f"{name}.md": f"---\ntitle: T\n{said}\n---\nx" for name, said in told.items()}
    opposite = next(one for one in check(files) if one.code == "ALP203")
    assert opposite.message == "`b` and `c` each say `extends` of the other"
    assert opposite.place == Place(
        "c.md", 3, line.index("extends") + 1, 3, line.index(", to: b") + 1
    )


def test_cost_of_a_long_chain_grows_with_its_length() -> None:
    pairs = {(f"{n:05}", f"{n + 1:05}") for n in range(40_000)}
    kinds = SimpleNamespace(types=[SimpleNamespace(id="leads-to", orders=True)])
    subject: Any = SimpleNamespace(notebook=SimpleNamespace(types=kinds), pairs={"leads-to": pairs})
    begun = time.process_time()
    assert list(ordering_cycle(subject)) == []
    assert time.process_time() - begun < 10


def test_both_ends_of_one_relation_may_give_the_same_reason() -> None:
    why = "one and the same sentence about both"
    files = {"a.md": relation("explains", "b", why), "b.md": relation("explained-by", "a", why)}
    assert codes(files, "ALP205") == []
    files["b.md"] = relation("extends", "a", why)
    assert codes(files, "ALP205") == ["ALP205 b.md"]


def test_relations_without_a_reason_or_of_unknown_types_repeat_nothing() -> None:
    rows = "{type: extends, to: b}, {type: explains, to: c, why: short}, {type: tests, to: c}"
    files = {"a.md": f"---\nrelations: [{rows}, {{type: x, to: b}}, {{type: y, to: b}}]\n---\n"}
    files |= dict.fromkeys(("b.md", "c.md"), "Text.")
    assert codes(files, "ALP205") == codes(files, "ALP103") == []
    reason = "because both count the same mistakes"
    files["a.md"] = f"- extends [[b]] ({reason})\n- explains [[c]] ({reason})\n"
    (copied,) = chosen(check(files), select=["ALP205"])
    assert (copied.place.line, copied.message) == (2, "this reason stands at a.md:1 too")


def test_a_target_is_mended_where_it_needs_no_quotes() -> None:
    for slug, text, mended in (
        ("b-note", relation("extends", "B Note"), True),
        ("b note", relation("extends", "B-Note"), False),
        ("b-note", "---\nsupports: '[[B Note]]'\n---\n", False),
    ):
        files = {"a.md": text, f"{slug}.md": "# Another"}
        (lost,) = chosen(check(files), select=["ALP101"])
        assert (lost.hint, lost.fix is not None) == (f"write `{slug}`", mended)


def test_an_experiment_is_held_against_those_that_are_known() -> None:
    note = "---\ntitle: T\nexperiment: {{name: {}, params: {{x: 1}}}}\n---\n[[b]]\n"
    files = {f"{name}.md": note.format(name) for name in ("moon-a", "moon-b", "moon-c")}
    faults = [
        ParamFault("x", "must be 2", "ALP402"),
        ParamFault("", "no preset has these", "ALP403"),
    ]
    known: dict[str, FaultFinder] = {"moon-b": lambda _: faults, "moon-a": lambda _: ()}
    told = chosen(check(files, known), select=["ALP4"])
    assert [(one.code, one.place.file, one.message) for one in told] == [
        ("ALP403", "moon-b.md", "no preset has these"),
        ("ALP402", "moon-b.md", "`x`: must be 2"),
        ("ALP401", "moon-c.md", "unknown experiment `moon-c`"),
    ]
    assert told[2].hint == "did you mean `moon-b`? known: `moon-a`, `moon-b`"
    assert chosen(check(files), select=["ALP4"]) == []  # nobody said which there are


def test_an_experiment_backs_the_claim_that_it_tests() -> None:
    text = "---\ntitle: A\nclaim: So.\nsources: []\nexperiment: {name: x%s}\n---\nText.\n"
    assert codes({"a.md": text % ""}, "ALP206") == []
    assert codes({"a.md": text % ", scope: half of it"}, "ALP206") == ["ALP206 a.md"]


def test_subtitle_left_out_is_no_other_title() -> None:
    source = "---\ntitle: T\nsources:\n  - {{arxiv: '2511.07699', title: '{}'}}\n---\n[[{}]]\n"
    files = {
        "a.md": source.format("A Work: Its Subtitle", "b"),
        "b.md": source.format("A work", "a"),
    }
    assert codes(files, "ALP207") == []
    files["b.md"] = source.format("A play", "a")
    assert codes(files, "ALP207") == ["ALP207 b.md"]


def test_names_far_away_are_not_suggested() -> None:
    names = Names({"symmetric-loss": "A symmetric loss", "calibration": "What is it?"})
    assert names.near("symetric los") == ("symmetric-loss",)
    assert names.near("what is it") == ("calibration",)
    assert names.near("something else entirely") == ()
    assert names.near("") == names.near("。") == ()


def test_thousands_of_dangling_links_are_quick() -> None:
    notes = {f"note-number-{n}.md": f"[[absent thing {n}]] [[note numbr {n}]]" for n in range(3000)}
    notebook = notebook_of({k: v.encode() for k, v in notes.items()}, root=Path("n"))
    graph = build_graph(notebook)
    start = time.process_time()
    report = check_notebook(notebook, graph, {})
    assert time.process_time() - start < 5
    assert len(chosen(report, select=["ALP104"])) == 6000
