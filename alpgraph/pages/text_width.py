"""How wide text is in our typeface, so that the server can wrap it.

`advances.json` holds the advance widths of Source Sans 3 as shipped, in thousandths of the font
size: weight -> width -> characters. What it lacks falls back to a font of the reader's, so other
characters count with a safe upper estimate.
"""

import json
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

REGULAR, BOLD = "400", "650"
_RTL = frozenset({"R", "AL"})
_NEVER_FIRST = frozenset("、。，．・：；？！」』）】〉》…ー々ゃゅょっャュョッ")


class _Advances(dict[str, int]):
    """Advance widths by character, in thousandths of the font size."""

    def __missing__(self, char: str) -> int:
        return _fallback(char)

    def of(self, text: str) -> int:
        """Return the width of a text."""
        return sum(map(self.__getitem__, text))


@lru_cache(maxsize=4096)
def _fallback(char: str) -> int:
    """Estimate the advance of a character that is not in our typeface."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.category(char) == "So":
        return 1400
    if unicodedata.east_asian_width(char) in "WF":
        return 1020
    return 820 if char.isupper() else 680


@cache
def _advances(weight: str) -> _Advances:
    path = Path(__file__).with_name("advances.json")
    by_width = json.loads(path.read_text(encoding="utf-8"))[weight]
    return _Advances({char: int(width) for width, chars in by_width.items() for char in chars})


def text_width(text: str, size: float, weight: str = REGULAR) -> float:
    """Return the width of `text` in pixels at `size` pixels.

    >>> text_width("mm", 10) > text_width("ii", 10)
    True
    """
    return size * sum(advance / 1000 for advance in map(_advances(weight).__getitem__, text))


def wrap(
    text: str, size: float, width: float, *, weight: str = REGULAR, most: int = 99
) -> list[str]:
    """Break `text` into lines no wider than `width`; an ellipsis ends what is cut.

    >>> wrap("one two three", 10, 40)
    ['one two', 'three']
    """
    return list(_wrapped(text, size, width, weight, most))


@lru_cache(maxsize=2**14)  # a title stands in the pictures of all its neighbours
def _wrapped(text: str, size: float, width: float, weight: str, most: int) -> tuple[str, ...]:
    advances, room = _advances(weight), 1000 * width / size
    space = advances[" "]
    lines: list[str] = []
    line, used = "", 0
    for word in text.split():
        for piece, wide in _pieces(word, room, advances):
            if line and used + space + wide <= room:
                line, used = f"{line} {piece}", used + space + wide
            else:
                lines += [line] if line else []
                line, used = piece, wide
    lines += [line] if line else []
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1], size, width, weight)]
    return tuple(lines)


def is_rtl(text: str) -> bool:
    """Whether text reads from right to left: its first strong character does (UAX 9, rule P2).

    >>> is_rtl("1. \u05e9\u05dc\u05d5\u05dd"), is_rtl("a")
    (True, False)
    """
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind == "L" or kind in _RTL:
            return kind in _RTL
    return False


def own_way(lines: Sequence[str]) -> list[str]:
    """Keep the direction of lines read from right to left wherever they stand (UAX 9, isolates).

    >>> own_way(["\u05e9?"]) == ["\u2067\u05e9?\u2069"], own_way(["a?"])
    (True, ['a?'])
    """
    turned = bool(lines) and is_rtl(lines[0])
    return [f"\u2067{line}\u2069" if turned else line for line in lines]


def _cut(line: str, size: float, width: float, weight: str) -> str:
    while line and text_width(line + "…", size, weight) > width:
        line = line[:-1].rstrip()
    return line.rstrip(" ,;:") + "…"


def _pieces(word: str, room: float, advances: _Advances) -> list[tuple[str, int]]:
    """Return a word with its width, in pieces where it is wider than a line."""
    pieces, wide = [], advances.of(word)
    while wide > room and len(word) > 1:
        count = _fitting(word, room, advances)
        while count > 1 and word[count] in _NEVER_FIRST:
            count -= 1
        first = advances.of(word[:count])
        pieces.append((word[:count], first))
        word, wide = word[count:], wide - first
    return [*pieces, (word, wide)]


def _fitting(word: str, room: float, advances: _Advances) -> int:
    """Count the characters of a word that fit on a line: one at least, and not all."""
    count, wide = 0, 0
    while count < len(word) - 1:
        wide += advances[word[count]]
        if wide > room and count:
            break
        count += 1
    return count
