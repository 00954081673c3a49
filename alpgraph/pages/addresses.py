"""Every address there is: nothing else in alpgraph spells one."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

from alpgraph.search import topic_key

TRAIL_CAP = 12


@lru_cache(maxsize=2**16)
def _segment(text: str) -> str:
    """Return a path segment; `/` in slugs of nested folders stays."""
    return quote(text, safe="/-._~!$'()*,;=:@")


@lru_cache(maxsize=2**10)  # the links of a page share the walk that they go on from
def _value(text: str) -> str:
    return quote_plus(text)


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    text = "&".join(f"{key}={_value(value)}" for key, value in pairs if value)
    return f"?{text}" if text else ""


def note_url(slug: str, heading: str = "", *, trail: Iterable[str] = ()) -> str:
    """Address of a note.

    >>> note_url("topic/a b", "h-how")
    '/n/topic/a%20b#h-how'
    """
    anchor = f"#{quote(heading)}" if heading else ""
    return f"/n/{_segment(slug)}{_query(('trail', step) for step in trail)}{anchor}"


def markdown_url(slug: str) -> str:
    """Address of a note's Markdown twin."""
    return f"/n/{_segment(slug)}.md"


def bibtex_url(slug: str) -> str:
    """Address of a note's sources as BibTeX."""
    return f"/n/{_segment(slug)}.bib"


def csl_url(slug: str) -> str:
    """Address of a note's sources as CSL-JSON."""
    return f"/n/{_segment(slug)}.csl.json"


def links_url(slug: str, page: int = 1) -> str:
    """Address of the list of all links of a note, which for a hub goes on for pages."""
    return f"/links/{_segment(slug)}{_query([('page', str(page) if page > 1 else '')])}"


def walk_url(
    slug: str,
    *,
    trail: Iterable[str] = (),
    types: Iterable[str] = (),
    bases: Iterable[str] = (),
    depth: int = 1,
) -> str:
    """Address of the ego network of a note, with the walk that led there."""
    pairs = [("depth", str(depth) if depth != 1 else "")]
    pairs += [("type", kind) for kind in types]
    pairs += [("basis", basis) for basis in bases]
    pairs += [("trail", step) for step in list(trail)[-TRAIL_CAP:]]
    return f"/walk/{_segment(slug)}{_query(pairs)}"


def network_url(
    focus: str = "", *, path: Iterable[str] = (), area: int | None = None, at: str = ""
) -> str:
    """Address of the whole network: around a note, along a path, with an area's list, at a date.

    >>> network_url(path=["a", "b"])
    '/network?path=a&path=b'
    """
    pairs = [("focus", focus), ("at", at), ("area", "" if area is None else str(area))]
    return f"/network{_query(pairs + [('path', slug) for slug in path])}"


def path_url(start: str = "", end: str = "") -> str:
    """Address of the ways between two notes."""
    return f"/path{_query([('from', start), ('to', end)])}"


def trail_url(slugs: Iterable[str] = ()) -> str:
    """Address of a walk read as one page; without notes, of the walks to begin with.

    >>> trail_url(["a", "b"])
    '/trail?note=a&note=b'
    """
    return f"/trail{_query(('note', slug) for slug in slugs)}"


def standing_url() -> str:
    """Address of what stands out in the collection."""
    return "/standing"


def timeline_url(before: str = "") -> str:
    """Address of what happened to the notes, before a commit or up to now."""
    return f"/timeline{_query([('before', before)])}"


def topic_url(topic: str) -> str:
    """Address of the page of a topic."""
    return f"/topics/{_segment(topic_key(topic))}"


def relation_url(type_id: str) -> str:
    """Address of the page of a relation type."""
    return f"/relations/{_segment(type_id)}"


def experiment_url(name: str, params: Mapping[str, object] | None = None) -> str:
    """Address of an experiment, with parameters to start from."""
    pairs = [(key, str(value)) for key, value in (params or {}).items()]
    return f"/experiments/{_segment(name)}{_query(pairs)}"


def run_url(id: str, *, beside: str = "") -> str:
    """Address of a run, with the run or stored result whose curves are laid over it."""
    return f"/runs/{_segment(id)}{_query([('with', beside)])}"


def file_url(path: str) -> str:
    """Address of a picture or other file beside the notes."""
    return f"/files/{_segment(path)}"


def search_url(query: str, *, offset: int = 0) -> str:
    """Address of what a search finds."""
    return f"/search{_query([('q', query), ('offset', str(offset or ''))])}"


def new_form_url(start: str = "") -> str:
    """Address of the form of a new note, its first relation leading to `start`."""
    return f"/new{_query([('from', start)])}"


def edit_form_url(slug: str) -> str:
    """Address of the form that edits a note."""
    return f"/edit/{_segment(slug)}"


def diff_url(base: str = "", head: str = "") -> str:
    """Address of what changed between two revisions; local servers only."""
    return f"/diff{_query([('base', base), ('head', head)])}"


def help_url(code: str) -> str:
    """Address of the help page of a finding."""
    return f"/help/{_segment(code)}"


def source_url(kind: str, id: str) -> str:
    """Address of a cited work at its registry; empty when there is none."""
    patterns = {
        "arxiv": "https://arxiv.org/abs/{}",
        "doi": "https://doi.org/{}",
        "isbn": "https://openlibrary.org/isbn/{}",
    }
    if kind == "url":
        return id if id.startswith(("https://", "http://")) else ""
    return patterns[kind].format(_segment(id)) if kind in patterns else ""
