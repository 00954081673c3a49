"""`import`: typed links of other tools become native relations, in copies; originals stay.

Each rewritten note is read again and must say exactly what it said before, else it stays as it is.
"""

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alpgraph.authoring.drafts import DraftRelation, relation_item
from alpgraph.authoring.formatting import RELATION_KEYS, format_matter
from alpgraph.authoring.matter import compose, split_file
from alpgraph.authoring.replacing import Rows, with_keys
from alpgraph.check.fixes import unified_diff
from alpgraph.check.terminal import counted, escape
from alpgraph.notes import Notebook
from alpgraph.notes.fields import KEYS
from alpgraph.notes.model import Note, Relation
from alpgraph.notes.parsing import digest, parse_note
from alpgraph.notes.relation_types import RelationTypes

_WIKILINK = re.compile(r"\[\[([^\[\]]+)\]\]")


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import wrote, or would write."""

    files: dict[str, bytes]
    """New content by path below the folder; notes that are not named stay as they are."""
    relations: int
    """Typed links that became native relations."""
    skipped: tuple[str, ...]
    diff: str
    output: Path | None

    @property
    def summary(self) -> str:
        """What was done, in a line, and a line for each note that was left."""
        links, notes = counted(self.relations, "typed link"), counted(len(self.files), "note")
        text = f"{links} in {notes} made native"
        where = f", written to {self.output}" if self.output else "; `--output DIR` writes a copy"
        return "\n".join([text + where, *self.skipped])


def import_folder(folder: Path, notebook: Notebook, output: Path | None = None) -> ImportOutcome:
    """Turn the typed links of a folder into native relations; write a copy to `output` when given.

    Links whose target is not found are left in their own form. Raises FileExistsError when
    `output` is there and not empty, ValueError when it lies inside the folder or around it.
    """
    if output is not None:
        _refuse(folder, output)
    files: dict[str, bytes] = {}
    count, skipped, diffs = 0, [], []
    for note in notebook.notes.values():
        foreign = [relation for relation in note.relations if relation.form != "native"]
        if not foreign:
            continue
        path = folder / note.path
        data = path.read_bytes() if path.is_file() else b""
        moved = [relation for relation in foreign if relation.target is not None and relation.type]
        new = _rewritten(note, data, moved, notebook.types) if digest(data) == note.digest else None
        if len(moved) < len(foreign):
            left = len(foreign) - len(moved)
            skipped.append(f"{escape(note.path)}: {left} left, their targets are not found")
        if new is None:
            skipped.append(f"{escape(note.path)}: left as it is; rewriting it might change it")
        elif new != data:
            files[note.path] = new
            count += len(moved)
            diffs.append(unified_diff(note.path, data, new))
    if output is not None:
        skipped += _write_copy(folder, files, output)
    return ImportOutcome(files, count, tuple(skipped), "".join(diffs), output)


def _refuse(folder: Path, output: Path) -> None:
    source, target = folder.resolve(), output.resolve()
    if source.is_relative_to(target) or target.is_relative_to(source):
        raise ValueError(f"'{output}' must lie neither inside '{folder}' nor around it")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise FileExistsError(f"'{output}' exists and is not empty; nothing was written")


def _rewritten(
    note: Note, data: bytes, moved: Sequence[Relation], types: RelationTypes
) -> bytes | None:
    """Return a note's new bytes; nothing when they would not say the same."""
    matter = split_file(data)
    if matter is None or not moved:
        return data if not moved else None
    text = f"{matter.opening}{matter.raw}{matter.rest}"
    lines = text.split("\n")
    for relation in sorted(moved, key=lambda relation: relation.place, reverse=True):
        if relation.place.line >= note.body_line:
            _unfold(lines, relation)
    body = "\n".join(lines)[len(matter.opening) + len(matter.raw) :]
    raw = _with_relations(_without_keys(matter.raw, moved), moved)
    if raw is None or (not matter.opening and matter.rest.startswith("+++")):
        return None
    opening, rest = (matter.opening, body) if matter.opening else ("---\n", "---\n\n" + body)
    new = type(matter)(opening, raw, rest, matter.bom, matter.crlf).joined(raw)
    return new if _says_the_same(note, new, types, moved) else None


