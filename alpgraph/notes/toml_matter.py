"""TOML front matter, as Hugo writes it between lines of `+++`."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.findings import finding
from alpgraph.notes.values import MATTER_NESTING, Items, Scalar, Table, Value

_KEY = re.compile(r"\s*\[*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))\s*[=.\]]")


def read_toml(path: str, raw: str, findings: list[Diagnostic]) -> Table | None:
    """Read TOML; every place is the whole line of the top key, its end included.

    `tomllib` does not let us know more, so nothing that is found there can be mended for certain.
    """
    try:
        data = tomllib.loads(raw)
        if _is_deep(data):
            message = f"front matter is nested deeper than {MATTER_NESTING} levels"
            findings.append(finding("ALP017", message, Place(path, 1, 1, 1, 4)))
            return None
        return _table(path, data, raw)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(at[1]) + 1, int(at[2])) if at else (2, 1)
        place = Place(path, line, column, line, column + 1)
        message = f"the front matter between `+++` is not TOML: {str(error).split(' (at')[0]}"
        findings.append(finding("ALP002", message, place))
        return None


def _is_deep(data: object) -> bool:
    """Tell whether tables and lists stand in each other beyond the limit."""
    level: list[Any] = [data]
    for _ in range(MATTER_NESTING + 1):
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for some in inner for one in some if isinstance(one, dict | list)]
    return bool(level)


def _table(path: str, data: Mapping[str, Any], raw: str) -> Table:
    lines: dict[str, int] = {}
    for number, line in enumerate(raw.split("\n"), 2):
        if match := _KEY.match(line):
            lines.setdefault(match[match.lastindex or 0], number)
    entries = []
    for key, value in data.items():
        number = lines.get(key, 1)
        place = Place(path, number, 1, number + 1, 1)
        entries.append((Scalar(key, place), _value(value, place)))
    return Table(tuple(entries), Place(path, 1, 1, 1, 4))


def _value(value: object, place: Place) -> Value:
    if isinstance(value, dict):
        return Table(
            tuple((Scalar(str(key), place), _value(item, place)) for key, item in value.items()),
            place,
        )
    if isinstance(value, list):
        return Items(tuple(_value(item, place) for item in value), place, flow=True)
    if isinstance(value, bool):
        return Scalar(str(value).lower(), place)
    return Scalar(str(value), place, plain=False)
