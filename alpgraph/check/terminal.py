"""Findings for a person at a terminal: the line, carets under the value, a hint."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from alpgraph.diagnostics import Diagnostic, Place, Severity

_BOLD, _BLUE, _RESET = "\x1b[1m", "\x1b[1;34m", "\x1b[0m"
_COLOURS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFO: "\x1b[1;36m",
}
_TAB = "    "
_WIDEST = 120
"""Columns of a source line that are shown; longer ones are cut around the value."""
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_WITHOUT_WIDTH = {"Mn", "Me"}


def to_full(
    findings: Iterable[Diagnostic],
    sources: Callable[[str], str],
    *,
    colour: bool = False,
    prefix: str = "",
) -> str:
    """Show each finding with its line; `sources` gives a file's text, `prefix` precedes its path.

    Text from notes is escaped, so that nothing in it steers the terminal.
    """
    lines = _Lines(sources)
    return "".join(_full(one, lines.line(one.place), colour, prefix) for one in findings)


def to_concise(findings: Iterable[Diagnostic], *, prefix: str = "") -> str:
    """Show each finding on a line of its own: `file:line:column: CODE message`."""
    return "".join(
        f"{_path(one.place, prefix)}: {one.code} {escape(one.message)}\n" for one in findings
    )


class _Lines:
    """Lines of files; the last file read is kept, since findings come file by file."""

    def __init__(self, sources: Callable[[str], str]) -> None:
        @lru_cache(maxsize=4)
        def lines(file: str) -> list[str]:
            # a form feed or U+2028 ends no line here, unlike in str.splitlines
            return sources(file).replace("\r\n", "\n").replace("\r", "\n").split("\n")

        self._lines = lines

    def line(self, place: Place) -> str | None:
        """Return the line a place begins on; nothing when the file has no such line."""
        lines = self._lines(place.file)
        inside = 0 < place.line <= len(lines)
        return lines[place.line - 1] if inside and any(lines) else None


def _path(place: Place, prefix: str) -> str:
    return f"{escape(prefix + place.file)}:{place.line}:{place.column}"


def _full(one: Diagnostic, line: str | None, colour: bool, prefix: str) -> str:
    def paint(code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if colour else text

    number = str(one.place.line)
    gutter = " " * (len(number) + 2)
    head = paint(_COLOURS[one.severity], f"{one.severity.value}[{one.code}]")
    out = [head + paint(_BOLD, f": {escape(one.message)}")]
    out.append(f"{gutter[:-1]}{paint(_BLUE, '-->')} {_path(one.place, prefix)}")
    if line is not None:
        shown, before, width = excerpt(line, one.place)
        bar = paint(_BLUE, f"{gutter} |")
        out.append(bar)
        out.append(f"{paint(_BLUE, f'  {number} |')} {shown}".rstrip())
        out.append(f"{bar} {' ' * before}{paint(_COLOURS[one.severity], '^' * width)}")
    if one.hint:
        out.append(f"{gutter} {paint(_BLUE, '=')} {paint(_BOLD, 'help')}: {escape(one.hint)}")
    return "\n".join(out) + "\n\n"


def _columns(place: Place, line: str) -> tuple[int, int]:
    """Return the span on the first line as offsets from 0, at least one character wide."""
    start = min(max(place.column - 1, 0), len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    return start, max(start + 1, min(end, len(line)))


def excerpt(line: str, place: Place, widest: int = _WIDEST) -> tuple[str, int, int]:
    """Return a place's first line as shown, the width before the value, and the value's width.

    Of a line that is longer than `widest` characters, those around the value are shown.

    >>> excerpt("a\\tb", Place("a.md", 1, 3, 1, 4))
    ('a    b', 5, 1)
    """
    start, end = _columns(place, line)
    left = 0 if end <= widest else max(0, start - widest // 3)
    right = min(len(line), left + widest)
    cells = [_cell(char) for char in line[left:right]]
    lead, tail = "…" if left else "", "…" if right < len(line) else ""
    first, last = start - left, min(end, right) - left
    before = len(lead) + sum(width for _, width in cells[:first])
    width = sum(width for _, width in cells[first:last])
    return lead + "".join(text for text, _ in cells) + tail, before, max(1, width)


def _cell(char: str) -> tuple[str, int]:
    """Return how a character is shown and how many columns that takes."""
    if char == "\t":
        return _TAB, len(_TAB)
    if " " <= char <= "~":
        return char, 1
    category = unicodedata.category(char)
    if category in _HIDDEN:
        text = f"<U+{ord(char):04X}>"
        return text, len(text)
    if category in _WITHOUT_WIDTH:
        return char, 0
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def counted(number: int, noun: str) -> str:
    """Say how many there are of a thing.

    >>> counted(1, "note"), counted(0, "note")
    ('1 note', '0 notes')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def escape(text: str) -> str:
    """Make a text fit for one line of a terminal: what is not seen is written as `<U+202E>`.

    >>> escape("red \\x1b[31m")
    'red <U+001B>[31m'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_cell(char)[0] for char in text)
