"""YAML for libyaml, and where in the file that which it speaks of stands."""

import re
from bisect import bisect_right
from typing import Any

import yaml

from alpgraph.diagnostics import Place

FIRST_LINE = 2
"""Front matter begins on the file's second line."""
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOM = "\ufeff"
# libyaml passes over the first of these at the beginning, and the others end its lines
_MISCOUNTED = re.compile(f"{_BOM}|[\x85\u2028\u2029]")


class Loader(_BASE):  # type: ignore[misc]
    """Libyaml's parser without the guessing of types, which costs a third of its time."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Call everything a text."""
        return "tag:yaml.org,2002:str"


class Source:
    """The text that libyaml reads."""

    def __init__(self, path: str, raw: str) -> None:
        """Take the front matter of the file `path`."""
        self.path = path
        self.raw = raw
        self.text = raw.removeprefix(_BOM)
        self._starts = (
            [0, *(end.end() for end in re.finditer("\n", raw))] if _MISCOUNTED.search(raw) else []
        )

    def spot(self, mark: Any) -> tuple[int, int]:
        """Return line and column in the file of a mark."""
        if not self._starts:
            return mark.line + FIRST_LINE, mark.column + 1
        at = mark.index + len(self.raw) - len(self.text)
        line = bisect_right(self._starts, at)
        return line - 1 + FIRST_LINE, at - self._starts[line - 1] + 1

    def place(self, thing: Any) -> Place:
        """Return the place of a node or an event."""
        return Place(self.path, *self.spot(thing.start_mark), *self.spot(thing.end_mark))
