"""From notes to a frozen multigraph, whole or patched after an edit."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

import networkx as nx

from alpgraph.graph.model import MENTION, NoteGraph, Notes, Reason, ghost_key, reasons_from
from alpgraph.notes.changes import changed_slugs
from alpgraph.notes.lazy import links, outline
from alpgraph.notes.reading import collector_paused

MAX_PATCHED_SHARE = 0.5
"""Share of changed notes above which building anew is quicker than patching."""

Edge = tuple[str, str, str]
"""Source, target and key."""


def build_graph(notebook: Notes) -> NoteGraph:
    """Return the frozen graph of a notebook; the same notes give the same graph in any order.

    Nodes are slugs with `title, summary, claim, topics, experiment, ghost`; a target that no note
    answers to is a ghost. Edges are keyed by type id in the table's direction, or `mention`, with
    `type, reasons, why, basis, form`, and `sentence, count` for mentions. A relation told from
    both ends is one edge with two reasons.

    >>> from types import SimpleNamespace
    >>> from alpgraph.notes.model import Note
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> notes = {"a": Note(slug="a", path="a.md", title="A")}
    >>> build_graph(SimpleNamespace(notes=notes, types=RelationTypes())).nodes["a"]["title"]
    'A'
    """
    graph: NoteGraph = nx.MultiDiGraph(types=notebook.types)
    slugs = sorted(notebook.notes)
    with collector_paused():
        for slug in slugs:
            nx.MultiDiGraph.add_node(graph, slug, **attributes_of(notebook, slug))
        add_edges(graph, notebook, slugs)
    nx.freeze(graph)
    return graph


def patch_graph(
    graph: NoteGraph, before: Notes, after: Notes, changed: set[str] | None = None
) -> NoteGraph:
    """Return the graph of `after`, sharing with `graph` (that of `before`) what did not change.

    Quickest where unchanged notes are the same objects in both. `graph` stays as it is, so readers
    may go on with it. Equal to `build_graph(after)` but for the order of insertion. `changed` are
    the `changed_slugs`, where they are known.

    >>> from types import SimpleNamespace
    >>> from alpgraph.notes.model import Note
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> empty = SimpleNamespace(notes={}, types=RelationTypes())
    >>> notes = {"a": Note(slug="a", path="a.md", title="A")}
    >>> one = SimpleNamespace(notes=notes, types=empty.types)
    >>> list(patch_graph(build_graph(empty), empty, one))
    ['a']
    """
    if before.types != after.types:
        return build_graph(after)
    new = after.notes
    if changed is None:
        changed = changed_slugs(before.notes, new)
    if len(changed) > MAX_PATCHED_SHARE * len(new):
        return build_graph(after)
    pairs = {
        frozenset(edge[:2])
        for notebook in (before, after)
        for edge, _ in reasons_of(notebook, sorted(changed & notebook.notes.keys()))
    }
    touched = changed.union(*pairs)
    telling = changed | set(_speakers(graph, pairs))
    patched = _shallow_copy(graph, after, touched)
    _drop_pairs(patched, pairs, changed)
    for slug in sorted(changed):
        if slug in new:
            nx.MultiDiGraph.add_node(patched, slug, **attributes_of(after, slug))
        else:
            nx.MultiDiGraph.remove_node(patched, slug)
    add_edges(patched, after, sorted(telling & new.keys()), pairs)
    _drop_lonely_ghosts(patched, touched)
    nx.freeze(patched)
    return patched


def _shallow_copy(graph: NoteGraph, after: Notes, touched: set[str]) -> NoteGraph:
    """Return an unfrozen graph whose inner dictionaries are copied for touched nodes only."""
    # networkx has no public shallow copy, and its deep one takes half a second at 10,000 notes
    copy: Any = nx.MultiDiGraph(types=after.types)
    source: Any = graph
    here = [slug for slug in touched if slug in graph]
    copy._node = source._node | {slug: dict(source._node[slug]) for slug in here}
    copy._adj = source._adj | {slug: dict(source._adj[slug]) for slug in here}
    copy._pred = source._pred | {slug: dict(source._pred[slug]) for slug in here}
    shared: NoteGraph = copy
    return shared


def _speakers(graph: Any, pairs: Iterable[frozenset[str]]) -> Iterator[str]:
    """Name who gives a reason for a relation between two of a pair."""
    for pair in pairs:
        one, other = min(pair), max(pair)
        for a, b in {(one, other), (other, one)}:
            for key, edge in graph._adj.get(a, {}).get(b, {}).items():
                if key != MENTION:
                    yield from (reason.by for reason in edge["reasons"])


def _drop_pairs(graph: Any, pairs: Iterable[frozenset[str]], changed: Container[str]) -> None:
    """Drop what joins two of a pair, but for mentions in texts that did not change."""
    for pair in pairs:
        one, other = min(pair), max(pair)
        for a, b in {(one, other), (other, one)}:
            keyed = graph._adj.get(a, {}).pop(b, None)
            if keyed is not None:
                del graph._pred[b][a]
                if MENTION in keyed and a not in changed:
                    nx.MultiDiGraph.add_edge(graph, a, b, MENTION, **keyed[MENTION])


def _drop_lonely_ghosts(graph: NoteGraph, touched: Iterable[str]) -> None:
    for key in sorted(touched):
        if key in graph and graph.nodes[key]["ghost"] and not graph.degree(key):
            nx.MultiDiGraph.remove_node(graph, key)


def attributes_of(notebook: Notes, slug: str) -> dict[str, Any]:
    """Return the attributes of a note's node."""
    return {**outline(notebook.notes, slug)._asdict(), "ghost": False}


