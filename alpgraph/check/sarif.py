"""Findings as SARIF 2.1.0, which code scanning services read."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from alpgraph import __version__
from alpgraph.check.rule import Rule
from alpgraph.check.rules import RULES
from alpgraph.diagnostics import Diagnostic, Edit, Place, Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def to_sarif(findings: Iterable[Diagnostic], *, prefix: str = "") -> str:
    """Return the findings as a SARIF log; `prefix` precedes the path of each file."""
    numbers = {code: number for number, code in enumerate(RULES)}
    run = {
        "tool": {
            "driver": {
                "name": "alpgraph",
                "version": __version__,
                "rules": [_rule(rule) for rule in RULES.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, numbers[one.code], prefix) for one in findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(one: Diagnostic, number: int, prefix: str) -> dict[str, Any]:
    text = f"{one.message}. {one.hint}" if one.hint else one.message
    location = {"artifactLocation": _artifact(one.place, prefix), "region": _region(one.place)}
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": number,
        "level": _LEVELS[one.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    }
    if one.fix:
        changes = [_change(edit, prefix) for edit in one.fix.edits]
        result["fixes"] = [{"description": {"text": one.fix.title}, "artifactChanges": changes}]
    return result


def _change(edit: Edit, prefix: str) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(edit.place), "insertedContent": {"text": edit.text}}
    return {"artifactLocation": _artifact(edit.place, prefix), "replacements": [replacement]}


def _artifact(place: Place, prefix: str) -> dict[str, str]:
    return {"uri": quote(prefix + place.file, errors="replace")}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
