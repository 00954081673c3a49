"""Which note a written name probably meant: close slugs and titles, found without trying all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

CLOSE = 0.72
"""Likeness (0 to 1) from which a name is worth suggesting."""
_ASKED_AT_MOST = 500
_RARE = 8
_TRIED = 12


def close_to(word: str, known: Iterable[str]) -> list[str]:
    """Return the names of a short list that `word` may be a slip of, the closest first."""
    return get_close_matches(word, list(known), 3, CLOSE)


def skeleton(name: str) -> str:
    """Reduce a name to its letters and digits, so that case and punctuation do not count.

    >>> skeleton("Reward models: ignore the prompt?")
    'rewardmodelsignoretheprompt'
    """
    return "".join(filter(str.isalnum, name.casefold()))


def _grams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[start : start + 3] for start in range(max(1, len(padded) - 2))}


class Names:
    """Slugs and titles of a notebook, searched by shared groups of three letters."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        """Take the titles by slug; the index is made when first asked."""
        self.titles = titles
        self._answers: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _entries(self) -> list[tuple[str, str]]:
        """Skeleton and slug, for each slug, last part of a slug, and title."""
        found: dict[tuple[str, str], None] = {}
        for slug, title in self.titles.items():
            for name in (slug, slug.rsplit("/", 1)[-1], title):
                if key := skeleton(name):
                    found[key, slug] = None
        return list(found)

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for number, (key, _) in enumerate(self._entries):
            for gram in _grams(key):
                index.setdefault(gram, []).append(number)
        return index

    @cached_property
    def _by_skeleton(self) -> dict[str, set[str]]:
        table: dict[str, set[str]] = {}
        for key, slug in self._entries:
            table.setdefault(key, set()).add(slug)
        return table

    def same(self, written: str) -> str:
        """Return the one note whose slug or title differs only in case, spaces or punctuation."""
        slugs = self._by_skeleton.get(skeleton(written), set())
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
        # the rarest groups tell names apart; common ones only cost time
        lists = sorted((self._index.get(gram, []) for gram in _grams(key)), key=len)
        rare = [found for found in lists if found][:_RARE]
        shared = Counter(number for found in rare for number in found[:200])
        likeness: dict[str, float] = {}
        for number, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:_TRIED]:
            name, slug = self._entries[number]
            ratio = SequenceMatcher(None, key, name).ratio()
            if ratio >= CLOSE:
                likeness[slug] = max(ratio, likeness.get(slug, 0.0))
        return tuple(sorted(likeness, key=lambda slug: (-likeness[slug], slug))[:3])
