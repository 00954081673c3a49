"""The changed part of two graphs, without building the rest of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from alpgraph.graph.build import add_edges, attributes_of, told_by
from alpgraph.graph.groups import Groups, groups_of
from alpgraph.graph.model import NoteGraph
from alpgraph.notes import Notebook
from alpgraph.notes.ends import Ends, ends_of_both


@dataclass(frozen=True, slots=True)
class Side:
    """One of two states of a collection, and of its graph what differs from the other's."""

    notebook: Notebook
    ends: Ends
    """Where all its links lead."""
    graph: NoteGraph
    """What changed notes tell, and what others tell of the same pairs; the others' nodes have but
    a title. All else is the same on the other side."""


def changed_sides(before: Notebook, after: Notebook, changed: set[str]) -> tuple[Side, Side]:
    """Return two states, given what `changed_slugs` says of them."""
    old, new = ends_of_both(before, after, changed)
    pairs = {
        frozenset(edge[:2])
        for notebook in (before, after)
        for edge, _ in told_by(notebook, changed & notebook.notes.keys())
    }
    beside = set().union(*pairs) & after.notes.keys() - changed
    telling = changed | {
        slug
        for slug in beside
        for end in new[slug]
        if end.kind and end.target in changed and {slug, end.target} in pairs
    }

    def side(notebook: Notebook, ends: Ends) -> Side:
        graph: NoteGraph = nx.MultiDiGraph(types=notebook.types)
        for slug in sorted(changed & notebook.notes.keys()):
            nx.MultiDiGraph.add_node(graph, slug, **attributes_of(notebook, slug))
        for slug in sorted(beside):
            title = notebook.index.notes[slug].title
            nx.MultiDiGraph.add_node(graph, slug, title=title, ghost=False)
        add_edges(graph, notebook, sorted(telling & notebook.notes.keys()), pairs)
        nx.freeze(graph)
        return Side(notebook, ends, graph)

    return side(before, old), side(after, new)


def linked_groups(ends: Ends, *, unknown: bool = False) -> Groups:
    """Return the notes that links join; with `unknown`, relations of no known type join too."""
    return groups_of(ends, _joined(ends, unknown=unknown))


def _joined(ends: Ends, *, unknown: bool) -> Iterator[tuple[str, str]]:
    for slug, links in ends.items():
        for end in links:
            if end.target is not None and (unknown or end.kind != ""):
                yield slug, end.target
