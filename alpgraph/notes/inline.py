"""Short texts, as summaries, claims and reasons: emphasis, code and formulas only."""

import re
from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from mdit_py_plugins.dollarmath import dollarmath_plugin

from alpgraph.notes.formulas import formula_html
from alpgraph.notes.sanitize import SafeHtml

_LIMIT = 4000
_SAYS_MORE = re.compile(r"[*_`\\&$\r\x00]")
"""Characters that are more than text; the parser alone knows what they mean."""


@cache
def inline_parser() -> MarkdownIt:
    """Return the parser of texts that are not plain."""
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
    shown = text[:_LIMIT]
    if not _SAYS_MORE.search(shown):
        return SafeHtml(escapeHtml(shown))
    return SafeHtml(inline_parser().renderInline(shown))
