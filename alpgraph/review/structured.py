"""A review as plain values for JSON."""

from dataclasses import asdict
from typing import Any

from alpgraph.diagnostics import Diagnostic
from alpgraph.review.model import Review
from alpgraph.review.rows import headline


def to_json(review: Review) -> dict[str, Any]:
    """Return the review as plain values; of mentions, which have no reasons, how many."""
    diff = asdict(review.diff)
    for key in ("mentions_added", "mentions_removed"):
        diff[key] = len(diff[key])
    diff["relations"] = [
        {
            "kind": change.kind,
            "before": _statement(change.before),
            "after": _statement(change.after),
        }
        for change in review.diff.relations
    ]
    return {
        "summary": headline(review),
        **diff,
        "moved": [{"from": old, "to": new} for old, new in review.moved],
        "rewritten": list(review.rewritten),
        "verdicts": [
            {"slug": slug, "before": old or None, "after": new or None}
            for slug, old, new in review.verdicts
        ],
        "unsourced": list(review.unsourced),
        "unread": [{"file": path, "what": what} for path, what in review.unread],
        "new_findings": [_finding(one) for one in review.new_findings],
        "mended_findings": [_finding(one) for one in review.mended_findings],
    }


def _statement(statement: Any) -> dict[str, Any] | None:
    return None if statement is None else asdict(statement)


def _finding(one: Diagnostic) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity.value,
        "message": one.message,
        "file": one.place.file,
        "line": one.place.line,
    }
