"""What is wrong with a body as its Markdown tokens show it: pictures, formulas, HTML, depth."""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.findings import finding, quoted
from alpgraph.notes.formulas import mathml
from alpgraph.notes.markdown import NESTING_LIMIT
from alpgraph.notes.sanitize import TAGS

_AT_MOST = 50
_TAG = re.compile(r"<([A-Za-z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>?")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_HANDLER = re.compile(r"\s(on[a-z]+|style|srcdoc|formaction)\s*=", re.I)


def token_findings(path: str, tokens: list[Token], body: str, body_line: int) -> list[Diagnostic]:
    """Return the findings of a body; at most fifty."""
    findings: list[Diagnostic] = []
    lines = body.split("\n")
    dropped: set[str] = set()
    for token in tokens:
        row = token.map[0] if token.map else 0
        if token.level >= NESTING_LIMIT - 1 and not found_code(findings, "ALP308"):
            findings.append(_too_deep(path, row + body_line))
        for child in (token, *(token.children or ())):
            if len(findings) >= _AT_MOST:
                return findings
            if child.type == "image" and not child.content.strip():
                place = _locate(path, lines, row, str(child.attrGet("src")), body_line)
                message = f"the picture {quoted(str(child.attrGet('src')))} has no alt text"
                hint = "say between the brackets what it shows, as `![a curve](…)`"
                findings.append(finding("ALP303", message, place, hint=hint))
            elif child.type.startswith("math_"):
                findings += _formula(path, child, lines, row, body_line)
            elif child.type in ("html_block", "html_inline"):
                findings += _html(path, child, lines, row, body_line, dropped)
    return findings


def found_code(findings: list[Diagnostic], code: str) -> bool:
    """Tell whether a code was found already."""
    return any(item.code == code for item in findings)


def _too_deep(path: str, line: int) -> Diagnostic:
    message = f"lists and quotes are nested deeper than {NESTING_LIMIT} levels; the rest is lost"
    hint = "move the inner part to a note of its own"
    return finding("ALP308", message, Place(path, line, 1, line, 1), hint=hint)


def _formula(
    path: str, token: Token, lines: list[str], row: int, body_line: int
) -> Iterator[Diagnostic]:
    latex = token.content.strip()
    try:
        mathml(latex, display=token.type != "math_inline")
    except ValueError as error:
        first = latex.split("\n")[0]
        place = _locate(path, lines, row, first, body_line)
        message = f"the formula {quoted(latex)} cannot be read: {error}"
        hint = "it is shown as text"
        yield finding("ALP304", message, place, hint=hint)


def _html(
    path: str, token: Token, lines: list[str], row: int, body_line: int, dropped: set[str]
) -> Iterator[Diagnostic]:
    for match in _TAG.finditer(_COMMENT.sub("", token.content[:20_000])):
        name = match[1].lower()
        handler = _HANDLER.search(match[2])
        what = f"<{name}>" if name not in TAGS else handler[1].lower() if handler else ""
        if not what or what in dropped:
            continue
        dropped.add(what)
        place = _locate(path, lines, row, match[0][:60].split("\n")[0], body_line)
        message = f"{quoted(what)} is not shown: it is not among the HTML that notes may hold"
        yield finding("ALP306", message, place, hint="write Markdown, or put it in a code block")


def _locate(path: str, lines: list[str], row: int, text: str, body_line: int) -> Place:
    """Return the place of `text` on a line from `row` on, or that line's start."""
    for number in range(row, min(row + 400, len(lines))):
        at = lines[number].find(text) if text else -1
        if at >= 0:
            line = number + body_line
            return Place(path, line, at + 1, line, at + 1 + len(text))
    line = row + body_line
    return Place(path, line, 1, line, 1)
