"""How links, embeds and pictures become HTML."""

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import unquote

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from alpgraph.notes.images import picture_size
from alpgraph.notes.links import inline_text
from alpgraph.notes.page import Page, page_of
from alpgraph.notes.sanitize import is_outside
from alpgraph.notes.wikilinks import (
    IMAGE_TYPES,
    Wikilink,
    address_path,
    file_type,
    note_address,
    shown_text,
)

Tokens = Sequence[Token]


def link_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    """Open a Markdown link, or a span that says why it dangles."""
    page, token = page_of(env), tokens[at]
    page.closing = "</a>"
    href = str(token.attrGet("href") or "")
    title = token.attrGet("title")
    extra = f' title="{escape(str(title))}"' if title else ""
    if href.startswith("#") and len(href) > 1:
        target = page.link("", unquote(href[1:]), "") or href
        return f'<a href="{escape(target)}"{extra}>'
    if is_outside(href) or not href:
        return f'<a href="{escape(href)}"{extra}>'
    address = note_address(href)
    if address is None:
        path = page.file(address_path(href))
        target = page.file_url(path) if path else _note_of_file(page, href) or href
        return f'<a href="{escape(target)}"{extra}>'
    link = page.link(*address, "")
    if link is not None:
        return f'<a href="{escape(link)}"{extra}>'
    page.closing = "</span>"
    return "<span>" + page.slots.attributes(_dangling(page, address[0]))


def link_close(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    """Close what `link_open` opened."""
    page = page_of(env)
    closing, page.closing = page.closing, ""
    return closing


def wikilink(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    """Render `[[to|text]]` and `![[to]]`."""
    page, token = page_of(env), tokens[at]
    link: Wikilink = token.meta["link"]
    kind = file_type(link.to)
    if kind:
        return _file(page, link, kind, embed=bool(token.meta["embed"]))
    if token.meta["embed"] and token.meta.get("alone") and not page.depth:
        embedded = page.embed(page, link)
        if embedded is not None:
            return page.slots.put(embedded)
    words = _words(page, link)
    url = page.wiki(link)
    if url is None:
        return f"<span>{page.slots.attributes(_dangling(page, link.to))}{escape(words)}</span>"
    return f'<a href="{escape(url)}">{escape(words)}</a>'


def _words(page: Page, link: Wikilink) -> str:
    """Return what a reader sees: a typed link without the sign of its type."""
    types = page.notebook.types
    kind, colon, rest = link.to.partition(":")
    if colon and rest and not link.text and types.read(kind):  # Cosma's `[[type:id]]`
        return rest
    words, at, kind = shown_text(link).rpartition("@")
    return words.rstrip() if at and words.strip() and types.read(kind) else shown_text(link)


def image(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    """Render a picture of the notes folder; one of another host becomes a link."""
    page, token = page_of(env), tokens[at]
    src, alt = str(token.attrGet("src") or ""), inline_text(token.children or [])
    title = token.attrGet("title")
    if is_outside(src):
        shown = escape(alt or src)
        return shown if page.closing else f'<a href="{escape(src)}">{shown}</a>'
    if not token.meta.get("figure"):
        return _picture(page, address_path(src), alt, str(title or ""), "")
    caption = f"<figcaption>{escape(str(title))}</figcaption>"
    return f"<figure>{_picture(page, address_path(src), alt, '', '')}{caption}</figure>\n"


def _file(page: Page, link: Wikilink, kind: str, *, embed: bool) -> str:
    if embed and kind in IMAGE_TYPES:
        size = link.text if link.text.replace("x", "").isdigit() else ""
        alt = "" if size else link.text
        return _picture(page, link.to, alt, "", size)
    path = page.file(link.to)
    words = escape(shown_text(link))
    if path is None and (url := _note_of_file(page, link.to, link.heading)):
        return f'<a href="{escape(url)}">{words}</a>'
    if path is None:
        mark = page.slots.attributes(f' class="dangling" title="no file {escape(link.to)}"')
        return f"<span>{mark}{words}</span>"
    return f'<a href="{escape(page.file_url(path))}">{words}</a>'


def _note_of_file(page: Page, address: str, heading: str = "") -> str | None:
    """Return the address of the note that is meant by what is called as a file."""
    to = page.notebook.note_of_file(address_path(address), page.note.slug)
    return page.link(to, heading or unquote(address.partition("#")[2]), "") if to else None


def _picture(page: Page, src: str, alt: str, title: str, size: str) -> str:
    path = page.file(src)
    if path is None:
        mark = page.slots.attributes(f' class="dangling" title="no file {escape(src)}"')
        return f"<span>{mark}{escape(alt or src)}</span>"
    sides = picture_size(page.notebook.root, path)
    measure = ""
    if size:
        width, _, height = size.partition("x")
        measure = f' width="{width}"' + (f' height="{height}"' if height else "")
    elif sides:
        measure = f' width="{sides[0]}" height="{sides[1]}"'
    extra = f' title="{escape(title)}"' if title else ""
    address = escape(page.file_url(path))
    return f'<img src="{address}" alt="{escape(alt)}"{extra}{measure} loading="lazy">'


def _dangling(page: Page, to: str) -> str:
    candidates = page.candidates(to)
    why = f"several notes: {', '.join(candidates)}" if candidates else f"no note {to}"
    return f' class="dangling" title="{escape(why)}"'
