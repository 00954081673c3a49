"""Which note a written name probably meant: close slugs and titles, found without trying all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property, lru_cache

CLOSE = 0.72
"""Likeness (0 to 1) from which a name is worth suggesting."""
_ASKED_AT_MOST = 500
_RARE = 8
_TRIED = 12
MAX_SCANNED = 150
"""Groups that are looked for in all names before an index is made: few dangling links need none."""


def close_to(word: str, names: Iterable[str]) -> list[str]:
    """Return the names of a short list that `word` may be a slip of, the closest first."""
    return get_close_matches(word, list(names), 3, CLOSE)


def skeleton(name: str) -> str:
    """Reduce a name to its letters and digits, so that case and punctuation do not count.

    >>> skeleton("Reward models: ignore the prompt?")
    'rewardmodelsignoretheprompt'
    """
    return "".join(filter(str.isalnum, name.casefold()))


def _grams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[start : start + 3] for start in range(max(1, len(padded) - 2))}


class _Index:
    """Skeletons of slugs and titles, and which of them hold a group of three letters."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        entries: dict[tuple[str, str], None] = {}
        for slug, title in titles:
            for name in (slug, slug.rsplit("/", 1)[-1], title):
                if key := skeleton(name):
                    entries[key, slug] = None
        self.entries = list(entries)
        """Skeleton and slug, for each slug, last part of a slug, and title."""
        self.by_skeleton: dict[str, set[str]] = {}
        for key, slug in self.entries:
            self.by_skeleton.setdefault(key, set()).add(slug)
        self._padded = [f" {key} " for key, _ in self.entries]
        self._scanned: dict[str, list[int]] = {}

    def holding(self, gram: str) -> list[int]:
        """Return the numbers of the entries that hold a group, in order."""
        if gram in self._scanned:
            return self._scanned[gram]
        if len(self._scanned) >= MAX_SCANNED:
            return self._by_gram.get(gram, [])
        numbers = [number for number, name in enumerate(self._padded) if gram in name]
        self._scanned[gram] = numbers
        return numbers

    @cached_property
    def _by_gram(self) -> dict[str, list[int]]:
        index: defaultdict[str, list[int]] = defaultdict(list)
        for number, (key, _) in enumerate(self.entries):
            for gram in _grams(key):
                index[gram].append(number)
        return dict(index)


@lru_cache(maxsize=1)
def _index_of(titles: tuple[tuple[str, str], ...]) -> _Index:
    """Return the index of slugs with their titles: most edits change none of them."""
    return _Index(titles)


class Names:
    """Slugs and titles of a notebook, searched by shared groups of three letters."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        """Take the titles by slug; the index is made when first asked."""
        self.titles = titles
        self._answers: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _index(self) -> _Index:
        return _index_of(tuple(self.titles.items()))

    def same(self, written: str) -> str:
        """Return the one note whose slug or title differs only in case, spaces or punctuation."""
        slugs = self._index.by_skeleton.get(skeleton(written), set())
        return next(iter(slugs)) if len(slugs) == 1 else ""

    def near(self, written: str) -> tuple[str, ...]:
        """Return up to three slugs that `written` may be a slip of, the closest first.

        A collection with thousands of dangling links gets answers for the first hundreds only.

        >>> Names({"symmetric-loss": "A symmetric loss", "other": "Another"}).near("symetric-loss")
        ('symmetric-loss',)
        """
        if written not in self._answers:
            if len(self._answers) >= _ASKED_AT_MOST:
                return ()
            self._answers[written] = self.search(written)
        return self._answers[written]

    def search(self, written: str) -> tuple[str, ...]:
        """Return the same for any number of names, remembering none."""
        key = skeleton(written)[:200]
        holding, entries = self._index.holding, self._index.entries
        # the rarest groups tell names apart; common ones only cost time
        by_rarity = sorted(
            (len(postings), gram, postings) for gram in _grams(key) if (postings := holding(gram))
        )
        shared = Counter(
            number for _, _, postings in by_rarity[:_RARE] for number in postings[:200]
        )
        likeness: dict[str, float] = {}
        for number, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:_TRIED]:
            name, slug = entries[number]
            ratio = SequenceMatcher(None, key, name).ratio()
            if ratio >= CLOSE:
                likeness[slug] = max(ratio, likeness.get(slug, 0.0))
        return tuple(sorted(likeness, key=lambda slug: (-likeness[slug], slug))[:3])
