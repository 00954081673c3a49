"""The changed part of two graphs, without building the rest of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import networkx as nx

from alpgraph.graph.build import add_edges, attributes_of, reasons_of
from alpgraph.graph.groups import Groups, groups_of
from alpgraph.graph.model import NoteGraph
from alpgraph.notes import Notebook
from alpgraph.notes.lazy import links
from alpgraph.notes.packing import ResolvedLink

Links = Mapping[str, list[ResolvedLink]]
"""The links of each note, by its slug."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two states of a collection, and of its graph what differs from the other's."""

    notebook: Notebook
    links: Links
    graph: NoteGraph
    """What changed notes tell, and what others tell of the same pairs; the others' nodes have but
    a title. All else is the same on the other side."""


def changed_sides(before: Notebook, after: Notebook, changed: set[str]) -> tuple[Side, Side]:
    """Return two states, given what `changed_slugs` says of them."""
    old, new = _links_of_both(before, after, changed)
    pairs = {
        frozenset(edge[:2])
        for notebook in (before, after)
        for edge, _ in reasons_of(notebook, changed & notebook.notes.keys())
    }
    beside = set().union(*pairs) & after.notes.keys() - changed
    telling = changed | {
        slug
        for slug in beside
        for link in new[slug]
        if link.type and link.target in changed and {slug, link.target} in pairs
    }

    def side(notebook: Notebook, links: Links) -> Side:
        graph: NoteGraph = nx.MultiDiGraph(types=notebook.types)
        for slug in sorted(changed & notebook.notes.keys()):
            nx.MultiDiGraph.add_node(graph, slug, **attributes_of(notebook, slug))
        for slug in sorted(beside):
            title = notebook.index.notes[slug].title
            nx.MultiDiGraph.add_node(graph, slug, title=title, ghost=False)
        add_edges(graph, notebook, sorted(telling & notebook.notes.keys()), pairs)
        nx.freeze(graph)
        return Side(notebook, links, graph)

    return side(before, old), side(after, new)


def _links_of_both(before: Notebook, after: Notebook, changed: set[str]) -> tuple[Links, Links]:
    """Return all links, before and after, looked up once for notes that did not change."""
    new = {slug: list(links(after.notes, slug)) for slug in after.notes}
    old = {
        slug: list(links(before.notes, slug)) if slug in changed else new[slug]
        for slug in before.notes
    }
    return old, new


def linked_groups(links: Links, *, unknown: bool = False) -> Groups:
    """Return the notes that links join; with `unknown`, relations of no known type join too."""
    return groups_of(links, _joined(links, unknown=unknown))


def _joined(links: Links, *, unknown: bool) -> Iterator[tuple[str, str]]:
    for slug, those in links.items():
        for link in those:
            if link.target is not None and (unknown or link.type != ""):
                yield slug, link.target
