"""A review as GitHub Markdown for a job summary or a comment; contributors' text stays text."""

import re
from collections.abc import Iterable, Iterator

from alpgraph.graph import Change
from alpgraph.review.model import Review
from alpgraph.review.rows import headline, note_changes, relation_rows, remarks

LIMIT = 60_000
"""Most characters; GitHub takes 65,536 in a comment."""
ROWS = 200
EDGES = 60
ITEMS = 40
"""Most remarks, and most changes of notes, that are listed."""
_TITLE, _REASON, _LABEL = 120, 300, 40
_TABLE, _PICTURE, _LIST = 22_000, 10_000, 6_500

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>()|~$&!]")
# GitHub makes mentions, references and links of plain text too; a zero-width space keeps them apart
_LIVE = re.compile(r"@|#(?=\d)|(?i:gh-)(?=\d)|:(?=//)|(?i:www)(?=\.)")


def to_markdown(review: Review) -> str:
    """Return the review as Markdown of at most LIMIT characters; what is left out is counted."""
    parts = [f"**{escape(headline(review).capitalize(), 400)}.**"]
    noted = (f"- {what}: {escape(which, 400)}" for what, which in remarks(review))
    parts += _listed("", noted)
    changes = (
        f"- `{sign}` {escape(review.titles[slug], _TITLE)}: {escape(what, 300)}"
        for sign, slug, what in note_changes(review)
    )
    parts += _listed("### Notes", changes)
    parts += _table(review)
    parts += _picture(review)
    parts += _findings(review)
    return "\n".join(parts) + "\n"


def escape(text: str, longest: int) -> str:
    r"""Make a text inert: no markup, no mention, no reference, no link, no end of a table's cell.

    >>> escape("a|b @team #1 <b>", 80)
    'a\\|b @&#8203;team #&#8203;1 &lt;b&gt;'
    """
    one_line = _HIDDEN.sub(" ", text)
    cut = one_line if len(one_line) <= longest else one_line[: longest - 1] + "…"
    marked = _LIVE.sub(lambda match: f"{match[0]}\x00", cut)
    entities = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    plain = _MARKUP.sub(lambda match: entities.get(match[0], f"\\{match[0]}"), marked)
    return plain.replace("\x00", "&#8203;")


def _within(lines: Iterable[str], most: int, size: int) -> tuple[list[str], int]:
    """Return the first lines within both limits, and how many are left."""
    visible: list[str] = []
    omitted = 0
    for line in lines:
        size -= len(line) + 1
        if omitted or len(visible) == most or size < 0:
            omitted += 1
        else:
            visible.append(line)
    return visible, omitted


def _listed(title: str, lines: Iterable[str]) -> list[str]:
    visible, omitted = _within(lines, ITEMS, _LIST)
    more = [f"- and {omitted} more"] if omitted else []
    heads = ["", title, ""] if title else [""]
    return [*heads, *visible, *more] if visible else []


def _table(review: Review) -> list[str]:
    rows = (
        f"| `{row.sign}` | {escape(row.by, _TITLE)} | {escape(row.label, _TITLE)} "
        f"| {escape(row.other, _TITLE)} | {escape(row.why, _REASON)} |"
        for row in relation_rows(review)
    )
    visible, omitted = _within(rows, ROWS, _TABLE)
    if not visible:
        return []
    head = ["", "### Relations", "", "| | note | relation | to | because |", "|-|-|-|-|-|"]
    return [*head, *visible, *(["", f"and {omitted} more relations"] if omitted else [])]


def _picture(review: Review) -> list[str]:
    """Draw the changed relations only, as a Mermaid flowchart."""
    shown = [change for change in review.diff.relations if change.kind != "reason changed"]
    names: dict[str, str] = {}
    lines, styles = [], []
    drawn, size = 0, _PICTURE
    for change in shown[:EDGES]:
        edges = list(_drawn(change))
        added = [
            f'  {names.setdefault(slug, f"n{len(names)}")}["{_plain(review.titles[slug])}"]'
            for slug in dict.fromkeys(slug for edge in edges for slug in (edge[0], edge[2]))
            if slug not in names
        ]
        added += [f'  {names[a]} -- "{_plain(label)}" --> {names[b]}' for a, label, b, _ in edges]
        size -= sum(map(len, added))
        if size < 0:
            break
        lines += added
        styles += [colour for *_, colour in edges]
        drawn += 1
    if not lines:
        return []
    paint = [f"  linkStyle {i} stroke:{colour}" for i, colour in enumerate(styles)]
    omitted = len(shown) - drawn
    more = ["", f"and {omitted} more relations not drawn"] if omitted else []
    return ["", "```mermaid", "flowchart LR", *lines, *paint, "```", *more]


def _drawn(change: Change) -> Iterator[tuple[str, str, str, str]]:
    """Yield (from, label, to, colour): what went in red, what came in green."""
    if change.before:
        yield change.before.by, f"- {change.before.label}", change.before.other, "#b3261e"
    if change.after:
        yield change.after.by, f"+ {change.after.label}", change.after.other, "#0f6b46"


def _plain(text: str) -> str:
    """Write a text for a quoted Mermaid label: letters and digits as they are, others as codes."""
    cut = text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"
    shown = _HIDDEN.sub(" ", cut)
    return "".join(c if c.isalnum() or c in " ,.?-+…" else f"#{ord(c)};" for c in shown)


def _findings(review: Review) -> list[str]:
    new = (
        f"| {one.severity.value} {one.code} | {escape(f'{one.place.file}:{one.place.line}', 200)} "
        f"| {escape(one.message, _REASON)} |"
        for one in review.new_findings
    )
    visible, omitted = _within(new, ROWS, _LIST)
    parts = []
    if visible:
        head = ["", "### New findings", "", "| finding | place | what |", "|-|-|-|"]
        parts = [*head, *visible, *(["", f"and {omitted} more findings"] if omitted else [])]
    mended = len(review.mended_findings)
    return [*parts, *(["", f"Mended findings: {mended}."] if mended else [])]
