"""Attributes in braces, as kramdown, Pandoc, MkDocs, Hugo, VitePress and Docusaurus write them.

A heading's own anchor is kept; what would only change looks is not shown.
"""

import re

from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

_ONE = (
    r"(?:[#.][\w:.-]+|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']+)|:(?:width|height) [\d.]+%?,?)"
)
_BRACES = rf"\{{:?[ ]?[ ]?{_ONE}(?:[ ]+{_ONE})*[ ]*\}}"
_ATTRIBUTES = re.compile(_BRACES)
_OF_HEADING = re.compile(rf"{_BRACES}|\{{/\*[ ]*#[\w:.-]+[ ]*\*/\}}")
_NAME = re.compile(r"#([\w:.-]+)")
_AFTER = ")]`*_"
"""Ends of what attributes may belong to."""


def divide_heading(text: str) -> tuple[str, str]:
    """Return a heading's text without its attributes, and the anchor that they name.

    >>> divide_heading("Watching for changes {#watch .new}")
    ('Watching for changes', 'watch')
    """
    before, brace, after = text.rpartition("{")
    written = brace + after.rstrip()
    if not _OF_HEADING.fullmatch(written) or before.rstrip() == before != "":
        return text, ""
    named = _NAME.search(written)
    return before.rstrip(), named[1] if named else ""


def name_headings(state: StateCore) -> None:
    """Take attributes off headings before their texts are parsed."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        inline = tokens[index + 1]
        if "{" in inline.content:
            inline.content, name = divide_heading(inline.content)
            token.meta = {**token.meta, "name": name}
        if tokens[index + 3 : index + 5] and tokens[index + 3].type == "paragraph_open":
            below, more, _ = tokens[index + 4].content.partition("\n")  # as kramdown has it
            if below.startswith("{:") and not divide_heading(below)[0]:
                token.meta = {**token.meta, "name": divide_heading(below)[1]}
                tokens[index + 3].hidden = tokens[index + 5].hidden = not more


def attributes_inline(state: StateInline, silent: bool) -> bool:
    """Skip attributes that follow a link, a picture, code or emphasis, or stand on a line alone."""
    src, start = state.src, state.pos
    if src[start] != "{":
        return False
    match = _ATTRIBUTES.match(src, start)
    if match is None:
        return False
    before = src[start - 1] if start else "\n"
    alone = before == "\n" and src[match.end() : match.end() + 1] in ("", "\n")
    if not alone and before not in _AFTER:
        return False
    state.pos = match.end()
    return True
