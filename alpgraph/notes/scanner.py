"""One pass over the lines of a plain body; anything that needs a parser is refused.

It must find exactly what Markdown's tokens would hold: a test with generated bodies and the
CommonMark examples compares both.
"""

import re

from alpgraph.diagnostics import Place
from alpgraph.notes.anchors import AnchorNames, block_name
from alpgraph.notes.blocks import Block, BodyParts, Link
from alpgraph.notes.model import Heading
from alpgraph.notes.wikilinks import (
    LINK_LIMIT,
    file_type,
    note_address,
    read_wikilink,
    shown_text,
)

# code, HTML, escapes, formulas, strikes, tabs and what Python takes for line ends
_DOUBTFUL = re.compile(r"[`<\\$~\t\r\f\v\x00\x1c-\x1f\x85\u2028\u2029]")
_DOUBTFUL_PAIRS = ("]:", "[^", "^[", "%%")  # references, footnotes, comments
_IMAGE = re.compile(r"!\[(?!\[)")
# deep indentation, quotes, definitions, numbered items; rules, underlines, table delimiters
_DOUBTFUL_LINE = re.compile(r" {4}| {0,3}(?:[>:]|\d{1,9}[.)])| {0,3}[-*_=+|:][-*_=+|: ]*$")
_CODE = re.compile(r"`[^`\n]+`")
_HEADING = re.compile(r" {0,3}(#{1,6})(?: +(.*?))??(?: +#+)? *$")
_BULLET = re.compile(r"( {2})?[-*+] (?=\S)")
_ODD_ITEM = re.compile(r" *[-*+](?: |$)")
_BLOCK_START = re.compile(r"[-*+>#:|]|\d{1,9}[.)]")
_LINK = re.compile(
    r"(!?)\[\[([^\[\]\n]+)\]\](?![\](])"
    r"|\[([^\[\]\n*_!&^]+)\]\((https?://[\w./#?=&%~+:,;@!'-]*|[\w./#-]*)"
    r"(?: \"([^\"\n&]*)\")?\)",
    re.ASCII,
)


def scan_body(path: str, body: str, body_line: int) -> BodyParts | None:
    """Find links and headings of a body, or nothing when the body is not plain enough."""
    masked = body
    if "`" in body:
        if "``" in body or any(line.count("`") % 2 for line in body.split("\n")):
            return None
        masked = _CODE.sub(lambda match: "x" * len(match[0]), body)
    if _DOUBTFUL.search(masked) or any(pair in masked for pair in _DOUBTFUL_PAIRS):
        return None
    if "![" in masked and _IMAGE.search(masked):
        return None
    scanner = _Scanner(path, body_line)
    lines = body.split("\n")
    for number, line in enumerate(masked.split("\n")):
        scanner.written = lines[number]
        if not scanner.line(number, line):
            return None
    scanner.close()
    return scanner.parts


class _Scanner:
    def __init__(self, path: str, body_line: int) -> None:
        self.path = path
        self.body_line = body_line
        self.parts = BodyParts()
        self.names = AnchorNames()
        self.block: Block | None = None
        self.pieces: list[str] = []
        self.length = 0
        self.in_list = False
        self.written = ""
        """The line being read with its code; `line` has it blanked."""

    def line(self, number: int, line: str) -> bool:
        """Read a line; false when it is not plain."""
        if line[:1].isalpha():  # no kind of line but running text begins so
            if self.block is None:
                self.in_list = False
                self._open(number, item=False)
            return self._add(number, line, 0)
        text = line.strip(" ")
        if not text:
            self.close()
            return True
        if _DOUBTFUL_LINE.match(line):
            return False
        if text[0] == "#" and (match := _HEADING.match(line)):
            return self._heading(number, line, match)
        if bullet := _BULLET.match(line):
            return self._item(number, line, bullet)
        if _ODD_ITEM.match(line):
            return False
        indent = len(line) - len(line.lstrip(" "))
        if self.block is None:
            if self.in_list and indent < 2:
                if indent:
                    return False
                self.in_list = False
            self._open(number, item=False)
        return self._add(number, line, indent)

    def close(self) -> None:
        """End the block that is being read."""
        block = self.block
        if block is None:
            return
        block.text = "\n".join(self.pieces).strip()
        if "^" in block.text and (name := block_name(block.text)):
            self.parts.block_names.append(name)
        if block.links:
            self.parts.blocks.append(block)
        self.block = None

    def _open(self, number: int, *, item: bool) -> None:
        self.close()
        self.block = Block("", number, item=item, in_list=self.in_list)
        self.pieces = []
        self.length = 0

    def _heading(self, number: int, line: str, match: re.Match[str]) -> bool:
        text = (match[2] or "").strip()
        if any(char in text for char in "[]*_&!^") or line[0] == " " or "`" in self.written:
            return False
        self.close()
        self.in_list = False
        heading = Heading(len(match[1]), text, self.names.take(text), self.body_line + number)
        self.parts.headings.append(heading)
        return True

    def _item(self, number: int, line: str, bullet: re.Match[str]) -> bool:
        if (bullet[1] and not self.in_list) or _BLOCK_START.match(line, bullet.end()):
            return False
        self.close()
        self.in_list = True
        self._open(number, item=True)
        return self._add(number, line, bullet.end())

    def _add(self, number: int, line: str, start: int) -> bool:
        """Add a line's text from the column `start` to the block."""
        text = line[start:]
        if "[" in text or "]" in text:
            rest = _LINK.sub("", text)
            if "[" in rest or "]" in rest or not self._links(number, line, start):
                return False
        self.pieces.append(self.written[start:])
        self.length += len(text) + 1
        return True

    def _links(self, number: int, line: str, start: int) -> bool:
        block = self.block
        assert block is not None
        row = self.body_line + number
        for match in _LINK.finditer(line, start):
            begin, end = match.span()
            if "`" in self.written[begin:end]:
                return False
            place = Place(self.path, row, begin + 1, row, end + 1)
            at = self.length + begin - start
            if match[2] is not None:
                content = match[2]
                if len(content) >= LINK_LIMIT - 4 or not content.strip():
                    return False
                wiki = read_wikilink(content)
                if not wiki.to or file_type(wiki.to):
                    continue
                words = shown_text(wiki)
                embed = bool(match[1])
                at_end = at + end - begin
                link = Link(wiki.to, words, wiki.heading, "", embed, True, at, at_end, place)
                block.links.append(link)
            elif address := note_address(match[4]):
                title, words = match[5] or "", match[3].strip()
                at_end = at + end - begin
                block.links.append(
                    Link(address[0], words, address[1], title, False, False, at, at_end, place)
                )
        return True
