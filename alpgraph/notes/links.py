"""Links and headings of a body, found where Markdown's tokens have them, each with its place."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from markdown_it.token import Token

from alpgraph.diagnostics import Place
from alpgraph.notes.anchors import AnchorNames, block_name
from alpgraph.notes.blocks import Block, BodyParts, Link
from alpgraph.notes.markdown import parse
from alpgraph.notes.model import FileLink, Heading
from alpgraph.notes.scanner import scan_body
from alpgraph.notes.tasks import without_mark
from alpgraph.notes.token_findings import token_findings
from alpgraph.notes.wikilinks import Wikilink, file_address, file_type, note_address, shown_text


def read_body(path: str, body: str, body_line: int) -> BodyParts:
    """Find what a body holds; places are those of the whole file.

    Most bodies are plain enough for one pass over their lines; the others are parsed.
    """
    return scan_body(path, body, body_line) or parse_body(path, body, body_line)


def parse_body(path: str, body: str, body_line: int) -> BodyParts:
    """Find what a body holds by Markdown's own tokens."""
    tokens = parse(body)
    parts = BodyParts(findings=token_findings(path, tokens, body, body_line))
    lines = body.split("\n")
    names = AnchorNames()
    depth, previous = 0, ""
    for index, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        if token.type == "inline":
            if tokens[index - 1].type == "heading_open":
                parts.headings.append(_heading(tokens[index - 1], token, body_line, names))
            parts.block_names += filter(None, [block_name(token.content)])
            item = previous == "list_item_open"
            if "[" in token.content:
                text = without_mark(token.content) if token.meta.get("task") else token.content
                block = Block(text, _line(token), item=item, in_list=depth > 0)
                locate = _Locator(path, token, lines, body_line)
                block.links.extend(_links(token, locate))
                parts.files.extend(_files(token, locate))
                if block.links:
                    parts.blocks.append(block)
        if token.type != "paragraph_open":
            previous = token.type
    return parts


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _heading(opening: Token, inline: Token, body_line: int, names: AnchorNames) -> Heading:
    text = inline_text(inline.children or [])
    level = int(opening.tag[1])
    anchor = names.take(opening.meta.get("name") or text)
    return Heading(level, text, anchor, body_line + _line(inline))


def inline_text(children: list[Token]) -> str:
    """Return the words of inline tokens, without markup."""
    words = []
    for child in children:
        if child.type in ("text", "code_inline", "math_inline", "text_special"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type == "wikilink":
            words.append(shown_text(child.meta["link"]))
        elif child.type == "image":
            words.append(inline_text(child.children or []))
    return re.sub(r"\s\^[A-Za-z0-9-]+\s*$", "", "".join(words)).strip()


def _files(inline: Token, locate: "_Locator") -> Iterator[FileLink]:
    for child in inline.children or []:
        if child.type == "wikilink":
            to = child.meta["link"].to
            path = to if file_type(to) else None
        elif child.type == "image":
            path = file_address(str(child.attrGet("src") or ""), picture=True)
        elif child.type == "link_open":
            path = file_address(str(child.attrGet("href") or ""))
        else:
            continue
        if path:
            place = locate.place(child.meta.get("at", -1), child.meta.get("end", -1))
            yield FileLink(path, place)


def _links(inline: Token, locate: "_Locator") -> Iterator[Link]:
    children = inline.children or []
    for index, child in enumerate(children):
        start, end = child.meta.get("at", -1), child.meta.get("end", -1)
        if child.type == "wikilink":
            link: Wikilink = child.meta["link"]
            if link.to and not file_type(link.to):
                place = locate.place(start, end)
                embed = bool(child.meta["embed"])
                text = shown_text(link)
                yield Link(link.to, text, link.heading, "", embed, True, start, end, place)
        elif child.type == "link_open":
            address = note_address(str(child.attrGet("href") or ""))
            if address:
                text = inline_text(_inside(children, index))
                title = str(child.attrGet("title") or "")
                place = locate.place(start, end)
                yield Link(address[0], text, address[1], title, False, False, start, end, place)


def _inside(children: list[Token], opening: int) -> list[Token]:
    for index in range(opening + 1, len(children)):
        if children[index].type == "link_close":
            return children[opening + 1 : index]
    return children[opening + 1 :]


class _Locator:
    """Maps offsets in a block's text to places in the file."""

    def __init__(self, path: str, inline: Token, lines: list[str], body_line: int) -> None:
        self.path = path
        self.text = inline.content
        self.begins = [0, *(match.end() for match in re.finditer("\n", inline.content))]
        self.columns: dict[int, int] = {}
        self.first = _line(inline)
        self.lines = lines
        self.body_line = body_line

    def place(self, start: int, end: int) -> Place:
        """Return the place of `text[start:end]`; the first line when offsets are unknown."""
        if start < 0 or end > len(self.text):
            line = self.first + self.body_line
            return Place(self.path, line, 1, line, 1)
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        return Place(self.path, line, column, end_line, max(end_column, column + 1))

    def _position(self, offset: int) -> tuple[int, int]:
        number = bisect_right(self.begins, offset) - 1
        begin = self.begins[number]
        index = min(self.first + number, len(self.lines) - 1)
        at = self._column(number, self.lines[index])
        if at < 0:
            at = self._sought(offset, self.lines[index]) - (offset - begin)
        return self.body_line + index, max(0, at) + offset - begin + 1

    def _sought(self, offset: int, source: str) -> int:
        """Return where an offset is in a line of the file that the text does not hold as it is."""
        cell = source.find(self.text.replace("|", r"\|"))
        if cell >= 0:  # of a table, where bars have a backslash
            return cell + offset + self.text.count("|", 0, offset)
        words = self.text[offset : offset + 12].partition("\n")[0]
        return max(0, source.find(words))

    def _column(self, number: int, source: str) -> int:
        """Return where a line of the text begins in the file's, looked for once a line."""
        if number not in self.columns:
            after = self.begins[number + 1 : number + 2]
            end = after[0] - 1 if after else len(self.text)
            self.columns[number] = source.find(self.text[self.begins[number] : end])
        return self.columns[number]
