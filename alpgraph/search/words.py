"""How text becomes words: folded, and CJK runs as pairs of characters."""

import re
from collections.abc import Iterator
from functools import cache

import tantivy

# Han, kana and Hangul, which are written without spaces between words
_CJK = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f]+"
)
_WORD = re.compile(r"[^\W_]+")
_FOREIGN = re.compile(r"[^\W\x00-\x7f]")
_GAPS = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
ANALYZER = "folded"


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Return the analyzer of every indexed field: words, lower case, accents folded."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


def split_cjk(text: str) -> str:
    """Write each run of CJK characters as its overlapping pairs, so that two-character words match.

    >>> split_cjk("知識図 map")
    '知識 識図  map'
    """
    if text.isascii():
        return text
    return _CJK.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", text).strip()


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def fold(text: str) -> list[str]:
    """Return the words of `text` as the index holds them.

    >>> fold("Über-Kalibrierung")
    ['uber', 'kalibrierung']
    """
    return list(analyzer().analyze(split_cjk(text)))


def spaced(text: str) -> str | None:
    """Return `text` in lower case with a space for each character that is no part of a word.

    None where letters beyond ASCII stand, which may be folded to more than one.

    >>> spaced("A map – of Rooms.")
    'a map   of rooms '
    """
    if not text.isascii():
        if _FOREIGN.search(text):
            return None
        text = text.encode("ascii", "replace").decode("ascii")
    return text.lower().translate(_GAPS)


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, folded form) of every word of `text`; CJK pair by pair."""
    if text.isascii():
        for match in _WORD.finditer(text.lower()):
            yield *match.span(), match[0]
        return
    for match in _WORD.finditer(text):
        start, word = match.start(), match[0]
        if word.isascii():
            yield start, match.end(), word.lower()
            continue
        position = start
        for piece in re.split(f"({_CJK.pattern})", word):
            if _CJK.fullmatch(piece):
                for i in range(max(1, len(piece) - 1)):
                    yield position + i, position + min(i + 2, len(piece)), piece[i : i + 2]
            elif piece:
                yield position, position + len(piece), "".join(fold(piece))
            position += len(piece)
