"""Contributions on the web: what a change means. Served to the person at this machine alone."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from alpgraph.history import HistoryError
from alpgraph.pages.difference import difference_form, difference_page
from alpgraph.review import compare_revisions
from alpgraph.web.queries import Closed
from alpgraph.web.routes import collection_of
from alpgraph.web.settings import LOOPBACK

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
Revision = Annotated[str, Field(max_length=200)]


class DiffQuery(Closed):
    """Two revisions; without `head` the notes on disk."""

    base: Revision = ""
    head: Revision = ""


def is_home(request: Request) -> bool:
    """Tell whether a request is surely from this machine, and for it.

    A server behind a proxy listens on loopback too: there, the Host is another.
    """
    settings = request.app.state.settings
    host = request.headers.get("host", "").rpartition(":")[0].strip("[]")
    return settings.config.host in LOOPBACK and host in LOOPBACK


def at_home(request: Request) -> None:
    """Answer 404 to all others: revisions that are not published are nobody's business.

    A page of another site must not make this machine work either.
    """
    if not is_home(request):
        raise HTTPException(404, "this page is served on the machine itself only")
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise HTTPException(404, "this page is not opened from another site")


@router.get("/diff")
async def diff(request: Request, query: Annotated[DiffQuery, Query()]) -> HTMLResponse:
    """Serve what a change means, or ask which."""
    at_home(request)
    collection = collection_of(request)
    if not query.base:
        return HTMLResponse(difference_form(collection))
    try:
        compared = await asyncio.to_thread(
            compare_revisions, collection.notebook, query.base, query.head
        )
    except HistoryError as fault:
        page = difference_form(collection, base=query.base, head=query.head, fault=str(fault))
        return HTMLResponse(page, 422)
    page = await asyncio.to_thread(
        difference_page, collection, compared, base=query.base, head=query.head
    )
    return HTMLResponse(page, headers={"cache-control": "no-store"})
