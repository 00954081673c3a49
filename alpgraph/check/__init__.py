"""Faults of notes: the rules, the findings, reports of them, and fixes where these are certain.

Each name is imported on first use: findings that are kept need no rules.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alpgraph.check.checking import check_notebook, explain, find_rule, findings_of_change
    from alpgraph.check.choosing import chosen, summary_line
    from alpgraph.check.fixes import FixOutcome, apply_fixes
    from alpgraph.check.github import to_github, to_summary
    from alpgraph.check.kept import Kept, KeptFindings
    from alpgraph.check.rule import Fault, FaultFinder, ParamFault, Rule, Subject
    from alpgraph.check.rules import RULES
    from alpgraph.check.sarif import to_sarif
    from alpgraph.check.structured import diagnostic_record, to_json
    from alpgraph.check.terminal import to_concise, to_full

_LATER = {
    "checking": ("check_notebook", "explain", "find_rule", "findings_of_change"),
    "choosing": ("chosen", "summary_line"),
    "fixes": ("FixOutcome", "apply_fixes"),
    "github": ("to_github", "to_summary"),
    "kept": ("Kept", "KeptFindings"),
    "rule": ("Fault", "FaultFinder", "ParamFault", "Rule", "Subject"),
    "rules": ("RULES",),
    "sarif": ("to_sarif",),
    "structured": ("diagnostic_record", "to_json"),
    "terminal": ("to_concise", "to_full"),
}
_HOME = {name: module for module, names in _LATER.items() for name in names}

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


def __getattr__(name: str) -> Any:
    """Import what is asked for late."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
