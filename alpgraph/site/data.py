"""The files that are no pages: what scripts, feed readers, crawlers and other programs ask for."""

import json
from collections.abc import Iterator
from functools import partial

from alpgraph.graph import export, network_bytes, titles_bytes
from alpgraph.notes.digests import digest
from alpgraph.notes.files import open_regular
from alpgraph.pages import Collection
from alpgraph.pages.addresses import file_url, topic_url
from alpgraph.pages.assets import Asset, assets, relation_sheet
from alpgraph.pages.files import PICTURES
from alpgraph.pages.lists import topics
from alpgraph.pages.machines import atom_feed, llms_text, sitemap
from alpgraph.site.digests import Digests
from alpgraph.site.finding import search_data, whole_text
from alpgraph.site.part import Part, file_part

FORMATS = ("graphml", "gexf", "jsonld", "ttl", "dot")
"""Of the graph, beside JSON."""
MANY = 2000
"""Notes from which there is JSON alone: each format takes 5 kB a note, and most of the time."""
SEARCH = "/api/search.json"


def data_parts(collection: Collection, digests: Digests) -> Iterator[Part]:
    """Return everything that is no page."""
    notes_digest, map_digest = digests.everything, digest(digests.everything, digests.map)
    one = partial(file_part, collection)
    bodies = digests.texts if whole_text(collection) else ""
    yield one(SEARCH, digest(digests.relations, bodies), partial(search_data, collection))
    for format in ("json", *FORMATS) if len(collection.notes) < MANY else ("json",):
        yield one(f"/api/graph.{format}", notes_digest, partial(_exported, collection, format))
    yield one("/api/network", map_digest, partial(_network, collection))
    yield one("/api/network/titles", map_digest, partial(_titles, collection))
    yield one("/api/topics", digests.lists, partial(topic_list, collection))
    yield one("/llms.txt", digests.lists, partial(llms_text, collection))
    yield one("/.nojekyll", "always", bytes)  # or GitHub leaves out names that begin with _
    if url := collection.config.url:
        yield one("/feed.atom", "", partial(atom_feed, collection, url))
        yield one("/sitemap.xml", "", partial(sitemap, collection, url))
    for asset in (*assets().values(), relation_sheet(collection.notebook.types)):
        yield one(f"/static/{asset.hashed}", asset.hashed, partial(_data, asset))
    for path in _pictures(collection):
        yield one(file_url(path), "", partial(_picture, collection, path))


def topic_list(collection: Collection) -> str:
    """Return the topics as the API lists them."""
    by_size = topics(collection)
    items = [{"name": name, "url": topic_url(name), "count": len(slugs)} for name, slugs in by_size]
    return json.dumps({"items": items}, ensure_ascii=False)


def _exported(collection: Collection, format: str) -> bytes | str:
    return export(collection.graph, format, verdicts=collection.verdict_words)


def _network(collection: Collection) -> bytes:
    return network_bytes(collection.graph, collection.layout, collection.verdict_words)


def _titles(collection: Collection) -> bytes:
    return titles_bytes(collection.graph, collection.layout)


def _data(asset: Asset) -> bytes:
    return asset.data


def _pictures(collection: Collection) -> Iterator[str]:
    """Yield the paths of the pictures beside the notes that a server gives too."""
    for path in collection.notebook.attachments:
        if f".{path.rpartition('.')[2].lower()}" in PICTURES:
            try:
                open_regular(collection.notebook.root, path).close()
            except (OSError, ValueError):  # a link, say: a server does not follow it either
                continue
            yield path


def _picture(collection: Collection, path: str) -> bytes:
    with open_regular(collection.notebook.root, path) as opened:
        return opened.read()
