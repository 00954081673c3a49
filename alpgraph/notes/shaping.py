"""Tokens before they are rendered: callouts, embeds, heading levels, table alignment."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from alpgraph.notes.links import inline_text
from alpgraph.notes.wikilinks import file_type

CALLOUT = re.compile(r"\[!([\w-]{1,30})\]([+-]?)[ \t]*")


def shape(tokens: Sequence[Token], title: str) -> list[Token]:
    """Return the tokens of a page: `title` is what the page shows above them."""
    shaped = _without_title(list(tokens), title)
    _lower_headings(shaped)
    quotes: list[Token] = []
    for index, token in enumerate(shaped):
        if token.type == "blockquote_open":
            make = _box if token.meta.get("box") else _callout
            make(shaped, index)
            quotes.append(token)
        elif token.type == "blockquote_close":
            token.meta = quotes.pop().meta
        elif token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))
            token.meta = {**token.meta, "align": style.removeprefix("text-align:")}
        elif token.type == "paragraph_open" and _is_figure(shaped[index + 1]):
            token.hidden = shaped[index + 2].hidden = True
            image = (shaped[index + 1].children or [])[0]
            image.meta = {**image.meta, "figure": True}
        elif token.type == "paragraph_open" and _is_embed(shaped[index + 1]):
            token.hidden = shaped[index + 2].hidden = True
            shaped[index + 1].meta = {**shaped[index + 1].meta, "alone": True}
            (shaped[index + 1].children or [])[0].meta["alone"] = True
    return shaped


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    """Drop a first heading that repeats the page's title."""
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        text = inline_text(tokens[1].children or [])
        if text.casefold() == title.casefold():
            return tokens[3:]
    return tokens


def _lower_headings(tokens: list[Token]) -> None:
    """Keep the page's title its only first-level heading."""
    if any(token.type == "heading_open" and token.tag == "h1" for token in tokens):
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def _is_figure(inline: Token) -> bool:
    """Whether a paragraph is one picture with a title, which becomes its caption."""
    children = inline.children or []
    return len(children) == 1 and children[0].type == "image" and bool(children[0].attrGet("title"))


def _is_embed(inline: Token) -> bool:
    children = inline.children or []
    return (
        len(children) == 1
        and children[0].type == "wikilink"
        and bool(children[0].meta["embed"])
        and not file_type(children[0].meta["link"].to)
    )


def _box(tokens: list[Token], index: int) -> None:
    """Take the title of a box out of its first paragraph."""
    inline = tokens[index + 2] if tokens[index + 1].type == "paragraph_open" else None
    if inline and inline.meta.get("title"):
        tokens[index].meta = {**tokens[index].meta, "title": inline.children or []}
        inline.children = []
        tokens[index + 1].hidden = tokens[index + 3].hidden = True


def _callout(tokens: list[Token], index: int) -> None:
    """Mark a quote that begins with `[!kind]`, and take its title out of its first paragraph."""
    if index + 2 >= len(tokens) or tokens[index + 1].type != "paragraph_open":
        return
    inline = tokens[index + 2]
    children = inline.children or []
    first = children[0] if children else None
    match = CALLOUT.match(inline.content)
    if not match or first is None or first.type != "text":
        return
    at = next(
        (place for place, child in enumerate(children) if child.type in ("softbreak", "hardbreak")),
        len(children),
    )
    first.content = first.content[match.end() :].lstrip()
    kind = match[1].lower()
    heading = children[:at] if inline_text(children[:at]) else []
    inline.children = children[at + 1 :]
    if not inline.children:
        tokens[index + 1].hidden = tokens[index + 3].hidden = True
    tokens[index].meta = {"callout": kind, "fold": match[2], "title": heading}
