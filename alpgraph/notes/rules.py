"""How each token of ours becomes HTML: one small function a token, in one table at the end."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from alpgraph.notes import link_rules
from alpgraph.notes.anchors import block_anchor, block_name
from alpgraph.notes.code import code_html
from alpgraph.notes.formulas import formula_html
from alpgraph.notes.links import inline_text
from alpgraph.notes.markdown import markdown
from alpgraph.notes.page import page_of
from alpgraph.notes.tables import TABLE_CLOSE, table_open

Tokens = Sequence[Token]
Rule = Callable[[RendererHTML, Tokens, int, Any, Any], str]
# elements whose content a browser reads as text: unclosed they would swallow the page
_SWALLOWING = re.compile(
    r"<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|noscript|script|plaintext|select)\b)",
    re.I,
)
_UNSEEN = re.compile(r"<(script|style)\b[^<>]*>", re.I)
_UNSEEN_END = {name: re.compile(rf"</{name}\s*>", re.I) for name in ("script", "style")}
_OPEN_TAG = re.compile(r"<[A-Za-z/][^<>]*\Z")


def _heading_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    page, token = page_of(env), tokens[at]
    if page.depth:
        return f"<{token.tag}>"
    anchor = page.names.take(token.meta.get("name") or inline_text(tokens[at + 1].children or []))
    token.meta["anchor"] = tokens[at + 2].meta["anchor"] = anchor
    return f"<{token.tag}>" + page.slots.attributes(f' id="{escape(anchor)}"')


def _heading_close(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    page, token = page_of(env), tokens[at]
    anchor = token.meta.get("anchor")
    if not anchor:
        return f"</{token.tag}>\n"
    href = escape(anchor)
    label = "Link to this heading"
    link = f' <a class="anchor" href="#{href}" aria-label="{label}" title="{label}">#</a>'
    return f"{page.slots.put(link)}</{token.tag}>\n"


def _paragraph_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    page, token = page_of(env), tokens[at]
    if token.hidden:
        return html.renderToken(tokens, at, options, env)
    name = block_name(tokens[at + 1].content)
    mark = page.slots.attributes(f' id="{block_anchor(name)}"') if name and not page.depth else ""
    return "<p>" + mark


def _text(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    content = tokens[at].content
    if at == len(tokens) - 1 and "^" in content and (name := block_name(content)):
        content = content.rstrip().removesuffix("^" + name).rstrip()
    return escape(content, quote=True).replace("&#x27;", "'")


def _table_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    return table_open(page_of(env).slots)


def _table_close(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    return TABLE_CLOSE


def _cell_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    align = token.meta.get("align")
    mark = page_of(env).slots.attributes(f' class="{align}"') if align else ""
    return f"<{token.tag}>{mark}"


def _fence(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    language = token.info.strip().split(None, 1)[0] if token.info.strip() else ""
    return page_of(env).slots.put(code_html(token.content, language)) + "\n"


def _code_block(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    return f"<pre><code>{escape(tokens[at].content, quote=True)}</code></pre>\n"


def _math_inline(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    return page_of(env).slots.put(formula_html(tokens[at].content.strip(), display=False))


def _math_inside(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    """Render a formula of its own line that stands within a paragraph."""
    slots = page_of(env).slots
    formula = formula_html(tokens[at].content.strip(), display=True)
    return "<span>" + slots.attributes(' class="math"') + slots.put(formula) + "</span>"


def _math_block(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    formula = formula_html(tokens[at].content.strip(), display=True)
    return (
        "<div>"
        + page_of(env).slots.attributes(' class="math"')
        + page_of(env).slots.put(formula)
        + "</div>\n"
    )


def _blockquote_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    page, meta = page_of(env), tokens[at].meta
    if "callout" not in meta:
        return "<blockquote>\n"
    kind = meta["callout"]
    words = html.renderInline(meta["title"], options, env) if meta["title"] else ""
    title = words.strip() or escape(kind.capitalize())
    mark = page.slots.attributes(f' class="callout callout-{kind}"')
    if meta["fold"]:
        opened = " open" if meta["fold"] == "+" else ""
        return f"<details{opened}>{mark}<summary>{title}</summary>\n"
    name = page.slots.attributes(' class="callout-title"')
    return f"<div>{mark}<p>{name}{title}</p>\n"


def _blockquote_close(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    meta = tokens[at].meta
    if "callout" not in meta:
        return "</blockquote>\n"
    return "</details>\n" if meta["fold"] else "</div>\n"


def _list_item_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    mark = page_of(env).slots.attributes(' class="task"') if token.meta.get("task") else ""
    return f"<li>{mark}"


def _list_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    start = token.attrGet("start")
    first = f' start="{start}"' if start is not None else ""
    return f"<{token.tag}{first}>\n"


def _html_inline(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    return raw_html(tokens[at].content)


def _task(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    checked = " checked" if tokens[at].meta["done"] else ""
    return page_of(env).slots.put(f'<input type="checkbox" disabled{checked}>')


def _html_block(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    return raw_html(tokens[at].content)


def raw_html(content: str) -> str:
    """Prepare an author's HTML for the sanitiser: what could swallow the rest becomes text."""
    content = _SWALLOWING.sub("&lt;", _without_scripts(content))
    return _OPEN_TAG.sub(lambda match: escape(match[0]), content)


