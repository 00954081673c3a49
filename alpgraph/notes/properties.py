"""Logseq's properties of a page: lines as `alias:: one, [[two]]` that its text begins with."""

import re

_LINE = re.compile(r"([\w-]+)::[ \t]+(\S.*)")
_VALUE = re.compile(r"#?\[\[([^\[\]]+)\]\]|#?([^,\[\]]+)")
MAX_LINES = 50
"""Lines that are looked at."""


def page_properties(body: str) -> dict[str, tuple[str, ...]]:
    """Return the properties that a page begins with, each with its values.

    >>> page_properties("alias:: [[Wordy, and so]], smith\\n\\n- text")
    {'alias': ('Wordy, and so', 'smith')}
    """
    properties: dict[str, tuple[str, ...]] = {}
    if "::" not in body[: body.find("\n") if "\n" in body else None]:
        return properties
    for line in body.split("\n", MAX_LINES)[:MAX_LINES]:
        match = _LINE.match(line)
        if not match:
            break
        values = (one[1] or one[2] for one in _VALUE.finditer(match[2]))
        properties[match[1].lower()] = tuple(value.strip() for value in values if value.strip())
    return properties
