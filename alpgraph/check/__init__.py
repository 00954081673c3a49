"""Faults of notes: the rules, the findings, reports of them, and fixes where these are certain."""

from alpgraph.check.checking import (
    check_notebook,
    chosen,
    explain,
    find_rule,
    findings_of_change,
    summary_line,
)
from alpgraph.check.fixes import FixOutcome, apply_fixes
from alpgraph.check.github import to_github, to_summary
from alpgraph.check.kept import Kept, KeptFindings
from alpgraph.check.rule import Fault, FaultFinder, ParamFault, Rule, Subject
from alpgraph.check.rules import RULES
from alpgraph.check.sarif import to_sarif
from alpgraph.check.structured import diagnostic_record, to_json
from alpgraph.check.terminal import to_concise, to_full

__all__ = [
    "RULES",
    "Fault",
    "FaultFinder",
    "FixOutcome",
    "Kept",
    "KeptFindings",
    "ParamFault",
    "Rule",
    "Subject",
    "apply_fixes",
    "check_notebook",
    "chosen",
    "diagnostic_record",
    "explain",
    "find_rule",
    "findings_of_change",
    "summary_line",
    "to_concise",
    "to_full",
    "to_github",
    "to_json",
    "to_sarif",
    "to_summary",
]
