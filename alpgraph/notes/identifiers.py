"""Identifiers of works: arXiv, DOI, ISBN, web addresses; what a well-formed one looks like."""

import re
from typing import Literal

Kind = Literal["arxiv", "doi", "url", "isbn", "other"]
KINDS: tuple[Kind, ...] = ("arxiv", "doi", "url", "isbn")

_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_URL = re.compile(r"https?://[^\s/]\S*", re.I)
_PREFIX = {
    "arxiv": re.compile(r"^(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:\s*)", re.I),
    "doi": re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.I),
    "isbn": re.compile(r"^isbn[:\s]*", re.I),
}
EXAMPLES = {
    "arxiv": "2511.07699",
    "doi": "10.1000/xyz123",
    "url": "https://example.org/paper",
    "isbn": "978-3-16-148410-0",
}


def bare_identifier(kind: str, text: str) -> str:
    """Remove what people put before an identifier, as `https://doi.org/`."""
    prefix = _PREFIX.get(kind)
    text = text.strip()
    return prefix.sub("", text).removesuffix(".pdf") if prefix else text


def well_formed(kind: str, text: str) -> bool:
    """Tell whether a bare identifier has the form of its kind.

    >>> well_formed("arxiv", "2511.07699"), well_formed("doi", "10.1/x")
    (True, False)
    """
    if kind == "arxiv":
        return bool(_ARXIV.fullmatch(text))
    if kind == "doi":
        return bool(_DOI.fullmatch(text))
    if kind == "url":
        return bool(_URL.fullmatch(text))
    return kind != "isbn" or _isbn(text)


def _isbn(text: str) -> bool:
    digits = re.sub(r"[\s–-]", "", text).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits):
        values = [10 if digit == "X" else int(digit) for digit in digits]
        return sum((10 - place) * value for place, value in enumerate(values)) % 11 == 0
    if re.fullmatch(r"97[89]\d{10}", digits):
        return (
            sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
            == 0
        )
    return False


def guess_kind(text: str) -> Kind:
    """Tell what a bare text names.

    >>> guess_kind("https://doi.org/10.1145/3411764"), guess_kind("a talk in Graz")
    ('doi', 'other')
    """
    if well_formed("arxiv", bare_identifier("arxiv", text)):
        return "arxiv"
    if well_formed("doi", bare_identifier("doi", text)):
        return "doi"
    if well_formed("url", text.strip()):
        return "url"
    return "isbn" if text.lower().startswith("isbn") else "other"
