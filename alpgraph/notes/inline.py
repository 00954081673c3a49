"""Short texts, as summaries, claims and reasons: emphasis, code and formulas only."""

from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from alpgraph.notes.formulas import formula_html
from alpgraph.notes.sanitize import SafeHtml

_LIMIT = 4000


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("zero", {"html": False})
    md.enable(["emphasis", "backticks", "escape", "entity"])
    md.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)
    md.add_render_rule("math_inline", _formula)
    return md


def _formula(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    return formula_html(str(tokens[index].content), display=False)


@lru_cache(maxsize=4096)
def render_inline(text: str) -> SafeHtml:
    """Render a short text; HTML in it is text.

    >>> render_inline("*so* <b>")
    '<em>so</em> &lt;b&gt;'
    """
    return SafeHtml(_parser().renderInline(text[:_LIMIT]))
