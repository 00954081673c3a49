"""The words that a page shows of a body: without comments, marks of Markdown and addresses."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

import nh3
from markdown_it.token import Token

from alpgraph.notes.links import inline_text
from alpgraph.notes.markdown import parse, within_limit
from alpgraph.notes.shaping import shape
from alpgraph.notes.wikilinks import IMAGE_TYPES, file_type

_HTML = re.compile(r"<[A-Za-z/!?]")
_WIKILINK = re.compile(r"\[\[(?:[^\[\]\n|]*\|)?([^\[\]\n|]*)\]\]")
_CLOSING = re.compile(
    r"\](?:\]|\([^()\s\]]*(?:(?:\([^()\s\]]*\)|\](?!\())[^()\s\]]*)*\))"  # an address holds pairs
)
_OPENING = re.compile(r"\[(?:\[|(?=\w))")
_EMBED = re.compile(r"!(\[\[([^\[\]\n|#]*)(?:[|#][^\[\]\n]*)?\]\])")
_PICTURE = re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")
_CALLOUT = re.compile(r"^([ \t]*>[ \t>]*)\[!([\w-]{1,30})\][+-]?[ \t]*(\S?)", re.M)
_TASK = re.compile(r"^([ \t>]*(?:[-*+]|\d+[.)])[ \t]+)\[[ xX]\](?=\s)", re.M)
_HIGHLIGHT = re.compile(r"==(?=[^\s=])([^=\n]*[^\s=])==")
_ADDRESS = re.compile(r"\]\((https?://[^)\s]+)")
_HIDING = (":::", "!!! ", "??? ", '=== "', "{#", "{:", "{.", "{ .", "{ #")
_MARKS = str.maketrans(dict.fromkeys("`*_#>|~\n\t", " "))


def shown_text(body: str) -> str:
    """Return the words that a page shows of a body; gaps between them may be wide.

    >>> shown_text("> [!warning] See [[a|this]]. %% not this %%").split()
    ['See', 'this.']
    """
    text = _parsed(body)[0] if _may_hide(body) else _without_marks(body)
    return _HIGHLIGHT.sub(r"\1", text) if "==" in text else text


def outside_addresses(body: str) -> tuple[str, ...]:
    """Return the addresses outside the notes that a page's links lead to.

    >>> outside_addresses("See [it](https://example.org/a). <!-- [x](https://example.org/b) -->")
    ('https://example.org/a',)
    """
    if _may_hide(body):
        return _parsed(body)[1]
    return tuple(_ADDRESS.findall(body)) if "](http" in body else ()


def _may_hide(body: str) -> bool:
    """Whether HTML, a comment, a box or attributes may stand in a body; the parser alone knows."""
    if "%%" in body or ("<" in body and _HTML.search(body)):
        return True
    return any(mark in body for mark in _HIDING)


@lru_cache(maxsize=1024)
def _parsed(body: str) -> tuple[str, tuple[str, ...]]:
    """Read a body as a page does; kept, since the same notes are often found again."""
    read, rest = within_limit(body)
    tokens = shape(parse(read), "")
    children = (child for token in tokens for child in token.children or ())
    addresses = (str(child.attrGet("href")) for child in children if child.type == "link_open")
    outside = tuple(address for address in addresses if address.startswith(("http://", "https://")))
    return " ".join([*_words(tokens), rest]), outside


def _words(tokens: list[Token]) -> Iterator[str]:
    """Yield the texts of blocks."""
    for token in tokens:
        if token.type == "inline":
            yield _inline(token.children or [])
        elif token.type == "blockquote_open" and "callout" in token.meta:
            yield _inline(token.meta["title"]) or token.meta["callout"].capitalize()
        elif token.type == "html_block":
            yield unescape(nh3.clean(token.content, tags=set()))
        elif token.content:
            yield token.content


def _inline(children: list[Token]) -> str:
    return inline_text([child for child in children if not _is_picture(child)])


def _is_picture(token: Token) -> bool:
    return (
        token.type == "wikilink"
        and bool(token.meta["embed"])
        and file_type(token.meta["link"].to) in IMAGE_TYPES
    )


def _without_marks(text: str) -> str:
    """Return a body without the commonest marks of Markdown."""
    if "![" in text:
        text = _PICTURE.sub(r"\1", _EMBED.sub(_embedded, text))
    if "[!" in text:
        text = _CALLOUT.sub(lambda match: match[1] + (match[3] or match[2].capitalize()), text)
    if "[ ]" in text or "[x]" in text or "[X]" in text:
        text = _TASK.sub(r"\1", text)
    # two patterns, each with one first character, are looked for five times as fast as one
    named = _WIKILINK.sub(lambda link: link[1], text)
    return _OPENING.sub(" ", _CLOSING.sub(" ", named)).translate(_MARKS)


def _embedded(match: re.Match[str]) -> str:
    return "" if file_type(match[2].strip()) in IMAGE_TYPES else match[1]
