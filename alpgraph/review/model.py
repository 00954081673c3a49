"""What a change to the notes means, gathered for every way of showing it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alpgraph.diagnostics import Diagnostic, Severity
from alpgraph.graph import GraphDiff, NoteGraph, diff_graphs
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

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        lists = (self.rewritten, self.verdicts, self.new_findings, self.mended_findings)
        return self.diff.empty and not any(lists)


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
        moved=_moved(before, after, diff),
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
        new_findings=_beyond(findings_after, findings_before),
        mended_findings=_beyond(findings_before, findings_after),
    )


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


def _beyond(found: Iterable[Diagnostic], known: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings that `known` does not hold, errors first."""
    left = Counter(_identity(one) for one in known)
    fresh = []
    for one in found:
        if left[_identity(one)]:
            left[_identity(one)] -= 1
        else:
            fresh.append(one)
    return tuple(sorted(fresh, key=lambda one: (_WEIGHTS[one.severity], one.place, one.code)))


def _identity(one: Diagnostic) -> tuple[str, str, str]:
    return one.code, one.place.file, one.message
