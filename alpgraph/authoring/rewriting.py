"""A note with some of its fields replaced: what was not touched stays to the letter."""

import re
from difflib import SequenceMatcher

from alpgraph.authoring.matter import BOM, Matter, split_file
from alpgraph.authoring.replacing import Changes, with_keys
from alpgraph.notes.fields import KEYS

_LINE_END = re.compile(r"(\r\n|\r|\n)")


def rewritten(data: bytes, changed: Changes, body: str | None = None) -> bytes | None:
    r"""Return a file with what the `changed` keys say replaced, and its text unless None.

    A key without lines is removed. Comments, other keys and line ends stay. Nothing when the
    front matter is not plain enough to be sure.

    >>> rewritten(b"---\ntitle: A  # mine\n---\nText.\n", {"claim": ["claim: It is."]})
    b'---\ntitle: A  # mine\nclaim: It is.\n---\nText.\n'
    """
    matter = split_file(data)
    if matter is None:
        return None
    opening, rest = matter.opening, matter.rest
    if not opening:
        if rest.startswith(("---", "+++")):  # TOML, or front matter that nothing closes
            return None
        opening, rest = "---\n", f"---\n{rest}"
    new = with_keys(matter.raw, changed, KEYS)
    if new is None:
        return None
    if body is not None:
        text = body.strip("\n")
        rest = rest.split("\n", 1)[0] + "\n" + (f"\n{text}\n" if text else "")
    if not (matter.opening or new):  # it has none, and needs none
        opening, rest = "", rest.removeprefix("---\n").removeprefix("" if body is None else "\n")
    return Matter(opening, new, rest, matter.bom, matter.crlf).joined(new)


def shown_whole(data: bytes) -> str:
    """Return a file's text for a field to edit it in: without a BOM, each line ended alike."""
    return _LINE_END.sub("\n", data.decode("utf-8").removeprefix(BOM))


def retyped(data: bytes, text: str) -> bytes:
    r"""Return a file with a text that was edited as a whole; the BOM and line ends stay.

    >>> retyped(b"a\r\nb\rc", "a\nx\nb\nc\n")
    b'a\r\nx\r\nb\rc\r\n'
    """
    old = data.decode("utf-8")
    parts = _LINE_END.split(old.removeprefix(BOM))
    lines, ends = parts[::2], parts[1::2]
    common = max(set(ends), key=lambda end: (ends.count(end), end), default="\n")
    typed = text.split("\n")
    line_ends = [common] * len(typed)
    if len(set(ends)) > 1:
        for start, at, size in SequenceMatcher(None, lines, typed).get_matching_blocks():
            line_ends[at : at + size] = [*ends, common][start : start + size]
    new = "".join(line + end for line, end in zip(typed[:-1], line_ends, strict=False)) + typed[-1]
    return ((BOM if old.startswith(BOM) else "") + new).encode("utf-8")
