"""A review as plain rows and sentences, before any escaping."""

from collections.abc import Iterator
from dataclasses import dataclass

from alpgraph.graph import Change
from alpgraph.review.model import Review

SIGNS = {"added": "+", "removed": "-"}


@dataclass(frozen=True, slots=True)
class Row:
    """One change of a relation, in words."""

    sign: str
    """`+`, `-`, or `~` for a relation that is there on both sides."""
    kind: str
    by: str
    """Title of the note that tells it."""
    label: str
    other: str
    why: str


def relation_rows(review: Review) -> Iterator[Row]:
    """Yield the changes of relations; what differs stands as `before → after`."""
    for change in review.diff.relations:
        yield _row(review, change)


def headline(review: Review) -> str:
    """Count the change in one line.

    >>> from types import SimpleNamespace as S
    >>> diff = S(notes_added="ab", notes_removed="", notes_changed="", relations=(), empty=False,
    ...     mentions_added=[('a', 'c')], mentions_removed=())
    >>> headline(S(diff=diff, moved=(), rewritten="", empty=False))
    'notes: 2 added; links in running text: 1 added'
    """
    if review.empty:
        return "nothing changes for the graph"
    diff = review.diff
    kinds = [change.kind for change in diff.relations]
    moved = len(review.moved)
    notes = {
        "added": len(diff.notes_added) - moved,
        "removed": len(diff.notes_removed) - moved,
        "moved": moved,
        "changed": len(diff.notes_changed),
        "rewritten": len(review.rewritten),
    }
    relations = {kind: kinds.count(kind) for kind in dict.fromkeys(sorted(kinds))}
    mentions = {"added": len(diff.mentions_added), "removed": len(diff.mentions_removed)}
    counts_by_kind = [
        (what, ", ".join(f"{count} {kind}" for kind, count in counts.items() if count))
        for what, counts in (
            ("notes", notes),
            ("relations", relations),
            ("links in running text", mentions),
        )
    ]
    counted = "; ".join(f"{what}: {text}" for what, text in counts_by_kind if text)
    return counted or "the graph stays as it is; findings or verdicts change"


def remarks(review: Review) -> Iterator[tuple[str, str]]:
    """Yield what a reviewer should look at, as (what, which); titles are as written."""
    diff, title = review.diff, review.titles
    for slug, before, after in review.verdicts:
        yield "verdict changed", f"{title[slug]}: {before or 'none'} → {after or 'none'}"
    for statement in diff.new_contradictions:
        yield "new contradiction", f"{title[statement.by]} ↔ {title[statement.other]}"
    for statement in diff.new_missing:
        yield (
            "points at nothing",
            f"{title[statement.by]} {statement.label} {title[statement.other]}",
        )
    for slug in review.unsourced:
        yield "claim without a source", title[slug]
    for path, what in review.unread:
        yield "not read as a note", f"{path} is {what}"
    for slug in diff.new_orphans:
        yield "joined to nothing now", title[slug]
    for slug in diff.mended_orphans:
        yield "no longer alone", title[slug]
    for group in diff.split:
        yield "falls apart", " | ".join(title[slug] for slug in group)
    for group in diff.joined:
        yield "grows together", " | ".join(title[slug] for slug in group)


def note_changes(review: Review) -> Iterator[tuple[str, str, str]]:
    """Yield notes as (sign, slug, what changed)."""
    diff = review.diff
    old = {before for before, _ in review.moved}
    new = {after for _, after in review.moved}
    for slug in diff.notes_added:
        if slug not in new:
            yield "+", slug, f"added as {slug}"
    for slug in diff.notes_removed:
        if slug not in old:
            yield "-", slug, f"removed, was {slug}"
    for before, after in review.moved:
        yield "~", after, f"moved from {before} to {after}"
    for change in diff.notes_changed:
        was = f", was “{change.title_before}”" if "title" in change.fields else ""
        yield "~", change.slug, f"{', '.join(change.fields)} changed{was}"
    for slug in review.rewritten:
        yield "~", slug, "text, sources or experiment changed"


def _row(review: Review, change: Change) -> Row:
    title = review.titles
    statement = change.after or change.before
    assert statement is not None
    sign = SIGNS.get(change.kind, "~")
    label, other, why = (
        statement.label,
        title[statement.other],
        _reason(statement.why, statement.basis),
    )
    if change.before and change.after:
        before = change.before
        if change.kind == "reason changed":
            why = _arrow(_reason(before.why, before.basis), why)
        elif before.by != statement.by:  # told from the other end now
            label = f"{label} (was: {title[before.by]} {before.label} {title[before.other]})"
        else:
            label, other = _arrow(before.label, label), _arrow(title[before.other], other)
    return Row(sign, change.kind, title[statement.by], label, other, why)


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before or '(nothing)'} → {after or '(nothing)'}"


def _reason(why: str, basis: str) -> str:
    return f"{why} ({basis})" if basis else why
