"""Formulas between lines of `$$`, also where a line of text stands right before."""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

BlockRule = Callable[[StateBlock, int, int, bool], bool]
_UNCLOSED = "formula without an end"


def formula_block(md: MarkdownIt) -> BlockRule:
    """Return the parser's rule for formulas so that it may end a paragraph, and costs no more."""
    original: BlockRule = next(
        rule.fn for rule in md.block.ruler.__rules__ if rule.name == "math_block"
    )

    def read(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        begin = state.bMarks[start_line] + state.tShift[start_line]
        if not state.src.startswith("$$", begin) or state.env.get(_UNCLOSED) == end_line:
            return False
        line, count = state.line, len(state.tokens)
        matched = original(state, start_line, end_line, silent)
        if not matched and state.src.find("$$", begin + 2, state.eMarks[start_line]) < 0:
            state.env[_UNCLOSED] = end_line  # looked for to the end: no text is searched twice
        if silent:  # the original leaves its token even so
            state.line = line
            del state.tokens[count:]
        return matched

    return read
