"""The piece of a note that shows why it was found, with the found words marked."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from alpgraph.search.query import Query
from alpgraph.search.words import spans, words_of

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


class Finder(dict[str, bool]):
    """Says of folded words of texts whether a query looks for them; compares each word once."""

    def __init__(self, query: Query) -> None:
        """Look for every word of `query`, and for the beginning of its last one."""
        phrased = (word for phrase in query.phrases for word in phrase)
        self.wanted = frozenset([*query.words, *phrased])
        self._beginning = query.words[-1] if query.words and query.unfinished else ""

    def __missing__(self, word: str) -> bool:
        """Compare a word with those that are wanted."""
        found = self[word] = self._compare(word)
        return found

    def _compare(self, word: str) -> bool:
        if word in self.wanted or (self._beginning and word.startswith(self._beginning)):
            return True
        return len(word) > 4 and any(len(w) > 4 and within_one_edit(w, word) for w in self.wanted)


@lru_cache(maxsize=16)
def finder(query: Query) -> Finder:
    """Return the finder of a query, the same for all its hits."""
    return Finder(query)


def mark(text: str, query: Query) -> tuple[Piece, ...]:
    """Split `text` into pieces, the found words marked."""
    finds = finder(query)
    pieces: list[Piece] = []
    last = 0
    for start, end, word in spans(text):
        if start < last or not finds[word]:
            continue
        if start > last:
            pieces.append(Piece(text[last:start]))
        pieces.append(Piece(text[start:end], True))
        last = end
    if last < len(text) or not pieces:
        pieces.append(Piece(text[last:]))
    return tuple(pieces)


def snippet(texts: Iterable[str], query: Query) -> tuple[Piece, ...]:
    """Return the stretch of the texts with most of the wanted words, about 180 characters.

    What comes after a stretch that holds as many words as are wanted is not looked at.
    """
    finds = finder(query)
    enough = len(finds.wanted)
    best, best_count, best_text = 0, 0, ""
    for text in texts:
        best_text = best_text or text
        found = ((start, word) for start, word in words_of(text) if finds[word])
        start, count = _densest(found, enough)
        if count > best_count:
            best, best_count, best_text = start, count, text
        if best_text and best_count >= enough:
            break
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


def _densest(found: Iterable[tuple[int, str]], enough: int) -> tuple[int, int]:
    """Return where the stretch with most different words begins, and how many these are.

    The first one with `enough` of them is taken.
    """
    window: deque[tuple[int, str]] = deque()
    inside: Counter[str] = Counter()
    best = most = 0
    for start, word in found:
        window.append((start, word))
        inside[word] += 1
        while window[0][0] <= start - WIDTH:
            _, gone = window.popleft()
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        if len(inside) > most:
            best, most = window[0][0], len(inside)
            if most >= enough:
                break
    return best, most
