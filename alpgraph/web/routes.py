"""Pages: look up, compose, render."""

import asyncio
import hashlib
import mimetypes
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from alpgraph.pages import Collection, overview
from alpgraph.pages.addresses import note_url, static_names
from alpgraph.pages.experiment import experiment_page
from alpgraph.pages.machines import atom_feed, llms_text, sitemap
from alpgraph.pages.network import network_page
from alpgraph.pages.note import note_markdown, note_page
from alpgraph.pages.walk import walk_page
from alpgraph.resources import resource_dir
from alpgraph.web.queries import NetworkQuery, NoteQuery, SearchQuery, WalkQuery

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".pdf", ".mp4", ".webm", ".mp3"}
)


def collection_of(request: Request) -> Collection:
    """Return the collection as it stands."""
    collection: Collection = request.app.state.hub.collection
    return collection


def found(page: str | None) -> HTMLResponse:
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


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """Serve the first page."""
    return HTMLResponse(await asyncio.to_thread(overview.home_page, collection_of(request)))


@router.get("/n/{slug:path}")
async def note(request: Request, slug: str, query: Annotated[NoteQuery, Query()]) -> Response:
    """Serve a note, or its Markdown twin."""
    collection = collection_of(request)
    accepts = request.headers.get("accept", "")
    twin = slug not in collection.notes and slug.endswith(".md")
    name = known_slug(collection, slug.removesuffix(".md") if twin else slug)
    if twin or "text/markdown" in accepts:
        text = note_markdown(collection, name)
        return Response(text, media_type="text/markdown", headers={"vary": "accept"})
    if name != slug:  # the target is ours, looked up in a table
        return Response(status_code=301, headers={"location": note_url(name)})
    may_run = request.app.state.settings.may_run
    page = await asyncio.to_thread(note_page, collection, name, trail=query.trail, may_run=may_run)
    return HTMLResponse(page, headers={"vary": "accept"})


@router.get("/walk/{slug:path}")
async def walk(request: Request, slug: str, query: Annotated[WalkQuery, Query()]) -> HTMLResponse:
    """Serve the walk around a note."""
    collection = collection_of(request)
    name = known_slug(collection, slug)
    page = await asyncio.to_thread(
        walk_page,
        collection,
        name,
        depth=query.depth,
        types=query.type,
        bases=query.basis,
        trail=query.trail,
    )
    return HTMLResponse(page)


@router.get("/network")
async def network(request: Request, query: Annotated[NetworkQuery, Query()]) -> HTMLResponse:
    """Serve the whole network."""
    page = await asyncio.to_thread(network_page, collection_of(request), focus=query.focus)
    return HTMLResponse(page)


@router.get("/topics")
async def topics(request: Request) -> HTMLResponse:
    """Serve the list of topics."""
    return HTMLResponse(overview.topics_page(collection_of(request)))


@router.get("/topics/{topic}")
async def topic(request: Request, topic: str) -> HTMLResponse:
    """Serve the notes of a topic."""
    return found(overview.topic_page(collection_of(request), topic))


@router.get("/relations/{type_id}")
async def relation(request: Request, type_id: str) -> HTMLResponse:
    """Serve the relations of a type."""
    return found(overview.relation_page(collection_of(request), type_id))


@router.get("/experiments")
async def experiments(request: Request) -> HTMLResponse:
    """Serve the list of experiments."""
    return HTMLResponse(overview.experiments_page(collection_of(request)))


@router.get("/experiments/{name}")
async def experiment(request: Request, name: str) -> HTMLResponse:
    """Serve an experiment, with the parameters of the address."""
    may_run = request.app.state.settings.may_run
    raw = dict(request.query_params)
    try:
        page = experiment_page(collection_of(request), name, raw, may_run=may_run)
    except ValueError as error:
        raise HTTPException(422, " ".join(str(error).split())) from None
    return found(page)


@router.get("/search")
async def search(request: Request, query: Annotated[SearchQuery, Query()]) -> HTMLResponse:
    """Serve what a search finds."""
    collection = collection_of(request)
    index = await request.app.state.hub.search()
    verdicts = {slug: info.verdict for slug, info in collection.verdicts.items()}
    total, hits = await asyncio.to_thread(
        index.search, query.q, limit=query.limit, offset=query.offset, verdicts=verdicts
    )
    return HTMLResponse(overview.search_page(collection, query.q, total, hits))


@router.get("/help")
async def help_list(request: Request) -> HTMLResponse:
    """Serve the list of findings and types."""
    return HTMLResponse(overview.help_index(collection_of(request)))


@router.get("/help/{code}")
async def help_one(request: Request, code: str) -> HTMLResponse:
    """Serve the help page of a finding."""
    return found(overview.help_page(collection_of(request), code))


@router.get("/llms.txt")
async def llms(request: Request) -> PlainTextResponse:
    """Serve the list of notes for agents."""
    return PlainTextResponse(llms_text(collection_of(request)))


@router.get("/feed.atom")
async def feed(request: Request) -> Response:
    """Serve the feed."""
    base = request.app.state.settings.config.url or f"http://{request.headers['host']}"
    return Response(atom_feed(collection_of(request), base), media_type="application/atom+xml")


@router.get("/sitemap.xml")
async def site_map(request: Request) -> Response:
    """Serve the sitemap."""
    base = request.app.state.settings.config.url or f"http://{request.headers['host']}"
    return Response(sitemap(collection_of(request), base), media_type="application/xml")


@router.get("/events")
async def events(request: Request) -> StreamingResponse:
    """Stream what changed."""
    stream = request.app.state.hub.changes()
    headers = {"cache-control": "no-store", "content-encoding": "identity"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@router.get("/static/{name:path}")
async def static(request: Request, name: str) -> Response:
    """Serve a static file by its hashed or its plain name; names are looked up, never joined."""
    plain = {hashed: real for real, hashed in static_names().items()}
    real = plain.get(name) or (name if name in static_names() else None)
    if real is None:
        raise HTTPException(404, "there is no such file")
    data = (resource_dir("static") / real).read_bytes()
    kind = "text/javascript" if real.endswith(".js") else mimetypes.guess_type(real)[0]
    age = "public, max-age=31536000, immutable" if name != real else "public, max-age=3600"
    return Response(data, media_type=kind or "font/woff2", headers={"cache-control": age})


@router.get("/files/{path:path}")
async def file(request: Request, path: str) -> Response:
    """Serve a picture beside the notes."""
    from alpgraph.notes.files import open_regular

    root = request.app.state.settings.location.notes
    suffix = "." + path.rsplit(".", 1)[-1].lower()
    if suffix not in PICTURES:
        raise HTTPException(404, "there is no such file")
    try:
        with open_regular(root, path) as opened:
            data = opened.read()
    except (OSError, ValueError):
        raise HTTPException(404, "there is no such file") from None
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
    return Response(data, media_type=kind, headers={"etag": tag, "cache-control": "no-cache"})
