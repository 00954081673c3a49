"""The files of each note: its page and twins, its walk, its links, and pages at former names."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from json import dumps

from alpgraph.notes.digests import digest
from alpgraph.pages import Collection
from alpgraph.pages.addresses import links_url, note_url, walk_url
from alpgraph.pages.data import walk_data
from alpgraph.pages.finding import moved_page
from alpgraph.pages.note import note_page
from alpgraph.pages.topics import links_page, links_pages
from alpgraph.pages.twins import TWINS
from alpgraph.pages.walk import LIMIT, neighbourhood, walk_page
from alpgraph.site.digests import Digests
from alpgraph.site.part import Made, Part, page_files, page_part, published

Near = Callable[[str], Sequence[str]]
"""Notes like one that nothing is linked to, by its slug."""
LONGEST = 240
"""Bytes of a file's name without its ending, as most disks take it."""


def note_parts(collection: Collection, digests: Digests, near: Near) -> Iterator[Part]:
    """Return each note with all that is about it, and the names that lead to it."""
    for slug in collection.notes:
        yield Part(f"/n/{slug}", digests.page[slug], partial(_note, collection, slug, near))
    for former, slug in sorted(collection.notebook.redirects.items()):
        if is_name(former):
            key = digest(digests.base, digests.summaries[slug])
            page = partial(moved_page, collection, former, slug)
            yield page_part(collection, note_url(former), key, page)


def is_name(slug: str) -> bool:
    """Whether a former name, which is free text, can be that of a file below the site.

    >>> is_name("misaligned by design"), is_name("../up"), is_name("")
    (True, False, False)
    """
    parts = slug.split("/")
    plain = slug.isprintable() and "\\" not in slug and not any(p in ("", ".", "..") for p in parts)
    return plain and all(len(part.encode("utf-8", "replace")) <= LONGEST for part in parts)


def _note(collection: Collection, slug: str, near: Near) -> Made:
    graph, server = collection.graph, published(collection).server
    alone = not graph.degree(slug)
    page = note_page(collection, slug, may_run=bool(server), near=near(slug) if alone else ())
    pages = dict(page_files(collection, note_url(slug), page))
    for ending, twin in TWINS.items():
        if ending == ".md" or collection.notes[slug].sources:
            pages[f"n/{slug}{ending}"] = twin(collection, slug)[0].encode("utf-8", "replace")
    view = neighbourhood(graph, slug)
    pages |= page_files(collection, walk_url(slug), walk_page(collection, slug, view=view))
    walk = dumps(walk_data(collection, view), ensure_ascii=False)
    pages[f"api/walk/{slug}.json"] = walk.encode("utf-8", "replace")
    if graph.degree(slug) > LIMIT:  # fewer are all seen on the note's page and on its walk
        for number in range(1, links_pages(collection, slug) + 1):
            listed = links_page(collection, slug, number) or ""
            pages |= page_files(collection, links_url(slug, number), listed)
    return pages
