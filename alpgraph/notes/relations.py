"""Relations of the front matter: alpgraph's own list, and the keyed forms of other tools."""

import re
from collections.abc import Iterator
from typing import cast, get_args

from alpgraph.diagnostics import Diagnostic, Place, Severity
from alpgraph.notes.findings import finding, near, quoted, rewording
from alpgraph.notes.model import Basis, Relation
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.notes.values import Items, Scalar, Table, Value
from alpgraph.notes.wikilinks import note_address, read_wikilink

RELATION_LIMIT = 1000
"""Relations of one note that are read."""
_KEYS = ("type", "to", "why", "basis")
_BASES = tuple(base for base in get_args(Basis) if base)
_BRACKETED = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_MARKDOWN = re.compile(r"\[[^\[\]\n]*\]\(([^()\s]+)\)")


class RelationReader:
    """Reads relations of one note's front matter and notes what is wrong with them."""

    def __init__(self, types: RelationTypes, findings: list[Diagnostic]) -> None:
        """Read with the types of a collection; findings are added to `findings`."""
        self.types = types
        self.findings = findings

    def read(self, value: Value) -> Iterator[Relation]:
        """Read the value of `relations:`: alpgraph's own list, or a map from type to targets."""
        if isinstance(value, Table):
            for key, targets in value.entries:
                yield from self._of_map(key, targets)
        elif isinstance(value, Items):
            for item in value.items[:RELATION_LIMIT]:
                if isinstance(item, Table):
                    yield from self._native(item)
                else:
                    self._wrong(item, "a relation", "write `- type: …` with `to:` and `why:`")
            if len(value.items) > RELATION_LIMIT:
                message = f"only the first {RELATION_LIMIT} relations are read"
                self.findings.append(finding("ALP017", message, value.items[RELATION_LIMIT].place))
        elif not (isinstance(value, Scalar) and value.null):
            self._wrong(value, "`relations`", "write a list of `- type: …` with `to:` and `why:`")

    def keyed(self, key: Scalar, value: Value) -> list[Relation]:
        """Read `supports: ["[[X]]"]`: links under a key that is a declared type."""
        reading = self.types.read(key.text)
        if reading is None:
            return []
        return [
            Relation(reading.id, key.text, to, "", "", "frontmatter-key", place, key.place, place)
            for to, place in linked(value)
        ]

    def _of_map(self, key: Scalar, targets: Value) -> Iterator[Relation]:
        reading = self.types.read(key.text)
        kind = reading.id if reading else ""
        if reading is None:
            self._unknown_type(key)
        links = list(linked(targets)) or list(_bare(targets))
        for to, place in links:
            yield Relation(kind, key.text, to, "", "", "frontmatter-map", place, key.place, place)

    def _native(self, table: Table) -> Iterator[Relation]:
        texts = {key.text: value for key, value in table.entries}
        for key, _ in table.entries:
            if key.text not in _KEYS:
                self._unknown_key(key, table)
        kind, to = self._text(texts.get("type"), "type"), self._target(texts.get("to"))
        why, basis = self._text(texts.get("why"), "why"), self._text(texts.get("basis"), "basis")
        self._missing(table, kind, to, why)
        if to is None or not to[0]:
            return
        reading = self.types.read(kind.text) if kind else None
        if kind and kind.text.strip() and reading is None:
            self._unknown_type(kind)
        yield Relation(
            type=reading.id if reading else "",
            written=kind.text if kind else "",
            to=to[0],
            why=" ".join(why.text.split()) if why else "",
            basis=self._basis(basis),
            form="native",
            place=table.place,
            type_place=kind.place if kind else table.place,
            to_place=to[1],
            why_place=why.place if why else None,
        )

    def _missing(
        self, table: Table, kind: Scalar | None, to: tuple[str, Place] | None, why: Scalar | None
    ) -> None:
        if to is None or not to[0]:
            hint = "add `to:` with the slug of a note"
            self._lacks(table, "this relation has no `to`", hint, Severity.ERROR)
        if kind is None or not kind.text.strip():
            hint = "add `type:`, as `type: parallels`"
            self._lacks(table, "this relation has no `type`", hint, Severity.ERROR)
        length = len(why.text.strip()) if why else 0
        if why is None or not length:
            hint = "add `why:` with one line that says what the link means here"
            self._lacks(table, "this relation does not say why", hint, None)
        elif not 20 <= length <= 500:
            message = f"the reason has {length} characters; it should have 20 to 500"
            hint = "say it in one sentence"
            self.findings.append(finding("ALP014", message, why.place, hint=hint))

    def _lacks(self, table: Table, message: str, hint: str, severity: Severity | None) -> None:
        start = table.place
        place = Place(start.file, start.line, start.column, start.line, start.column + 1)
        self.findings.append(finding("ALP013", message, place, hint=hint, severity=severity))

    def _text(self, value: Value | None, name: str) -> Scalar | None:
        if value is None or isinstance(value, Scalar):
            return None if value is None or value.null else value
        self._wrong(value, f"`{name}`", "write a text")
        return None

    def _target(self, value: Value | None) -> tuple[str, Place] | None:
        if isinstance(value, Items):
            links = list(linked(value))
            if len(links) == 1:
                return links[0]
            self._wrong(value, "`to`", "write one slug; two notes need two relations")
            return None
        scalar = self._text(value, "to")
        if scalar is None:
            return None
        link = next(linked(scalar), None)
        return link or (scalar.text.strip(), scalar.place)

    def _basis(self, value: Scalar | None) -> Basis:
        if value is None:
            return ""
        word = value.text.strip().lower()
        if word in _BASES:
            return cast(Basis, word)
        message = f"unknown basis {quoted(value.text)}"
        hint = (
            _suggestion(near(word, _BASES)) + "known: " + ", ".join(f"`{base}`" for base in _BASES)
        )
        self.findings.append(finding("ALP016", message, value.place, hint=hint))
        return ""

    def _unknown_type(self, kind: Scalar) -> None:
        word = near(kind.text.strip(), self.types.readings)
        suggestion = self.types.readings[word].id if word else ""
        ids = ", ".join(self.types.by_id)
        fix = rewording(kind.place, kind.text, suggestion)
        message = f"unknown relation type {quoted(kind.text)}"
        hint = f"{_suggestion(suggestion)}known: {ids}"
        self.findings.append(finding("ALP011", message, kind.place, hint=hint, fix=fix))

    def _unknown_key(self, key: Scalar, table: Table) -> None:
        suggestion = near(key.text, _KEYS)
        message = f"unknown key {quoted(key.text)} in a relation"
        hint = f"{_suggestion(suggestion)}known: `type`, `to`, `why`, `basis`"
        fix = None if table.get(suggestion) else rewording(key.place, key.text, suggestion)
        self.findings.append(finding("ALP012", message, key.place, hint=hint, fix=fix))

    def _wrong(self, value: Value, what: str, hint: str) -> None:
        message = f"{what} is {kind_of(value)}"
        self.findings.append(finding("ALP016", message, value.place, hint=hint))