def _without_scripts(content: str) -> str:
    """Leave out scripts and styles, from the first tag to the last of each."""
    parts, at = [], 0
    for opening in _UNSEEN.finditer(content):
        if opening.start() < at:  # inside the one before
            continue
        closing = _UNSEEN_END[opening[1].lower()].search(content, opening.end())
        if closing is None:  # the rest is looked through once, not again for each that opens in it
            break
        parts.append(content[at : opening.start()])
        at = closing.end()
    return "".join([*parts, content[at:]])


def _footnote_ref(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    meta = tokens[at].meta
    number, again = meta["id"] + 1, meta.get("subId", 0)
    suffix = f"-{again}" if again else ""
    prefix = page_of(env).prefix
    link = (
        f'<sup class="footnote-ref"><a href="#{prefix}fn-{number}"'
        f' id="{prefix}fnref-{number}{suffix}">{number}</a></sup>'
    )
    return page_of(env).slots.put(link)


def _footnote_block_open(
    html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any
) -> str:
    mark = page_of(env).slots.attributes(' class="footnotes" role="doc-endnotes"')
    return f"<div>{mark}<ol>\n"


def _footnote_block_close(
    html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any
) -> str:
    return "</ol></div>\n"


def _footnote_open(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    page = page_of(env)
    return "<li>" + page.slots.attributes(f' id="{page.prefix}fn-{tokens[at].meta["id"] + 1}"')


def _footnote_close(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    return "</li>\n"


def _footnote_anchor(html: RendererHTML, tokens: Tokens, at: int, options: Any, env: Any) -> str:
    meta = tokens[at].meta
    number, again = meta["id"] + 1, meta.get("subId", 0)
    suffix = f"-{again}" if again else ""
    page = page_of(env)
    return page.slots.put(
        f' <a href="#{page.prefix}fnref-{number}{suffix}" class="footnote-back"'
        ' aria-label="Back to the text">↩</a>'
    )


_RULES: dict[str, Rule] = {
    "heading_open": _heading_open,
    "heading_close": _heading_close,
    "paragraph_open": _paragraph_open,
    "text": _text,
    "table_open": _table_open,
    "table_close": _table_close,
    "th_open": _cell_open,
    "td_open": _cell_open,
    "fence": _fence,
    "code_block": _code_block,
    "math_inline": _math_inline,
    "math_inline_double": _math_inside,
    "math_block": _math_block,
    "blockquote_open": _blockquote_open,
    "blockquote_close": _blockquote_close,
    "list_item_open": _list_item_open,
    "bullet_list_open": _list_open,
    "ordered_list_open": _list_open,
    "html_inline": _html_inline,
    "html_block": _html_block,
    "link_open": link_rules.link_open,
    "link_close": link_rules.link_close,
    "task": _task,
    "wikilink": link_rules.wikilink,
    "image": link_rules.image,
    "footnote_ref": _footnote_ref,
    "footnote_block_open": _footnote_block_open,
    "footnote_block_close": _footnote_block_close,
    "footnote_open": _footnote_open,
    "footnote_close": _footnote_close,
    "footnote_anchor": _footnote_anchor,
}


@cache
def renderer() -> RendererHTML:
    """Return Markdown's renderer with our rules."""
    html = RendererHTML(markdown())
    for name, rule in _RULES.items():
        html.rules[name] = rule.__get__(html)
    return html
