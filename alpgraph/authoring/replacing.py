"""Keys of a block of YAML, and items of its lists, replaced; all other lines stay as they are."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from alpgraph.authoring.formatting import (
    Offsets,
    chunks_of,
    commented,
    comments_of,
    entries_of,
    lines_of,
)
from alpgraph.authoring.matter import compose, distinct, meaning, written

_TEXT_LISTS = ("topics", "authors", "aliases")
"""Keys whose value may be a list of texts; that of any other is one text."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What becomes of a list of mappings: of items that are known by where they stand."""

    keys: Sequence[str]
    """The keys of an item, in order."""
    changed: Mapping[tuple[int, int], Mapping[str, Sequence[str]] | None] = field(
        default_factory=dict
    )
    """By line and column from 0, somewhere in the item: new lines for keys, None to remove it."""
    added: Sequence[str] = ()
    """Lines of new items, indented by two, which go to the end."""
    bare: Callable[[str], str] = str
    """The key that an item means which is a text alone."""


Changes = Mapping[str, Sequence[str] | Rows]
"""New lines for keys, none to remove one; or what becomes of its list."""


def with_keys(raw: str, changed: Changes, order: Sequence[str]) -> str | None:
    """Return a block of YAML with some keys replaced; new ones stand where `order` has them.

    Comments stay, though they may come to stand above the key. Nothing when a value is of
    another shape than its key has, or when the block is not plain enough to be sure.
    """
    divided = chunks_of(raw) if raw.strip() else ([], [], [])
    if divided is None:
        return None
    head, chunks, tail = divided
    entries: list[tuple[str, list[str]]] = []
    at = len(head)
    for key, lines in chunks:
        new = _replaced(key, lines, at, changed[key]) if key in changed else lines
        if new is None:
            return None
        entries.append((key, new))
        at += len(lines)
    present = {key for key, _ in chunks}
    for key, change in changed.items():
        if key not in present and (new := _fresh(key, change)):
            entries.insert(_place(entries, key, order), (key, new))
    text = "".join(head + [line for _, lines in entries for line in lines] + tail)
    before, after = meaning(raw) or {}, meaning(text) or {}
    same = all(after.get(key) == before[key] for key in before.keys() - changed.keys())
    stated = {key for key, lines in entries if any(map(_is_content, lines))}
    return text if same and after.keys() == stated else None


def _fresh(key: str, change: Sequence[str] | Rows) -> list[str]:
    if isinstance(change, Rows):
        return _ended([f"{key}:", *change.added]) if change.added else []
    return _ended(change)


def _ended(lines: Sequence[str]) -> list[str]:
    return [f"{line}\n" for line in lines]


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _place(entries: Sequence[tuple[str, list[str]]], key: str, order: Sequence[str]) -> int:
    """Return where a new key goes: behind those that come before it in tidy notes."""
    rank = {name: number for number, name in enumerate(order)}
    own_rank = rank.get(key, len(rank))
    before = [
        number
        for number, (other, _) in enumerate(entries)
        if rank.get(other, len(rank)) <= own_rank
    ]
    return before[-1] + 1 if before else 0


def _replaced(
    key: str, lines: list[str], at: int, change: Sequence[str] | Rows
) -> list[str] | None:
    """Return a key's lines, which begin at line `at` of the block, as they are to be."""
    above = next((n for n, line in enumerate(lines) if _is_content(line)), len(lines))
    own = "".join(lines[above:])
    node = compose(own)
    if node is None:
        return None
    value = node.value[0][1]
    if isinstance(change, Rows):
        new = _with_rows(own, value, at + above, change)
        return None if new is None else lines[:above] + new
    if not _is_text(value) and not (key in _TEXT_LISTS and _is_texts(value)):
        return None
    new, comments = list(change), comments_of(own)
    if len(new) == len(comments) == own.count("\n") == 1:
        return [*lines[:above], f"{new[0]}  {comments[0]}\n"]
    return lines[:above] + _ended([*comments, *new])


def _is_text(value: yaml.Node) -> bool:
    return isinstance(value, yaml.ScalarNode)


def _is_texts(value: yaml.Node) -> bool:
    return isinstance(value, yaml.SequenceNode) and all(map(_is_text, value.value))


