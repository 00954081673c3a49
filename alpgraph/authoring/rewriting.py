"""A note with some of its fields replaced: what was not touched stays to the letter."""

from collections.abc import Mapping, Sequence

from alpgraph.authoring.formatting import chunks_of
from alpgraph.authoring.matter import meaning, split_file
from alpgraph.notes.fields import KEYS

_RANK = {key: number for number, key in enumerate(KEYS)}


def rewritten(
    data: bytes, changed: Mapping[str, Sequence[str]], body: str | None = None
) -> bytes | None:
    r"""Return a file with the lines of the `changed` keys replaced, and its text unless None.

    A key without lines is removed. Comments, other keys and line ends stay. Nothing when the
    front matter is not plain enough to be sure.

    >>> rewritten(b"---\ntitle: A  # mine\n---\nText.\n", {"claim": ["claim: It is."]})
    b'---\ntitle: A  # mine\nclaim: It is.\n---\nText.\n'
    """
    matter = split_file(data)
    if matter is None:
        return None
    if not matter.opening:
        raw, rest = "", matter.rest
        matter = split_file(b"---\n---\n" + rest.encode()) or matter
    raw = matter.raw
    divided = chunks_of(raw) if raw.strip() else ([], [], [])
    if divided is None:
        return None
    head, chunks, tail = divided
    kept = [_replaced(key, lines, changed) for key, lines in chunks]
    known = {key for key, _ in chunks}
    for key, lines in changed.items():
        if key not in known and lines:
            kept.insert(_place(kept, key), (key, [f"{line}\n" for line in lines]))
    new = "".join(head + [line for _, lines in kept for line in lines] + tail)
    if (meaning(new) or {}).keys() != {key for key, lines in kept if lines}:
        return None
    if body is not None:
        closing = matter.rest.split("\n", 1)[0]
        text = body.strip("\n")
        matter = type(matter)(
            matter.opening, new, f"{closing}\n" + (f"\n{text}\n" if text else ""), matter.bom,
            matter.crlf,
        )  # fmt: skip
    return matter.joined(new)


def _replaced(
    key: str, lines: list[str], changed: Mapping[str, Sequence[str]]
) -> tuple[str, list[str]]:
    if key not in changed:
        return key, lines
    above = []
    for line in lines:  # comments above a key belong to it and stay
        if line.strip() and not line.startswith("#"):
            break
        above.append(line)
    new = [f"{line}\n" for line in changed[key]]
    return key, above + new if new else []


def _place(kept: Sequence[tuple[str, list[str]]], key: str) -> int:
    """Return where a new key goes: behind those that come before it in tidy notes."""
    rank = _RANK.get(key, len(_RANK))
    before = [
        number for number, (other, _) in enumerate(kept) if _RANK.get(other, len(_RANK)) <= rank
    ]
    return before[-1] + 1 if before else 0
