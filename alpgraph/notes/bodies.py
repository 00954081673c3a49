"""A body to headings, mentions, typed links and findings."""

from dataclasses import dataclass, field

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.blocks import Block, BodyParts, Link
from alpgraph.notes.findings import finding, quoted
from alpgraph.notes.foreign import BlockReader, TypedLink
from alpgraph.notes.links import read_body
from alpgraph.notes.markdown import BODY_LIMIT, within_limit
from alpgraph.notes.model import FileLink, Heading, Mention, Relation
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.notes.sentences import sentence_around
from alpgraph.notes.values import new

LINK_LIMIT = 20_000
"""Links of one note that are read."""


@dataclass(slots=True)
class Body:
    """What a notebook keeps of a body."""

    headings: tuple[Heading, ...] = ()
    blocks: tuple[str, ...] = ()
    files: tuple[FileLink, ...] = ()
    mentions: list[Mention] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_links(path: str, text: str, first_line: int, types: RelationTypes, title: str) -> Body:
    """Read a body; `first_line` is the line of the file on which it starts."""
    read, rest = within_limit(text)
    parts = read_body(path, read, first_line)
    files = tuple(parts.files[:LINK_LIMIT])
    body = Body(tuple(parts.headings), tuple(parts.block_names), files)
    body.diagnostics += parts.findings
    if rest:
        line = first_line + read.count("\n")
        message = f"only the first {BODY_LIMIT // 1024} kB are read as Markdown; the rest is text"
        place, hint = Place(path, line, 1, line, 1), "divide the note, or put data into a file"
        body.diagnostics.append(finding("ALP017", message, place, hint=hint))
    reader = BlockReader(types)
    count = 0
    for block in parts.blocks:
        at_top = block.line == 0 and not block.in_list
        typed = reader.typed(block, at_top=at_top)
        for index, link in enumerate(block.links):
            count += 1
            if count > LINK_LIMIT:
                message = f"only the first {LINK_LIMIT} links are read"
                body.diagnostics.append(finding("ALP017", message, link.place))
                return body
            if index in typed:
                body.relations.append(_relation(typed[index]))
            else:
                body.mentions.append(_mention(block, link))
    body.diagnostics += _repeated_title(path, title, parts)
    return body


def _relation(typed: TypedLink) -> Relation:
    place = typed.link.place
    return Relation(
        type=typed.reading.id,
        written=typed.written,
        to=typed.to,
        why=typed.why,
        basis="",
        form=typed.form,
        place=place,
        type_place=place,
        to_place=place,
        text=typed.link.text,
    )


def _mention(block: Block, link: Link) -> Mention:
    sentence = sentence_around(block.text, link.start, link.end)
    row = link.to, link.text, link.heading, sentence, link.place, link.embed, None, "", ()
    return new(Mention, row)


def _repeated_title(path: str, title: str, parts: BodyParts) -> list[Diagnostic]:
    if not title or not parts.headings:
        return []
    first = parts.headings[0]
    if first.level != 1 or first.text.casefold().strip() != title.casefold().strip():
        return []
    place = Place(path, first.line, 1, first.line, len(first.text) + 3)
    hint = "remove the heading; the page shows the title"
    return [finding("ALP302", f"the heading repeats the title {quoted(title)}", place, hint=hint)]
