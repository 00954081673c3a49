"""The map as the viewer fetches it: packed once for each state of the graph."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from alpgraph.graph import Layout, NoteGraph, network_bytes, titles_bytes
from alpgraph.pages.state import Collection, VerdictInfo

LEVEL = 6
"""Of compression; 9 takes twice the time for one hundredth of the bytes."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Bytes ready to send."""

    data: bytes
    zipped: bytes
    tag: str
    """Hash of the content, for If-None-Match."""


@dataclass(frozen=True, slots=True)
class _Kept:
    layout: Layout
    verdicts: Mapping[str, VerdictInfo]
    network: Packed
    titles: Packed


_kept: WeakKeyDictionary[NoteGraph, _Kept] = WeakKeyDictionary()


def packed_network(collection: Collection) -> Packed:
    """Return positions, edges and areas; see `alpgraph.graph.binary`."""
    return _packed(collection).network


def packed_titles(collection: Collection) -> Packed:
    """Return slugs, titles and topics in the order of the network."""
    return _packed(collection).titles


def _packed(collection: Collection) -> _Kept:
    known = _kept.get(collection.graph)
    if known and known.layout is collection.layout and known.verdicts == collection.verdicts:
        return known
    graph, layout = collection.graph, collection.layout
    verdicts = collection.verdict_words
    found = _Kept(
        layout,
        collection.verdicts,
        _pack(network_bytes(graph, layout, verdicts)),
        _pack(titles_bytes(graph, layout)),
    )
    _kept[graph] = found
    return found


def _pack(data: bytes) -> Packed:
    zipped = gzip.compress(data, LEVEL, mtime=0)
    return Packed(data, zipped, hashlib.sha256(data).hexdigest()[:16])
