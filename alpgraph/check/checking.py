"""Run the rules over a notebook; choose among findings; say what a code means."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from alpgraph.check.certain import with_fixes
from alpgraph.check.near import close_to
from alpgraph.check.rule import FaultFinder, Rule, Subject
from alpgraph.check.rules import RULES
from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes import Notebook
from alpgraph.notes.reading import collector_paused

if TYPE_CHECKING:
    from alpgraph.graph import NoteGraph


def check_notebook(
    notebook: Notebook,
    graph: "NoteGraph",
    experiments: Mapping[str, FaultFinder],
) -> list[Diagnostic]:
    """Return all findings, those of reading the files included, in the order of the files.

    `experiments` says of each known experiment how parameters are judged; when it is empty,
    names of experiments are not looked at.
    """
    with collector_paused():
        findings = with_fixes(notebook.diagnostics, notebook)
        return in_order([*findings, *run_rules(Subject(notebook, graph, experiments))])


def run_rules(subject: Subject) -> Iterator[Diagnostic]:
    """Yield what the rules find; what reading the files found stands in the notebook."""
    for rule in RULES.values():
        if rule.find is not None:
            yield from rule.find(subject)


def findings_of_change(
    earlier: Iterable[Diagnostic], findings: Iterable[Diagnostic], touched: Collection[str]
) -> list[Diagnostic]:
    """Return the findings in touched files, then those that the change caused elsewhere.

    `earlier` are the findings before the change, `touched` paths below the notes folder.
    """
    before = Counter(_identity(one) for one in earlier)
    inside, elsewhere = [], []
    for one in findings:
        if one.place.file in touched:
            inside.append(one)
        elif before[_identity(one)]:
            before[_identity(one)] -= 1
        else:
            elsewhere.append(one)
    return inside + elsewhere


def _identity(one: Diagnostic) -> tuple[str, Place, str]:
    return one.code, one.place, one.message


def in_order(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return findings in the order of the files."""
    return sorted(findings, key=_order)


def _order(one: Diagnostic) -> tuple[str, int, int, str, str]:
    return one.place.file, one.place.line, one.place.column, one.code, one.message


def explain(code: str) -> str:
    """Return the help page of a code as Markdown, headed by code and name.

    Raises ValueError when there is no such code.
    """
    rule = find_rule(code)
    return f"# {rule.code} {rule.name} ({rule.severity.value})\n\n{rule.page}\n"


def find_rule(code: str) -> Rule:
    """Return the rule of a code, written in either case, or of a rule's name."""
    key = code.strip()
    for rule in RULES.values():
        if key.upper() == rule.code or key.lower() == rule.name:
            return rule
    near = close_to(key.upper(), RULES)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise ValueError(f"there is no finding '{code}'{hint}")
