"""Boxes of other tools as callouts: `:::note`, `!!! note`, `??? note` and tabs, `=== "title"`."""

import re
from typing import NamedTuple

from markdown_it.rules_block import StateBlock

_FENCED = re.compile(r"(:{3,})[ \t]*\{?[ ]?\.?([A-Za-z][\w-]*)([^\n]*)$")
_INDENTED = re.compile(
    r"(!!!|\?\?\?\+?)[ \t]+([A-Za-z][\w-]*)(?:[^\w\"\n-][^\"\n]*)?(?:\"([^\n]*)\"[ \t]*)?$"
)
_TAB = re.compile(r"===[!+]?[ \t]+\"([^\n]*)\"[ \t]*$")
_TITLE = re.compile(r"\[([^\n]*)\](?:\{[^{}\n]*\})?$")
_KIND = re.compile(
    r"note|tip|info|important|warning|caution|danger|success|question|failure|bug|example|quote"
    r"|abstract|summary|todo|hint|attention|error|details|seealso|check|faq"
)
BOXES_IN_BOXES = 10
"""Boxes inside boxes that are read; deeper ones are text: each takes several calls in Python."""
_DEPTH = "depth of boxes"
_UNCLOSED = "boxes without an end"
_INDENT = 4
_MARKS = frozenset((":::", "!!!", "???", "==="))


class _Box(NamedTuple):
    kind: str
    """Empty for a box that only groups what is in it."""
    fold: str
    title: str


def container(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Read a box; hardly any line begins one, and each is asked."""
    begin = state.bMarks[start_line] + state.tShift[start_line]
    mark = state.src[begin : begin + 3]
    if mark not in _MARKS or not _may_begin(state, start_line):
        return False
    read = _fenced if mark == ":::" else _indented
    return read(state, start_line, end_line, silent)


def _fenced(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Read the lines from `:::kind title` to a line of as many colons."""
    begin, stop = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    match = _FENCED.match(state.src[begin:stop])
    if match is None or match[3].rstrip().endswith(":::"):
        return False
    last = _closing_line(state, start_line + 1, end_line, len(match[1]))
    if last < 0:
        return False
    if not silent:
        kind = match[2].lower().removeprefix("callout-")
        rest = match[3].strip()
        if "{" in state.src[begin : begin + match.start(2)]:
            rest = ""
        bracketed = _TITLE.match(rest)
        title = bracketed[1] if bracketed else rest.partition("{")[0].strip()
        fold = "-" if kind == "details" else ""
        box = _Box(kind if _KIND.fullmatch(kind) else "", fold, title)
        _read(state, box, start_line, last, state.blkIndent)
        state.line = last + 1
    return True


def _may_begin(state: StateBlock, line: int) -> bool:
    return not state.is_code_block(line) and state.env.get(_DEPTH, 0) < BOXES_IN_BOXES


def _closing_line(state: StateBlock, line: int, end_line: int, colons: int) -> int:
    """Return the first line of at least so many colons, or -1."""
    searched = state.env.setdefault(_UNCLOSED, set())  # how far for how many colons, in vain
    if (colons, end_line) in searched:
        return -1
    for number in range(line, end_line):
        begin, stop = state.bMarks[number] + state.tShift[number], state.eMarks[number]
        if state.src[stop - 1] not in ": \t" or not state.src.startswith(":::", begin):
            continue
        mark = state.src[begin:stop].rstrip()
        if len(mark) >= colons and not mark.strip(":") and not state.is_code_block(number):
            return number
    searched.add((colons, end_line))
    return -1


def _indented(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Read `!!! kind "title"`, `??? kind "title"` or `=== "title"` and the indented lines below."""
    begin, stop = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    line = state.src[begin:stop]
    tab, match = _TAB.match(line), _INDENTED.match(line)
    indent = state.sCount[start_line] + _INDENT
    first = start_line + 1
    while first < end_line and state.isEmpty(first):
        first += 1
    if not (tab or match) or first >= end_line or state.sCount[first] < indent:
        return False
    if silent:
        return True
    last = first
    while last < end_line and (state.isEmpty(last) or state.sCount[last] >= indent):
        last += 1
    if tab:
        box = _Box("tab", "", tab[1])
    elif match:
        fold = {"!!!": "", "???": "-", "???+": "+"}[match[1]]
        box = _Box(match[2].lower(), fold, match[3] or "")
    _read(state, box, start_line, last, indent)
    state.line = last
    return True


def _read(state: StateBlock, box: _Box, start_line: int, last: int, indent: int) -> None:
    """Parse the lines of a box as blocks, between the tokens of a quote that is a callout."""
    before = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax, state.blkIndent = "blockquote", last, indent
    if box.kind:
        token = state.push("blockquote_open", "blockquote", 1)
        token.map = [start_line, last]
        token.meta = {"callout": box.kind, "fold": box.fold, "title": [], "box": True}
        if box.title:
            _title(state, box.title, start_line)
    state.env[_DEPTH] = state.env.get(_DEPTH, 0) + 1
    state.md.block.tokenize(state, start_line + 1, last)
    state.env[_DEPTH] -= 1
    if box.kind:
        state.push("blockquote_close", "blockquote", -1)
    state.parentType, state.lineMax, state.blkIndent = before


def _title(state: StateBlock, title: str, line: int) -> None:
    """Put the title's paragraph first, so that its links are read as any others."""
    opening = state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content, inline.children = title, []
    opening.map = inline.map = [line, line + 1]
    inline.meta = {"title": True}
    state.push("paragraph_close", "p", -1)
