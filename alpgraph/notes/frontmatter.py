"""Front matter as a tree of written texts with places; YAML through libyaml's own parser.

Every scalar stays as its author wrote it: `no`, `3.10` and dates are strings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.findings import finding, quoted
from alpgraph.notes.plain_matter import FAR, read_plain
from alpgraph.notes.values import MATTER_NESTING, Items, Scalar, Table, Value
from alpgraph.notes.yaml_source import Loader, Source

MATTER_LIMIT = 64 * 1024
"""Front matter longer than this many bytes is not read."""
# a mark that opens front matter, and from the end of its line on one that closes it
_YAML = re.compile(r"---[ \t]*(?=\n)"), re.compile(r"\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\+\+\+[ \t]*(?=\n)"), re.compile(r"\n\+\+\+[ \t]*(?:\n|\Z)")
# may be nested deeper than the limit: many dashes on one line, or a line indented far
_DEEP = re.compile(rf"(?:[-?:][ \t]+){{12}}|\n {{{FAR}}}")


@dataclass(frozen=True, slots=True)
class Matter:
    """What stands above the body."""

    table: Table | None
    """The keys and values; nothing when there are none or they cannot be read."""
    present: bool
    body: str
    body_line: int
    raw: str = ""


def read_matter(path: str, text: str) -> tuple[Matter, list[Diagnostic]]:
    """Split a file into front matter and body, and read the front matter."""
    findings: list[Diagnostic] = []
    marks = _TOML if text.startswith("+++") else _YAML
    opening = marks[0].match(text)
    closing = marks[1].search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        if re.match(r"---[ \t]*\n[\w-]+:(?:\s|$)", text):
            message = "the front matter has no closing `---`"
            place = Place(path, 1, 1, 1, 4)
            hint = "put `---` alone on the line after the last key"
            findings.append(finding("ALP002", message, place, hint=hint))
        return Matter(None, False, text, 1), findings
    raw, body = text[opening.end() + 1 : closing.start() + 1], text[closing.end() :]
    body_line = text.count("\n", 0, closing.end()) + 1
    if len(raw.encode("utf-8", "replace")) > MATTER_LIMIT:
        message = f"the front matter is longer than {MATTER_LIMIT // 1024} kB and was not read"
        findings.append(finding("ALP017", message, Place(path, 1, 1, 1, 4), hint="shorten it"))
        return Matter(None, True, body, body_line, raw), findings
    if marks is _TOML:
        from alpgraph.notes.toml_matter import read_toml

        table = read_toml(path, raw, findings)
    else:
        table = _read_yaml(path, raw, findings)
    return Matter(table, True, body, body_line, raw), findings


def _read_yaml(path: str, raw: str, findings: list[Diagnostic]) -> Table | None:
    if not raw.strip():
        return Table((), Place(path, 1, 1, 1, 4))
    if plain := read_plain(path, raw):
        return plain
    return read_by_parser(path, raw, findings)


def read_by_parser(path: str, raw: str, findings: list[Diagnostic]) -> Table | None:
    """Read any YAML by libyaml."""
    source = Source(path, raw)
    try:
        if refusal := _refusal(source):
            findings.append(refusal)
            return None
        node = yaml.compose(source.text, Loader=Loader)
        if node is None:
            return Table((), Place(path, 1, 1, 1, 4))
        value = _Builder(source, findings).value(node)
    except yaml.MarkedYAMLError as error:
        from alpgraph.notes.broken_matter import not_yaml

        findings.append(not_yaml(source, error))
        return None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(getattr(error, "reason", "") or "it cannot be read")
        findings.append(
            finding("ALP002", f"the front matter is not YAML: {reason}", Place(path, 1, 1, 1, 4))
        )
        return None
    if not isinstance(value, Table):
        message = "the front matter is not a list of `key: value` lines"
        findings.append(finding("ALP002", message, value.place, hint="write `title: …`"))
        return None
    return value


def _refusal(source: Source) -> Diagnostic | None:
    """Refuse anchors and deep nesting before any tree is built; most files need no look."""
    raw = source.text
    doubtful = raw.count("[") + raw.count("{") > MATTER_NESTING or _DEEP.search(raw)
    if not doubtful and "&" not in raw and "*" not in raw:
        return None
    depth = 0
    for event in yaml.parse(raw, Loader=Loader):
        if getattr(event, "anchor", None) is not None:
            place = source.place(event)
            message = "front matter may not use YAML anchors or aliases"
            hint = "write the value out, or put it in quotes"
            return finding("ALP002", message, place, hint=hint)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MATTER_NESTING:
                message = f"front matter is nested deeper than {MATTER_NESTING} levels"
                return finding("ALP017", message, source.place(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


class _Builder:
    """Turns YAML's nodes into values; keeps going whatever stands in them."""

    def __init__(self, source: Source, findings: list[Diagnostic]) -> None:
        self.source = source
        self.findings = findings

    def value(self, node: yaml.Node) -> Value:
        """Convert a node and all below it."""
        place = self.source.place(node)
        if isinstance(node, yaml.MappingNode):
            if _is_placeholder(node):
                message = "a template's placeholder stands where a text is needed"
                hint = 'put the value in quotes, as `"{{date}}"`'
                self.findings.append(finding("ALP002", message, place, hint=hint))
                return Scalar("", place)
            entries = tuple(self._entries(node))
            children = [value.place for _, value in entries]
            return Table(entries, place if node.flow_style else _until(place, children))
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.value(item) for item in node.value)
            if node.flow_style:
                return Items(items, place, flow=True)
            return Items(items, _until(place, [item.place for item in items]))
        return Scalar(node.value, place, plain=not getattr(node, "style", None))

    def _entries(self, node: yaml.MappingNode) -> Iterator[tuple[Scalar, Value]]:
        entries: dict[str, tuple[Scalar, Value]] = {}
        for key_node, value_node in node.value:
            place = self.source.place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                message = "a mapping or a list stands where a key is needed"
                hint = "write a word before the colon, or put the value in quotes"
                self.findings.append(finding("ALP002", message, place, hint=hint))
                continue
            key = Scalar(key_node.value, place)
            if key.text in entries:
                message = f"the key {quoted(key.text)} is written twice; the last one counts"
                hint = f"remove one of them; the first is on line {entries[key.text][0].place.line}"
                self.findings.append(finding("ALP015", message, place, hint=hint))
            entries[key.text] = (key, self.value(value_node))
        yield from entries.values()


def _is_placeholder(node: yaml.MappingNode) -> bool:
    """Tell whether a mapping is what YAML makes of `{{date}}`: one whose key is a mapping."""
    return len(node.value) == 1 and isinstance(node.value[0][0], yaml.MappingNode)


def _until(place: Place, children: list[Place]) -> Place:
    """End a block where its last value ends: YAML ends it where the next one begins."""
    if not children:
        return place
    last = children[-1]
    return Place(place.file, place.line, place.column, last.end_line, last.end_column)