def _suggestion(word: str) -> str:
    return f"did you mean `{word}`? " if word else ""


def kind_of(value: Value) -> str:
    """Name a value's kind for a message."""
    if isinstance(value, Items):
        return "a list"
    if isinstance(value, Table):
        return "a mapping"
    return "empty" if value.null else f"the text {quoted(value.text)}"


def linked(value: Value, depth: int = 0) -> Iterator[tuple[str, Place]]:
    """Yield every link of a value: `"[[X]]"`, unquoted `[[X]]` (a list in a list), `[t](x.md)`."""
    if isinstance(value, Scalar):
        if "[" not in value.text:
            return
        for match in _BRACKETED.finditer(value.text):
            yield read_wikilink(match[1]).to, value.place
        for match in _MARKDOWN.finditer(value.text):
            if address := note_address(match[1]):
                yield address[0], value.place
    elif isinstance(value, Items):
        written = [item.text for item in value.items if isinstance(item, Scalar)]
        if value.flow and depth >= 1 and written and len(written) == len(value.items):
            yield read_wikilink(", ".join(written)).to, value.place
            return
        for item in value.items:
            yield from linked(item, depth + 1 if value.flow else 0)


def _bare(value: Value) -> Iterator[tuple[str, Place]]:
    if isinstance(value, Scalar) and not value.null:
        yield value.text.strip(), value.place
    elif isinstance(value, Items):
        for item in value.items:
            yield from list(linked(item)) or _bare(item)
