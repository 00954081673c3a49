"""The piece of a note that shows why it was found, with the found words marked."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

from alpgraph.search.finder import Place, finder
from alpgraph.search.query import Query

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


def mark(text: str, query: Query) -> tuple[Piece, ...]:
    """Split `text` into pieces, the found words marked."""
    pieces: list[Piece] = []
    last = 0
    for start, end, _ in finder(query).places(text):
        if start < last:
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
        start, count = _densest(finds.places(text), enough)
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


def _densest(places: Iterable[Place], enough: int) -> tuple[int, int]:
    """Return where the stretch with most different words begins, and how many these are.

    The first one with `enough` of them is taken.
    """
    window: deque[tuple[int, str]] = deque()
    inside: Counter[str] = Counter()
    best = most = 0
    for start, _, word in places:
        window.append((start, word))
        inside[word] += 1
        while window[0][0] <= start - WIDTH:
            _, dropped = window.popleft()
            inside[dropped] -= 1
            if not inside[dropped]:
                del inside[dropped]
        if len(inside) > most:
            best, most = window[0][0], len(inside)
            if most >= enough:
                break
    return best, most
