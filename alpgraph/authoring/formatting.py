"""`fmt`: keys in one order, relations in block style; comments and meaning stay as they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from alpgraph.authoring.matter import compose, distinct, meaning, split_file, written
from alpgraph.check.fixes import refused, unified_diff
from alpgraph.check.terminal import counted, escape
from alpgraph.notes import Notebook
from alpgraph.notes.fields import KEYS
from alpgraph.notes.parsing import digest

_COMMENT = re.compile(r"#.*")
RELATION_KEYS = ("type", "to", "why", "basis")


@dataclass(frozen=True, slots=True)
class FormatOutcome:
    """What was tidied, or would be."""

    changed: tuple[str, ...]
    """Paths below the notes folder."""
    diff: str
    skipped: tuple[str, ...] = ()
    written: bool = False

    @property
    def summary(self) -> str:
        """How many files, in a line, and a line for each that was left."""
        files = counted(len(self.changed), "file")
        text = f"tidied {files}" if self.written else f"{files} to tidy"
        first = text if self.changed else "all is tidy"
        return "\n".join([first, *self.skipped])


def format_folder(
    root: Path, notebook: Notebook, *, write: bool, only: str | None = None
) -> FormatOutcome:
    """Tidy every note of a notebook, or the one at the path `only`.

    A file that changed since the notebook was read is left alone.
    """
    changed, diffs, skipped = [], [], []
    for note in notebook.notes.values():
        if only is not None and note.path != only:
            continue
        path = root / note.path
        data = path.read_bytes() if path.is_file() else b""
        if digest(data) != note.digest:
            skipped.append(f"{escape(note.path)}: left alone, it changed meanwhile")
            continue
        tidy = format_note(data)
        if tidy == data:
            continue
        if write and (why := refused(path, tidy, expected=data)):
            skipped.append(f"{escape(note.path)}: left alone, {why}")
            continue
        changed.append(note.path)
        diffs.append(unified_diff(note.path, data, tidy))
    return FormatOutcome(tuple(changed), "".join(diffs), tuple(skipped), written=write)


def format_note(data: bytes) -> bytes:
    """Return a file with tidy front matter; any doubt leaves it as it is."""
    matter = split_file(data)
    if matter is None or not matter.opening:
        return data
    tidy = format_matter(matter.raw)
    return data if tidy == matter.raw else matter.joined(tidy)


def format_matter(raw: str) -> str:
    """Order the keys of front matter and write relations in block style.

    >>> print(format_matter("relations: [{to: b, type: up}]\\ntitle: A  # mine\\n"), end="")
    title: A  # mine
    relations:
      - type: up
        to: b
    """
    node = compose(raw)
    if node is None:
        return raw
    tidy = _in_order(_with_block_relations(raw, node))
    # the promise of this command, kept even where YAML is stranger than the code above
    return tidy if meaning(tidy) == meaning(raw) else raw


Edit = tuple[int, int, str]
"""Where a piece of the text begins and ends, and what takes its place."""
Chunks = tuple[list[str], list[tuple[str, list[str]]], list[str]]
"""Lines above the first key, each key with its lines and its comments, lines at the end."""


def chunks_of(raw: str) -> Chunks | None:
    """Divide front matter by its keys; nothing when it is not plain enough to be sure."""
    node = compose(raw)
    return None if node is None else _chunks(lines_of(raw), node)


def _in_order(raw: str) -> str:
    divided = chunks_of(raw)
    if divided is None:
        return raw
    head, chunks, tail = divided
    rank = {key: number for number, key in enumerate(KEYS)}
    chunks.sort(key=lambda chunk: rank.get(chunk[0], len(rank)))
    return "".join(head + [line for _, chunk in chunks for line in chunk] + tail)


def lines_of(text: str) -> list[str]:
    """Divide a text into its lines, each with its end."""
    # only \n ends a line here; str.splitlines knows more ends than YAML marks do
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def _chunks(lines: list[str], node: yaml.MappingNode) -> Chunks:
    """Divide lines into what stands above, a chunk for each key with its comments, and a tail."""
    starts = [key.start_mark.line for key, _ in node.value]
    bounds = [*starts[1:], len(lines)]
    chunks: list[tuple[str, list[str]]] = []
    head = _header(lines[: starts[0]])
    lead = lines[len(head) : starts[0]]
    for (key, value), start, bound in zip(node.value, starts, bounds, strict=True):
        stop = _end_of_content(lines, value, start, bound)
        chunks.append((key.value, lead + lines[start:stop]))
        lead = lines[stop:bound]
    return head, chunks, lead


def _header(lines: list[str]) -> list[str]:
    """Lines above the first key that belong to the file: up to the last blank one."""
    blank = [number for number, line in enumerate(lines) if not line.strip()]
    return lines[: blank[-1] + 1] if blank else []


def _end_of_content(lines: list[str], value: yaml.Node, start: int, bound: int) -> int:
    """Return the line after a value and the indented comments below it."""
    least = max(start, _last_line(value)) + 1
    for number in range(bound, least, -1):
        line = lines[number - 1]
        if line.strip() and not line.startswith("#"):
            return number
    return least


def _last_line(node: yaml.Node) -> int:
    """Last line on which a value certainly stands; block scalars may go on below it."""
    if isinstance(node, yaml.ScalarNode):
        return int(node.start_mark.line if node.style in ("|", ">") else node.end_mark.line)
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        return int(node.end_mark.line)
    parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return max((_last_line(part) for part in parts), default=int(node.start_mark.line))


def _with_block_relations(raw: str, node: yaml.MappingNode) -> str:
    value = next((value for key, value in node.value if key.value == "relations"), None)
    if not isinstance(value, yaml.SequenceNode) or not value.value:
        return raw
    items = [item for item in value.value if isinstance(item, yaml.MappingNode)]
    if len(items) < len(value.value) or not all(distinct(item) and item.value for item in items):
        return raw
    offsets = Offsets(raw)
    if value.flow_style:
        return _from_flow(raw, offsets, value, items)
    lines = lines_of(raw)
    parts, at = [], 0
    for item in items:
        if edit := _tidy_item(raw, lines, offsets, item):
            start, end, text = edit
            parts += [raw[at:start], text]
            at = end
    return "".join([*parts, raw[at:]])


class Offsets:
    """Offsets of marks: libyaml counts characters, and lines as `\\n` ends them."""

    def __init__(self, raw: str) -> None:
        """Find where the lines of a text begin."""
        self.starts = [0]
        for line in raw.split("\n")[:-1]:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def span(self, node: yaml.Node) -> tuple[int, int]:
        """Return where a node begins and ends."""
        return self.at(node.start_mark), self.at(node.end_mark)

    def at(self, mark: Any) -> int:
        """Return the offset of a mark."""
        return int(self.starts[mark.line] + mark.column)


def _from_flow(
    raw: str, offsets: Offsets, value: yaml.SequenceNode, items: Sequence[yaml.MappingNode]
) -> str:
    start, end = offsets.span(value)
    if commented(raw, offsets, value):
        return raw
    blocks = ["\n  - " + "\n    ".join(entries_of(raw, offsets, item)) for item in items]
    return raw[:start].rstrip(" ") + "".join(blocks) + raw[end:]


def _tidy_item(raw: str, lines: list[str], offsets: Offsets, item: yaml.MappingNode) -> Edit | None:
    """Return what takes the place of a relation; nothing where it stays as it is."""
    if not item.flow_style:
        return _ordered_item(lines, offsets, item)
    if commented(raw, offsets, item):
        return None
    indent = "\n" + " " * item.start_mark.column
    return *offsets.span(item), indent.join(entries_of(raw, offsets, item))


def _ordered_item(lines: list[str], offsets: Offsets, item: yaml.MappingNode) -> Edit | None:
    """Order the lines of a relation that is already a block, unless comments stand between."""
    starts: list[int] = [key.start_mark.line for key, _ in item.value]
    first, column = starts[0], int(item.start_mark.column)
    last = max(_last_line(value) for _, value in item.value)
    style = [value.style in ("|", ">") for _, value in item.value if hasattr(value, "style")]
    stop = min(max(last, starts[-1]) + 1, len(lines))
    inside = lines[first:stop]
    if any(style) or len(set(starts)) < len(starts):
        return None
    if any(not line.strip() or line.lstrip().startswith("#") for line in inside):
        return None
    inside[0] = " " * column + inside[0][column:]
    blocks = [
        (key.value, "".join(inside[start - first : bound - first]))
        for (key, _), start, bound in zip(item.value, starts, [*starts[1:], stop], strict=True)
    ]
    ordered = "".join(text for _, text in sorted(blocks, key=_rank))
    return offsets.starts[first] + column, offsets.starts[stop], ordered[column:]


def _rank(entry: tuple[str, Any]) -> int:
    return RELATION_KEYS.index(entry[0]) if entry[0] in RELATION_KEYS else len(RELATION_KEYS)


def entries_of(raw: str, offsets: Offsets, item: yaml.MappingNode) -> list[str]:
    """Write the entries of a flow mapping, each as `key: value`, in order."""
    entries = []
    for key, value in item.value:
        start, end = offsets.span(value)
        source = raw[start:end].rstrip()
        if "\n" in source and isinstance(value, yaml.ScalarNode):
            source = written(value.value)
        entries.append((key.value, f"{written(key.value)}: {source}".rstrip()))
    return [text for _, text in sorted(entries, key=_rank)]


def commented(raw: str, offsets: Offsets, node: yaml.Node) -> bool:
    """Whether a comment stands inside a flow collection."""
    start, end = offsets.span(node)
    return any(True for _ in _comment_marks(raw, offsets, node, start, end))


def comments_of(raw: str) -> list[str]:
    """Return the comments of a plain block mapping, wherever they stand, without their indents.

    >>> comments_of("a: b # c  # mine\\n# more\\n")
    ['# c  # mine', '# more']
    """
    node = compose(raw)
    if node is None:
        return []
    ends = (
        (at, raw.index("\n", at)) for at in _comment_marks(raw, Offsets(raw), node, 0, len(raw))
    )
    return [raw[at:end].rstrip() for at, end in ends]


def _comment_marks(raw: str, offsets: Offsets, node: yaml.Node, at: int, end: int) -> Iterator[int]:
    """Yield where comments begin, from `at` to `end`: between a node's scalars and behind them."""
    for scalar in _scalars(node):
        from_, to = offsets.span(scalar)
        if scalar.style in ("|", ">"):  # its first line is no text yet
            from_ = raw.index("\n", from_)
        yield from (match.start() for match in _COMMENT.finditer(raw, at, from_))
        at = to
    yield from (match.start() for match in _COMMENT.finditer(raw, at, end))


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