def _with_rows(own: str, value: yaml.Node, at: int, rows: Rows) -> list[str] | None:
    """Return the lines of a key with its list of rows changed; `at` is its line in the block."""
    if isinstance(value, yaml.ScalarNode):
        empty = not value.style and not value.value
        return lines_of(own) + _ended(rows.added) if empty else None
    if not isinstance(value, yaml.SequenceNode):
        return None
    starts = [(item.start_mark.line + at, item.start_mark.column) for item in value.value]
    changed = {bisect_right(starts, place) - 1: new for place, new in rows.changed.items()}
    opened = _opened(own, value)
    if opened is None:
        return None
    own, items = opened
    lines = lines_of(own)
    bounds = [*(item.start_mark.line for item in items), len(lines)]
    out = lines[: bounds[0]]
    for number, item in enumerate(items):
        part = lines[bounds[number] : bounds[number + 1]]
        new = _with_item(own, item, part, changed[number], rows) if number in changed else part
        if new is None:
            return None
        out += new
    dash = lines[bounds[0]].index("-") if items else 2
    out += _ended([" " * dash + line[2:] for line in rows.added])
    if not _others_stay(own, "".join(out), changed):
        return None
    left = any(map(_is_content, out[1:])) or any("#" in line for line in out)
    return out if left else []


def _others_stay(before: str, after: str, changed: Mapping[int, object]) -> bool:
    """Whether the items of a key's list that were not changed say what they said."""
    now = meaning(after)
    if not isinstance(now, dict):
        return False
    ((key, old),) = meaning(before).items()
    remaining = [place for place in range(len(old)) if changed.get(place, True) is not None]
    new = now.get(key) or []
    return all(place in changed or new[n] == old[place] for n, place in enumerate(remaining))


def _opened(own: str, value: yaml.SequenceNode) -> tuple[str, list[yaml.Node]] | None:
    """Return a key with its list in block style, each item on lines of its own, and the items."""
    if value.flow_style:
        offsets = Offsets(own)
        start, end = offsets.span(value)
        sources = [own[slice(*offsets.span(item))].rstrip() for item in value.value]
        if commented(own, offsets, value) or any("\n" in source for source in sources):
            return None
        block = own[:start].rstrip() + own[end:] + "".join(f"  - {one}\n" for one in sources)
        node = compose(block)
        if node is None or (sources and meaning(block) != meaning(own)):
            return None
        own, value = block, node.value[0][1]
    items = value.value if isinstance(value, yaml.SequenceNode) else []
    lines = own.split("\n")
    marks = [item.start_mark for item in items]
    alone = all(lines[mark.line][: mark.column].strip() == "-" for mark in marks)
    return (own, items) if alone else None


def _with_item(
    own: str,
    item: yaml.Node,
    part: list[str],
    new: Mapping[str, Sequence[str]] | None,
    rows: Rows,
) -> list[str] | None:
    """Return the lines `part` of an item with some of its keys replaced, or of its removal."""
    column = item.start_mark.column
    pad, dash = " " * column, part[0][: part[0].index("-")]
    stop = len(part)
    while stop > 1 and not _is_content(part[stop - 1]) and not part[stop - 1].startswith(pad):
        stop -= 1
    item_lines, between = part[:stop], part[stop:]
    if any(line.strip() and not line.startswith(pad) for line in item_lines[1:]):
        return None
    block = _as_block(own, item, item_lines, rows)
    if block is None or compose(block) is None:
        return None
    if new is None:
        return [f"{dash}{comment}\n" for comment in comments_of(block)] + between
    changed = with_keys(block, new, rows.keys)
    if changed is None:
        return None
    lines = lines_of(changed)
    first = next((n for n, line in enumerate(lines) if _is_content(line)), len(lines))
    if first == len(lines):
        return None
    above = [f"{dash}{line}" for line in lines[:first]]
    below = [f"{pad}{line}" if line.strip() else line for line in lines[first + 1 :]]
    return [*above, part[0][:column] + lines[first], *below, *between]


def _as_block(own: str, item: yaml.Node, item_lines: list[str], rows: Rows) -> str | None:
    """Return an item, of these lines, as a block mapping; comments behind it first."""
    column = item.start_mark.column
    if isinstance(item, yaml.MappingNode) and not item.flow_style:
        return "".join(line[column:] or "\n" for line in item_lines)
    offsets = Offsets(own)
    start, end = offsets.span(item)
    if isinstance(item, yaml.MappingNode):
        if commented(own, offsets, item) or not distinct(item):
            return None
        lines = entries_of(own, offsets, item)
    elif isinstance(item, yaml.ScalarNode):
        source = own[start:end].rstrip()
        lines = [f"{rows.bare(item.value)}: {written(item.value) if chr(10) in source else source}"]
    else:
        return None
    behind = own[end : offsets.starts[item.start_mark.line + len(item_lines)]].split("\n")
    comments = [line.strip() for line in behind if line.strip()]
    return "".join(_ended([*comments, *lines]))
