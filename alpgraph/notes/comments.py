"""Obsidian's comments, `%% … %%`: neither shown nor searched for links."""

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MARK = "%%"
_UNCLOSED = "comments without an end"


def comment_inline(state: StateInline, silent: bool) -> bool:
    """Skip `%% … %%` inside a text; signs of per cent that stand at a word open nothing."""
    src, start = state.src, state.pos
    if not src.startswith(MARK, start) or (start and not src[start - 1].isspace()):
        return False
    end = src.find(MARK, start + 2, state.posMax)
    after = src[end + 2 : end + 3]
    if end < 0 or (after and not after.isspace()):
        return False
    state.pos = end + 2
    return True


def comment_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Skip the lines from one that begins with `%%` to one that ends with it."""
    begin, stop = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    if state.is_code_block(start_line) or not state.src.startswith(MARK, begin):
        return False
    line = state.src[begin:stop].rstrip()
    if line.find(MARK, 2) >= 0:
        last = start_line if line.find(MARK, 2) == len(line) - 2 else -1
    else:
        last = _closing_line(state, start_line + 1, end_line)
    if last < 0:
        return False
    if not silent:
        state.line = last + 1
    return True


def _closing_line(state: StateBlock, line: int, end_line: int) -> int:
    """Return the first line that ends with `%%`, or -1."""
    searched = state.env.setdefault(_UNCLOSED, set())  # ends of the texts in which there is none
    if end_line in searched:
        return -1
    for number in range(line, end_line):
        if state.src[state.bMarks[number] : state.eMarks[number]].rstrip().endswith(MARK):
            return number
    searched.add(end_line)
    return -1
