"""Pages for who looks for something: search results, wrong addresses, faults."""

from collections.abc import Sequence
from urllib.parse import quote

from alpgraph.pages.addresses import markdown_url, note_url, search_url, topic_url
from alpgraph.pages.formats import markdown_link
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import LinkRow, rows, topics
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.pages.topics import Pagination
from alpgraph.search import Hit


def search_page(
    collection: Collection,
    query: str,
    total: int,
    hits: Sequence[Hit],
    *,
    offset: int = 0,
    limit: int = 20,
    near: Sequence[str] = (),
    absent: Sequence[str] = (),
    unknown: Sequence[str] = (),
) -> str:
    """Return the results of a search; without any, notes that may have been meant.

    `absent` are the words that stand in no note, `unknown` says which values filters take.
    """
    turn = Pagination(
        offset // limit + 1,
        max(1, -(-total // limit)),
        search_url(query, offset=max(0, offset - limit)) if offset else "",
        search_url(query, offset=offset + limit) if offset + limit < total else "",
    )
    return render(
        "search.html",
        **frame(collection, live=""),
        query=query,
        total=total,
        hits=hits,
        verdicts=collection.verdicts,
        apart={
            hit.slug: collection.apart(hit.slug) for hit in hits if hit.slug in collection.notes
        },
        turn=turn,
        near=rows(collection, near),
        absent=absent,
        unknown=unknown,
        topics=[] if hits else _topic_tiles(collection),
    )


def _topic_tiles(collection: Collection) -> list[LinkRow]:
    return [LinkRow(name, topic_url(name), len(slugs)) for name, slugs in topics(collection)]


def error_page(
    collection: Collection,
    heading: str,
    detail: str,
    near: Sequence[str] = (),
    *,
    live: str | None = None,
    bare: str = "",
) -> str:
    """Return a page that says what is wrong and where one may go.

    `live` is as `frame` takes it; `bare` is the address without what made it unusable.
    """
    return render(
        "error.html",
        **frame(collection, live=live),
        heading=heading,
        detail=detail,
        near=rows(collection, near),
        bare=bare,
    )


ABSENT = "The address may be misspelt, or what stood here was renamed or removed."


def absent_page(collection: Collection, near: Sequence[str] = ()) -> str:
    """Return the page for a wrong address, with notes that may have been meant.

    It follows every edit, since a note may come to stand where it was looked for.
    """
    return error_page(collection, "There is no such page", ABSENT, near, live="")


def absent_markdown(collection: Collection, near: Sequence[str] = ()) -> str:
    """Return the same for who reads Markdown."""
    links = [markdown_link(collection.notes[slug].title, markdown_url(slug)) for slug in near]
    meant = ["", "Perhaps this was meant:", "", *(f"- {link}" for link in links)] if links else []
    return "\n".join(["# There is no such page", "", ABSENT, *meant]) + "\n"


def unusable_page(collection: Collection, problems: Sequence[str], path: str) -> str:
    """Return the page for an address with unusable values, which sentences say of each."""
    return error_page(
        collection, "This address cannot be used", " ".join(problems), bare=quote(path)
    )


def nothing_to_read_page(collection: Collection) -> str:
    """Return the page for an address that forms are sent to, and that nothing is read at."""
    text = "This address takes what a form sends; what came of it has an address of its own."
    return error_page(collection, "There is nothing to read here", text)


def moved_page(collection: Collection, former: str, slug: str) -> str:
    """Return the page at a note's former name, which leads to it: a file cannot redirect."""
    target = collection.link(note_url(slug), note_url(former))
    return render("moved.html", **frame(collection), note=collection.notes[slug], target=target)
