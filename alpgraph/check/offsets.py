"""Places of a text, by line and column, as offsets in it; and the text with spans replaced."""

from collections.abc import Iterable


def line_starts(text: str) -> list[int]:
    r"""Return the offsets of the lines' beginnings; CR, LF and CRLF each end a line.

    >>> line_starts("a\r\nb\rc")
    [0, 3, 5]
    """
    starts = [0]
    for offset, char in enumerate(text):
        if char == "\n" or (char == "\r" and text[offset + 1 : offset + 2] != "\n"):
            starts.append(offset + 1)
    return starts


def offset_at(starts: list[int], text: str, line: int, column: int) -> int | None:
    """Return where a line's column stands; nothing where the line has no such column."""
    if not 0 < line <= len(starts):
        return None
    begin = starts[line - 1]
    end = starts[line] - 1 if line < len(starts) else len(text)
    return begin + column - 1 if 1 <= column <= end - begin + 1 else None


def replaced(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with spans from one offset to another, none over another, replaced.

    >>> replaced("a b c", [(4, 5, "see"), (0, 1, "aye")])
    'aye b see'
    """
    pieces, at = [], 0
    for start, end, new in sorted(spans):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])
