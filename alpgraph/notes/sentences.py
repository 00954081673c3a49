"""The sentence around a link, as plain words."""

import re
from collections.abc import Iterator

_WIKI = re.compile(r"\[\[([^\[\]\n|]*?)(?:\\?\|([^\[\]\n]*?))?\]\]")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
_MARK = re.compile(r"[*`~_]")
_MAY_END = re.compile(r"[.!?…。！？\n]")
_END = re.compile(r"[.!?…][\"')\]]*\s+|[。！？]|\n(?=[-*+] )")
_LIMIT = 300


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence of `text` that holds `text[start:end]`, without markup.

    >>> sentence_around("One. See [[b|the note]] for *more*. Two.", 9, 23)
    'See the note for more.'
    """
    if start < 0:
        start, end = 0, len(text)
    window = max(0, start - _LIMIT)
    first = max(_ends(text, window, start), default=window)
    after = next(_ends(text, end, end + _LIMIT), 0)
    last = after or min(len(text), end + _LIMIT)
    words = plain_text(text[first:last])
    cut_front = "…" if first == window and window > 0 else ""
    return cut_front + words + ("…" if not after and last < len(text) else "")


def _ends(text: str, start: int, stop: int) -> Iterator[int]:
    """Yield where sentences end between two offsets."""
    for mark in _MAY_END.finditer(text, start, stop):
        if match := _END.match(text, mark.start(), stop):
            yield match.end()


def plain_text(text: str) -> str:
    """Remove links' and emphasis' markup from a short text."""
    if "[" in text:
        text = text.replace("![", "[")
        text = _WIKI.sub(lambda match: match[2] or match[1], text)
        text = _LINK.sub(r"\1", text)
    if _MARK.search(text):
        text = _MARKS.sub("", text)
    return " ".join(text.split())
