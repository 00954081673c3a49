"""Notes as resources: `alpgraph://notes/{slug}`, listed in pages."""

from itertools import islice
from urllib.parse import quote, unquote

from mcp_types import (
    Completion,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from alpgraph.agents.following import Follower
from alpgraph.agents.mcp.answers import RefusedError, find_slug
from alpgraph.agents.mcp.reading import note_text
from alpgraph.agents.mcp.tools import UNTRUSTED
from alpgraph.notes import Note
from alpgraph.notes.decoding import show_hidden

SCHEME = "alpgraph://notes/"
KIND = "text/markdown"
PAGE = 200
"""Notes on one page of the list."""
MAX_COMPLETED = 100
MAX_TEXT = 300
TEMPLATES = ListResourceTemplatesResult(
    resource_templates=[
        ResourceTemplate(
            uri_template=SCHEME + "{+slug}",
            name="note",
            title="A note",
            description=f"A note as Markdown with its links from both ends. {UNTRUSTED}",
            mime_type=KIND,
        )
    ]
)


def list_notes(follower: Follower, cursor: str | None) -> ListResourcesResult:
    """Return a page of the notes; raises RefusedError for a cursor that is none of ours."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise RefusedError(f"{cursor[:40]!r} is no cursor of this list")
    start = int(cursor or 0)
    notes = follower.collection().notes
    following = start + PAGE
    return ListResourcesResult(
        resources=[_resource(notes[slug]) for slug in islice(notes, start, following)],
        next_cursor=str(following) if following < len(notes) else None,
    )


def _resource(note: Note) -> Resource:
    says = note.claim or note.summary
    return Resource(
        uri=SCHEME + quote(note.slug, safe="/", errors="replace"),
        name=show_hidden(note.slug),
        title=show_hidden(note.title[:MAX_TEXT]),
        description=show_hidden(says[:MAX_TEXT]),
        mime_type=KIND,
    )


def read_note(follower: Follower, uri: str) -> ReadResourceResult:
    """Return a note; raises RefusedError where none answers to the address."""
    if not uri.startswith(SCHEME):
        raise RefusedError(f"{uri[:200]!r} is no address of a note; they are like {SCHEME}SLUG")
    collection = follower.collection()
    slug = find_slug(collection, unquote(uri.removeprefix(SCHEME))[:300])
    try:
        text = show_hidden(note_text(collection, slug))
    except OSError:
        raise RefusedError(f"the file of '{slug}' has just gone; ask again") from None
    contents = TextResourceContents(uri=uri, text=text, mime_type=KIND)
    return ReadResourceResult(contents=[contents])


def complete_slug(follower: Follower, prefix: str) -> Completion:
    """Return the slugs that hold what is typed, those that begin with it first."""
    words = prefix.casefold()
    slugs = [slug for slug in follower.collection().notes if words in slug.casefold()]
    slugs.sort(key=lambda slug: (not slug.casefold().startswith(words), slug))
    values = [show_hidden(slug) for slug in slugs[:MAX_COMPLETED]]
    return Completion(values=values, total=len(slugs), has_more=len(slugs) > len(values))
