"""The values of front matter as their author wrote them, each with its place."""

from typing import NamedTuple

from alpgraph.diagnostics import Place

MATTER_NESTING = 20
"""Levels of lists and tables in front matter that is read."""
new = tuple.__new__
"""Makes a named tuple, as `new(Place, (…))`, in a third of the time its own way takes: a collection
has hundreds of thousands."""


class Scalar(NamedTuple):
    """A value as its author wrote it."""

    text: str
    place: Place
    plain: bool = True
    """Whether it stands without quotes."""

    @property
    def null(self) -> bool:
        """Whether nothing was written."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


class Items(NamedTuple):
    """A sequence."""

    items: "tuple[Value, ...]"
    place: Place
    flow: bool = False
    """Whether it is written in brackets."""


class Table(NamedTuple):
    """A mapping, in the order it was written; a repeated key keeps its last value."""

    entries: "tuple[tuple[Scalar, Value], ...]"
    place: Place

    def get(self, key: str) -> "Value | None":
        """Return the value of `key`, or nothing."""
        return next((value for name, value in self.entries if name.text == key), None)


Value = Scalar | Items | Table


def plain(value: Value | None) -> object:
    """Return a value as bare text, lists and dicts."""
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Items):
        return [plain(item) for item in value.items]
    if isinstance(value, Table):
        return {key.text: plain(item) for key, item in value.entries}
    return None
