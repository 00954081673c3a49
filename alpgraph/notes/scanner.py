"""One pass over the lines of a plain body; anything that needs a parser is refused.

It must find exactly what Markdown's tokens would hold: a test with generated bodies and the
CommonMark examples compares both.
"""

import re

from alpgraph.diagnostics import Place
from alpgraph.notes.anchors import AnchorNames, block_name
from alpgraph.notes.attributes import divide_heading
from alpgraph.notes.blocks import Block, BodyParts, Link
from alpgraph.notes.formulas import mathml
from alpgraph.notes.model import FileLink, Heading
from alpgraph.notes.values import new
from alpgraph.notes.wikilinks import (
    LINK_LIMIT,
    file_address,
    file_type,
    note_address,
    read_wikilink,
    shown_text,
)

_DOUBTFUL_MARKS = ("`", "<", "\\", "$", "~", "\t")
"""Code, HTML, escapes, formulas, strikes."""
# deep indentation, quotes, definitions, numbered items; rules, underlines, table delimiters
_DOUBTFUL_LINE = re.compile(
    r" {4}| {0,3}(?:[>:]|\d{1,9}[.)](?: |$))| {0,3}[-*_=+|:][-*_=+|: ]*$", re.ASCII
)
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,}) *$")
_MASKED = re.compile(r"[`$]")
_CODE = re.compile(r"`([^`\n]+)`")
# no digit, nor what Python takes for one, may stand before or after a formula
_FORMULA = re.compile(r"(?<![^\Wa-zA-Z_])\$(?!\s)([^$\[\]\n]+)(?<![\s\\])\$(?![^\Wa-zA-Z_])")
_HEADING = re.compile(r" {0,3}(#{1,6})(?: +(.*))?$")
_NUMBER = re.compile(r"(\d{1,9})[.)] (?=\S)", re.ASCII)
_CALLOUT = re.compile(r"\[(![\w-]{1,30})\](?=[-+ ]|$)")
_FENCED = "fenced"
"""Stands, as this very object, for a line of a fenced block of code."""
_BULLET = re.compile(r"( {2})?[-*+] (?=\S)")
_ODD_ITEM = re.compile(r" *[-*+](?: |$)")
_BLOCK_START = re.compile(r"[-*+>#:|]|\d{1,9}[.)]")
_LINK = re.compile(
    r"\[\[([^\[\]\n]+)\]\](?![\](])"
    r"|\[([^\[\]\n*_!&^]+)\]\((https?://[\w./#?=&%~+:,;@!'-]*|[\w./#-]*)"
    r"(?: \"([^\"\n&]*)\")?\)",
    re.ASCII,
)


def scan_body(path: str, body: str, body_line: int) -> BodyParts | None:
    """Find links and headings of a body, or nothing when the body is not plain enough."""
    lines = body.split("\n")
    masked: list[str] | None = lines
    if "`" in body:
        masked = _without_code(lines)
    if masked and "$" in body:
        masked = _without_formulas(lines, masked)
    if masked is None:
        return None
    text = body if masked is lines else "\n".join(masked)
    if any(mark in text for mark in _DOUBTFUL_MARKS) or ("%" in text and "%%" in text):
        return None
    if _has_odd_ends(body, lines):
        return None
    scanner = _Scanner(path, body_line)
    for number, line in enumerate(masked):
        scanner.written = lines[number]
        if not scanner.line(number, line):
            return None
    scanner.close()
    return scanner.parts if scanner.certain else None


def _has_odd_ends(body: str, lines: list[str]) -> bool:
    """Tell whether Python or Markdown may take anything but `\\n` for the end of a line."""
    whole = lines if lines[-1] else lines[:-1]
    return body.splitlines() != whole or "\0" in body or "\x1f" in body


def _without_code(lines: list[str]) -> list[str] | None:
    """Blank code spans and fenced blocks, or return nothing where their ends are in doubt."""
    masked = []
    fence = ""
    for line in lines:
        if fence:
            masked.append(_FENCED)
            mark = line.strip()
            if mark and not mark.strip("`") and len(mark) >= len(fence):
                if line[0] != "`":
                    return None
                fence = ""
        elif line.startswith("```"):
            words = line.lstrip("`")
            fence = line[: len(line) - len(words)]
            if "`" in words:
                return None
            masked.append(_FENCED)
        elif "`" in line:
            if "``" in line or line.count("`") % 2:
                return None
            masked.append(_CODE.sub(lambda match: "x" * len(match[0]), line))
        else:
            masked.append(line)
    return None if fence else masked


