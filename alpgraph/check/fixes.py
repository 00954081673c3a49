"""Mend what can be mended with certainty: whole files, or not at all."""

import difflib
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Lock

from alpgraph.check.choosing import is_line_end, is_mendable
from alpgraph.check.keeping import keeps_rest
from alpgraph.check.offsets import line_starts, offset_at, replaced
from alpgraph.check.terminal import counted, escape
from alpgraph.diagnostics import Diagnostic, Edit, Fix
from alpgraph.notes import Notebook
from alpgraph.notes.parsing import digest

_BOM = b"\xef\xbb\xbf"
_replacing = Lock()
"""Held from looking what a file holds to replacing it: a server does so in several threads."""
_NO_END = "\n\\ No newline at end of file"
Spans = dict[tuple[int, int, str], Edit]
"""Edits by where they begin and end in a text, and what they put there."""


@dataclass(frozen=True, slots=True)
class FixOutcome:
    """What was mended."""

    fixed: tuple[Diagnostic, ...]
    changed: tuple[str, ...]
    """Paths of the files that were written."""
    skipped: tuple[str, ...]
    """Why files or findings were left, in a line each."""
    diff: str
    """The change as a unified diff."""

    @property
    def summary(self) -> str:
        """What was done, in a line, and a line for each file that was left."""
        where = f" in {counted(len(self.changed), 'file')}" if self.changed else ""
        return "\n".join([f"mended {counted(len(self.fixed), 'finding')}{where}", *self.skipped])


def apply_fixes(
    notebook: Notebook, found: Iterable[Diagnostic], *, write: bool = True
) -> FixOutcome:
    """Apply the fixes that findings carry, and LF line ends where these were found wanting.

    A file that changed since the notebook was read is left alone. Of two fixes that overlap the
    first is applied; the other is for the next time. A fix is left where its places do not hold
    what it replaces, or where front matter would say something else besides.
    """
    by_file: dict[str, list[Diagnostic]] = {}
    for one in found:
        if is_mendable(one):
            by_file.setdefault(one.place.file, []).append(one)
    digests = {note.path: note.digest for note in notebook.notes.values()}
    fixed: list[Diagnostic] = []
    changed, skipped, diffs = [], [], []
    for file, findings in sorted(by_file.items()):
        path = notebook.root / file
        data = _unchanged(path, digests.get(file))
        if data is None:
            skipped.append(f"{escape(file)}: left alone, it changed while it was being checked")
            continue
        text, mended, unfixed = _fixed(data, findings)
        skipped += [
            f"{escape(file)}: {one.code} on line {one.place.line} is left" for one in unfixed
        ]
        if text == data:
            continue
        if write and (why := refused(path, text, expected=data)):
            skipped.append(f"{escape(file)}: left alone, {why}")
            continue
        fixed += mended
        changed.append(file)
        diffs.append(unified_diff(file, data, text))
    return FixOutcome(tuple(fixed), tuple(changed), tuple(skipped), "".join(diffs))


def _unchanged(path: Path, expected: str | None) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if digest(data) == expected else None


def _fixed(
    data: bytes, findings: Sequence[Diagnostic]
) -> tuple[bytes, list[Diagnostic], list[Diagnostic]]:
    """Return the mended bytes, what was mended, and what was left."""
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        return data, [], list(findings)
    fixed = [one for one in findings if is_line_end(one)]
    if fixed:
        text = _with_lf(text)
    starts = line_starts(text)
    mends: list[tuple[Diagnostic, Spans]] = []
    unfixed: list[Diagnostic] = []
    for one in findings:
        if one.fix is not None:
            spans = _spans(starts, text, one.fix, one.place.file)
            if spans is None:
                unfixed.append(one)
            else:
                mends.append((one, spans))
    accepted = _fitting(text, [spans for _, spans in mends], {})
    for one, spans in mends:
        (fixed if spans.keys() <= accepted.keys() else unfixed).append(one)
    bom = _BOM if data.startswith(_BOM) else b""
    return bom + replaced(text, accepted).encode("utf-8"), fixed, unfixed


def _spans(starts: list[int], text: str, fix: Fix, file: str) -> Spans | None:
    """Return the edits of a fix; nothing where one of them cannot be made."""
    spans: Spans = {}
    for edit in fix.edits:
        span = _span(starts, text, edit) if edit.place.file == file else None
        if span is None:
            return None
        spans[span] = edit
    return spans


def _fitting(text: str, mends: Sequence[Spans], accepted: Spans) -> Spans:
    """Return `accepted` and those of further edits that fit, in turn.

    All are tried at once, and where that fails, first one half and then the other: trying each
    alone would read the text as often as there are edits.
    """
    both = accepted | {span: edit for edits in mends for span, edit in edits.items()}
    ordered = sorted(both)
    disjoint = not any(_overlap(one, other) for one, other in pairwise(ordered))
    if disjoint and keeps_rest(_with_lf(text), _with_lf(replaced(text, ordered)), both.values()):
        return both
    if len(mends) < 2:
        return accepted
    middle = len(mends) // 2
    return _fitting(text, mends[middle:], _fitting(text, mends[:middle], accepted))


def _with_lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _span(starts: list[int], text: str, edit: Edit) -> tuple[int, int, str] | None:
    """Return offsets and new text of an edit; nothing where not what it replaces stands there."""
    place = edit.place
    start = offset_at(starts, text, place.line, place.column)
    end = offset_at(starts, text, place.end_line, place.end_column)
    if start is None or end is None or start > end or _with_lf(text[start:end]) != edit.old:
        return None
    return start, end, edit.text


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    # two insertions at one place have no order, so they count as overlapping
    return one[0] == other[0] or (one[0] < other[1] and other[0] < one[1])


def refused(path: Path, data: bytes, *, expected: bytes) -> str:
    """Replace a file as `replace_file` does; return why it was left alone, or nothing."""
    try:
        mended = replace_file(path, data, expected=expected)
    except OSError as error:
        return f"it cannot be written: {error.strerror}"
    return "" if mended else "it changed meanwhile"


def replace_file(path: Path, data: bytes, *, expected: bytes) -> bool:
    """Replace a file that still holds `expected` by `data` in one step, keeping its mode.

    Returns whether it did; raises OSError where it cannot be written. What has become a link is
    left alone, since it may lead anywhere.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".alpgraph")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(path.stat().st_mode & 0o7777)
        with _replacing:
            if path.is_symlink() or path.read_bytes() != expected:
                return False
            temporary.replace(path)
    except FileNotFoundError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def unified_diff(file: str, before: bytes, after: bytes) -> str:
    """Return a change as a unified diff, escaped for a terminal."""
    old, new = (text.decode("utf-8", "replace").split("\n") for text in (before, after))
    for lines in (old, new):
        # what follows the last line end is a line only when something stands there
        lines[-1:] = [lines[-1] + _NO_END] if lines[-1] else []
    diff = difflib.unified_diff(old, new, f"a/{file}", f"b/{file}", lineterm="")
    return "".join(f"{escape(part)}\n" for line in diff for part in line.split("\n"))
