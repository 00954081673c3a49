"""Findings as JSON."""

import json
from collections.abc import Iterable
from typing import Any

from alpgraph.diagnostics import Diagnostic, Edit, Place


def to_json(findings: Iterable[Diagnostic]) -> str:
    """Return the findings as a JSON list, one object each."""
    records = [diagnostic_record(one) for one in findings]
    return json.dumps(records, indent=2, ensure_ascii=True) + "\n"


def diagnostic_record(one: Diagnostic) -> dict[str, Any]:
    """Return the JSON object of a finding; lines and columns from 1, columns in characters."""
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity.value,
        "message": one.message,
        "hint": one.hint,
        "file": one.place.file,
        **_span(one.place),
        "fix": one.fix
        and {"title": one.fix.title, "edits": [_edit(edit) for edit in one.fix.edits]},
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {"file": edit.place.file, **_span(edit.place), "text": edit.text}


def _span(place: Place) -> dict[str, int]:
    return {
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
