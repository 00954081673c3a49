"""Task lists, `- [x] done`: a token before the text, whose offsets stay as they are."""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TASK = re.compile(r"\[([ xX])\](?=\s)")


def mark_tasks(state: StateCore) -> None:
    """Put a `task` token before the text of each list item that begins with `[ ]` or `[x]`."""
    tokens = state.tokens
    for index in range(2, len(tokens)):
        token = tokens[index]
        if token.type != "inline" or tokens[index - 2].type != "list_item_open":
            continue
        match = TASK.match(token.content)
        first = token.children[0] if token.children else None
        if match and first and first.type == "text" and first.content.startswith(match[0]):
            first.content = first.content[len(match[0]) :]
            task = Token("task", "", 0, meta={"done": match[1] != " "})
            token.children = [task, *(token.children or ())]
            token.meta = {**token.meta, "task": True}
            tokens[index - 2].meta = {**tokens[index - 2].meta, "task": True}


def without_mark(text: str) -> str:
    """Blank the mark of a task, so that offsets stay.

    >>> without_mark("[x] done")
    '    done'
    """
    return TASK.sub("   ", text, count=1)
