"""Markdown's inline parser with a limit of its own: a level of it takes several of Python's."""

from collections.abc import MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

LEVELS = 40
"""Brackets in brackets that are read; deeper ones are text."""
NOTES_IN_NOTES = 10
"""Footnotes inside footnotes that are read."""
_DEPTH = "depth of inline texts"


class Inline(ParserInline):
    """A parser that begins so far down that the limit of blocks leaves few levels."""

    def parse(
        self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]
    ) -> list[Token]:
        """Parse a text into `tokens`; a text in a text, as a footnote's, is counted."""
        depth = env.get(_DEPTH, 0)
        state = StateInline(src, md, env, tokens)
        if depth > NOTES_IN_NOTES:
            state.pending = src
            state.pushPending()
            return state.tokens
        env[_DEPTH] = depth + 1
        state.level = max(0, int(md.options["maxNesting"]) - LEVELS)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        env[_DEPTH] = depth
        return state.tokens
