"""What a change means for the graph: notes, relations, and how the whole hangs together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from alpgraph.graph.groups import Groups, groups_of
from alpgraph.graph.model import MENTION, NoteGraph, Reason, type_of, types_of_graph
from alpgraph.notes.relation_types import label_from

Kind = Literal["added", "removed", "retyped", "reason changed", "redirected"]
Edge = tuple[str, str, str]
Reasons = tuple[Reason, ...]
Matcher = Callable[[Mapping[Edge, Reasons], Mapping[Edge, Reasons]], dict[Edge, Edge]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A relation as one of its authors tells it: `by` *label* `other`, because `why`."""

    by: str
    type: str
    """Id of the table's row."""
    label: str
    other: str
    why: str
    basis: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a relation."""

    kind: Kind
    before: Statement | None
    """Nothing for `added`."""
    after: Statement | None
    """Nothing for `removed`."""


@dataclass(frozen=True, slots=True)
class NoteChange:
    """A note that is in both graphs and says something else now."""

    slug: str
    fields: tuple[str, ...]
    """Among title, summary, claim, topics, experiment."""
    title_before: str
    title: str


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """What differs between two graphs; everything sorted."""

    notes_added: tuple[str, ...]
    notes_removed: tuple[str, ...]
    notes_changed: tuple[NoteChange, ...]
    relations: tuple[Change, ...]
    mentions_added: tuple[tuple[str, str], ...]
    """Pairs of notes of which the first links to the second in running text now."""
    mentions_removed: tuple[tuple[str, str], ...]
    new_missing: tuple[Statement, ...]
    """Relations that now point at nothing and did not before."""
    new_orphans: tuple[str, ...]
    mended_orphans: tuple[str, ...]
    """Notes that were joined to nothing before and are now."""
    new_contradictions: tuple[Statement, ...]
    joined: tuple[tuple[str, ...], ...]
    """For each part that grew together: one note (the first by slug) of each former part."""
    split: tuple[tuple[str, ...], ...]
    """For each former part that fell apart: one note of each part it became."""
    parts_before: int
    parts_after: int

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        notes = (self.notes_added, self.notes_removed, self.notes_changed)
        links = (self.relations, self.mentions_added, self.mentions_removed)
        return not any((*notes, *links))


def diff_graphs(
    before: NoteGraph, after: NoteGraph, *, groups: tuple[Groups, Groups] | None = None
) -> GraphDiff:
    """Return what changed between two graphs of one collection.

    Where these are only the changed parts of graphs, `groups` are those of the whole ones.

    A relation is `retyped` when the same two notes are joined by another type or the other way
    round, `redirected` when its author gives the same reason for another target.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> one, two = (nx.MultiDiGraph(types=RelationTypes()) for _ in range(2))
    >>> two.add_node("a", ghost=False)
    >>> diff_graphs(one, two).notes_added
    ('a',)
    """
    old, new = _notes(before), _notes(after)
    whole = groups or (_groups(before, old), _groups(after, new))
    orphans = [{slug for group in side if len(group) == 1 for slug in group} for side in whole]
    parts = [[group for group in side if len(group) > 1] for side in whole]
    pairs = _changed_pairs(before, after)
    mentions = _mentions(before, pairs), _mentions(after, pairs)
    relations = _relations(before, after, pairs)
    fresh = [c.after for c in relations if c.after and c.kind != "reason changed"]
    return GraphDiff(
        notes_added=tuple(sorted(new - old)),
        notes_removed=tuple(sorted(old - new)),
        notes_changed=tuple(_changed(before, after, sorted(old & new))),
        relations=tuple(relations),
        mentions_added=tuple(sorted(mentions[1] - mentions[0])),
        mentions_removed=tuple(sorted(mentions[0] - mentions[1])),
        new_missing=tuple(statement for statement in fresh if statement.other not in new),
        new_orphans=tuple(sorted(orphans[1] - orphans[0])),
        mended_orphans=tuple(sorted((orphans[0] - orphans[1]) & new)),
        new_contradictions=tuple(
            statement for statement in fresh if statement.type == "contradicts"
        ),
        joined=_regrouped(parts[1], parts[0]),
        split=_regrouped(parts[0], parts[1]),
        parts_before=len(parts[0]),
        parts_after=len(parts[1]),
    )


def _notes(graph: NoteGraph) -> set[str]:
    return {slug for slug, ghost in graph.nodes(data="ghost") if not ghost}


def _changed_pairs(before: NoteGraph, after: NoteGraph) -> list[tuple[str, str]]:
    """Return the ends of all edges that are not the very same objects in both graphs."""
    old, new = dict(before.adjacency()), dict(after.adjacency())
    pairs = []
    for a in old | new:
        left, right = old.get(a, {}), new.get(a, {})
        if left is not right:
            pairs += [(a, b) for b in left | right if left.get(b) is not right.get(b)]
    return pairs


def _changed(before: NoteGraph, after: NoteGraph, slugs: Iterable[str]) -> Iterable[NoteChange]:
    for slug in slugs:
        one, other = before.nodes[slug], after.nodes[slug]
        if one is other:  # a patched graph shares what did not change
            continue
        fields = tuple(name for name in one if one[name] != other.get(name))
        if fields:
            yield NoteChange(slug, fields, one["title"], other["title"])


def _groups(graph: NoteGraph, present: set[str]) -> Groups:
    pairs = ((a, b) for a, beside in graph.adjacency() for b in beside)
    return groups_of(present, ((a, b) for a, b in pairs if a in present and b in present))


def _regrouped(whole: Groups, pieces: Groups) -> tuple[tuple[str, ...], ...]:
    """Name one note of each piece, for every whole that holds notes of more than one."""
    piece_of = {slug: number for number, piece in enumerate(pieces) for slug in piece}
    regrouped = []
    for part in whole:
        firsts: dict[int, str] = {}
        for slug in part:
            if slug in piece_of:
                firsts.setdefault(piece_of[slug], slug)
        if len(firsts) > 1:
            regrouped.append(tuple(sorted(firsts.values())))
    return tuple(sorted(regrouped))


def _mentions(graph: NoteGraph, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(a, b) for a, b in pairs if graph.has_edge(a, b, MENTION)}


def _edges(graph: NoteGraph, pairs: Iterable[tuple[str, str]]) -> dict[Edge, Reasons]:
    """Return relations with their reasons; symmetric ones keyed by their sorted ends."""
    symmetric = {kind.id for kind in types_of_graph(graph).types if kind.symmetric}
    adjacent = dict(graph.adjacency())
    return {
        (min(a, b), max(a, b), key) if key in symmetric else (a, b, key): edge["reasons"]
        for a, b in pairs
        for key, edge in adjacent.get(a, {}).get(b, {}).items()
        if key != MENTION
    }


def _relations(
    before: NoteGraph, after: NoteGraph, pairs: Sequence[tuple[str, str]]
) -> list[Change]:
    old, new = _edges(before, pairs), _edges(after, pairs)
    changes = [
        change
        for edge in sorted(edge for edge in old.keys() & new.keys() if old[edge] != new[edge])
        for change in _reasons_changed((before, after), edge, old[edge], new[edge])
    ]
    removed = {edge: old[edge] for edge in sorted(old.keys() - new.keys())}
    added = {edge: new[edge] for edge in sorted(new.keys() - old.keys())}
    steps: tuple[tuple[Kind, Matcher], ...] = (("retyped", _retyped), ("redirected", _redirected))
    for kind, match in steps:
        for edge, other in match(removed, added).items():
            one, two = (
                _statement(before, edge, removed.pop(edge)),
                _statement(after, other, added.pop(other)),
            )
            changes.append(Change(kind, one, two))
    changes += [
        Change("removed", _statement(before, e, reasons), None) for e, reasons in removed.items()
    ]
    changes += [
        Change("added", None, _statement(after, e, reasons)) for e, reasons in added.items()
    ]
    return sorted(changes, key=_place)


def _place(change: Change) -> tuple[str, str, str, str]:
    statement = change.after or change.before
    assert statement is not None
    return statement.by, statement.other, statement.type, change.kind


def _reasons_changed(
    graphs: tuple[NoteGraph, NoteGraph], edge: Edge, old: Reasons, new: Reasons
) -> Iterable[Change]:
    counts = [Counter((r.by, r.why, r.basis) for r in reasons) for reasons in (old, new)]
    if counts[0] == counts[1]:
        return
    for by in sorted({reason.by for reason in (*old, *new)}):
        one, two = (tuple(r for r in reasons if r.by == by) for reasons in (old, new))
        if [(r.why, r.basis) for r in one] != [(r.why, r.basis) for r in two]:
            # a voice that came or went is told beside what the other end still says
            yield Change(
                "reason changed",
                _statement(graphs[0], edge, one or old),
                _statement(graphs[1], edge, two or new),
            )


def _retyped(removed: Mapping[Edge, Reasons], added: Mapping[Edge, Reasons]) -> dict[Edge, Edge]:
    waiting: dict[frozenset[str], list[Edge]] = defaultdict(list)
    for edge in added:
        waiting[frozenset(edge[:2])].append(edge)
    return {edge: same.pop(0) for edge in removed if (same := waiting.get(frozenset(edge[:2])))}


def _redirected(removed: Mapping[Edge, Reasons], added: Mapping[Edge, Reasons]) -> dict[Edge, Edge]:
    waiting: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge, reasons in added.items():
        waiting[edge[2], reasons[0].by, reasons[0].why].append(edge)
    matched = {}
    for edge, reasons in removed.items():
        same = waiting.get((edge[2], reasons[0].by, reasons[0].why))
        if reasons[0].why and same:
            matched[edge] = same.pop(0)
    return matched


def _statement(graph: NoteGraph, edge: Edge, reasons: Reasons) -> Statement:
    source, target, key = edge
    kind = type_of(types_of_graph(graph), key)
    first = reasons[0]
    forward = first.by == source
    other = target if forward else source
    return Statement(
        first.by, key, label_from(kind, forward=forward), other, first.why, first.basis
    )
