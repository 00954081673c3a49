"""Areas: communities found by Louvain, named, and numbered so that colours survive edits."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import networkx as nx
import numpy as np

from alpgraph.graph.arrays import Arrays, to_arrays
from alpgraph.graph.model import NoteGraph

SEED = 7
SMALLEST = 3
"""Fewer notes than this are no area."""
MAX_AREAS = 255
"""Areas are numbered in a byte, and 255 says none."""
NO_AREA = -1
GAIN = 0.02
"""Modularity that new areas must gain over the old ones to take their place."""
DRIFT = 0.01
"""Share of notes with other links than when areas were last searched for, and of all links that
these have, up to which areas are not searched for again: they would hardly gain as much."""
COMMON = 0.6
"""Share of an area's notes that must have a topic for it to name the area."""


@dataclass(frozen=True, slots=True)
class Area:
    """A community of notes; `id` is also the index of its colour and survives edits."""

    id: int
    name: str
    slugs: tuple[str, ...]
    """Its notes, the best connected inside the area first."""
    centre: tuple[float, float] = (0.0, 0.0)


def communities(arrays: Arrays, previous: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return the area of each node, or NO_AREA; deterministic, numbered by size.

    With `previous` (area by slug) notes stay in their areas unless Louvain's are clearly better;
    then each keeps the number of the one it overlaps most.

    >>> import numpy as np
    >>> edges = np.array([[0, 1], [0, 2], [1, 2], [3, 4], [3, 5], [4, 5]])
    >>> list(communities(Arrays(tuple("abcdef"), edges, np.ones(6))).values())
    [0, 0, 0, 1, 1, 1]
    """
    groups = _louvain(arrays)
    fresh = dict.fromkeys(arrays.slugs, NO_AREA)
    for number, group in zip(_numbers(groups, previous or {}), groups, strict=True):
        fresh |= dict.fromkeys(group, number)
    if not previous:
        return fresh
    areas = _updated_areas(arrays, groups, previous)
    better = modularity(arrays, fresh) - modularity(arrays, areas)
    return fresh if better > GAIN else areas


def kept_areas(
    arrays: Arrays, previous: Mapping[str, int], links: Mapping[str, int]
) -> dict[str, int] | None:
    """Return the area of each node after a small edit, None where they are to be searched for.

    `links` are the `link_hashes` of the last search.

    >>> arrays = Arrays(tuple("abc"), np.array([[0, 1], [1, 2]]), np.ones(2))
    >>> kept_areas(arrays, dict.fromkeys("abc", 0), link_hashes(arrays))
    {'a': 0, 'b': 0, 'c': 0}
    """
    now = link_hashes(arrays)
    changed = np.array([links.get(slug) != number for slug, number in now.items()], dtype=bool)
    ends = arrays.degrees[changed].sum()
    if changed.sum() > DRIFT * arrays.size or ends > DRIFT * arrays.degrees.sum():
        return None
    areas = _updated_areas(arrays, [], previous)
    joined = (slug for slug in itertools.compress(arrays.slugs, changed & (arrays.degrees > 0)))
    loose = sum(areas[slug] == NO_AREA for slug in joined)
    return areas if loose < SMALLEST else None


def link_hashes(arrays: Arrays) -> dict[str, int]:
    """Return for each node a number that other links would hardly give.

    >>> link_hashes(Arrays(tuple("ab"), np.array([[0, 1]]), np.ones(1)))["a"] == 3 * crc32(b"b")
    True
    """
    names = np.array([crc32(slug.encode("utf-8", "replace")) for slug in arrays.slugs], np.int64)
    factors = np.where(arrays.weights == arrays.weights.max(initial=0.0), 3, 1)
    sums = np.zeros(arrays.size, dtype=np.int64)
    for near, far in (arrays.edges.T, arrays.edges.T[::-1]):
        np.add.at(sums, near, names[far] * factors)
    return dict(zip(arrays.slugs, sums.tolist(), strict=True))


def find_areas(graph: NoteGraph, previous: Mapping[str, int] | None = None) -> tuple[Area, ...]:
    """Return the areas of a graph without placing them on a map.

    >>> find_areas(nx.MultiDiGraph())
    ()
    """
    arrays = to_arrays(graph)
    found = communities(arrays, previous)
    return name_areas(graph, arrays, found, dict.fromkeys(found, (0.0, 0.0)))


def modularity(arrays: Arrays, areas: Mapping[str, int]) -> float:
    """Return how much more weight lies inside areas than chance would put there, up to 1.

    >>> import numpy as np
    >>> edges = np.array([[0, 1], [2, 3]])
    >>> modularity(Arrays(tuple("abcd"), edges, np.ones(2)), {"a": 0, "b": 0, "c": 1, "d": 1})
    0.5
    """
    if not len(arrays.edges):
        return 0.0
    alone = itertools.count(max(areas.values(), default=0) + 1)
    numbers = [areas[slug] for slug in arrays.slugs]
    labels = np.array([next(alone) if number == NO_AREA else number for number in numbers])
    a, b = labels[arrays.edges[:, 0]], labels[arrays.edges[:, 1]]  # each (m,)
    total = arrays.weights.sum()
    ends = np.bincount(a, arrays.weights, labels.max() + 1)
    ends += np.bincount(b, arrays.weights, labels.max() + 1)
    return float(arrays.weights[a == b].sum() / total - ((ends / (2 * total)) ** 2).sum())


def name_areas(
    graph: NoteGraph,
    arrays: Arrays,
    areas: Mapping[str, int],
    positions: Mapping[str, tuple[float, float]],
) -> tuple[Area, ...]:
    """Return the areas by number, each named by a topic its notes share, else by its centre.

    >>> import numpy as np
    >>> graph = nx.MultiDiGraph()
    >>> graph.add_nodes_from("abc", title="T", topics=("mathematics",))
    >>> arrays = Arrays(tuple("abc"), np.array([[0, 1], [1, 2]]), np.ones(2))
    >>> name_areas(graph, arrays, dict.fromkeys("abc", 0), dict.fromkeys("abc", (0, 0)))[0].name
    'mathematics'
    """
    members: dict[int, list[str]] = {}
    for slug, number in sorted(areas.items()):
        if number != NO_AREA:
            members.setdefault(number, []).append(slug)
    inside = _degree_inside(arrays, areas)
    everywhere = Counter(topic for slug in areas for topic in graph.nodes[slug]["topics"])
    named: list[Area] = []
    for number, slugs in sorted(members.items()):
        slugs.sort(key=lambda slug: (-inside[slug], slug))
        title = str(graph.nodes[slugs[0]]["title"])
        name = _common_topic(graph, slugs, everywhere, len(areas)) or title
        if name in {area.name for area in named}:
            name = f"{name}: {title}" if name != title else f"{name} ({number})"
        x, y = zip(*(positions[slug] for slug in slugs), strict=True)
        centre = (sum(x) / len(slugs), sum(y) / len(slugs))
        named.append(Area(number, name, tuple(slugs), centre))
    return tuple(named)


def _louvain(arrays: Arrays) -> list[list[str]]:
    """Return the communities that are large enough for an area, the largest first."""
    simple: nx.Graph[int] = nx.Graph()
    simple.add_nodes_from(range(arrays.size))
    triples = zip(*arrays.edges.T.tolist(), arrays.weights.tolist(), strict=True)
    simple.add_weighted_edges_from(triples)
    found = nx.community.louvain_communities(simple, seed=SEED) if arrays.size else []
    groups = [sorted(arrays.slugs[i] for i in group) for group in found if len(group) >= SMALLEST]
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def _updated_areas(
    arrays: Arrays, groups: Sequence[Sequence[str]], previous: Mapping[str, int]
) -> dict[str, int]:
    """Return the previous areas, with new notes in those they are joined to, or in new ones."""
    areas = {slug: previous.get(slug, NO_AREA) for slug in arrays.slugs}
    unused = (number for number in range(MAX_AREAS) if number not in set(areas.values()))
    for group in groups:
        loose = [slug for slug in group if areas[slug] == NO_AREA]
        if len(loose) > len(group) / 2 and len(loose) >= SMALLEST:
            areas |= dict.fromkeys(loose, next(unused, NO_AREA))
    starts, indices = arrays.rows
    for i, slug in enumerate(arrays.slugs):
        if areas[slug] == NO_AREA:
            near = Counter(areas[arrays.slugs[j]] for j in indices[starts[i] : starts[i + 1]])
            del near[NO_AREA]
            areas[slug] = min(near, key=lambda n: (-near[n], n), default=NO_AREA)
    sizes = Counter(areas.values())
    return {slug: n if sizes[n] >= SMALLEST else NO_AREA for slug, n in areas.items()}


def _numbers(groups: Sequence[Sequence[str]], previous: Mapping[str, int]) -> list[int]:
    """Give each group the numbers number it overlaps most, the largest overlaps first."""
    overlaps = sorted(
        (-shared, number, index)
        for index, group in enumerate(groups)
        for number, shared in Counter(previous.get(slug, NO_AREA) for slug in group).items()
        if number != NO_AREA
    )
    assigned: dict[int, int] = {}
    for _, number, index in overlaps:
        if index not in assigned and number not in assigned.values():
            assigned[index] = number
    unused = (number for number in range(len(groups) * 2) if number not in assigned.values())
    numbers = [assigned[i] if i in assigned else next(unused) for i in range(len(groups))]
    return [number if number < MAX_AREAS else NO_AREA for number in numbers]


def _degree_inside(arrays: Arrays, areas: Mapping[str, int]) -> Counter[str]:
    inside: Counter[str] = Counter()
    for a, b in arrays.edges.tolist():
        one, other = arrays.slugs[a], arrays.slugs[b]
        if areas[one] == areas[other]:
            inside.update((one, other))
    return inside


def _common_topic(
    graph: NoteGraph, slugs: Iterable[str], everywhere: Counter[str], total: int
) -> str:
    """Return the topic most peculiar to these notes among those most of them share."""
    notes = list(slugs)
    here = Counter(topic for slug in notes for topic in set(graph.nodes[slug]["topics"]))
    rated = [
        (count / len(notes) - everywhere[topic] / total, topic)
        for topic, count in here.items()
        if count >= COMMON * len(notes)
    ]
    return min(rated, key=lambda pair: (-pair[0], pair[1]))[1] if rated else ""
