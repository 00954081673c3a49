"""Formulas to MathML, or the formula's own text where it cannot be read."""

import re
from functools import cache, lru_cache
from html import escape

from math_core import LatexError, LatexToMathML

FORMULA_LIMIT = 4000
"""Characters of a formula that is typeset; longer ones are shown as text."""
_STYLE = re.compile(r' style="([^"]*)"')
_COLOUR = re.compile(r"(?:^|;)\s*color:\s*(#[0-9A-Fa-f]{3,8})")
_CLASSES = (
    ("text-align: left", "m-left"),
    ("text-align: right", "m-right"),
    ("padding-left: 0", "m-tight-left"),
    ("padding-right: 0", "m-tight-right"),
    ("padding-left:1em", "m-gap-left"),
    ("border-left", "m-line-left"),
    ("border-right", "m-line-right"),
    ("border-top", "m-line-top"),
    ("border-bottom", "m-line-bottom"),
    ("width: 100%", "m-full"),
    ("width: 50%", "m-half"),
)
_OTHERWISE = (
    (re.compile(r"\\left\s*<"), r"\\left\\langle "),
    (re.compile(r"\\right\s*>"), r"\\right\\rangle "),
    (re.compile(r"\\(begin|end)\{split\}"), r"\\\1{aligned}"),
    (re.compile(r"\\widetilde(?![A-Za-z])"), r"\\tilde"),
)
"""Common LaTeX that the converter lacks, and what it reads instead."""
_CONTROL = re.compile(r"\x1b\[[0-9;]*m")


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML()


@lru_cache(maxsize=4096)
def mathml(latex: str, *, display: bool) -> str:
    """Return MathML for a formula; raises `ValueError` with the reason when it cannot be read."""
    if len(latex) > FORMULA_LIMIT:
        msg = f"the formula is longer than {FORMULA_LIMIT} characters"
        raise ValueError(msg)
    try:
        markup = _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        other = _otherwise(latex)
        if other == latex:
            raise ValueError(_reason(str(error))) from None
        return mathml(other, display=display)
    return _STYLE.sub(_as_attribute, markup)


def _otherwise(latex: str) -> str:
    """Say a formula in the words that the converter reads."""
    for pattern, words in _OTHERWISE:
        latex = pattern.sub(words, latex)
    return latex


def formula_html(latex: str, *, display: bool) -> str:
    """Return a formula's MathML, or its text as code with the fault as its title."""
    try:
        return mathml(latex, display=display)
    except ValueError as error:
        mark = "$$" if display else "$"
        title = escape(str(error))
        return f'<code class="formula-fault" title="{title}">{mark}{escape(latex)}{mark}</code>'


def _as_attribute(match: re.Match[str]) -> str:
    """Say a style without `style`, which the pages' content policy forbids."""
    style = match[1]
    if colour := _COLOUR.search(style):
        return f' mathcolor="{colour[1]}"'
    names = [name for part, name in _CLASSES if part in style]
    return f' class="{" ".join(names)}"' if names else ""


def _reason(message: str) -> str:
    plain = _CONTROL.sub("", message)
    first = next((line.strip() for line in plain.splitlines() if line.strip()), "")
    return first.removeprefix("Error: ").rstrip(".") or "it cannot be read"
