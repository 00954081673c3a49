"""A review for a terminal."""

from alpgraph.check import to_concise
from alpgraph.check.terminal import escape
from alpgraph.review.model import Review
from alpgraph.review.rows import headline, note_changes, relation_rows, remarks

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "~": "\x1b[33m"}


def to_text(review: Review, *, colour: bool = False) -> str:
    """Return the review as lines; what a terminal would obey is written out, as `<U+001B>`."""
    lines = [headline(review)]
    lines += [f"! {what}: {escape(which)}" for what, which in remarks(review)]
    for sign, slug, what in note_changes(review):
        line = f"{escape(review.titles[slug])}: {escape(what)}"
        lines.append(_signed(sign, line, colour=colour))
    for row in relation_rows(review):
        lines.append(_signed(row.sign, _sentence(row.by, row.label, row.other), colour=colour))
        if row.why:
            lines.append(f"    because: {escape(row.why)}")
    if review.new_findings:
        lines += ["new findings:", to_concise(list(review.new_findings)).rstrip("\n")]
    if review.mended_findings:
        lines.append(f"mended findings: {len(review.mended_findings)}")
    return "\n".join(lines) + "\n"


def _sentence(*words: str) -> str:
    return " ".join(escape(word) for word in words)


def _signed(sign: str, text: str, *, colour: bool) -> str:
    return f"{_COLOURS[sign]}{sign} {text}\x1b[0m" if colour else f"{sign} {text}"
