"""Which words of a text a query looks for, found without reading all of the text's words."""

from collections.abc import Iterator
from functools import lru_cache

from alpgraph.search.query import Query
from alpgraph.search.words import spaced, spans

Place = tuple[int, int, str]
"""Start and end of a word in a text, and the word folded."""
LONG = 5
"""Letters from which a word is forgiven an error."""


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
        self._exact = {word: f" {word} " for word in self.wanted}
        if self._beginning:
            self._exact[self._beginning] = f" {self._beginning}"
        self._signs = {*self._exact.values(), *(s for word in self.wanted for s in _signs(word))}

    def __missing__(self, word: str) -> bool:
        """Compare a word with those that are wanted."""
        matches = self[word] = self._compare(word)
        return matches

    def _compare(self, word: str) -> bool:
        if self._stands(word):
            return True
        return len(word) >= LONG and any(
            len(wanted) >= LONG and within_one_edit(wanted, word) for wanted in self.wanted
        )

    def places(self, text: str) -> Iterator[Place]:
        """Yield where the words that are looked for stand in `text`, in order.

        Words like them count only in a text where not all stand as they were typed.
        """
        gapped = spaced(text)
        if gapped is None:
            yield from self._without_near_misses([place for place in spans(text) if self[place[2]]])
            return
        gapped = f" {gapped} "
        whole = all(sign in gapped for sign in self._exact.values())
        starts = set()
        for sign in self._exact.values() if whole else self._signs:
            at = gapped.find(sign)
            while at >= 0:
                starts.add(at + 1 if sign[0] == " " else gapped.rfind(" ", 0, at) + 1)
                at = gapped.find(sign, at + 1)
        for start in sorted(starts):
            end = gapped.find(" ", start)
            if self[word := gapped[start:end]]:
                yield start - 1, end - 1, word

    def _without_near_misses(self, places: list[Place]) -> list[Place]:
        """Leave out words that are only like those looked for, where none of these is missing."""
        words = {word for _, _, word in places}
        begun = any(word.startswith(self._beginning) for word in words)
        if not begun or not self.wanted - {self._beginning} <= words:
            return places
        return [place for place in places if self._stands(place[2])]

    def _stands(self, word: str) -> bool:
        """Whether a word is one of those looked for as it was typed."""
        begun = bool(self._beginning) and word.startswith(self._beginning)
        return begun or word in self.wanted


def _signs(word: str) -> tuple[str, ...]:
    """Return what a text with a space at each end of its words has wherever `word` may stand.

    One error leaves the first or the second half of a long word as it is, or swaps the letters
    where they meet.
    """
    if len(word) < LONG:
        return (f" {word} ",)
    half = len(word) // 2
    swapped = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
    return f" {word[:half]}", f"{word[half:]} ", f" {swapped} "


@lru_cache(maxsize=16)
def finder(query: Query) -> Finder:
    """Return the finder of a query, the same for all its hits."""
    return Finder(query)
