"""What a change to the notes means, gathered for every way of showing it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alpgraph.diagnostics import Diagnostic, Severity
from alpgraph.graph import Change, GraphDiff, Side, Statement, diff_graphs, linked_groups
from alpgraph.notes import Mention, Note, Notebook, Relation

_WEIGHTS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_NO_VERDICTS: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})


@dataclass(frozen=True, slots=True)
class Review:
    """A change, as a reviewer wants to read it."""

    diff: GraphDiff
    titles: Mapping[str, str]
    """Titles of all notes of either side, the later one where they differ."""
    moved: tuple[tuple[str, str], ...]
    """Notes that were removed and added under another slug, as (before, after)."""
    rewritten: tuple[str, ...]
    """Notes of which only text below the front matter, sources, or what a run is asked changed.

    Links that follow a note to its new slug are no change."""
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
    before: Side,
    after: Side,
    changed: Collection[str],
    *,
    findings: tuple[Sequence[Diagnostic], Sequence[Diagnostic]] = ((), ()),
    verdicts: tuple[Mapping[str, str], Mapping[str, str]] = _NO_VERDICTS,
) -> Review:
    """Return what changed between two states, given which notes did, and findings and verdicts.

    Findings are told apart by code, file and message, so that a moved line is no news.
    """
    old, new = before.notebook, after.notebook
    groups = linked_groups(before.links), linked_groups(after.links)
    diff = diff_graphs(before.graph, after.graph, groups=groups)
    moved = _moved(old, new, diff)
    slugs = dict(moved)
    diff = _without_moves(diff, slugs)
    changed_slugs = {change.slug for change in diff.notes_changed}
    return Review(
        diff=diff,
        titles=_titles(before) | _titles(after),
        moved=moved,
        rewritten=tuple(
            slug
            for slug in sorted(changed)
            if slug in old.notes and slug in new.notes and slug not in changed_slugs
            if _content(old.notes[slug], slugs) != _content(new.notes[slug], slugs)
        ),
        verdicts=tuple(
            (slug, verdicts[0].get(slug, ""), verdicts[1].get(slug, ""))
            for slug in sorted(old.notes.keys() & new.notes.keys())
            if verdicts[0].get(slug, "") != verdicts[1].get(slug, "")
        ),
        new_findings=_beyond(findings[1], findings[0], _paths(old, new, moved)),
        mended_findings=_beyond(
            findings[0], findings[1], _paths(new, old, ((b, a) for a, b in moved))
        ),
        unsourced=tuple(sorted(_unsourced(new, changed) - _unsourced(old, changed))),
    )


def _titles(side: Side) -> dict[str, str]:
    """Return the titles of all notes, and the names of absent ones that changed notes point at."""
    titles = {slug: note.title for slug, note in side.notebook.index.notes.items()}
    return titles | {slug: str(title) for slug, title in side.graph.nodes(data="title")}


def _unsourced(notebook: Notebook, slugs: Iterable[str]) -> set[str]:
    notes = (notebook.notes[slug] for slug in slugs if slug in notebook.notes)
    return {note.slug for note in notes if note.claim and not note.sources}


def _without_moves(diff: GraphDiff, moved: Mapping[str, str]) -> GraphDiff:
    """Leave out the links that only follow a note to its new slug."""
    old = {(moved.get(a, a), moved.get(b, b)): (a, b) for a, b in diff.mentions_removed}
    followed = old.keys() & set(diff.mentions_added)
    return replace(
        diff,
        relations=_relations_without_moves(diff.relations, moved),
        mentions_added=tuple(pair for pair in diff.mentions_added if pair not in followed),
        mentions_removed=tuple(sorted(pair for new, pair in old.items() if new not in followed)),
    )


def _relations_without_moves(
    changes: Sequence[Change], moved: Mapping[str, str]
) -> tuple[Change, ...]:
    if not moved:
        return tuple(changes)

    def new(statement: Statement) -> Statement:
        return replace(
            statement,
            by=moved.get(statement.by, statement.by),
            other=moved.get(statement.other, statement.other),
        )

    come = Counter(c.after for c in changes if c.kind == "added" and c.after)
    followed = Counter(new(change.before) for change in changes if change.before) & come
    remaining, unmatched = [], followed.copy()
    for change in changes:
        same = change.before and change.after and new(change.before) == change.after
        if change.kind == "removed" and change.before and unmatched[new(change.before)]:
            unmatched[new(change.before)] -= 1
        elif change.kind == "added" and change.after and followed[change.after]:
            followed[change.after] -= 1
        elif not same:
            remaining.append(change)
    return tuple(remaining)


def _content(note: Note, moved: Mapping[str, str]) -> tuple[object, ...]:
    """Return text, sources and what a run is asked, each link to a moved note written alike."""
    ends = {*moved, *moved.values()}
    every: list[Relation | Mention] = [*note.relations, *note.mentions]
    following = [
        link for link in every if link.target in ends and link.place.line >= note.body_line
    ]
    lines = note.body.split("\n")
    for link in sorted(following, key=lambda link: link.place, reverse=True):
        place, number = link.place, link.place.line - note.body_line
        if place.end_line == place.line:
            line = lines[number]
            alike = repr(_wording(link, moved))
            lines[number] = line[: place.column - 1] + alike + line[place.end_column - 1 :]
    sources = [(source.kind, source.id) for source in note.sources]
    test = note.experiment and (note.experiment.params, note.experiment.scope)
    return "\n".join(lines), sources, test


def _wording(link: Relation | Mention, moved: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a link says: where it leads, with which words, to which part."""
    target = link.target or ""
    words = link.text if link.text != link.to else ""
    return moved.get(target, target), words, link.heading if isinstance(link, Mention) else ""


def _moved(before: Notebook, after: Notebook, diff: GraphDiff) -> tuple[tuple[str, str], ...]:
    """Pair removed and added notes that have the same content, else the same title."""
    waiting: dict[str, str] = {}
    for slug in reversed(diff.notes_added):
        note = after.notes[slug]
        waiting |= {f"title {note.title}": slug, f"digest {note.digest}": slug}
    matched: dict[str, str] = {}
    for slug in diff.notes_removed:
        note = before.notes[slug]
        new = waiting.get(f"digest {note.digest}") or waiting.get(f"title {note.title}")
        if new and new not in matched:
            matched[new] = slug
    return tuple(sorted((old, new) for new, old in matched.items()))


def _paths(here: Notebook, there: Notebook, moved: Iterable[tuple[str, str]]) -> dict[str, str]:
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