def _without_formulas(lines: list[str], masked: list[str]) -> list[str] | None:
    """Blank formulas too, or return nothing where one cannot be read, which is a finding."""
    without = list(masked)
    for number, line in enumerate(masked):
        if "$" not in line:
            continue
        for match in _FORMULA.finditer(line):
            if "`" in lines[number][match.start() : match.end()]:
                return None
            try:
                mathml(match[1].strip(), display=False)
            except ValueError:
                return None
        without[number] = _FORMULA.sub(lambda match: "x" * len(match[0]), line)
    return without


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
        self.width = 0
        """Columns that the last list item is indented by."""
        self.quoted = False
        self.in_table = False
        self.shift = 0
        """Columns that a quote's sign takes."""
        self.written = ""
        """The line being read with its code and formulas; `line` has them blanked."""
        self.certain = True

    def line(self, number: int, line: str) -> bool:
        """Read a line; false when it is not plain."""
        if not (line or self.quoted or self.in_table):
            self.close()
            return True
        if line[:1] == ">":
            return self._quote(number, line)
        if line is _FENCED:
            self._leave()
            return True
        if self.quoted:
            if line.strip(" "):  # it may go on with the quote's last paragraph
                return False
            self._leave()
        return self._line(number, line)

    def _quote(self, number: int, line: str) -> bool:
        """Read a line of a quote of one level; a callout's kind is no link."""
        begins = not self.quoted
        if begins:
            self._leave()
            self.quoted = True
        self.shift = 2 if line[1:2] == " " else 1
        inner = line[self.shift :]
        self.written = self.written[self.shift :]
        if begins and (match := _CALLOUT.match(inner)):
            inner = f"({match[1]}){inner[match.end() :]}"
        return inner[:1] != ">" and self._line(number, inner)

    def _leave(self) -> None:
        """End all that is open."""
        self.close()
        self.in_list = self.in_table = self.quoted = False
        self.shift = 0

    def _line(self, number: int, line: str) -> bool:
        if self.in_table:
            return self._row(line)
        if line[:1].isalpha():  # no kind of line but running text begins so
            if self.block is None:
                self.in_list = False
                self._open(number, item=False)
            return self._add(number, line, 0)
        text = line.strip(" ")
        if not text:
            self.close()
            return True
        if text[:2] == "{:" and self.block is None:  # it may name the heading above
            return False
        if numbered := _NUMBER.match(line):
            # in running text only a first item begins a list
            in_text = self.block is not None and not self.in_list
            return not (in_text and numbered[1] != "1") and self._item(number, line, numbered)
        if _DOUBTFUL_LINE.match(line):
            return self._rule(line) or self._delimiters(line)
        if text[0] == "#" and (match := _HEADING.match(line)):
            return self._heading(number, line, match)
        if bullet := _BULLET.match(line):
            return not (bullet[1] and not self.in_list) and self._item(number, line, bullet)
        if _ODD_ITEM.match(line):
            return False
        indent = len(line) - len(line.lstrip(" "))
        if self.block is None:
            if self.in_list and indent < self.width:
                if indent:
                    return False
                self.in_list = False
            self._open(number, item=False)
            return self._add(number, line, indent)
        # of later lines Markdown takes away no more than the list item's own indent
        return self._add(number, line, min(indent, self.width if self.in_list else 0))

    def _rule(self, line: str) -> bool:
        """Read a line across the page; below running text it would make that a heading."""
        if self.block is not None or not _RULE.match(line):
            return False
        self.in_list = False
        return True

    def _delimiters(self, line: str) -> bool:
        """Begin a table below its header; only one in which no link can be is plain."""
        header = self.pieces[0] if self.block and len(self.pieces) == 1 else ""
        if line[0] != "|" or header[:1] != "|" or self.in_list or self.quoted:
            return False
        if any(mark in header for mark in "`$[^"):
            return False
        self.close()
        self.in_table = True
        return True

    def _row(self, line: str) -> bool:
        if line[:1] != "|":
            self.in_table = False
            return not line.strip(" ")
        # bars divide cells in code too
        whole = self.written.count("|") == line.count("|") and "$" not in self.written
        return whole and not any(mark in line for mark in "[^")

    def close(self) -> None:
        """End the block that is being read."""
        block = self.block
        if block is None:
            return
        block.text = "\n".join(self.pieces).strip()
        if block.text[:1] == "$" and block.text[-1].isdigit():
            self.certain = False  # the parser takes the last character for one before the first
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
        if any(char in line for char in "[]*_&!") or line[0] == " ":
            return False
        if "|" in self.written:  # the line may turn out to be a table's header
            return False
        text = self.written[slice(*match.span(2))].rstrip(" ") if match[2] else ""
        unclosed = text.rstrip("#")
        if not unclosed or unclosed[-1] == " ":
            text = unclosed.rstrip(" ")
        if "^" in text or "$" in text or any(code.strip() != code for code in _CODE.findall(text)):
            return False
        text, name = divide_heading(text)
        if "{" in text and "`" in text:  # attributes may follow code
            return False
        text = text.replace("`", "").strip()
        self.close()
        self.in_list = False
        anchor = self.names.take(name or text)
        heading = Heading(len(match[1]), text, anchor, self.body_line + number)
        self.parts.headings.append(heading)
        return True

    def _item(self, number: int, line: str, bullet: re.Match[str]) -> bool:
        if _BLOCK_START.match(line, bullet.end()):
            return False
        self.close()
        self.in_list, self.width = True, bullet.end()
        self._open(number, item=True)
        return self._add(number, line, bullet.end())

    def _add(self, number: int, line: str, start: int) -> bool:
        """Add a line's text from the column `start` to the block."""
        text = line[start:]
        if not self.pieces and text[:1].isspace():  # Markdown takes away more than spaces here
            return False
        if ("[" in text or "]" in text) and not self._links(number, line, start):
            return False
        self.pieces.append(self.written[start:])
        self.length += len(text) + 1
        return True

    def _links(self, number: int, line: str, start: int) -> bool:
        """Read the links of a line; false when a bracket belongs to none."""
        block = self.block
        assert block is not None
        if "[^" in line or "^[" in line:  # footnotes
            return False
        row, closed, end = self.body_line + number, 0, start
        while (begin := line.find("[", end)) >= 0:
            match = _LINK.match(line, begin)
            if match is None or _MASKED.search(self.written, begin, match.end()):
                return False
            content = match[1]
            closed += 2 if content is not None else 1
            end = match.end()
            marked = begin > start and line[begin - 1] == "!"
            if marked and content is None:
                if not match[2].strip():  # a picture that nothing describes is a finding
                    return False
                self._file(file_address(match[3], picture=True), (row, begin - 1, end))
                continue
            span = row, begin - marked, end
            link = self._link(match, marked, span, self.length - start)
            if link is not None:
                block.links.append(link)
            elif content is not None and (len(content) >= LINK_LIMIT - 4 or not content.strip()):
                return False
        return line.count("]", start) == closed

    def _link(
        self, match: re.Match[str], embed: bool, span: tuple[int, int, int], shift: int
    ) -> Link | None:
        """Return a link that may lead to a note; `shift` maps columns to the block's text."""
        _, begin, end = span
        place = self._place(span)
        at, at_end = begin + shift, end + shift
        content = match[1]
        if content is None:
            address = note_address(match[3])
            if not address:
                self._file(file_address(match[3]), span)
                return None
            title, words = match[4] or "", match[2].strip()
            return Link(address[0], words, address[1], title, False, False, at, at_end, place)
        if len(content) >= LINK_LIMIT - 4:
            return None
        wiki = read_wikilink(content)
        if not wiki.to:
            return None
        if file_type(wiki.to):
            self._file(wiki.to, span)
            return None
        words = shown_text(wiki)
        return new(Link, (wiki.to, words, wiki.heading, "", embed, True, at, at_end, place))

    def _file(self, path: str | None, span: tuple[int, int, int]) -> None:
        if path:
            self.parts.files.append(FileLink(path, self._place(span)))

    def _place(self, span: tuple[int, int, int]) -> Place:
        row, begin, end = span
        column = self.shift + 1
        return new(Place, (self.path, row, begin + column, row, end + column))
