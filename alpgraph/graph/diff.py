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
class Told:
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
    before: Told | None
    """Nothing for `added`."""
    after: Told | None
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
    mentions_added: int
    mentions_removed: int
    new_missing: tuple[Told, ...]
    """Relations that now point at nothing and did not before."""
    new_orphans: tuple[str, ...]
    mended_orphans: tuple[str, ...]
    """Notes that were joined to nothing before and are now."""
    new_contradictions: tuple[Told, ...]
    joined: tuple[tuple[str, ...], ...]
    """For each part that grew together: one note (the first by slug) of each former part."""
    split: tuple[tuple[str, ...], ...]
    """For each former part that fell apart: one note of each part it became."""
    parts_before: int
    parts_after: int

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        lists = (self.notes_added, self.notes_removed, self.notes_changed, self.relations)
        return not any(lists) and not self.mentions_added and not self.mentions_removed


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
    old, new = _present(before), _present(after)
    whole = groups or (_groups(before, old), _groups(after, new))
    orphans = [{slug for group in side if len(group) == 1 for slug in group} for side in whole]
    parts = [[group for group in side if len(group) > 1] for side in whole]
    apart = _apart(before, after)
    mentions = _mentions(before, apart), _mentions(after, apart)
    relations = _relations(before, after, apart)
    fresh = [c.after for c in relations if c.after and c.kind != "reason changed"]
    return GraphDiff(
        notes_added=tuple(sorted(new - old)),
        notes_removed=tuple(sorted(old - new)),
        notes_changed=tuple(_changed(before, after, sorted(old & new))),
        relations=tuple(relations),
        mentions_added=len(mentions[1] - mentions[0]),
        mentions_removed=len(mentions[0] - mentions[1]),
        new_missing=tuple(told for told in fresh if told.other not in new),
        new_orphans=tuple(sorted(orphans[1] - orphans[0])),
        mended_orphans=tuple(sorted((orphans[0] - orphans[1]) & new)),
        new_contradictions=tuple(told for told in fresh if told.type == "contradicts"),
        joined=_regrouped(parts[1], parts[0]),
        split=_regrouped(parts[0], parts[1]),
        parts_before=len(parts[0]),
        parts_after=len(parts[1]),
    )


def _present(graph: NoteGraph) -> set[str]:
    return {slug for slug, ghost in graph.nodes(data="ghost") if not ghost}


def _apart(before: NoteGraph, after: NoteGraph) -> list[tuple[str, str]]:
    """Return the ends of all edges that are not the very same objects in both graphs."""
    old, new = dict(before.adjacency()), dict(after.adjacency())
    found = []
    for a in old | new:
        one, other = old.get(a, {}), new.get(a, {})
        if one is not other:
            found += [(a, b) for b in one | other if one.get(b) is not other.get(b)]
    return found


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
    found = []
    for part in whole:
        firsts: dict[int, str] = {}
        for slug in part:
            if slug in piece_of:
                firsts.setdefault(piece_of[slug], slug)
        if len(firsts) > 1:
            found.append(tuple(sorted(firsts.values())))
    return tuple(sorted(found))


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
    before: NoteGraph, after: NoteGraph, apart: Sequence[tuple[str, str]]
) -> list[Change]:
    old, new = _edges(before, apart), _edges(after, apart)
    changes = [
        change
        for edge in sorted(edge for edge in old.keys() & new.keys() if old[edge] != new[edge])
        for change in _reasons_changed((before, after), edge, old[edge], new[edge])
    ]
    gone = {edge: old[edge] for edge in sorted(old.keys() - new.keys())}
    come = {edge: new[edge] for edge in sorted(new.keys() - old.keys())}
    steps: tuple[tuple[Kind, Matcher], ...] = (("retyped", _retyped), ("redirected", _redirected))
    for kind, match in steps:
        for edge, other in match(gone, come).items():
            one, two = _tell(before, edge, gone.pop(edge)), _tell(after, other, come.pop(other))
            changes.append(Change(kind, one, two))
    changes += [Change("removed", _tell(before, e, said), None) for e, said in gone.items()]
    changes += [Change("added", None, _tell(after, e, said)) for e, said in come.items()]
    return sorted(changes, key=_place)


def _place(change: Change) -> tuple[str, str, str, str]:
    told = change.after or change.before
    assert told is not None
    return told.by, told.other, told.type, change.kind


def _reasons_changed(
    graphs: tuple[NoteGraph, NoteGraph], edge: Edge, old: Reasons, new: Reasons
) -> Iterable[Change]:
    said = [Counter((r.by, r.why, r.basis) for r in reasons) for reasons in (old, new)]
    if said[0] == said[1]:
        return
    for by in sorted({reason.by for reason in (*old, *new)}):
        one, two = (tuple(r for r in reasons if r.by == by) for reasons in (old, new))
        if [(r.why, r.basis) for r in one] != [(r.why, r.basis) for r in two]:
            # a voice that came or went is told beside what the other end still says
            yield Change(
                "reason changed",
                _tell(graphs[0], edge, one or old),
                _tell(graphs[1], edge, two or new),
            )


def _retyped(gone: Mapping[Edge, Reasons], come: Mapping[Edge, Reasons]) -> dict[Edge, Edge]:
    waiting: dict[frozenset[str], list[Edge]] = defaultdict(list)
    for edge in come:
        waiting[frozenset(edge[:2])].append(edge)
    return {edge: same.pop(0) for edge in gone if (same := waiting.get(frozenset(edge[:2])))}


def _redirected(gone: Mapping[Edge, Reasons], come: Mapping[Edge, Reasons]) -> dict[Edge, Edge]:
    waiting: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge, reasons in come.items():
        waiting[edge[2], reasons[0].by, reasons[0].why].append(edge)
    matched = {}
    for edge, reasons in gone.items():
        same = waiting.get((edge[2], reasons[0].by, reasons[0].why))
        if reasons[0].why and same:
            matched[edge] = same.pop(0)
    return matched


def _tell(graph: NoteGraph, edge: Edge, reasons: Reasons) -> Told:
    source, target, key = edge
    kind = type_of(types_of_graph(graph), key)
    said = reasons[0]
    forward = said.by == source
    other = target if forward else source
    return Told(said.by, key, label_from(kind, forward=forward), other, said.why, said.basis)
