"""Which notes a wrong address or a fruitless search probably meant."""

import asyncio
from urllib.parse import unquote

from fastapi import Request


async def near_names(request: Request, name: str) -> list[str]:
    """Return slugs whose name or title is like `name`, else those that share its words."""
    hub, words = request.app.state.hub, unquote(name)[:200]
    if hub.collection.opening is not None:  # most notes are not read yet
        return []
    slugs: tuple[str, ...] = await asyncio.to_thread(lambda: hub.derived.names().search(words))
    if slugs:
        return list(slugs)
    index = await hub.derived.search()
    hits = await asyncio.to_thread(index.near, words.replace("-", " "))
    return [hit.slug for hit in hits]
