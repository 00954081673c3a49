"""Front matter in the plain form most notes have, read line by line; anything else is refused.

It must say exactly what YAML says of the same text, places included: a test with generated front
matter compares both. Refused are comments beside values, escapes, texts over several lines,
anchors, tabs, repeated keys, and more nesting, on one line than braces in brackets, on several
than notes have.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from alpgraph.diagnostics import Place
from alpgraph.notes.values import Items, Scalar, Table, Value, new

_ODD = re.compile(
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SPECIAL = frozenset(" -?:,[]{}#&*!|>'\"%@`")
_QUOTED = re.compile(r"\"[^\"\\]*\"|'[^']*'")
_FLOW_TEXT = rf"{_QUOTED.pattern}|[\w./(+][\w./()+'-]*(?: +[\w./()+'-]+)*"
_FLOW_ITEM = re.compile(rf" *({_FLOW_TEXT}|{{[^{{}}\[\]]*}}) *(,|\Z)")
_FLOW_PAIR = re.compile(rf" *({_KEY.pattern}): +({_FLOW_TEXT}) *(,|\Z)")
FAR = 16
"""Columns of indentation from which front matter may be nested deeper than the limit."""
_FIRST_LINE = 2
"""Front matter begins on the file's second line."""


class _Line(NamedTuple):
    number: int
    indent: int
    dash: bool
    key: str
    """Empty where the line has none."""
    value: str
    key_at: int
    value_at: int


class _RefusedError(Exception):
    """The text is not plain enough."""


def read_plain(path: str, raw: str) -> Table | None:
    """Read front matter, or nothing where it needs a YAML parser."""
    if not (raw.isascii() and raw.replace("\n", "").isprintable()) and _ODD.search(raw):
        return None
    lines = []
    for number, text in enumerate(raw.split("\n"), _FIRST_LINE):
        bare = text.lstrip(" ")
        if not bare or text[0] == "#":
            continue
        indent = len(text) - len(bare)
        dash = bare[:2] == "- "
        if dash:
            bare = bare[2:]
        at = indent + 2 if dash else indent
        key, colon, rest = bare.partition(":")
        if colon and (not rest or rest[0] == " ") and _is_key(key):
            value = rest.lstrip(" ")
            value_at = len(text) - len(value)
        else:
            key, value, value_at = "", bare, at
        row = number, indent, dash, key, value.rstrip(" "), at, value_at
        lines.append(new(_Line, row))
    reader = _Reader(path, lines)
    try:
        table, end = reader.mapping(0, 0)
    except (_RefusedError, IndexError):
        return None
    return table if end == len(lines) else None


@lru_cache(maxsize=1000)
def _is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


class _Reader:
    def __init__(self, path: str, lines: list[_Line]) -> None:
        self.path = path
        self.lines = lines

    def mapping(self, at: int, indent: int) -> tuple[Table, int]:
        """Read `key: value` lines from `at`, the first of which may stand behind a dash."""
        path, lines, entries = self.path, self.lines, []
        keys = set()
        first = at
        while at < len(lines):
            line = lines[at]
            behind_dash = at == first and line.key_at == indent
            if (line.indent != indent or line.dash) and not behind_dash:
                break
            key = line.key
            if not key or key in keys:
                raise _RefusedError
            keys.add(key)
            number, column = line.number, indent + 1
            place = new(Place, (path, number, column, number, column + len(key)))
            if line.value:
                value, at = self.value(line), at + 1
            else:
                value, at = self.nested(at + 1, indent, line)
            entries.append((new(Scalar, (key, place, True)), value))
        if not entries or (at < len(lines) and lines[at].indent > indent):
            raise _RefusedError
        begin, end = entries[0][0].place, entries[-1][1].place
        place = Place(self.path, begin.line, begin.column, end.end_line, end.end_column)
        return Table(tuple(entries), place), at

    def nested(self, at: int, indent: int, above: _Line) -> tuple[Value, int]:
        """Read what stands below a key without a value on its line."""
        if at < len(self.lines):
            line = self.lines[at]
            if line.indent >= FAR:
                raise _RefusedError
            if line.dash and line.indent >= indent:
                return self.sequence(at, line.indent)
            if line.indent > indent:
                return self.mapping(at, line.indent)
        column = above.key_at + len(above.key) + 2
        return Scalar("", Place(self.path, above.number, column, above.number, column)), at

    def sequence(self, at: int, indent: int) -> tuple[Items, int]:
        """Read `- item` lines."""
        lines = self.lines
        items: list[Value] = []
        first = lines[at]
        while at < len(lines) and lines[at].dash and lines[at].indent == indent:
            line = lines[at]
            if line.key:
                table, at = self.mapping(at, indent + 2)
                items.append(table)
            else:
                items.append(self.value(line))
                at += 1
        if at < len(lines) and lines[at].indent > indent:
            raise _RefusedError
        end = items[-1].place
        place = Place(self.path, first.number, indent + 1, end.end_line, end.end_column)
        return Items(tuple(items), place), at

    def value(self, line: _Line) -> Value:
        """Read a value that stands on one line."""
        text, number, begin = line.value, line.number, line.value_at + 1
        if not text:
            raise _RefusedError
        if text[0] not in _SPECIAL:
            if ": " in text or " #" in text or text[-1] == ":":
                raise _RefusedError
            place = new(Place, (self.path, number, begin, number, begin + len(text)))
            return new(Scalar, (text, place, True))
        if _QUOTED.fullmatch(text) or text[0] + text[-1] in ("[]", "{}"):
            return self.flow(text, number, begin)
        raise _RefusedError

    def flow(self, text: str, number: int, begin: int) -> Value:
        """Read a text with or without quotes, `[one, two]` or `{one: a, two: b}`."""
        place = new(Place, (self.path, number, begin, number, begin + len(text)))
        if text[0] in "\"'":
            return Scalar(text[1:-1], place, plain=False)
        if text[0] == "[":
            parts = _split(_FLOW_ITEM, text[1:-1])
            items = [self.flow(part[1], number, begin + 1 + part.start(1)) for part in parts]
            return Items(tuple(items), place, flow=True)
        if text[0] != "{":
            return new(Scalar, (text, place, True))
        entries: list[tuple[Scalar, Value]] = []
        keys = set()
        for part in _split(_FLOW_PAIR, text[1:-1]):
            key, column = part[1], begin + 1 + part.start(1)
            if key in keys:
                raise _RefusedError
            keys.add(key)
            key_place = new(Place, (self.path, number, column, number, column + len(key)))
            value = self.flow(part[2], number, begin + 1 + part.start(2))
            entries.append((new(Scalar, (key, key_place, True)), value))
        return Table(tuple(entries), place)


def _split(pattern: re.Pattern[str], inside: str) -> Iterator[re.Match[str]]:
    """Yield what `pattern` finds between commas, its last group being the comma behind it."""
    at, comma = 0, ""
    while at < len(inside) or comma:
        match = pattern.match(inside, at)
        if match is None:
            raise _RefusedError
        at, comma = match.end(), match[pattern.groups]
        yield match
