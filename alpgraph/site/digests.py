"""What the parts of a site are made from, as hashes: equal hashes, equal bytes.

A note's page looks two steps far, as the server's page cache has it: it tells of its neighbours,
and of each one to how many notes that one is joined. So each note has a hash of what others may
tell of it and of its edges, and a page's key holds those of the note and of its neighbours.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from alpgraph import __version__
from alpgraph.diagnostics import Severity
from alpgraph.experiments import all_experiments, references
from alpgraph.graph import NoteGraph
from alpgraph.notes.digests import digest
from alpgraph.notes.packing import Packed, Resolve, mention_targets, relation_targets
from alpgraph.pages import Collection
from alpgraph.pages.assets import assets, relation_sheet
from alpgraph.resources import PACKAGE, resource_dir

Values = tuple[Any, ...]
"""Plain ones, which `digest` takes."""


@dataclass(frozen=True, slots=True)
class Digests:
    """What one state of a collection is told apart by: hashes, and the plain values of lists."""

    base: str
    """Of the program, the settings and what experiments have stored."""
    listed: Mapping[str, Values]
    """By slug: what lists tell of a note, nothing of its links."""
    summaries: Mapping[str, str]
    """By slug: what other pages may say of a note and of its links."""
    page: Mapping[str, str]
    """By slug: what the pages of a note are made from."""
    lists: str
    """What lists tell of all notes."""
    relations: str
    """The same, and the relations of all notes."""
    everything: str
    """The same, and all links in their texts."""
    texts: str
    """The texts of all notes."""
    map: str
    """Where notes stand on the map, and in which areas."""


def take_digests(collection: Collection) -> Digests:
    """Return the hashes of a collection as it stands."""
    base, index = _base(collection), collection.notebook.index
    notes = {slug: index.notes[slug] for slug in collection.notes}
    listed = {slug: _listed(collection, slug, note) for slug, note in notes.items()}
    related, summaries = [], {}
    for slug, note in notes.items():
        resolve, (_, relations, mentions) = index.resolver(slug), note.told
        row = (listed[slug], relations, _meant(relation_targets(note), resolve))
        related.append(row)
        summaries[slug] = digest(row, mentions, _meant(mention_targets(note), resolve))
    summaries |= {
        key: digest(key, title)
        for key, title in collection.graph.nodes(data="title")
        if key not in summaries
    }
    return Digests(
        base,
        listed,
        summaries,
        _pages(collection, base, summaries),
        digest(base, list(listed.values())),
        digest(base, related),
        digest(base, list(notes), sorted(summaries.items())),
        digest([note.digest for note in notes.values()]),
        _map(collection),
    )


def _pages(collection: Collection, base: str, summaries: Mapping[str, str]) -> dict[str, str]:
    """Return for each note the hash of what its pages are made from."""
    joined, index = _edge_types(collection.graph), collection.notebook.index
    neighbourhoods = {
        slug: digest(summaries[slug], sorted(edges.items())) for slug, edges in joined.items()
    }
    full = {slug: _full(collection, slug, summaries[slug]) for slug in collection.notes}
    alone = [slug for slug in full if not joined[slug]]
    whole, page = digest(sorted(full.items())) if alone else "", {}
    for slug in full:
        around = sorted(neighbourhoods[other] for other in joined[slug])  # these tell the edges too
        embedded = mention_targets(index.notes[slug], embeds=True)
        shown = [
            (full[other], [summaries[beyond] for beyond in sorted(joined[other])])
            for other in dict.fromkeys(_meant(embedded, index.resolver(slug)))
            if other in full
        ]
        # beside a note alone those alike are shown, whichever
        page[slug] = digest(base, full[slug], around, shown, "" if around else whole)
    return page


def _edge_types(graph: NoteGraph) -> Mapping[str, Mapping[str, str]]:
    """Return by node and neighbour the types of the edges to it, and those from it behind `<`."""
    joined: dict[str, dict[str, str]] = {slug: {} for slug in graph}
    for slug, beside in graph.adjacency():
        for other, keyed in beside.items():
            types = " ".join(sorted(keyed)) if len(keyed) > 1 else next(iter(keyed))
            joined[slug][other] = types + joined[slug].get(other, "")
            joined[other][slug] = f"{joined[other].get(slug, '')}<{types}"
    return joined


def _listed(collection: Collection, slug: str, note: Packed) -> Values:
    verdict = collection.verdicts.get(slug)
    told = astuple(verdict) if verdict else None
    return slug, note.title, collection.apart(slug), note.told[0], told


def _full(collection: Collection, slug: str, summary: str) -> Values:
    """Return what tells a note whole from any other."""
    note = collection.notebook.index.notes[slug]
    found = collection.notebook.findings_by_file.get(note.path, ())
    errors = [(f.code, f.message, f.place.line) for f in found if f.severity is Severity.ERROR]
    return note.path, note.digest, summary, errors, collection.dates_of(slug)


def _meant(targets: Iterable[tuple[str, str]], resolve: Resolve) -> list[Any]:
    """Return which note each link means, or among which it cannot decide."""
    found = [resolve(*target) for target in targets]
    return [candidates or slug for slug, _, candidates in found]


def _map(collection: Collection) -> str:
    layout = collection.layout
    areas = [(area.id, area.name, area.slugs, area.centre) for area in layout.areas]
    return digest(sorted(layout.positions.items()), sorted(layout.communities.items()), areas)


def _base(collection: Collection) -> str:
    """Hash the program, the settings, the types, what is stored and which files lie about."""
    published = collection.published
    stored = {
        name: json.dumps({key: dict(one) for key, one in references(name).items()}, sort_keys=True)
        for name in all_experiments()
    }
    return digest(
        __version__, sys.version_info[:2], sorted(asset.hashed for asset in assets().values()),
        relation_sheet(collection.notebook.types).hashed, _sources(),
        collection.config.model_dump_json(), stored, collection.notebook.attachments,
        published and (published.base, published.server, published.whole_text, published.files.own),
    )  # fmt: skip


def _sources() -> str:
    """Hash the code and the templates."""
    hashed = hashlib.sha256()
    for root, pattern in ((Path(PACKAGE), "**/*.py"), (resource_dir("templates"), "**/*.html")):
        for path in sorted(root.glob(pattern)):
            hashed.update(path.relative_to(root).as_posix().encode())
            hashed.update(path.read_bytes())
    return hashed.hexdigest()
