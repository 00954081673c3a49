"""The part of a line that an author is about to write, and of which kind it is: text alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from alpgraph.agents.lsp.documents import TextPosition
from alpgraph.notes.fields import EXPERIMENT_KEYS, KEYS

Kind = Literal["note", "heading", "key", "type", "basis", "topic", "experiment"]
_WIKI = re.compile(r"\[\[([^\[\]|#]*)$")
_HEADING = re.compile(r"\[\[([^\[\]|#]+)#([^\[\]|#]*)$")
_REST_OF_WIKI = re.compile(r"[^\[\]|#]*(?=\]\])")
_VALUE = re.compile(r"(?:^|[\s{,-])(type|to|basis|name):\s+([\"']?)([^\"',{}\[\]]*)$")
_ITEM = re.compile(r"(?:^\s*-\s+|[\[,]\s*|^topics:\s+)([\"']?)([^\"',\[\]]*)$")
_REST_OF_VALUE = re.compile(r"[^\"',{}\[\]#]*")
_TOP = re.compile(r"([A-Za-z][\w-]*):")
_KEY = re.compile(r"\w*$")
_INDENTED = re.compile(r"( +)(\w*)$")
_ENTRY = re.compile(r"( +)(\w+):")
_BELOW: dict[tuple[str, str], Kind] = {
    ("relations", "to"): "note",
    ("relations", "type"): "type",
    ("relations", "basis"): "basis",
    ("experiment", "name"): "experiment",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """What is to be written: from column `start` to before column `end`, both from 1."""

    kind: Kind
    typed: str
    start: int
    end: int
    tail: str = ""
    """What must follow it."""
    to: str = ""
    """For a heading: the note, as written."""
    style: Literal["plain", "flow", "raw"] = "raw"
    """For YAML: how a text that could be read otherwise is quoted; raw between quotes."""
    among: tuple[str, ...] = KEYS
    """For a key: those that there may be."""
    taken: frozenset[str] = frozenset()
    """For a key: those that are there."""


def gap_at(lines: list[str], position: TextPosition) -> Gap | None:
    """Return what may be written at a place; None where anything may."""
    if not 0 < position.line <= len(lines):
        return None
    line = lines[position.line - 1]
    before, after = line[: position.column - 1], line[position.column - 1 :]
    if match := _WIKI.search(before):
        return _in_wikilink("note", match[1], before, after)
    if match := _HEADING.search(before):
        return _in_wikilink("heading", match[2], before, after, match[1].strip())
    return (
        _in_matter(lines, position.line, before, after) if is_matter(lines, position.line) else None
    )


def is_matter(lines: list[str], number: int) -> bool:
    """Tell whether a line stands in YAML front matter, be it closed or not."""
    above = [line.rstrip() for line in lines[: number - 1]]
    return above[:1] == ["---"] and not {"---", "..."} & set(above[1:])


def _in_wikilink(kind: Kind, typed: str, before: str, after: str, to: str = "") -> Gap:
    rest = _REST_OF_WIKI.match(after)
    end = len(before) + 1 + (len(rest[0]) if rest else 0)
    goes_on = rest is not None or after.startswith(("|", "#"))
    return Gap(kind, typed, len(before) - len(typed) + 1, end, "" if goes_on else "]]", to)


def _in_matter(lines: list[str], number: int, before: str, after: str) -> Gap | None:
    if _KEY.match(before):
        taken = frozenset(_keys([*lines[: number - 1], *lines[number:]]))
        gap = Gap("key", before, 1, len(before) + 1, taken=taken & set(KEYS))
        return None if after.strip() else gap
    *_, key = "", *_keys([*lines[: number - 1], before])
    if key == "experiment" and not after.strip() and (match := _INDENTED.match(before)):
        return _in_experiment(lines, number, *match.groups())
    if key == "topics" and (match := _ITEM.search(before)):
        return _value("topic", match[1], match[2], before, after)
    if (match := _VALUE.search(before)) and (kind := _BELOW.get((key, match[1]))):
        return _value(kind, match[2], match[3], before, after)
    return None


def _in_experiment(lines: list[str], number: int, indent: str, typed: str) -> Gap | None:
    """Return the gap of a key of the experiment; none among its parameters, which stand deeper."""
    above = takewhile(lambda line: not _TOP.match(line), reversed(lines[: number - 1]))
    below = takewhile(lambda line: line.startswith(" "), lines[number:])
    entries = [match for line in (*above, *below) if (match := _ENTRY.match(line))]
    if any(len(entry[1]) < len(indent) for entry in entries):
        return None
    start = len(indent) + 1
    taken = frozenset(entry[2] for entry in entries if entry[1] == indent)
    return Gap("key", typed, start, start + len(typed), among=EXPERIMENT_KEYS, taken=taken)


def _keys(lines: list[str]) -> Iterator[str]:
    """Yield the keys that stand at the beginning of a line."""
    return (match[1] for line in lines if (match := _TOP.match(line)))


def _value(kind: Kind, quote: str, typed: str, before: str, after: str) -> Gap:
    rest = _REST_OF_VALUE.match(after)
    end = len(before) + 1 + len((rest[0] if rest else "").rstrip())
    flow: Literal["plain", "flow"] = "flow" if "{" in before or "[" in before else "plain"
    return Gap(kind, typed, len(before) - len(typed) + 1, end, style="raw" if quote else flow)
