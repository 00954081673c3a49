"""What is wrong with front matter that is not YAML, and a change that was tried and helps."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.findings import finding, quoted
from alpgraph.notes.yaml_source import FIRST_LINE, Loader, Source

_ENTRY = re.compile(r"(?P<lead>[\s\ufeff]*(?:- +)*(?:[\w .-]+?:[ \t]+)?)(?P<value>\S.*?)\s*")
_KEY = re.compile(r"[ \ufeff]*(?:- +)*(?P<key>[\w.-]+):(?:\s|$)")
_UNSPACED = re.compile(r"[ \ufeff]*(?:- +)*[\w-]+:(?=[^\s:/])")
_CLOSING = {'"': '"', "'": "'", "[": "]", "{": "}"}
_AWAY = 20
"""Lines between a fault and its cause that are looked at."""
_TRIES = 5


class _Mending(NamedTuple):
    """A change of one or several lines; lines and columns from 0."""

    line: int
    start: int
    end: int
    what: str
    hint: str
    lines: list[str]
    """All lines as they would be."""
    until: int
    """Where a fault is left on this line or before, the change does not help."""


def not_yaml(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    """Return the finding of YAML that cannot be read.

    Its hint is the first change after which there is no fault, or none before a later line.
    """
    fault = _Fault(source, error)
    mended = next((one for one in fault.mendings() if _helps(one)), None) or fault.unmended()
    line = mended.line + FIRST_LINE
    place = Place(source.path, line, mended.start + 1, line, mended.end + 1)
    return finding(
        "ALP002", f"the front matter is not YAML: {mended.what}", place, hint=mended.hint
    )


def _helps(mending: _Mending) -> bool:
    source = Source("", "\n".join(mending.lines))
    try:
        for _ in yaml.parse(source.text, Loader=Loader):
            pass
    except yaml.MarkedYAMLError as error:
        if _is_begun(error):
            mark = error.context_mark
        else:  # the end is reached where something else is not closed
            mark = error.problem_mark
            if mark is None or not source.text[mark.index :].strip():
                return False
        return mark is not None and source.spot(mark)[0] - FIRST_LINE > mending.until
    except yaml.YAMLError:
        return False
    return True


def _is_begun(error: yaml.MarkedYAMLError) -> bool:
    """Whether the fault lies where the parser began something rather than where it gave up."""
    return bool(re.search("quoted scalar|simple key|flow (sequence|mapping)", error.context or ""))


class _Fault:
    """Where the parser gave up, and what it was reading."""

    def __init__(self, source: Source, error: yaml.MarkedYAMLError) -> None:
        self.source = source
        self.lines = source.raw.split("\n")
        self.context, self.problem = error.context or "", error.problem or "it cannot be read"
        self.begun = self._at(error.context_mark) if _is_begun(error) else None
        self.line, self.column = self._at(error.problem_mark or error.context_mark)
        if self.begun and "simple key" in self.context:
            (self.line, self.column), self.begun = self.begun, None

    def _at(self, mark: yaml.Mark | None) -> tuple[int, int]:
        """Return line and column of a mark; at the end of all, those of the last line."""
        line, column = self.source.spot(mark) if mark else (FIRST_LINE, 1)
        line, column = min(line - FIRST_LINE, len(self.lines) - 1), column - 1
        if self.lines[line].strip() or "\t" in self.lines[line]:
            return line, column
        while line and not self.lines[line].strip():
            line -= 1
        return line, 0

    def mendings(self) -> Iterator[_Mending]:
        """Yield changes that may help, what is most likely meant first."""
        near = [self.line, *self._above()[:1]]  # the line above may go on in this one
        for line in near:
            yield from self._tab(line)
        yield from self._backslash()
        line, column = self.begun or self._last_quote()
        yield from self._closed(line, column)
        for line in near:
            yield from self._colon(line)
        for line in near:
            yield from self._value(line)
        yield from self._indentation()
        for line in near:
            yield from self._stray(line)

    def unmended(self) -> _Mending:
        """Say what is known where no change helps."""
        line, column = self.line, self.column
        what, hint = self.problem, "compare quotes, brackets, colons and indentation around it"
        if self.begun:
            hint = "close it; in brackets, put commas between entries and odd signs in quotes"
            if self._mark(*self.begun) in "\"'" or self.begun[0] < line:
                line, column = self.begun
                what = self._never_closed(line, column)
        return _Mending(line, column, self._end(line, column), what, hint, [], line)

    def _mark(self, line: int, column: int) -> str:
        return self.lines[line][column : column + 1]

    def _never_closed(self, line: int, column: int) -> str:
        mark = self._mark(line, column)
        what = "quote" if mark in "\"'" else f"`{mark}`"
        return f"the {what} opened on line {line + FIRST_LINE} is never closed"

    def _written(self, line: int) -> tuple[int, int]:
        text = self.lines[line]
        return len(text) - len(text.lstrip()), len(text.rstrip())

    def _end(self, line: int, start: int) -> int:
        return max(start + 1, len(self.lines[line].rstrip()))

    def _with(self, line: int, text: str) -> list[str]:
        return [*self.lines[:line], text, *self.lines[line + 1 :]]

    def _tab(self, line: int) -> Iterator[_Mending]:
        text = self.lines[line]
        indent = len(text) - len(text.lstrip())
        if "\t" in text[:indent]:
            lines = self._with(line, text[:indent].replace("\t", "  ") + text[indent:])
            what = "a tab stands in the indentation"
            yield _Mending(line, 0, indent, what, "indent with spaces, not with a tab", lines, line)

    def _backslash(self) -> Iterator[_Mending]:
        text = self.lines[self.line]
        at = text.rfind("\\", 0, self.column + 1)
        if at >= 0 and ("escape" in self.problem or "hexdecimal" in self.problem):
            what = f"{quoted(text[at : at + 2])} in double quotes stands for nothing"
            hint = r"write `\\` for a backslash, or put the text in single quotes"
            lines = self._with(self.line, f"{text[:at]}\\{text[at:]}")
            # there may be more in the same text
            yield _Mending(self.line, at, at + 2, what, hint, lines, -1)

    def _last_quote(self) -> tuple[int, int]:
        """Return where the quote begins that ends, lines below, just before the fault."""
        begin = nowhere = 0, len(self.lines[0])
        try:
            for event in yaml.parse(self.source.text, Loader=Loader):
                if isinstance(event, yaml.ScalarEvent) and event.style in ("'", '"'):
                    start, end = map(self.source.spot, (event.start_mark, event.end_mark))
                    within = start[0] < end[0] == self.line + FIRST_LINE
                    begin = (start[0] - FIRST_LINE, start[1] - 1) if within else nowhere
        except yaml.YAMLError:
            pass
        return begin

    def _closed(self, line: int, column: int) -> Iterator[_Mending]:
        """Yield the ways to close what is opened there, at the end of its line or soon below."""
        if self._mark(line, column) not in _CLOSING:
            return
        mark = _CLOSING[self._mark(line, column)]
        what, end = self._never_closed(line, column), self._end(line, column)
        lasts = range(line, min(line + _TRIES, self.line + 1))
        # better one after which all above the fault can be read than one that leaves some
        for last, strict in [(last, True) for last in lasts] + [(last, False) for last in lasts]:
            text = self.lines[last].rstrip()
            hint = f"close it at the end of line {last + FIRST_LINE}: `{text.strip()}{mark}`"
            until = self.line if strict else last
            yield _Mending(line, column, end, what, hint, self._with(last, text + mark), until)

    def _colon(self, line: int) -> Iterator[_Mending]:
        text = self.lines[line]
        if match := _UNSPACED.match(text):
            mended = f"{match[0]} {text[match.end() :]}"
            what = f"a space is missing after the colon on line {line + FIRST_LINE}"
            start, end = self._written(line)
            hint = f"write `{mended.strip()}`"
            yield _Mending(line, start, end, what, hint, self._with(line, mended), self.line)

    def _value(self, line: int) -> Iterator[_Mending]:
        """Yield an entry in brackets, or all that stands behind a key, put in quotes."""
        text = self.lines[line]
        match = _ENTRY.fullmatch(text)
        if match is None or not match["lead"].strip():
            return
        value = match["value"]
        entry = re.compile(r"[^\s,\[\]{}][^,\[\]{}]*").match(text, self.column)
        spans = []
        if value[0] in "[{" and "{{" not in value and entry and line == self.line:
            end = entry.start() + len(entry[0].rstrip())
            spans.append((entry.start(), end, self.problem, "put the entry in quotes"))
        if self.begun is None:  # what was begun is no text of its own
            spans.append((*match.span("value"), *self._of_value(value)))
        for start, end, what, hint in spans:
            mended = f"{text[:start]}{_in_quotes(text[start:end])}{text[end:]}"
            if "placeholder" not in hint:
                hint += f": `{mended.strip()}`"
            yield _Mending(line, start, end, what, hint, self._with(line, mended), self.line)

    def _of_value(self, value: str) -> tuple[str, str]:
        """Return what is wrong with a value and what to do."""
        if "{{" in value:
            hint = 'put the template\'s placeholder in quotes, as `"{{date}}"`'
            return "a template's placeholder stands where a text is needed", hint
        if value[0] in "@`%":
            return "YAML keeps the first character of this value for itself", "put it in quotes"
        if value[0] in "\"'":
            return "the text goes on after its closing quote", "put all of it in other quotes"
        if value[0] in "[{" and "expected key" in self.problem:
            hint = "remove what stands there, or put the whole value in quotes"
            return "the line goes on after its closing bracket", hint
        if ": " in value + " ":
            return "a second colon stands in the value", "a value with a second colon needs quotes"
        return self.problem, "put the value in quotes"

    def _indentation(self) -> Iterator[_Mending]:
        """Yield the line, and those below that are indented alike, moved under one above."""
        pairs = [(self.line, above) for above in self._above()]
        if "document start" in self.problem and pairs:  # the first line is indented, not this one
            pairs = [(above, self.line) for _, above in pairs]
        tried: set[int] = set()
        for line, other in pairs:
            for want in self._columns(line, other):
                if len(tried) < _TRIES and want not in {*tried, self._written(line)[0]}:
                    tried.add(want)
                    yield self._moved(line, other, want)

    def _above(self) -> list[int]:
        lines = range(self.line - 1, max(-1, self.line - _AWAY), -1)
        return [line for line in lines if self.lines[line].strip()]

    def _columns(self, line: int, other: int) -> Iterator[int]:
        """Yield the columns of another line in which this one may be meant to begin."""
        match, mine = _KEY.match(self.lines[other]), self.lines[line].lstrip()
        if mine.startswith("- "):
            if self.lines[other].lstrip().startswith("- "):
                yield self._written(other)[0]
        elif match and _KEY.match(mine):
            yield match.start("key")

    def _moved(self, line: int, other: int, want: int) -> _Mending:
        indent, end = self._written(line)
        last = line
        while last + 1 < len(self.lines) and self._written(last + 1)[0] == indent:
            last += 1
        moved = [" " * want + text.lstrip() for text in self.lines[line : last + 1]]
        number = abs(want - indent)
        spaces = "1 space" if number == 1 else f"{number} spaces"
        first = line + FIRST_LINE
        where = f"line {first}" if last == line else f"each of lines {first} to {last + FIRST_LINE}"
        beside = _KEY.match(self.lines[other])
        under = f"`{beside['key']}`" if beside else "the entry"
        what = f"line {first} begins with {spaces} too {'few' if want > indent else 'many'}"
        hint = (
            f"{'add' if want > indent else 'remove'} {spaces} at the beginning of {where},"
            f" as {under} on line {other + FIRST_LINE} has it"
        )
        lines = [*self.lines[:line], *moved, *self.lines[last + 1 :]]
        return _Mending(line, indent, end, what, hint, lines, self.line)

    def _stray(self, line: int) -> Iterator[_Mending]:
        start, end = self._written(line)
        if start < end and not _KEY.match(self.lines[line]):
            what = f"line {line + FIRST_LINE} is no `key: value`"
            hint = "remove it, write a key before it, or indent it if the line above goes on in it"
            yield _Mending(line, start, end, what, hint, self._with(line, ""), self.line)


def _in_quotes(text: str) -> str:
    """Write a text that YAML misreads in quotes; quotes around it that end too early go.

    >>> _in_quotes("'it's'"), _in_quotes('"a" and "b"')
    ('"it\\'s"', '\\'"a" and "b"\\'')
    """
    inner = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and inner.count(text[0]) % 2:
        text = inner
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
