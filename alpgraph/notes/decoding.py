"""Bytes to text: UTF-8 or a located finding, never a refusal."""

import codecs
import re
from itertools import islice

from alpgraph.diagnostics import Diagnostic, Place, Severity
from alpgraph.notes.findings import finding

# marks that reorder or hide text; joiners (200c, 200d) stay, scripts and emoji need them
_HIDDEN = re.compile(
    "[\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\u00ad\u061c\u180e\U000e0001-\U000e007f]"
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff]")
_SOFT = {"\u00ad", "\u200b", "\ufeff", "\u2060", "\u061c", "\u180e"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSEEN = re.compile(f"{_HIDDEN.pattern}|{_CONTROL.pattern}|[\ud800-\udfff]")
_PLAIN = bytes((0x09, 0x0A, *range(0x20, 0x7F)))
_AT_MOST = 20


def decode(path: str, data: bytes) -> tuple[str, list[Diagnostic]]:
    """Return the file's text with line ends as `\\n`, and what was wrong with its bytes."""
    findings: list[Diagnostic] = []
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
        findings.append(_bad(path, "the file is UTF-16", Place(path)))
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            text = data.decode("utf-8", "replace")
            findings.append(
                _bad(path, _byte_fault(data, error), _place_of(path, data, error.start))
            )
    if "\r" in text:
        line_end = "CRLF" if "\r\n" in text else "CR"
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        findings.append(
            finding(
                "ALP004",
                f"lines end in {line_end}",
                Place(path),
                hint="save the file with LF line ends",
                severity=Severity.INFO,
            )
        )
    plain = not data.translate(None, _PLAIN) or text.replace("\n", "").isprintable()
    if not plain:
        findings += _characters(path, text)
    return text, findings


def _bad(path: str, message: str, place: Place) -> Diagnostic:
    return finding("ALP004", message, place, hint="save the file as UTF-8 without NUL bytes")


def _byte_fault(data: bytes, error: UnicodeDecodeError) -> str:
    return f"the byte `0x{data[error.start]:02x}` is not UTF-8"


def _place_of(path: str, data: bytes, start: int) -> Place:
    line = data.count(b"\n", 0, start) + 1
    before = data[data.rfind(b"\n", 0, start) + 1 : start]
    column = len(before.decode("utf-8", "replace")) + 1
    return Place(path, line, column, line, column + 1)


def _characters(path: str, text: str) -> list[Diagnostic]:
    findings = []
    hidden = (match for match in _HIDDEN.finditer(text) if not _divides_words(text, match.start()))
    for match in islice(hidden, _AT_MOST):
        char = match[0]
        kind = "invisible" if char in _SOFT else "direction-changing"
        findings.append(
            finding(
                "ALP307",
                f"{kind} character U+{ord(char):04X}",
                place_at(path, text, match.start(), match.end()),
                hint="remove it, or write a visible character instead",
                severity=Severity.WARNING if char == "\u00ad" else None,
            )
        )
    if control := _CONTROL.search(text):
        place = place_at(path, text, control.start(), control.end())
        findings.append(_bad(path, f"control character U+{ord(control[0]):04X}", place))
    return findings


def show_hidden(text: str) -> str:
    """Write out the characters that nobody sees and that are found at fault, as `<U+202E>`.

    >>> show_hidden("a\u202eb")
    'a<U+202E>b'
    """

    def shown(match: re.Match[str]) -> str:
        return match[0] if _divides_words(text, match.start()) else f"<U+{ord(match[0]):04X}>"

    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(shown, text)


def _divides_words(text: str, at: int) -> bool:
    """Tell whether a zero-width space stands in a script that writes no spaces, as Khmer."""
    return text[at] == "\u200b" and bool(_UNSPACED.search(text, max(0, at - 2), at + 3))


def place_at(path: str, text: str, start: int, end: int) -> Place:
    """Return the place of `text[start:end]` in the file it was read from."""
    line = text.count("\n", 0, start) + 1
    end_line = line + text.count("\n", start, end)
    return Place(
        path,
        line,
        start - text.rfind("\n", 0, start),
        end_line,
        end - text.rfind("\n", 0, end),
    )