def _ghost(written: str) -> dict[str, Any]:
    words = {"title": written, "summary": "", "claim": "", "topics": (), "experiment": ""}
    return words | {"ghost": True}


def reasons_of(notebook: Notes, slugs: Iterable[str]) -> Iterator[tuple[Edge, Reason]]:
    """Tell each relation in the table's direction, and each mention, with what its author said."""
    notes, readings = notebook.notes, notebook.types.readings
    for slug in slugs:
        for kind, to, target, why, basis, form, file, line, _ in links(notes, slug):
            other = target if target is not None and target in notes else ghost_key(to)
            if kind is None:
                if other != slug and (to or target):
                    yield (slug, other, MENTION), Reason(slug, why, "", file, line, MENTION)
            elif reading := readings.get(kind):  # an unknown word is a finding, not an edge
                ends = (slug, other) if reading.forward else (other, slug)
                reason = Reason(slug, why, basis, file, line, form)
                yield (*ends, reading.type.id), reason


def add_edges(
    graph: NoteGraph,
    notebook: Notes,
    slugs: Iterable[str],
    pairs: set[frozenset[str]] | None = None,
) -> None:
    """Add what the notes `slugs` tell, only between `pairs` when these are given, to a graph."""
    reasons: dict[Edge, tuple[Reason, ...]] = {}
    symmetric = {kind.id for kind in notebook.types.types if kind.symmetric}
    for edge, reason in reasons_of(notebook, slugs):
        source, target, kind = edge
        if pairs is not None and frozenset((source, target)) not in pairs:
            continue
        if kind in symmetric and (target, source, kind) in reasons:
            edge = target, source, kind
        before = reasons.get(edge)
        reasons[edge] = (*before, reason) if before else (reason,)
    # networkx's own way to add an edge looks everything up twice
    inner: Any = graph
    adj, pred = inner._adj, inner._pred
    for (source, target, kind), reasons_given in reasons.items():
        for end in (source, target):
            if end not in adj:
                written = end.removeprefix(ghost_key(""))
                nx.MultiDiGraph.add_node(graph, end, **_ghost(written))
        keyed = adj[source].get(target)
        if keyed is None:
            keyed = adj[source][target] = pred[target][source] = {}
        keyed[kind] = _edge(kind, source, reasons_given)


def _edge(kind: str, source: str, reasons: tuple[Reason, ...]) -> dict[str, Any]:
    first = reasons_from(reasons, source)[0] if len(reasons) > 1 else reasons[0]
    edge: dict[str, Any] = {
        "type": kind,
        "reasons": reasons,
        "why": first.why,
        "basis": first.basis,
        "form": first.form,
    }
    if kind == MENTION:
        edge |= {"reasons": (first,), "sentence": first.why, "count": len(reasons)}
    return edge
