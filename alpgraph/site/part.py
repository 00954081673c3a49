"""A part of a site: files that are made together, of the same things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alpgraph.pages import Collection
from alpgraph.pages.files import Published

Made = Mapping[str, bytes]
"""Content by path below the site."""


@dataclass(frozen=True, slots=True)
class Part:
    """Files that are made together."""

    name: str
    key: str
    """Hash of all that the files are made from; empty when they are to be made each time."""
    make: Callable[[], Made]


def published(collection: Collection) -> Published:
    """Return how a collection lies as files; raises ValueError when a server answers for it."""
    if collection.published is None:
        raise ValueError("the collection is not published as files")
    return collection.published


def page_files(collection: Collection, address: str, page: str) -> Made:
    """Return the page at an address of a server as a file, its addresses leading to files."""
    site = published(collection)
    path = site.files.path(address)
    return {path: site.files.rewrite_page(page, site.up(path)).encode("utf-8", "replace")}


def page_part(
    collection: Collection, address: str, key: str, page: Callable[[], str | None]
) -> Part:
    """Return the part that one page is; a page that turns out to be none has no file."""

    def make() -> Made:
        made = page()
        return {} if made is None else page_files(collection, address, made)

    return Part(address, key, make)


def file_part(
    collection: Collection, address: str, key: str, make: Callable[[], bytes | str]
) -> Part:
    """Return the part that one file is which is no page."""
    path = published(collection).files.path(address)

    def made() -> Made:
        data = make()
        return {path: data if isinstance(data, bytes) else data.encode("utf-8", "replace")}

    return Part(address, key, made)
