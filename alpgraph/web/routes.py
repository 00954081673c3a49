"""Pages: look up, compose, render."""

import asyncio
import hashlib
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)

from alpgraph import pages
from alpgraph.notes import Note
from alpgraph.notes.shown import shown_text
from alpgraph.pages import Collection
from alpgraph.pages.addresses import note_url, topic_url
from alpgraph.pages.assets import find_asset
from alpgraph.pages.files import PICTURES
from alpgraph.pages.finding import search_page
from alpgraph.pages.help import api_page, help_index, help_page
from alpgraph.pages.machines import atom_feed, llms_text, sitemap
from alpgraph.pages.note import note_page
from alpgraph.pages.topics import links_page, relation_page, topic_page, topics_page
from alpgraph.pages.twins import TWINS
from alpgraph.pages.walk import type_ids, walk_page
from alpgraph.search import topic_key
from alpgraph.web.accepting import wants_text
from alpgraph.web.asking import asked_names, question_of
from alpgraph.web.cache_middleware import cacheable
from alpgraph.web.near import near_names
from alpgraph.web.queries import (
    EventsQuery,
    NoteQuery,
    PageQuery,
    SearchQuery,
    WalkQuery,
)
from alpgraph.web.run_access import ExperimentRuns, experiment_runs

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


def collection_of(request: Request) -> Collection:
    """Return the collection as it stands."""
    collection: Collection = request.app.state.hub.collection
    return collection


def page_or_404(page: str | None) -> HTMLResponse:
    """Return a page, or 404 when there is none."""
    if page is None:
        raise HTTPException(404, "there is no such page")
    return HTMLResponse(page)


def known_slug(collection: Collection, slug: str) -> str:
    """Return the slug of a note, following a former name; 404 when there is none."""
    if slug in collection.notes:
        return slug
    target = collection.notebook.redirects.get(slug)
    if target is None:
        raise HTTPException(404, "there is no such note")
    return target


def _twin(collection: Collection, slug: str) -> tuple[str, str]:
    """Split an address into a slug and the ending of a twin; an exact slug wins."""
    if slug not in collection.notes:
        for ending in TWINS:
            if slug.endswith(ending):
                return slug.removesuffix(ending), ending
    return slug, ""


async def near_notes(request: Request, note: Note) -> list[str]:
    """Return the notes most like one that nothing is linked to."""
    index = await request.app.state.hub.derived.search()
    text = f"{note.title} {note.summary} {shown_text(note.body)}"
    hits = await asyncio.to_thread(index.near, text, without=note.slug)
    return [hit.slug for hit in hits]


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """Serve the first page."""
    collection = collection_of(request)
    cacheable(request)
    return HTMLResponse(await asyncio.to_thread(pages.home_page, collection))


@router.get("/n/{slug:path}")
async def note(request: Request, slug: str, query: Annotated[NoteQuery, Query()]) -> Response:
    """Serve a note, or one of its twins: Markdown, or its sources for a reference manager."""
    collection = collection_of(request)
    bare, twin = _twin(collection, slug)
    name = known_slug(collection, bare)
    if wants_text(request.headers.get("accept", "")):
        twin = ".md"
    if twin:
        cacheable(request, name, query=query)
        data, kind = await asyncio.to_thread(TWINS[twin], collection, name)
        return Response(data, media_type=kind, headers={"vary": "accept"})
    if name != slug:  # the target is ours, looked up in a table
        return Response(status_code=301, headers={"location": note_url(name)})
    may_run = request.app.state.settings.may_run
    alone = not collection.graph.degree(name)
    if not query.trail:  # ways there are without number
        cacheable(request, "" if alone else name, query=query)
    lonely = alone and collection.opening is None
    near = await near_notes(request, collection.notes[name]) if lonely else ()
    page = await asyncio.to_thread(
        note_page, collection, name, trail=query.trail, may_run=may_run, near=near
    )
    return HTMLResponse(page, headers={"vary": "accept"})


@router.get("/links/{slug:path}")
async def all_links(
    request: Request, slug: str, query: Annotated[PageQuery, Query()]
) -> HTMLResponse:
    """Serve a page of all links of a note."""
    collection = collection_of(request)
    name = known_slug(collection, slug)
    cacheable(request, name, query=query)
    return page_or_404(await asyncio.to_thread(links_page, collection, name, query.page))


@router.get("/walk/{slug:path}")
async def walk(request: Request, slug: str, query: Annotated[WalkQuery, Query()]) -> HTMLResponse:
    """Serve the walk around a note."""
    collection = collection_of(request)
    name = known_slug(collection, slug)
    if not query.trail:
        cacheable(request, name, query=query)
    page = await asyncio.to_thread(
        walk_page,
        collection,
        name,
        depth=query.depth,
        types=type_ids(collection.notebook.types, query.type),
        bases=query.basis,
        trail=query.trail,
    )
    return HTMLResponse(page)


@router.get("/topics")
async def topics(request: Request) -> HTMLResponse:
    """Serve the list of topics."""
    collection = collection_of(request)
    cacheable(request)
    return HTMLResponse(await asyncio.to_thread(topics_page, collection))


@router.get("/topics/{topic}")
async def topic(request: Request, topic: str) -> Response:
    """Serve the notes of a topic; its name as notes write it leads to its address."""
    page = await asyncio.to_thread(topic_page, collection_of(request), topic_key(topic))
    if page is not None and topic != topic_key(topic):
        return Response(status_code=301, headers={"location": topic_url(topic)})
    cacheable(request)
    return page_or_404(page)


