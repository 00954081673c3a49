"""What a person types: words, "phrases", and filters such as `topic:abstention`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from alpgraph.search.words import fold

FILTERS = ("topic", "type", "has", "verdict", "links")
KEYED = ("topic", "has", "verdict")
"""Filters whose values are written in small letters, with `-` for what is no letter."""
MAX_CHARACTERS = 400
"""Of a query that are read; a longer one is refused at the doors."""
MAX_WORDS = 24
_PART = re.compile(r'(?:(\w+):)?(?:"([^"]*)"?|(\S+))')


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; empty when nothing searchable was typed."""

    words: tuple[str, ...] = ()
    """Folded words, all of which should be found; the last may be unfinished."""
    phrases: tuple[tuple[str, ...], ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    unfinished: bool = True
    """Whether the last word may be the beginning of one."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.words or self.phrases or self.filters)


@lru_cache(maxsize=4096)
def topic_key(topic: str) -> str:
    """Return a topic as filters and addresses write it; one of signs alone by their numbers.

    >>> topic_key("Training and fine-tuning"), topic_key("\N{SEEDLING}")
    ('training-and-fine-tuning', '1f331')
    """
    words = re.sub(r"[\W_]+", "-", topic.lower()).strip("-")
    return words or "-".join(f"{ord(sign):x}" for sign in topic if not sign.isspace())


def parse_query(text: str) -> Query:
    """Read a query; no text is an error.

    >>> parse_query('calibrat topic:abstention "proper score"').filters
    (('topic', 'abstention'),)
    """
    text = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()  # no index holds surrogates
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    filters: list[tuple[str, str]] = []
    for key, quoted, plain in _PART.findall(text):
        value = quoted or plain
        if key in FILTERS and value:
            filters.append((key, topic_key(value) if key in KEYED else value.strip()))
        elif quoted:
            folded = tuple(fold(quoted))
            if len(folded) > 1:
                phrases.append(folded)
            else:
                words.extend(folded)
        else:
            words.extend(fold(f"{key} {plain}" if key else plain))
    unfinished = bool(text) and not text[-1].isspace() and not text.endswith('"')
    return Query(tuple(words[:MAX_WORDS]), tuple(phrases[:4]), tuple(filters[:8]), unfinished)
