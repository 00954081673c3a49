"""The piece of a note that shows why it was found, with the found words marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from alpgraph.search.query import Query
from alpgraph.search.words import spans

WIDTH = 180


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of plain text; pages escape it and mark it, nothing here is HTML."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One note found."""

    slug: str
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    score: float

    @property
    def text(self) -> str:
        """The snippet without marks."""
        return "".join(piece.text for piece in self.snippet)


def within_one_edit(one: str, other: str) -> bool:
    """Whether one insertion, deletion, change or swap of neighbours turns one into the other.

    >>> within_one_edit("calibration", "calibraiton"), within_one_edit("cat", "dog")
    (True, False)
    """
    if abs(len(one) - len(other)) > 1:
        return False
    i = 0
    while i < min(len(one), len(other)) and one[i] == other[i]:
        i += 1
    a, b = one[i:], other[i:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def matcher(query: Query) -> "set[str] | frozenset[str]":
    """Return every word the query asks for."""
    return {*query.words, *(word for phrase in query.phrases for word in phrase)}


def _matches(word: str, wanted: set[str] | frozenset[str], beginning: str) -> bool:
    if word in wanted or (beginning and word.startswith(beginning)):
        return True
    return len(word) > 4 and any(len(w) > 4 and within_one_edit(w, word) for w in wanted)


def mark(text: str, query: Query) -> tuple[Piece, ...]:
    """Split `text` into pieces, the found words marked."""
    wanted = matcher(query)
    beginning = query.words[-1] if query.words and query.unfinished else ""
    pieces: list[Piece] = []
    last = 0
    for start, end, word in spans(text):
        if start < last or not _matches(word, wanted, beginning):
            continue
        if start > last:
            pieces.append(Piece(text[last:start]))
        pieces.append(Piece(text[start:end], True))
        last = end
    if last < len(text) or not pieces:
        pieces.append(Piece(text[last:]))
    return tuple(pieces)


def snippet(texts: Sequence[str], query: Query) -> tuple[Piece, ...]:
    """Return the stretch of the texts with most of the wanted words, about 180 characters."""
    wanted = matcher(query)
    beginning = query.words[-1] if query.words and query.unfinished else ""
    best, best_count, best_text = 0, 0, next((text for text in texts if text), "")
    for text in texts:
        found = [(s, w) for s, _, w in spans(text) if _matches(w, wanted, beginning)]
        for start, _ in found[:60]:
            count = len({w for s, w in found if start <= s < start + WIDTH})
            if count > best_count:
                best, best_count, best_text = start, count, text
    if best_count and best > 40:
        space = best_text.rfind(" ", 0, best - 30)
        begin = space + 1 if space >= 0 else 0
    else:
        begin = 0
    cut = best_text[begin : begin + WIDTH]
    if begin + WIDTH < len(best_text):
        cut = cut.rsplit(" ", 1)[0].rstrip(" ,;") + " …"
    if begin:
        cut = "… " + cut
    return mark(" ".join(cut.split()), query)
