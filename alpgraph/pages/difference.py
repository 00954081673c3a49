"""The page of a change: what it means, the changed part of the map, and before beside after."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alpgraph.diagnostics import Diagnostic
from alpgraph.graph import Change, Statement
from alpgraph.notes import Note, RelationType
from alpgraph.notes.model import ExperimentRef
from alpgraph.pages.changed_map import changed_map
from alpgraph.pages.frame import frame
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.review import Comparison, headline, note_changes, remarks

MAX_RELATIONS, MAX_NOTES, MAX_LINES, MAX_FINDINGS = 300, 60, 120, 100
SIGNS = {"added": "+", "removed": "−"}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a changed relation, as its author tells it."""

    by: str
    kind: RelationType
    label: str
    slug: str
    """Slug of the target where there is such a note; else empty."""
    other: str
    why: str
    basis: str


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation before and after."""

    sign: str
    what: str
    slug: str
    title: str
    before: Side | None
    after: Side | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a note before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note that was added, removed or changed."""

    sign: str
    what: str
    title: str
    slug: str
    """Empty for a note that is no longer there."""
    parts: tuple[Part, ...]
    lines: tuple[tuple[str, str], ...]
    """Lines of the text as (sign, line); the sign is `+`, `−` or empty."""
    left: int
    """Lines that are not shown."""


def difference_page(
    collection: Collection, compared: Comparison, *, base: str, head: str = ""
) -> str:
    """Return the page of a change between two revisions; without `head`, to the notes on disk."""
    review = compared.review
    changes = review.diff.relations
    notes = list(_note_rows(compared))
    return render(
        "diff.html",
        **frame(collection),
        base=base,
        head=head,
        fault="",
        headline=headline(review),
        remarks=list(remarks(review)),
        picture=changed_map(collection.notebook.types, compared),
        relations=[_relation(collection, compared, one) for one in changes[:MAX_RELATIONS]],
        relations_left=max(0, len(changes) - MAX_RELATIONS),
        notes=notes[:MAX_NOTES],
        notes_left=max(0, len(notes) - MAX_NOTES),
        findings=_findings(review.new_findings),
        findings_left=max(0, len(review.new_findings) - MAX_FINDINGS),
        mended=len(review.mended_findings),
    )


def difference_form(
    collection: Collection, *, base: str = "", head: str = "", fault: str = ""
) -> str:
    """Return the page that asks which revisions to compare, or says why these cannot be."""
    return render("diff.html", **frame(collection), base=base, head=head, fault=fault, headline="")


def _findings(findings: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    return findings[:MAX_FINDINGS]


def _relation(collection: Collection, compared: Comparison, change: Change) -> RelationRow:
    statement = change.after or change.before
    assert statement is not None
    before, after = (_side(collection, compared, one) for one in (change.before, change.after))
    sign = SIGNS.get(change.kind, "~")
    here = statement.by if statement.by in compared.after.notes else ""
    return RelationRow(sign, change.kind, here, compared.review.titles[statement.by], before, after)


def _side(collection: Collection, compared: Comparison, statement: Statement | None) -> Side | None:
    if statement is None:
        return None
    kind = collection.notebook.types.by_id.get(statement.type, collection.notebook.types.types[-1])
    slug = statement.other if statement.other in compared.after.notes else ""
    titles = compared.review.titles
    return Side(
        titles[statement.by],
        kind,
        statement.label,
        slug,
        titles[statement.other],
        statement.why,
        statement.basis,
    )


def _note_rows(compared: Comparison) -> Iterator[NoteRow]:
    review = compared.review
    moved = {new: old for old, new in review.moved}
    changed = {note.slug for note in review.diff.notes_changed} | set(review.rewritten)
    slugs = [*review.diff.notes_added, *review.diff.notes_removed, *sorted(changed)]
    changes = {slug: (sign, what) for sign, slug, what in note_changes(review)}
    for slug in dict.fromkeys(slugs):
        if slug not in changes:
            continue  # the other half of a move
        before = compared.before.notes.get(moved.get(slug, slug))
        after = compared.after.notes.get(slug)
        sign, what = changes[slug]
        lines, omitted = _lines(before, after)
        yield NoteRow(
            sign.replace("-", "−"),
            what,
            review.titles[slug],
            slug if after else "",
            tuple(_parts(before, after)),
            lines,
            omitted,
        )


def _parts(before: Note | None, after: Note | None) -> Iterator[Part]:
    for name in ("title", "claim", "summary", "topics", "sources", "experiment"):
        old, new = (_text(note, name) for note in (before, after))
        if old != new:
            yield Part(name, old, new)


def _text(note: Note | None, name: str) -> str:
    """Return a field of a note as it reads in a line."""
    if note is None:
        return ""
    if name == "topics":
        return ", ".join(note.topics)
    if name == "sources":
        return "; ".join(f"{one.kind} {one.id}" for one in note.sources)
    if name == "experiment":
        return _attached(note.experiment) if note.experiment else ""
    return str(getattr(note, name))


def _attached(experiment: ExperimentRef) -> str:
    params = " ".join(f"{key}={value}" for key, value in experiment.params.items())
    scope = f", not for the claim but for {experiment.scope}" if experiment.scope else ""
    return f"{experiment.name} {params}".strip() + scope


def _lines(before: Note | None, after: Note | None) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the changed lines of the text with one line around them, and how many are left out."""
    old, new = (note.body.splitlines() if note else [] for note in (before, after))
    shown = [
        ({"+": "+", "-": "−"}.get(line[0], ""), line[1:])
        for line in list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
        if not line.startswith("@@")
    ]
    return tuple(shown[:MAX_LINES]), max(0, len(shown) - MAX_LINES)