@router.get("/relations/{type_id}")
async def relation(request: Request, type_id: str) -> HTMLResponse:
    """Serve the relations of a type."""
    collection = collection_of(request)
    cacheable(request)
    return page_or_404(await asyncio.to_thread(relation_page, collection, type_id))


@router.get("/experiments")
async def experiments(request: Request) -> HTMLResponse:
    """Serve the list of experiments."""
    collection = collection_of(request)
    cacheable(request)
    return HTMLResponse(await asyncio.to_thread(pages.experiments_page, collection))


@router.get("/experiments/{name}")
async def experiment(request: Request, name: str) -> HTMLResponse:
    """Serve an experiment, asking what the address says."""
    raw = await asyncio.to_thread(asked_names, name, request.query_params)
    vary = raw.pop("vary", "")
    question = await asyncio.to_thread(question_of, name, raw) if raw else None
    collection = collection_of(request)
    if question is None and not vary:
        cacheable(request)
    runs = await asyncio.to_thread(experiment_runs, request, name) if vary else ExperimentRuns()
    page = await asyncio.to_thread(
        pages.experiment_page,
        collection,
        name,
        question,
        may_run=request.app.state.settings.may_run,
        vary=vary,
        answered=runs.answered,
        failed=runs.failed,
        waiting=runs.waiting,
    )
    answer = page_or_404(page)
    if question and question.faults:
        answer.status_code = 422
    return answer


@router.get("/search")
async def search(request: Request, query: Annotated[SearchQuery, Query()]) -> HTMLResponse:
    """Serve what a search finds."""
    collection = collection_of(request)
    index = await request.app.state.hub.derived.search()
    total, hits = await asyncio.to_thread(
        index.search,
        query.q,
        limit=query.limit,
        offset=query.offset,
        verdicts=collection.verdict_words,
    )
    unknown = index.unknown(query.q)
    near = () if total or unknown else await near_names(request, query.q)
    absent = index.absent(query.q) if total else ()
    window = {"offset": query.offset, "limit": query.limit}
    page = search_page(
        collection, query.q, total, hits, near=near, absent=absent, unknown=unknown, **window
    )
    return HTMLResponse(page)


@router.get("/api")
async def api(request: Request) -> HTMLResponse:
    """Serve a page over the OpenAPI document."""
    collection = collection_of(request)
    cacheable(request)
    document = await asyncio.to_thread(request.app.openapi)
    return HTMLResponse(await asyncio.to_thread(api_page, collection, document))


@router.get("/help")
async def help_list(request: Request) -> HTMLResponse:
    """Serve the list of findings and types."""
    collection = collection_of(request)
    cacheable(request)
    return HTMLResponse(await asyncio.to_thread(help_index, collection))


@router.get("/help/{code}")
async def help_one(request: Request, code: str) -> HTMLResponse:
    """Serve the help page of a finding."""
    collection = collection_of(request)
    cacheable(request)
    return page_or_404(await asyncio.to_thread(help_page, collection, code))


@router.get("/llms.txt")
async def llms(request: Request) -> PlainTextResponse:
    """Serve the list of notes for agents."""
    collection = collection_of(request)
    cacheable(request)
    return PlainTextResponse(await asyncio.to_thread(llms_text, collection))


# FastAPI runs what is not `async` in a thread
@router.get("/feed.atom")
def feed(request: Request) -> Response:
    """Serve the feed."""
    base = request.app.state.settings.config.url or f"http://{request.headers['host']}"
    return Response(atom_feed(collection_of(request), base), media_type="application/atom+xml")


@router.get("/sitemap.xml")
def site_map(request: Request) -> Response:
    """Serve the sitemap."""
    base = request.app.state.settings.config.url or f"http://{request.headers['host']}"
    return Response(sitemap(collection_of(request), base), media_type="application/xml")


@router.get("/events")
async def events(request: Request, query: Annotated[EventsQuery, Query()]) -> Response:
    """Stream what changes after the state `since`, or say it once where JSON is asked for."""
    changes = request.app.state.hub.events
    if "application/json" in request.headers.get("accept", ""):
        await changes.catch_up(query.since)
        return JSONResponse(changes.since(query.since), headers={"cache-control": "no-store"})
    stream = changes.stream(request.headers.get("last-event-id") or query.since)
    headers = {"cache-control": "no-store", "content-encoding": "identity"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@router.get("/static/{name:path}")
async def static(request: Request, name: str) -> Response:
    """Serve a static file by its hashed or its plain name; names are looked up, never joined."""
    asset = find_asset(name, collection_of(request).notebook.types)
    if asset is None:
        raise HTTPException(404, "there is no such file")
    forever = name == asset.hashed and name != asset.name
    cacheable(request, static=True)
    age = "public, max-age=31536000, immutable" if forever else "public, max-age=3600"
    return Response(asset.data, media_type=asset.media_type, headers={"cache-control": age})


@router.get("/files/{path:path}")
def file(request: Request, path: str) -> Response:
    """Serve a picture beside the notes."""
    from alpgraph.notes.files import open_regular

    root = request.app.state.settings.location.notes
    # the ending alone counts: `mimetypes` believes a file that is named `data:text/javascript,.png`
    kind = PICTURES.get("." + path.rpartition(".")[2].lower())
    if kind is None:
        raise HTTPException(404, "there is no such file")
    try:
        with open_regular(root, path) as opened:
            data = opened.read()
    except (OSError, ValueError):
        raise HTTPException(404, "there is no such file") from None
    tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
    return Response(data, media_type=kind, headers={"etag": tag, "cache-control": "no-cache"})
