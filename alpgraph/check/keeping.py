"""Whether mended front matter says what it said, but for what was mended."""

from collections.abc import Collection

from alpgraph.diagnostics import Edit, Place
from alpgraph.notes.frontmatter import read_matter
from alpgraph.notes.values import Items, Scalar, Value


def keeps_rest(before: str, after: str, edits: Collection[Edit]) -> bool:
    """Tell whether front matter differs by these edits of keys and values only.

    Both texts are whole files with LF line ends; `after` is `before` with the edits applied.
    """
    old, new = (read_matter("", text)[0].table for text in (before, after))
    return _content(old, edits) == _content(new, ())


def _content(value: Value | None, edits: Collection[Edit]) -> object:
    """Return a value without places, and with the edits made in the texts that hold them."""
    if isinstance(value, Scalar):
        text = value.text
        for edit in edits:
            if _contains(value.place, edit.place):
                text = text.replace(edit.old, edit.text, 1)
        return text, value.null
    if isinstance(value, Items):
        return [_content(item, edits) for item in value.items]
    if value is None:
        return None
    # as pairs: of two keys that become equal, a mapping would keep one
    return [(_content(key, edits), _content(item, edits)) for key, item in value.entries]


def _contains(outer: Place, inner: Place) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
