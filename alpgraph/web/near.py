"""Which notes a wrong address or a fruitless search probably meant."""

import asyncio
from urllib.parse import unquote

from fastapi import Request

from alpgraph.check.near import Names


async def near_names(request: Request, written: str) -> list[str]:
    """Return slugs whose name or title is like `written`, else those that share its words."""
    collection = request.app.state.hub.collection
    words = unquote(written)[:200]
    titles = {slug: note.title for slug, note in collection.notes.items()}
    found = await asyncio.to_thread(lambda: Names(titles).near(words))
    if found:
        return list(found)
    index = await request.app.state.hub.search()
    hits = await asyncio.to_thread(index.near, words.replace("-", " "))
    return [hit.slug for hit in hits]
