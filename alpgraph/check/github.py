"""Findings for a pull request on GitHub: annotations, and a summary in Markdown."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from alpgraph.check.terminal import escape
from alpgraph.diagnostics import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_KEPT = 10
"""Annotations of one kind that GitHub shows for a step; it drops the rest silently."""
_SUMMARY_CHARACTERS = 60_000
_ROWS = 500


def to_github(
    findings: Sequence[Diagnostic], *, first: Collection[str] = (), prefix: str = ""
) -> str:
    """Print findings as workflow commands, at most ten of each kind; a last line counts the rest.

    Findings in the files `first`, those of the change, come before others. `prefix` is the notes
    folder's path in the repository, with a `/` at its end: GitHub places annotations by it.
    """
    shown: Counter[Severity] = Counter()
    lines = []
    for one in sorted(findings, key=lambda one: one.place.file not in first):
        shown[one.severity] += 1
        if shown[one.severity] <= _KEPT:
            lines.append(_command(one, prefix))
    left = len(findings) - len(lines)
    if left:
        lines.append(f"{left} more, see the summary")
    return "".join(f"{line}\n" for line in lines)


def _command(one: Diagnostic, prefix: str) -> str:
    place = one.place
    # a column only helps GitHub where the finding stands on a single line
    properties = {"file": prefix + place.file, "line": place.line}
    if place.end_line == place.line:
        properties |= {"col": place.column, "endColumn": max(place.column, place.end_column - 1)}
    else:
        properties["endLine"] = place.end_line
    properties["title"] = f"{one.code} {one.name}"
    fields = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    text = f"{one.message}\n{one.hint}" if one.hint else one.message
    return f"::{_COMMANDS[one.severity]} {fields}::{_data(text)}"


def _data(text: str) -> str:
    """Escape a message, so that no line of it can be a command of its own."""
    lines = "\n".join(escape(line) for line in re.split(r"[\r\n]", text))
    return lines.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def to_summary(findings: Sequence[Diagnostic], *, prefix: str = "") -> str:
    """Return a Markdown table of the findings for a job's summary, within GitHub's limits."""
    if not findings:
        return "No findings.\n"
    lines = ["| place | finding | what to do |", "|-|-|-|"]
    size = 0
    for one in findings[:_ROWS]:
        place = f"{prefix}{one.place.file}:{one.place.line}:{one.place.column}"
        text = f"**{one.severity.value} {one.code}** {_cell(one.message)}"
        row = f"| {_cell(place)} | {text} | {_cell(one.hint)} |"
        size += len(row) + 1
        if size > _SUMMARY_CHARACTERS:
            break
        lines.append(row)
    left = len(findings) - (len(lines) - 2)
    return "\n".join(lines) + "\n" + (f"\nand {left} more\n" if left else "")


def _cell(text: str) -> str:
    """Escape a text for a table cell: no markup, no mention, no break."""
    return re.sub(r"([\\`*_{}\[\]<>()#!|~$&@:])", lambda match: f"&#{ord(match[1])};", escape(text))
