"""The Markdown that alpgraph reads: CommonMark with the additions notes use."""

from collections.abc import MutableMapping
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from alpgraph.notes.attributes import attributes_inline, name_headings
from alpgraph.notes.comments import comment_block, comment_inline
from alpgraph.notes.containers import container
from alpgraph.notes.formula_blocks import formula_block
from alpgraph.notes.inline_parser import Inline
from alpgraph.notes.tasks import mark_tasks
from alpgraph.notes.wikilinks import LINK_LIMIT, read_wikilink

NESTING_LIMIT = 400
"""Levels of lists and quotes that are read; markdown-it's own 20 loses text."""


BODY_LIMIT = 256 * 1024
"""Characters of a body that are read as Markdown; the rest is text."""


@cache
def markdown() -> MarkdownIt:
    """Return the parser, with typographer and linkify off."""
    md = MarkdownIt("commonmark")
    md.inline = Inline()
    md.configure("commonmark", {"maxNesting": NESTING_LIMIT, "html": True})
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin)
    md.core.ruler.after("inline", "tasks", mark_tasks)
    md.use(deflist_plugin)
    md.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
    )
    md.inline.ruler.before("link", "wikilink", wikilink_rule)
    md.inline.ruler.before("link", "comment", comment_inline)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "blockquote", "list"]}
    md.block.ruler.before("hr", "comment", comment_block, interrupts)
    md.block.ruler.at("math_block", formula_block(md), interrupts)
    md.block.ruler.before("hr", "container", container, interrupts)
    md.inline.ruler.before("link", "attributes", attributes_inline)
    md.core.ruler.before("inline", "names", name_headings)
    _remember_place(md, "link")
    _remember_place(md, "image")
    return md


def parse(text: str) -> list[Token]:
    """Parse a body into Markdown's tokens; links carry `meta["at"]` and `meta["end"]`."""
    env: MutableMapping[str, Any] = {}
    return markdown().parse(text, env)


def within_limit(text: str) -> tuple[str, str]:
    """Divide a body into what is read as Markdown and what is too much, at the end of a line."""
    if len(text) <= BODY_LIMIT:
        return text, ""
    cut = text.rfind("\n", 0, BODY_LIMIT) + 1 or BODY_LIMIT
    return text[:cut], text[cut:]


def wikilink_rule(state: StateInline, silent: bool) -> bool:
    """Read `[[to#heading|text]]` and `![[to]]` as one token."""
    src, start = state.src, state.pos
    embed = src.startswith("![[", start)
    opening = start + embed
    if not src.startswith("[[", opening) or state.linkLevel > 0:
        return False
    end = src.find("]]", opening + 2, min(state.posMax, opening + LINK_LIMIT))
    if end < 0 or (start and src[start - 1] == "["):
        return False
    content = src[opening + 2 : end]
    if not content.strip() or any(char in content for char in "[]\n`"):
        return False
    if src.startswith("](", end + 1):
        return False  # `[[a]](b)` is a Markdown link whose text is `[a]`
    references = state.env.get("references", {})
    if references and normalizeReference(content) in references:
        return False
    if not silent:
        token = state.push("wikilink", "", 0)
        token.content = content
        token.meta = {"link": read_wikilink(content), "embed": embed, "at": start, "end": end + 2}
    state.pos = end + 2
    return True


def _remember_place(md: MarkdownIt, name: str) -> None:
    """Let a built-in inline rule note on its first token where in the text it began and ended."""
    rules = md.inline.ruler
    original = next(rule.fn for rule in rules.__rules__ if rule.name == name)

    def placed(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        if not original(state, silent):
            return False
        if not silent:
            for token in state.tokens[count:]:
                if token.type in ("link_open", "image") and "at" not in token.meta:
                    token.meta = {"at": start, "end": state.pos}
                    break
        return True

    rules.at(name, placed)
