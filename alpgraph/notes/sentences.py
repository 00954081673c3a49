"""The sentence around a link, as plain words."""

import re

_WIKI = re.compile(r"\[\[([^\[\]\n|]*?)(?:\\?\|([^\[\]\n]*?))?\]\]")
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
)
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
_MARK = re.compile(r"[*`~_]")
# written so that the search looks for one set of characters first, which is far quicker
_END = re.compile(r"[.!?…。！？\n](?:(?<=[.!?…])[\"')\]]*\s+|(?<=[。！？])|(?<=\n)(?=[-*+] ))")
_LIMIT = 300


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence of `text` that holds `text[start:end]`, without markup.

    >>> sentence_around("One. See [[b|the note]] for *more*. Two.", 9, 23)
    'See the note for more.'
    """
    if start < 0:
        start, end = 0, len(text)
    first = window = max(0, start - _LIMIT)
    for before in _END.finditer(text, window, start):
        first = before.end()
    after = _END.search(text, end, end + _LIMIT)
    last = after.end() if after else min(len(text), end + _LIMIT)
    words = plain_text(text[first:last])
    cut_front = "…" if first == window and window > 0 else ""
    return cut_front + words + ("…" if not after and last < len(text) else "")


def plain_text(text: str) -> str:
    """Remove links' and emphasis' markup from a short text."""
    if "[" in text:
        text = text.replace("![", "[")
        if "[[" in text:
            text = _WIKI.sub(lambda match: match[2] or match[1], text)
        if "](" in text:
            text = _LINK.sub(r"\1", text)
    if _MARK.search(text):
        text = _MARKS.sub("", text)
    return " ".join(text.split())
