"""The parts of a body that a notebook needs: blocks of text with links, headings, block names."""

from dataclasses import dataclass, field
from typing import NamedTuple

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.model import FileLink, Heading


class Link(NamedTuple):
    """A link of the body as it was found."""

    to: str
    text: str
    heading: str
    title: str
    """Title of a Markdown link."""
    embed: bool
    wiki: bool
    start: int
    """Where it begins in its block's text; -1 when that is not known."""
    end: int
    place: Place


@dataclass(slots=True)
class Block:
    """A run of inline text with its links: a paragraph, a heading, a cell, a list item's text."""

    text: str
    line: int
    links: list[Link] = field(default_factory=list)
    item: bool = False
    """Whether it is the first text of a list item."""
    in_list: bool = False


@dataclass(slots=True)
class BodyParts:
    """What a body consists of, as far as a notebook needs to know."""

    blocks: list[Block] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    block_names: list[str] = field(default_factory=list)
    files: list[FileLink] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
