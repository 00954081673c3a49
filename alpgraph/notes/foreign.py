"""Typed links of other tools in running text, for declared types and words only."""

import re
from dataclasses import dataclass

from alpgraph.notes.blocks import Block, Link
from alpgraph.notes.relation_types import Reading, RelationTypes
from alpgraph.notes.sentences import plain_text

# each begins with a letter and nothing is matched by two repetitions in turn: a long row of `_`
# would be divided between them in every way there is
_KEY = r"(?P<key>[^\W\d_][\w .-]{0,60}?)"
_FIELD = re.compile(rf"^[\s>*_-]*{_KEY}[*_]*::[*_]*\s*")
_INLINE = re.compile(rf"[\[(]\s*{_KEY}::[^\[\]()]*$")
_WORD_FIRST = re.compile(r"^[*_]*(?P<key>[^\W\d_][\w -]{0,40}?)[*_]*(?::[*_]*)?\s+$")
_REASON = re.compile(r"^\s*(?:—|–|--|:|-(?=\s))\s*(?P<reason>\S.*)$|^\s*\((?P<inner>.*)\)[.\s]*$")
_KIND = re.compile(r"^[*_]*(?P<kind>[^\W\d_][\w -]{0,40}?)[*_]*:[*_]*\s+(?P<reason>\S.*)$")
_REACH = 2000
"""Characters on either side of a link in which a form is looked for."""
_AT = re.compile(r"\s*@(?P<kind>[\w-]+)\s*$")


@dataclass(frozen=True, slots=True)
class TypedLink:
    """A link that another tool's form gives a type."""

    link: Link
    reading: Reading
    written: str
    to: str
    why: str
    form: str


class BlockReader:
    """Reads the typed links of one note's blocks."""

    def __init__(self, types: RelationTypes) -> None:
        """Read with the types of a collection."""
        self.types = types

    def typed(self, block: Block, *, at_top: bool) -> dict[int, TypedLink]:
        """Return the typed links of a block by their index in `block.links`."""
        by_offset: dict[int, TypedLink] = {}
        around = block.item or "::" in block.text
        for index, link in enumerate(block.links):
            typed = self._within(link) or (around and self._around(block, index, at_top))
            if typed:
                by_offset[index] = typed
        return by_offset

    def _within(self, link: Link) -> TypedLink | None:
        """Forms that stand inside the link itself."""
        if link.wiki:
            word, colon, rest = link.to.partition(":")
            if colon and rest.strip() and (reading := self.types.read(word)):
                return TypedLink(link, reading, word, rest.strip(), "", "cosma")
            at = _AT.search(link.text) if "@" in link.text else None
            if at and (reading := self.types.read(at["kind"])):
                return TypedLink(link, reading, at["kind"], link.to, "", "at-type")
        elif link.title:
            word, _, rest = link.title.strip().partition(" ")
            if reading := self.types.read(word.rstrip(":,;")):
                why = rest.strip(" :,;—–-")
                return TypedLink(link, reading, word.rstrip(":,;"), link.to, why, "link-title")
        return None

    def _around(self, block: Block, index: int, at_top: bool) -> TypedLink | None:
        link = block.links[index]
        if link.start < 0 or link.embed:
            return None
        text = block.text
        # the bounds keep a line of thousands of links from being read thousands of times
        begin = text.rfind("\n", 0, link.start) + 1
        stop = text.find("\n", link.end, link.end + _REACH)
        before = text[max(begin, link.start - _REACH) : link.start]
        after = text[link.end : stop if stop >= 0 else link.end + _REACH]
        if "::" in before and (
            field := self._inline_field(link, before, after)
            or self._field(link, before, block, at_top)
        ):
            return field
        return self._bullet(link, before, after) if block.item and begin == 0 else None

    def _inline_field(self, link: Link, before: str, after: str) -> TypedLink | None:
        closing = max(before.rfind("]"), before.rfind(")"))
        # earlier links of the same field stand between the key and this link
        plain = _blank_links(before) if closing >= 0 else before
        match = _INLINE.search(plain)
        if not match or not re.match(r"[^\[\]()]*(?:\[\[[^\]]*\]\][^\[\]()]*)*[\])]", after):
            return None
        return self._named(link, match["key"], "dataview-inline")

    def _field(self, link: Link, before: str, block: Block, at_top: bool) -> TypedLink | None:
        match = _FIELD.match(before)
        if not match:
            return None
        form = "logseq" if match["key"].islower() and (at_top or block.in_list) else "dataview"
        return self._named(link, match["key"], form)

    def _named(self, link: Link, key: str, form: str) -> TypedLink | None:
        reading = self.types.read(key)
        return TypedLink(link, reading, key.strip(), link.to, "", form) if reading else None

    def _bullet(self, link: Link, before: str, after: str) -> TypedLink | None:
        reason = _reason(after)
        if before.strip():
            match = _WORD_FIRST.match(before.lstrip())
            reading = self.types.read(match["key"]) if match else None
            if match is None or reading is None or (after.strip(" .") and not reason):
                return None
            return TypedLink(link, reading, match["key"], link.to, plain_text(reason), "bullet")
        if not reason:
            return None
        kind = _KIND.match(reason)
        if kind and (reading := self.types.read(kind["kind"])):
            why = plain_text(kind["reason"])
            return TypedLink(link, reading, kind["kind"], link.to, why, "bullet-reason")
        reading = self.types.read("related")
        if reading is None:
            return None
        return TypedLink(link, reading, "", link.to, plain_text(reason), "bullet-reason")


def _reason(after: str) -> str:
    match = _REASON.match(after)
    return (match["reason"] or match["inner"] or "").strip() if match else ""


def _blank_links(text: str) -> str:
    return re.sub(r"\[\[[^\[\]]*\]\]", "", text)
