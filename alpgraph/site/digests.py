"""What the parts of a site are made from, as hashes: equal hashes, equal bytes.

A note's page looks two steps far, as the server's page cache has it: it tells of its neighbours,
and of each one to how many notes that one is joined. So each note has a hash of what others may
tell of it and of its edges, and a page's key holds those of the note and of its neighbours.
"""

import hashlib
import json
import marshal
import sys
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from alpgraph import __version__
from alpgraph.diagnostics import Severity
from alpgraph.experiments import all_experiments, references
from alpgraph.graph import NoteGraph
from alpgraph.pages import Collection
from alpgraph.pages.assets import assets, relation_sheet
from alpgraph.resources import PACKAGE, resource_dir

PLAIN = 2
"""Marshal's last format in which equal values always are equal bytes: later ones know objects."""


def digest(*parts: Any) -> str:
    """Return a short hash of plain values: numbers, texts, and lists, tuples and dicts of them.

    >>> digest("a", 1) == digest("a", 1), digest("ab") == digest("a", "b")
    (True, False)
    """
    plain = marshal.dumps(parts, PLAIN)  # a quarter of the time of `repr`
    return hashlib.blake2b(plain, digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Digests:
    """Hashes of one state of a collection."""

    base: str
    """Of the program, the settings and what experiments have stored."""
    summaries: Mapping[str, str]
    """By slug: what other pages may say of a note."""
    page: Mapping[str, str]
    """By slug: what the pages of a note are made from."""
    full: Mapping[str, str]
    """By slug: the note whole."""
    everything: str
    """What is told of all notes."""
    map: str
    """Where notes stand on the map, and in which areas."""


def take_digests(collection: Collection) -> Digests:
    """Return the hashes of a collection as it stands."""
    base = _base(collection)
    graph, notes = collection.graph, collection.notes
    summaries = {slug: _summary(collection, slug) for slug in notes}
    summaries |= {
        key: digest(key, title) for key, title in graph.nodes(data="title") if key not in summaries
    }
    joined = _edge_types(graph)
    neighbourhoods = {
        slug: digest(summaries[slug], sorted(edges.items())) for slug, edges in joined.items()
    }
    full = {
        slug: digest(
            note.path, note.digest, summaries[slug], _findings(collection, note.path),
            collection.dates_of(slug),
        )
        for slug, note in notes.items()
    }  # fmt: skip
    everything = digest(base, list(notes), sorted(summaries.items()))
    whole, page = digest(sorted(full.items())), {}
    for slug, note in notes.items():
        around = sorted(neighbourhoods[other] for other in joined[slug])  # these tell the edges too
        alone = "" if around else whole  # notes alike are shown, whichever
        shown = [
            (full[other], [summaries[beyond] for beyond in sorted(joined[other])])
            for other in dict.fromkeys(m.target for m in note.mentions if m.embed)
            if other in full
        ]
        page[slug] = digest(base, full[slug], around, shown, alone)
    return Digests(base, summaries, page, full, everything, _map(collection))


def _edge_types(graph: NoteGraph) -> Mapping[str, Mapping[str, list[list[str]]]]:
    """Return by node and neighbour the types of the edges to it and from it."""
    joined: dict[str, dict[str, list[list[str]]]] = {slug: {} for slug in graph}
    for slug, beside in graph.adjacency():
        for other, keyed in beside.items():
            types = sorted(keyed)
            joined[slug].setdefault(other, [[], []])[0] = types
            joined[other].setdefault(slug, [[], []])[1] = types
    return joined


def _summary(collection: Collection, slug: str) -> str:
    note = collection.notes[slug]
    attached, verdict = note.experiment, collection.verdicts.get(slug)
    return digest(
        slug, note.title, collection.apart(slug), note.summary, note.claim, note.topics,
        note.blocks, [heading.anchor for heading in note.headings],
        (attached.name, sorted(map(str, attached.params.items())), attached.scope)
        if attached else None,
        [(r.type, r.written, r.to, r.target, r.candidates, r.why, r.basis, r.form)
         for r in note.relations],
        [(m.to, m.target, m.candidates, m.heading, m.sentence) for m in note.mentions],
        [(source.kind, source.id) for source in note.sources],
        astuple(verdict) if verdict else None,
    )  # fmt: skip


def _findings(collection: Collection, path: str) -> list[tuple[str, str, int]]:
    findings = collection.notebook.findings_by_file.get(path, ())
    return [(f.code, f.message, f.place.line) for f in findings if f.severity is Severity.ERROR]


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
