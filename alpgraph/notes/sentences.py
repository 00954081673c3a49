"""The sentence around a link, as plain words."""

import re

_WIKI = re.compile(r"\[\[([^\[\]\n|]*?)(?:\\?\|([^\[\]\n]*?))?\]\]")
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
)
# code comes first, since in it a comment is text
_COMMENT = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|<!--.*?(?:-->|\Z)|(?<!\S)%%.*?%%(?!\S)", re.S)
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
_MARK = re.compile(r"[*`~_]")
# written so that the search looks for one set of characters first, which is far quicker
_END = re.compile(r"[.!?…。！？\n](?:(?<=[.!?…])[\"')\]]*\s+|(?<=[。！？])|(?<=\n)(?=[-*+] ))")
_LIMIT = 300
_FAR = 2000
"""Characters before a sentence in which a comment that reaches into it is looked for."""


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence of `text` that holds `text[start:end]`, without markup.

    >>> sentence_around("One. See [[b|the note]] for *more*. Two.", 9, 23)
    'See the note for more.'
    """
    if start < 0:
        start, end = 0, len(text)
    begin = max(0, start - _LIMIT)
    near = _without_comments(text[begin : end + _LIMIT], text[max(0, begin - _FAR) : begin])
    first = 0
    for before in _END.finditer(near, 0, start - begin):
        first = before.end()
    after = _END.search(near, end - begin)
    last = after.end() if after else len(near)
    words = plain_text(near[first:last])
    cut_front = "…" if first == 0 and begin > 0 else ""
    return cut_front + words + ("…" if not after and begin + last < len(text) else "")


def _without_comments(text: str, before: str = "") -> str:
    """Blank out what comments hide, also of one that began `before`; the length stays.

    >>> _without_comments("a <!-- b --> `<!-- c -->`")
    'a            `<!-- c -->`'
    """
    if before.rfind("<!--") > before.rfind("-->"):
        end = text.find("-->") + 3
        text = " " * end + text[end:] if end > 2 else text
    if "<!--" not in text and "%%" not in text:
        return text
    return _COMMENT.sub(lambda match: match[0] if match[1] else " " * len(match[0]), text)


def plain_text(text: str) -> str:
    """Remove links' and emphasis' markup, and comments, from a short text."""
    text = _without_comments(text)
    if "[" in text:
        text = text.replace("![", "[")
        if "[[" in text:
            text = _WIKI.sub(lambda match: match[2] or match[1], text)
        if "](" in text:
            text = _LINK.sub(r"\1", text)
    if _MARK.search(text):
        text = _MARKS.sub("", text)
    return " ".join(text.split())
