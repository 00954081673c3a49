"""How wide text is in Source Sans 3, so that the server can wrap it: safe upper estimates."""

import unicodedata

_NARROW = frozenset("ijltfrI.,:;'|!()[] -·“”‘’\"")
_WIDE = frozenset("mwMW@%—…")


def text_width(text: str, size: float) -> float:
    """Return an upper estimate of the width of `text` in pixels at `size` pixels.

    >>> text_width("mm", 10) > text_width("ii", 10)
    True
    """
    width = 0.0
    for char in text:
        if char in _NARROW:
            width += 0.34
        elif char in _WIDE:
            width += 0.92
        elif unicodedata.combining(char):
            continue
        elif unicodedata.east_asian_width(char) in "WF":
            width += 1.02
        else:
            width += 0.66 if char.isupper() else 0.57
    return width * size


def wrap(text: str, size: float, width: float, most: int = 99) -> list[str]:
    """Break `text` into lines no wider than `width`; an ellipsis ends what is cut.

    >>> wrap("one two three", 10, 40)
    ['one two', 'three']
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, size, width):
            longer = f"{line} {piece}" if line else piece
            if text_width(longer, size) <= width or not line:
                line = longer
            else:
                lines.append(line)
                line = piece
    if line:
        lines.append(line)
    if len(lines) > most:
        lines = lines[:most]
        last = lines[-1]
        while last and text_width(last + "…", size) > width:
            last = last[:-1].rstrip()
        lines[-1] = last.rstrip(" ,;") + "…"
    return lines


def _pieces(word: str, size: float, width: float) -> list[str]:
    """Break a word that is wider than a line."""
    pieces = []
    while text_width(word, size) > width and len(word) > 1:
        count = len(word) - 1
        while count > 1 and text_width(word[:count], size) > width:
            count -= 1
        pieces.append(word[:count])
        word = word[count:]
    return [*pieces, word]
