"""How numbers, dates and messages are written."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from markupsafe import Markup, escape

NONE = "–"
"""Stands where there is no number: a share of no rows, say, which is stored as null."""
KEPT = 6
"""Significant digits of a stored number."""
LONGEST = 15
"""Digits before the point, or decimals with a digit to spare, beyond which powers read better."""
_ENDS_TEXT = re.compile(r"[\\\[\]`<]")
"""What ends the text of a link in Markdown, or holds on to its end."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def decimals(values: Iterable[float | None], usual: int = 3) -> int:
    """Return the decimals that serve numbers shown together: `usual`, unless by their size.

    Where all would round to nothing, the largest keeps two digits; none is told beyond `KEPT`.

    >>> decimals([0.224, -0.02]), decimals([1e-9, 0.0]), decimals([12345.6]), decimals([6e11])
    (3, 10, 1, 0)
    """
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if not 0 < largest < math.inf:
        return usual
    power = math.floor(math.log10(largest))
    if largest < 0.5 * 10.0**-usual:
        return 1 - power
    return max(0, min(usual, KEPT - 1 - power))


def signed(value: float | None, digits: int = 3) -> str:
    """Write a number with its sign, a minus being a minus.

    >>> signed(-0.0761), signed(0.05), signed(None)
    ('−0.076', '+0.050', '–')
    """
    if value is None:
        return NONE
    return _shown(value, digits, "+")


def number(value: float | None, digits: int = 3) -> str:
    """Write a number without a plus.

    >>> number(-1), number(0.2455), number(None)
    ('−1.000', '0.246', '–')
    """
    if value is None:
        return NONE
    return _shown(value, digits)


def signed_interval(result: Any) -> tuple[str, str, str]:
    """Write the difference and the ends of its interval, of a mapping or of what has them.

    >>> signed_interval({"difference": 1.2e-9, "low": 1e-9, "high": None})
    ('+1.2 × 10⁻⁹', '+1 × 10⁻⁹', '–')
    """
    names = ("difference", "low", "high")
    if isinstance(result, Mapping):
        values = [result[name] for name in names]
    else:
        values = [getattr(result, name) for name in names]
    difference, low, high = (signed(value, decimals(values)) for value in values)
    return difference, low, high


def power(text: str) -> str:
    """Write the power of ten of a number in `text` as people do, a minus being a minus.

    >>> power("-1.2e-09"), power("0.5")
    ('−1.2 × 10⁻⁹', '0.5')
    """
    front, mark, back = text.partition("e")
    raised = f" × 10{str(int(back)).translate(_RAISED)}" if mark else ""
    return front.replace("-", "−") + raised


def _shown(value: float, digits: int, sign: str = "") -> str:
    """Write a rounded number; `sign` is as a format takes it."""
    exact = _rounded(value, digits)
    short = digits <= KEPT + 1 and exact.adjusted() < LONGEST
    if short or not exact.is_finite():
        return f"{exact:{sign},}".replace("-", "−")
    return power(f"{exact.normalize():{sign}e}") if exact else "0"


def _rounded(value: float, digits: int) -> Decimal:
    """Round what a reader sees: 0.2455 goes up, though its nearest binary fraction lies below.

    >>> _rounded(1e300, 3)
    Decimal('1E+300')
    """
    exact = Decimal(str(float(value)))
    if not exact.is_finite() or exact.adjusted() > 20:  # more digits than a Decimal keeps
        return exact
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def written(value: object) -> str:
    """Write a parameter's value as a person would.

    >>> written(30.0), written("digits"), written(False)
    ('30', 'digits', 'no')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def message_html(text: str) -> Markup:
    """Write a message with what stands in backticks as code.

    >>> message_html("no note answers to `<b>`")
    Markup('no note answers to <code>&lt;b&gt;</code>')
    """
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def markdown_link(text: str, address: str) -> str:
    """Write a link in Markdown that neither its text nor its address can end.

    >>> print(markdown_link("a ] b", "/n/c(d.md"))
    [a \\] b](/n/c%28d.md)
    """
    shown = _ENDS_TEXT.sub(r"\\\g<0>", " ".join(text.split()))
    return f"[{shown}]({address.replace('(', '%28').replace(')', '%29')})"


def plain_date(text: str) -> str:
    """Write an ISO date as people do.

    >>> plain_date("2026-11-23T10:00:00+01:00")
    '23 November 2026'
    """
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def short_date(text: str) -> str:
    """Write an ISO date in little room.

    >>> short_date("2026-11-23")
    '23 Nov 2026'
    """
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day.day} {day:%b %Y}"


def in_words(count: int) -> str:
    """Write a small count as a word.

    >>> in_words(3), in_words(30)
    ('three', '30')
    """
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[count] if count < len(words) else str(count)


def duration(seconds: float) -> str:
    """Write how long something takes.

    >>> duration(0.4), duration(75), duration(7300)
    ('a second', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 2:
        return "a second"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(seconds: float) -> str:
    """Write a time, seconds since the epoch, in UTC.

    >>> moment(1_700_000_000)
    '14 November 2023, 22:13 UTC'
    """
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
