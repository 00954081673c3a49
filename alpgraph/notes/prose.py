"""Markdown of our own, as help pages and an experiment says: no note, no links in it."""

from collections.abc import MutableMapping
from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from alpgraph.notes.code import code_html
from alpgraph.notes.formulas import formula_html
from alpgraph.notes.sanitize import Placeholders, SafeHtml, TagRewriter
from alpgraph.notes.tables import TABLE_CLOSE, table_open


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False}).enable("table")
    md.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)
    md.add_render_rule("fence", _fence)
    md.add_render_rule("table_open", _table_open)
    md.add_render_rule("table_close", _table_close)
    md.add_render_rule("math_inline", _formula)
    return md


@lru_cache(maxsize=256)
def render_prose(text: str) -> SafeHtml:
    """Render Markdown that belongs to no note; HTML in it is text.

    >>> render_prose("*so* `<b>`")
    '<p><em>so</em> <code>&lt;b&gt;</code></p>\\n'
    """
    slots = Placeholders()
    env: MutableMapping[str, Any] = {"slots": slots}
    return slots.sanitised(_parser().render(text, env), TagRewriter())


def _fence(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    language = tokens[at].info.strip().partition(" ")[0]
    return str(env["slots"].put(code_html(tokens[at].content, language))) + "\n"


def _table_open(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    return table_open(env["slots"])


def _table_close(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    return TABLE_CLOSE


def _formula(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    return str(env["slots"].put(formula_html(str(tokens[at].content), display=False)))
