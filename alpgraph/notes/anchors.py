"""Anchors of headings and blocks: one rule for the page, for links and for findings."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property

_DROPPED = re.compile(r"[^\w\- ]+")
_NO_LETTER = re.compile(r"[\W_]+")
_OFFSET = re.compile(r",\d+$")
_BLOCK = re.compile(r"(?:^|\s)\^([A-Za-z0-9-]+)\s*$")


def heading_anchor(text: str) -> str:
    """Return the anchor of a heading's text.

    >>> heading_anchor("What's *next*, then?")
    'h-whats-next-then'
    """
    plain = _DROPPED.sub("", unicodedata.normalize("NFC", text).lower().strip())
    return "h-" + plain.strip().replace(" ", "-")


def block_anchor(name: str) -> str:
    """Return the anchor of an Obsidian block `^name`."""
    return "b-" + name.lower()


def block_name(text: str) -> str:
    """Return the block name that ends a paragraph's text, or an empty string.

    >>> block_name("A thought. ^idea-1")
    'idea-1'
    """
    match = _BLOCK.search(text)
    return match[1] if match else ""


def wanted_anchor(heading: str) -> str:
    """Return the anchor that a link's part after `#` asks for; `#a#b` asks for `b`."""
    last = heading.rsplit("#", 1)[-1].strip()
    return block_anchor(last[1:]) if last.startswith("^") else heading_anchor(last)


def wanted_anchors(heading: str) -> Iterator[str]:
    """Yield what a link's part after `#` may ask for; Dendron's `a,1:#b` is a range from `a`.

    >>> list(wanted_anchors("summary,1:#*"))
    ['h-summary1', 'h-summary']
    """
    start = heading.partition(":#")[0] or heading
    yield wanted_anchor(start)
    if match := _OFFSET.search(start):
        yield wanted_anchor(start[: match.start()])


class KnownAnchors:
    """The anchors of one note, looked up by what links say after `#`."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the anchors of headings and blocks."""
        self._names = frozenset(names)

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        """Headings by their letters and digits; an empty one where several have the same."""
        by_letters: dict[str, str] = {}
        for name in self._names:
            if name.startswith("h-") and (letters := _letters(name[2:])):
                by_letters[letters] = "" if letters in by_letters else name
        return by_letters

    def find(self, heading: str) -> str:
        """Return the anchor that is meant, or an empty string: as written, else by its letters.

        Obsidian writes spaces for the marks of a heading, and tools differ in what they leave out.

        >>> KnownAnchors(["h-lemma-about-x_1", "h-lemma"]).find("_Lemma _ about $ x_1 $")
        'h-lemma-about-x_1'
        """
        exact = next((name for name in wanted_anchors(heading) if name in self._names), "")
        last = heading.rsplit("#", 1)[-1].strip()
        return exact if exact or last.startswith("^") else self._by_letters.get(_letters(last), "")


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", unicodedata.normalize("NFC", text).lower())


class AnchorNames:
    """Gives every heading of one page an anchor of its own."""

    def __init__(self) -> None:
        """Begin a page."""
        self._taken: dict[str, int] = {}

    def take(self, text: str) -> str:
        """Return the anchor for a heading; later equals get `-1`, `-2` and so on."""
        base = heading_anchor(text)
        anchor, count = base, self._taken.get(base, 0)
        while anchor in self._taken:
            count += 1
            anchor = f"{base}-{count}"
        self._taken[base] = count
        self._taken.setdefault(anchor, 0)
        return anchor