def _unfold(lines: list[str], relation: Relation) -> None:
    """Turn the typed link at a place into a plain one; its type and reason stand above now."""
    number, place = relation.place.line - 1, relation.place
    if place.end_line != place.line:
        return
    line = lines[number]
    before, link, after = (
        line[: place.column - 1],
        line[place.column - 1 : place.end_column - 1],
        line[place.end_column - 1 :],
    )
    if relation.form in ("dataview", "logseq", "dataview-inline"):
        before = re.sub(r"::", ":", before)
    elif relation.form == "bullet":
        before, after = re.sub(r"([-*+]|\d+[.)])(\s+(?:\[.\]\s+)?).*$", r"\1\2", before), ""
    elif relation.form == "bullet-reason":
        after = ""
    elif relation.form == "cosma":
        link = _WIKILINK.sub(lambda match: f"[[{match[1].partition(':')[2].strip()}]]", link)
    elif relation.form == "at-type":
        link = re.sub(r"\s*@[\w-]+\s*(?=\]\])", "", link)
    elif relation.form == "link-title":
        link = re.sub(r"""\s+(?:"[^"]*"|'[^']*'|\([^()]*\))\s*\)$""", ")", link)
    lines[number] = before + link + after


def _without_keys(raw: str, moved: Sequence[Relation]) -> str:
    """Take out keys of the front matter whose links have all become relations."""
    node = compose(raw)
    if node is None:
        return raw
    lines = raw.split("\n")[:-1]
    starts = [key.start_mark.line for key, _ in node.value]
    removed: set[int] = set()
    for (key, _), start, bound in zip(node.value, starts, [*starts[1:], len(lines)], strict=True):
        inside = range(start + 2, bound + 2)  # the file's line numbers
        forms = {item.form for item in moved if item.place.line in inside}
        whole = key.value == "relations" and "frontmatter-map" in forms
        if whole or "frontmatter-key" in forms:
            # comments at the margin belong to the next key
            removed |= {line for line in range(start, bound) if not lines[line].startswith("#")}
    return "".join(f"{line}\n" for number, line in enumerate(lines) if number not in removed)


def _with_relations(raw: str, moved: Sequence[Relation]) -> str | None:
    """Add relations to the list in the front matter, in block style."""
    added = [
        line
        for one in sorted(moved, key=lambda relation: relation.place)
        for line in relation_item(DraftRelation(one.type, one.target or "", one.why, one.basis))
    ]
    return with_keys(format_matter(raw), {"relations": Rows(RELATION_KEYS, added=added)}, KEYS)


def _says_the_same(note: Note, new: bytes, types: RelationTypes, moved: Sequence[Relation]) -> bool:
    """Whether the rewritten note has the old relations, each once, and all its links."""
    after = parse_note(note.path, new, types=types)
    native = [item for item in moved if item.target is not None]
    expected = Counter((item.type, item.to, item.why) for item in note.relations)
    expected -= Counter((item.type, item.to, item.why) for item in native)
    expected += Counter((item.type, item.target or "", item.why) for item in native)
    relations = Counter((item.type, item.to, item.why) for item in after.relations)
    targets = {mention.to for mention in after.mentions}
    mentions_stay = all(mention.to in targets for mention in note.mentions)
    return (
        relations == expected and mentions_stay and (after.title == note.title or not note.places)
    )


def _write_copy(folder: Path, files: dict[str, bytes], output: Path) -> list[str]:
    """Copy a folder with the new notes in it, in one step; links and dot-folders are left out."""
    output.parent.mkdir(parents=True, exist_ok=True)
    links = 0
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".alpgraph-") as scratch:
        copy = Path(scratch) / "copy"
        for base, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            here = Path(base)
            target = copy / here.relative_to(folder)
            target.mkdir()
            for name in names:
                if (here / name).is_symlink():
                    links += 1
                elif (here / name).is_file() and not name.startswith("."):
                    shutil.copy2(here / name, target / name)
        for path, data in files.items():
            (copy / path).write_bytes(data)
        if output.exists():
            output.rmdir()
        copy.rename(output)
    return [f"not copied: {counted(links, 'symbolic link')}"] if links else []
