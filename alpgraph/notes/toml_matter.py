"""TOML front matter, as Hugo writes it between lines of `+++`."""

import re
import tomllib

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.findings import finding
from alpgraph.notes.values import Items, Scalar, Table, Value


def read_toml(path: str, raw: str, found: list[Diagnostic]) -> Table | None:
    """Read TOML; every place is the whole line of the top key, its end included.

    `tomllib` does not let us know more, so nothing that is found there can be mended for certain.
    """
    try:
        data = tomllib.loads(raw)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(at[1]) + 1, int(at[2])) if at else (2, 1)
        place = Place(path, line, column, line, column + 1)
        message = f"the front matter between `+++` is not TOML: {str(error).split(' (at')[0]}"
        found.append(finding("ALP002", message, place))
        return None
    lines = raw.split("\n")
    places = {key: _line_of(path, key, lines) for key in data}
    entries = tuple(
        (Scalar(key, places[key]), _value(value, places[key])) for key, value in data.items()
    )
    return Table(entries, Place(path, 1, 1, 1, 4))


def _line_of(path: str, key: str, lines: list[str]) -> Place:
    start = re.compile(rf"\s*\[*[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
    for number, line in enumerate(lines, 2):
        if start.match(line):
            return Place(path, number, 1, number + 1, 1)
    return Place(path, 1, 1, 2, 1)


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
