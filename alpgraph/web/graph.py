"""Pages that ask the graph: the whole network, ways, walks read as one page, how it grew."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from alpgraph import pages
from alpgraph.pages import Collection
from alpgraph.pages.finding import error_page
from alpgraph.pages.past import NoPastError, collection_at
from alpgraph.web.accepting import wants_text
from alpgraph.web.cache_middleware import cacheable
from alpgraph.web.near import near_names
from alpgraph.web.queries import NetworkQuery, TimelineQuery, TrailQuery, WaysQuery
from alpgraph.web.routes import collection_of, page_or_404

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get("/network")
async def network(request: Request, query: Annotated[NetworkQuery, Query()]) -> HTMLResponse:
    """Serve the whole network."""
    view = pages.MapView(
        query.focus,
        tuple(query.type),
        tuple(query.basis),
        tuple(query.verdict),
        query.topic,
        query.color,
        tuple(query.path),
        query.area,
        query.at,
    )
    collection = collection_of(request)
    cacheable(request, query=query)
    await request.app.state.hub.derived.draw(collection)
    return await asyncio.to_thread(_network, collection, view)


def _network(collection: Collection, view: "pages.MapView") -> HTMLResponse:
    if not view.at:
        return HTMLResponse(pages.network_page(collection, view))
    try:
        past = collection_at(collection, view.at)
    except NoPastError as error:
        page = error_page(collection, "There is no such map", f"{error}.")
        return HTMLResponse(page, 404)
    except ValueError as error:
        detail = f"“{view.at}” is no day: {error}."
        return HTMLResponse(error_page(collection, "There is no such map", detail), 422)
    return HTMLResponse(pages.network_page(past, view))


@router.get("/path")
async def path(request: Request, query: Annotated[WaysQuery, Query()]) -> HTMLResponse:
    """Serve the ways between two notes; 404 where an end is no note."""
    collection = collection_of(request)
    ends = [await _end(request, written) for written in (query.from_, query.to)]
    page = await asyncio.to_thread(pages.path_page, collection, ends[0], ends[1], most=query.k)
    unknown = any(end.written and not end.slug for end in ends)
    return HTMLResponse(page, 404 if unknown else 200)


async def _end(request: Request, written: str) -> "pages.End":
    collection = collection_of(request)
    end = pages.find_end(collection, written)
    if end.slug or not end.written or end.near:
        return end
    return pages.find_end(collection, written, await near_names(request, written))


@router.get("/trail")
async def trail(request: Request, query: Annotated[TrailQuery, Query()]) -> Response:
    """Serve a walk read as one page, or as Markdown; 404 where a note of it is unknown."""
    collection = collection_of(request)
    known = collection.notebook.redirects.keys() | collection.notes.keys()
    status = 200 if all(slug in known for slug in query.note) else 404
    plain = wants_text(request.headers.get("accept", "")) and query.format != "html"
    if query.format == "md" or plain:
        text = await asyncio.to_thread(pages.trail_markdown, collection, query.note)
        return Response(text, status, media_type="text/markdown", headers={"vary": "accept"})
    page = await asyncio.to_thread(pages.trail_page, collection, query.note)
    return HTMLResponse(page, status, headers={"vary": "accept"})


@router.get("/timeline")
async def timeline(request: Request, query: Annotated[TimelineQuery, Query()]) -> HTMLResponse:
    """Serve what happened to the notes."""
    return page_or_404(
        await asyncio.to_thread(pages.timeline_page, collection_of(request), query.before)
    )


@router.get("/standing")
async def standing(request: Request) -> HTMLResponse:
    """Serve what stands out in the collection."""
    collection = collection_of(request)
    cacheable(request)
    await request.app.state.hub.derived.draw(collection)
    return HTMLResponse(await asyncio.to_thread(pages.standing_page, collection))
