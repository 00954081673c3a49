"""Pages that gather notes and relations: topics, relation types, all links of a note."""

from dataclasses import dataclass
from typing import Any

from alpgraph.graph import degree
from alpgraph.pages.addresses import links_url, relation_url, topic_url
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import LinkRow, edge_counts, edges, rows, topics
from alpgraph.pages.related import groups, related_of
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.search import topic_key

LINKS_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Pagination:
    """Where one is in a list that goes on for pages."""

    page: int
    pages: int
    before: str
    after: str


def list_page(collection: Collection, heading: str, here: str = "", **data: Any) -> str:
    """Return a page with links, notes or relations under a heading."""
    parts = {"lead": "", "tiles": (), "rows": (), "edges": ()} | data
    return render("list.html", **frame(collection, here, live=""), heading=heading, **parts)


def topics_page(collection: Collection) -> str:
    """Return the list of topics, and of the kinds of links between notes."""
    links = [LinkRow(name, topic_url(name), len(slugs)) for name, slugs in topics(collection)]
    counts = edge_counts(collection)
    types = [
        LinkRow(kind.label, relation_url(kind.id), counts[kind.id], kind.meaning)
        for kind in collection.notebook.types.types
    ]
    return render(
        "topics.html",
        **frame(collection, "/topics", live=""),
        topics=links,
        types=[row for row in types if row.count],
    )


def topic_page(collection: Collection, key: str) -> str | None:
    """Return the page of a topic, or None when no note has it."""
    for name, slugs in topics(collection):
        if topic_key(name) == key:
            ordered = sorted(slugs, key=lambda slug: (-degree(collection.graph, slug), slug))
            lead = f"{len(slugs)} note{'s' if len(slugs) != 1 else ''}, the best connected first."
            heading = name[:1].upper() + name[1:]
            return list_page(
                collection, heading, "/topics", lead=lead, rows=rows(collection, ordered)
            )
    return None


def relation_page(collection: Collection, type_id: str) -> str | None:
    """Return the page of a relation type, by its id or its inverse."""
    reading = collection.notebook.types.read(type_id)
    if reading is None:
        return None
    kind = reading.type
    rows = edges(collection, [kind.id])
    return render("relation.html", **frame(collection, "/topics", live=""), kind=kind, edges=rows)


def links_pages(collection: Collection, slug: str) -> int:
    """Return how many pages all links of a note take; KeyError without a note."""
    return max(1, -(-related_of(collection, slug).total // LINKS_A_PAGE))


def links_page(collection: Collection, slug: str, page: int) -> str | None:
    """Return one page of all links of a note, or None past the end; KeyError without a note."""
    related = related_of(collection, slug)
    typed = [*related.own, *related.against, *related.back]
    total = len(typed) + len(related.mentions)
    pages = max(1, -(-total // LINKS_A_PAGE))
    if page > pages:
        return None
    start, end = (page - 1) * LINKS_A_PAGE, page * LINKS_A_PAGE
    mentions = related.mentions[max(0, start - len(typed)) : max(0, end - len(typed))]
    return render(
        "links.html",
        **frame(collection, live=slug),
        note=collection.notes[slug],
        total=total,
        groups=groups(collection, typed[start:end]),
        mentions=mentions,
        turn=Pagination(
            page,
            pages,
            links_url(slug, page - 1) if page > 1 else "",
            links_url(slug, page + 1) if page < pages else "",
        ),
    )
