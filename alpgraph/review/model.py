"""What a change to the notes means, gathered for every way of showing it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alpgraph.diagnostics import Diagnostic, Severity
from alpgraph.graph import Change, GraphDiff, NoteGraph, Told, diff_graphs
from alpgraph.graph.model import Notes
from alpgraph.notes.model import Note

_WEIGHTS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Review:
    """A change, as a reviewer wants to read it."""

    diff: GraphDiff
    titles: Mapping[str, str]
    """Titles of all notes of either side, the later one where they differ."""
    moved: tuple[tuple[str, str], ...]
    """Notes that were removed and added under another slug, as (before, after)."""
    rewritten: tuple[str, ...]
    """Notes of which only the text below the front matter, or its sources, changed."""
    verdicts: tuple[tuple[str, str, str], ...]
    """Slug with its verdict before and after, where these differ; empty for none."""
    new_findings: tuple[Diagnostic, ...]
    """Errors first."""
    mended_findings: tuple[Diagnostic, ...]
    unsourced: tuple[str, ...] = ()
    """Notes that now make a claim without a source and did not before."""
    unread: tuple[tuple[str, str], ...] = ()
    """New files that are not read as notes, and why: links, submodules, too large ones."""

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        lists = (self.rewritten, self.verdicts, self.new_findings, self.mended_findings)
        return self.diff.empty and not any(lists) and not self.unsourced and not self.unread


def review_change(
    before: Notes,
    after: Notes,
    graph_before: NoteGraph,
    graph_after: NoteGraph,
    findings_before: Sequence[Diagnostic] = (),
    findings_after: Sequence[Diagnostic] = (),
    *,
    verdicts_before: Mapping[str, str | None] | None = None,
    verdicts_after: Mapping[str, str | None] | None = None,
) -> Review:
    """Return what changed between two notebooks, given their graphs and findings.

    Findings are told apart by code, file and message, so that a moved line is no news.
    """
    diff = diff_graphs(graph_before, graph_after)
    moved = _moved(before, after, diff)
    diff = replace(diff, relations=_without_moves(diff.relations, dict(moved)))
    changed = {change.slug for change in diff.notes_changed}
    both = sorted(before.notes.keys() & after.notes.keys())
    verdicts = verdicts_before or {}, verdicts_after or {}
    return Review(
        diff=diff,
        titles={
            slug: str(graph.nodes[slug]["title"])
            for graph in (graph_before, graph_after)
            for slug in graph
        },
        moved=moved,
        rewritten=tuple(
            slug
            for slug in both
            if slug not in changed and _text(before.notes[slug]) != _text(after.notes[slug])
        ),
        verdicts=tuple(
            (slug, verdicts[0].get(slug) or "", verdicts[1].get(slug) or "")
            for slug in both
            if (verdicts[0].get(slug) or "") != (verdicts[1].get(slug) or "")
        ),
        new_findings=_beyond(findings_after, findings_before, _paths(before, after, moved)),
        mended_findings=_beyond(
            findings_before, findings_after, _paths(after, before, ((b, a) for a, b in moved))
        ),
        unsourced=tuple(sorted(_unsourced(after) - _unsourced(before))),
    )


def _unsourced(notebook: Notes) -> set[str]:
    return {slug for slug, note in notebook.notes.items() if note.claim and not note.sources}


def _without_moves(changes: Sequence[Change], moved: Mapping[str, str]) -> tuple[Change, ...]:
    """Leave out the relations that only follow a note to its new slug."""
    if not moved:
        return tuple(changes)

    def new(told: Told) -> Told:
        return replace(
            told, by=moved.get(told.by, told.by), other=moved.get(told.other, told.other)
        )

    come = Counter(c.after for c in changes if c.kind == "added" and c.after)
    followed = Counter(new(change.before) for change in changes if change.before) & come
    kept, left = [], followed.copy()
    for change in changes:
        same = change.before and change.after and new(change.before) == change.after
        if change.kind == "removed" and change.before and left[new(change.before)]:
            left[new(change.before)] -= 1
        elif change.kind == "added" and change.after and followed[change.after]:
            followed[change.after] -= 1
        elif not same:
            kept.append(change)
    return tuple(kept)


def _text(note: Note) -> tuple[str, list[tuple[str, str]]]:
    return note.body, [(source.kind, source.id) for source in note.sources]


def _moved(before: Notes, after: Notes, diff: GraphDiff) -> tuple[tuple[str, str], ...]:
    """Pair removed and added notes that have the same content, else the same title."""
    waiting: dict[str, str] = {}
    for slug in reversed(diff.notes_added):
        note = after.notes[slug]
        waiting |= {f"title {note.title}": slug, f"digest {note.digest}": slug}
    taken: dict[str, str] = {}
    for slug in diff.notes_removed:
        note = before.notes[slug]
        new = waiting.get(f"digest {note.digest}") or waiting.get(f"title {note.title}")
        if new and new not in taken:
            taken[new] = slug
    return tuple(sorted((old, new) for new, old in taken.items()))


def _paths(here: Notes, there: Notes, moved: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {here.notes[one].path: there.notes[other].path for one, other in moved}


def _beyond(
    found: Iterable[Diagnostic], known: Iterable[Diagnostic], moved: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Return the findings that `known` does not hold, errors first; `moved` maps its files."""
    left = Counter(_identity(one, moved) for one in known)
    fresh = []
    for one in found:
        if left[_identity(one)]:
            left[_identity(one)] -= 1
        else:
            fresh.append(one)
    return tuple(sorted(fresh, key=lambda one: (_WEIGHTS[one.severity], one.place, one.code)))


def _identity(one: Diagnostic, moved: Mapping[str, str] | None = None) -> tuple[str, str, str]:
    file = one.place.file
    return one.code, (moved or {}).get(file, file), one.message
