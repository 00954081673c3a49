"""The findings that reading one file can give: names and severities by code, in one table."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from alpgraph.diagnostics import Diagnostic, Edit, Fix, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

NAMES: dict[str, tuple[str, Severity]] = {
    "ALP001": ("no-front-matter", _INFO),
    "ALP002": ("front-matter-not-yaml", _ERROR),
    "ALP003": ("awkward-file-name", _WARNING),
    "ALP004": ("bad-encoding", _ERROR),
    "ALP005": ("equal-slugs", _ERROR),
    "ALP011": ("unknown-relation-type", _ERROR),
    "ALP012": ("unknown-key", _WARNING),
    "ALP013": ("missing-key", _WARNING),
    "ALP014": ("text-length", _WARNING),
    "ALP015": ("duplicate-key", _WARNING),
    "ALP016": ("wrong-value-type", _WARNING),
    "ALP017": ("limit-passed", _WARNING),
    "ALP301": ("empty-body", _WARNING),
    "ALP302": ("heading-repeats-title", _WARNING),
    "ALP303": ("image-without-alt", _WARNING),
    "ALP304": ("formula", _WARNING),
    "ALP305": ("malformed-identifier", _WARNING),
    "ALP306": ("raw-html-dropped", _WARNING),
    "ALP307": ("hidden-characters", _ERROR),
    "ALP308": ("nesting-too-deep", _WARNING),
}
"""Name and usual severity of each code this room reports."""


def finding(
    code: str,
    message: str,
    place: Place,
    *,
    hint: str = "",
    severity: Severity | None = None,
    fix: Fix | None = None,
) -> Diagnostic:
    """Make a finding with the name and severity that its code has in the table."""
    name, usual = NAMES[code]
    return Diagnostic(code, name, severity or usual, message, hint, place, fix)


def rewording(place: Place, old: str, new: str) -> Fix | None:
    """Offer to write `new` for `old`, if `place` holds it as it is, quoted or in `[[ ]]`.

    Where it is written with escapes or over several lines, or the place is only that of the line
    it stands on, what to replace is not known for certain.
    """
    around, odd = divmod(place.end_column - place.column - len(old), 2)
    if not new or odd or place.line != place.end_line or not 0 <= around <= len("'[["):
        return None
    begin, end = place.column + around, place.end_column - around
    inside = Place(place.file, place.line, begin, place.line, end)
    return Fix(f"write `{new}`", (Edit(inside, new, old),))


def near(word: str, words: "Iterable[str]") -> str:
    """Return the known word that `word` probably means, or an empty string.

    >>> near("sumary", ["title", "summary"])
    'summary'
    """
    matches = get_close_matches(word.lower(), list(words), n=1, cutoff=0.75)
    return matches[0] if matches else ""


def quoted(text: str, limit: int = 60) -> str:
    """Quote a value for a message: one line, no control characters, not too long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    line = line if len(line) <= limit else line[: limit - 1] + "…"
    return f"`{line.replace('`', 'ʼ')}`"
