"""Passive types of the graph, and how nodes and edges are named."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import networkx as nx

from alpgraph.notes.model import Basis, Note
from alpgraph.notes.relation_table import RelationType
from alpgraph.notes.relation_types import RelationTypes

if TYPE_CHECKING:
    NoteGraph = nx.MultiDiGraph[str]
    """Nodes by slug, edges by type id; see `build_graph` for their attributes."""
else:
    NoteGraph = nx.MultiDiGraph

MENTION = "mention"
"""Key and type of edges that stand for links in running text."""
MENTION_TYPE = RelationType(
    MENTION,
    "mentions",
    "a link in running text",
    "mentioned-by",
    "is mentioned by",
    signature="dots",
    weight=10.0,
)
"""How mentions read and are drawn; it is no row of the table, so no relation can take it."""


class Notes(Protocol):
    """What of a notebook the graph is made from."""

    @property
    def notes(self) -> Mapping[str, Note]:
        """Notes by slug, with resolved relations and mentions."""

    @property
    def types(self) -> RelationTypes:
        """The collection's table of relation types."""


class Reason(NamedTuple):
    """What one note's author said about an edge."""

    by: str
    """Slug of the note that says it."""
    why: str
    basis: Basis
    file: str
    line: int
    form: str


def types_of_graph(graph: NoteGraph) -> RelationTypes:
    """Return the table of relation types that travels with the graph.

    >>> types_of_graph(nx.MultiDiGraph(types=RelationTypes())).types[0].id
    'parallels'
    """
    return cast(RelationTypes, graph.graph["types"])


def type_of(types: RelationTypes, id: str) -> RelationType:
    """Return the row of an edge's type, also for mentions.

    >>> type_of(RelationTypes(), "mention").label
    'mentions'
    """
    return types.by_id.get(id, MENTION_TYPE)


def ghost_key(written: str) -> str:
    """Return the node that stands for a target that no note answers to.

    No note has such a slug: a slug is a path, and no path of a file has two slashes together.

    >>> ghost_key("a note to come")
    'ghost://a note to come'
    """
    return f"ghost://{written}"


def reasons_from(reasons: tuple[Reason, ...], slug: str) -> tuple[Reason, ...]:
    """Order reasons as a reader of `slug` wants them: spoken before silent, its own first.

    >>> one, two = (Reason(by, "because", "", "", 1, "native") for by in "ab")
    >>> [reason.by for reason in reasons_from((one, two), "b")]
    ['b', 'a']
    """
    if len(reasons) < 2:
        return reasons
    return tuple(sorted(reasons, key=lambda reason: (not reason.why, reason.by != slug)))
