"""The graph as sorted plain rows: what every format writes, in an order that never changes."""

import re
from collections.abc import Iterator
from typing import Any

from alpgraph.graph.model import MENTION, NoteGraph, types_of_graph

# what XML 1.0 cannot hold in any form, and lone surrogates, which no UTF-8 file can
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    r"""Return text that every format can hold: characters that none can become U+FFFD.

    >>> clean("a\x00b\r\nc")
    'a�b\nc'
    """
    return _UNWRITABLE.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))


def node_rows(graph: NoteGraph) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield nodes with their attributes, sorted by name.

    >>> import networkx as nx
    >>> [slug for slug, _ in node_rows(nx.MultiDiGraph([("b", "a")]))]
    ['a', 'b']
    """
    for slug in sorted(graph):
        yield slug, graph.nodes[slug]


def edge_rows(graph: NoteGraph) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield edges as (source, target, type, attributes), sorted by ends and the table's order.

    >>> import networkx as nx
    >>> from alpgraph.notes.relation_types import RelationTypes
    >>> graph = nx.MultiDiGraph([("a", "b", "mention"), ("a", "b", "extends")])
    >>> graph.graph["types"] = RelationTypes()
    >>> [key for _, _, key, _ in edge_rows(graph)]
    ['extends', 'mention']
    """
    order = {kind.id: rank for rank, kind in enumerate(types_of_graph(graph).types)}
    order[MENTION] = len(order)
    leaving = dict(graph.adjacency())
    for source in sorted(leaving):
        for target, keyed in sorted(leaving[source].items()):
            for key in sorted(keyed, key=order.__getitem__):
                yield source, target, key, keyed[key]
