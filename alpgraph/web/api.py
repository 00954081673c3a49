"""The API: the pages' answers as data, in the shapes that others build on."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from alpgraph import __version__, experiments, graph
from alpgraph.check import check_notebook, to_json
from alpgraph.notes import with_file
from alpgraph.pages import Collection
from alpgraph.pages.addresses import topic_url
from alpgraph.pages.data import note_detail, note_item, walk_data
from alpgraph.pages.lists import topics as topic_rows
from alpgraph.pages.past import NoPastError, collection_at
from alpgraph.pages.walk import neighbourhood, type_ids
from alpgraph.search import topic_key
from alpgraph.web.cache_middleware import cacheable
from alpgraph.web.near import near_names
from alpgraph.web.queries import (
    AtQuery,
    CheckBody,
    ListQuery,
    Nothing,
    PathQuery,
    SearchDataQuery,
    WalkAtQuery,
)

router = APIRouter()
Pack = Callable[[Collection], bytes]
TYPES = {
    "json": "application/json",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "dot": "text/vnd.graphviz",
}


def text_response(*kinds: str, **schema: str) -> dict[str, Any]:
    """Say in the OpenAPI document that an answer is text, or bytes, of these media types."""
    content = {kind: {"schema": {"type": "string", **schema}} for kind in kinds}
    return {"response_class": Response, "responses": {200: {"content": content}}}


def _collection(request: Request) -> Collection:
    collection: Collection = request.app.state.hub.collection
    return collection


def _network(collection: Collection) -> bytes:
    return graph.network_bytes(collection.graph, collection.layout, collection.verdict_words)


def _titles(collection: Collection) -> bytes:
    return graph.titles_bytes(collection.graph, collection.layout)


async def _existing_slug(request: Request, collection: Collection, slug: str) -> str:
    if slug not in collection.notes:
        near = [name for name in await near_names(request, slug) if name in collection.notes]
        hint = (
            f"ask for one of {', '.join(near[:5])}" if near else "/api/search finds notes by words"
        )
        raise HTTPException(404, f"there is no note {slug!r}; {hint}")
    return slug


@router.get("/healthz")
async def healthz(request: Request, _: Annotated[Nothing, Query()]) -> dict[str, Any]:
    """Say that the server answers, and what it holds."""
    collection = _collection(request)
    return {
        "status": "reading" if collection.opening else "ok",
        "version": __version__,
        "notes": len(collection.notes),
        "revision": collection.revision,
    }


@router.get("/api/notes")
async def notes(request: Request, query: Annotated[ListQuery, Query()]) -> dict[str, Any]:
    """List the notes."""
    collection = _collection(request)
    cacheable(request, query=query)
    slugs = list(collection.notes)
    if query.topic:
        key = topic_key(query.topic)
        slugs = [s for s in slugs if key in map(topic_key, collection.notes[s].topics)]
    end = query.offset + query.limit
    topic = f"&topic={topic_key(query.topic)}" if query.topic else ""
    more = f"/api/notes?limit={query.limit}&offset={end}{topic}" if end < len(slugs) else None
    items = [note_item(collection, slug) for slug in slugs[query.offset : end]]
    return {"total": len(slugs), "items": items, "next": more}


@router.get("/api/notes/{slug:path}")
async def one_note(request: Request, slug: str, _: Annotated[Nothing, Query()]) -> dict[str, Any]:
    """Give one note with its relations read from it, in both directions."""
    collection = _collection(request)
    cacheable(request, await _existing_slug(request, collection, slug))
    return await asyncio.to_thread(note_detail, collection, slug)


@router.get("/api/walk/{slug:path}")
async def walk(
    request: Request, slug: str, query: Annotated[WalkAtQuery, Query()]
) -> dict[str, Any]:
    """Give a note with its neighbours and the links among them, today's or a past date's."""
    collection = await asyncio.to_thread(_at, _collection(request), query.at)
    if not query.at:
        cacheable(request, slug, query=query)
    existing = await _existing_slug(request, collection, slug)
    return await asyncio.to_thread(_walk, collection, existing, query)


def _walk(collection: Collection, slug: str, query: WalkAtQuery) -> dict[str, Any]:
    types = type_ids(collection.notebook.types, query.type)
    known_types = [*collection.notebook.types.by_id, graph.MENTION]
    for number, name in enumerate(types):
        if name not in known_types and name != "none":  # which asks for no type, as of the page
            message = f"there is no relation type '{name}'; known: {', '.join(known_types)}"
            fault = {"type": "value_error", "loc": ("query", "type", number), "msg": message}
            raise RequestValidationError([fault | {"input": name}])
    view = neighbourhood(collection.graph, slug, depth=query.depth, types=types, bases=query.basis)
    return walk_data(collection, view)


@router.get("/api/path")
async def paths(request: Request, query: Annotated[PathQuery, Query()]) -> dict[str, Any]:
    """Tell how two notes are related."""
    collection = _collection(request)
    ends = [await _existing_slug(request, collection, slug) for slug in (query.from_, query.to)]
    found = await asyncio.to_thread(graph.find_paths, collection.graph, *ends, k=query.k)
    answer: dict[str, Any] = {"paths": [graph.path_to_json(path) for path in found]}
    if not found:
        answer["detail"] = graph.explain_no_path(collection.graph, *ends)
    return answer


@router.get("/api/search")
async def search(request: Request, query: Annotated[SearchDataQuery, Query()]) -> dict[str, Any]:
    """Search the notes."""
    collection = _collection(request)
    index = await request.app.state.hub.derived.search()
    verdicts = collection.verdict_words
    total, hits = await asyncio.to_thread(
        index.search, query.q, limit=query.limit, offset=query.offset, verdicts=verdicts
    )
    items = [
        {
            "slug": hit.slug,
            "title": collection.notes[hit.slug].title,
            "apart": collection.apart(hit.slug),
            "snippet": hit.text,
            "verdict": verdicts.get(hit.slug),
            "score": hit.score,
        }
        for hit in hits
        if hit.slug in collection.notes  # the index may be of a later state
    ]
    return {"total": total, "items": items, "unknown": index.unknown(query.q)}


@router.get("/api/network", **text_response("application/octet-stream", format="binary"))
async def network(request: Request, query: Annotated[AtQuery, Query()]) -> Response:
    """Give the whole network in a compact binary form, today's or a past date's."""
    return await _packed(request, _network, query, "application/octet-stream")


@router.get("/api/network/titles", **text_response("text/plain; charset=utf-8"))
async def titles(request: Request, query: Annotated[AtQuery, Query()]) -> Response:
    """Give the slugs and titles of the network's nodes, in its order."""
    return await _packed(request, _titles, query, "text/plain; charset=utf-8")


async def _packed(request: Request, pack: Pack, query: AtQuery, kind: str) -> Response:
    collection = _collection(request)
    cacheable(request, query=query)
    await request.app.state.hub.derived.draw(collection)

    def packed() -> bytes:
        shown = _at(collection, query.at)
        return pack(shown)

    return Response(await asyncio.to_thread(packed), media_type=kind)


def _at(collection: Collection, day: str) -> Collection:
    """Return the collection as it stands, or as it stood; 404 where nothing is known of that."""
    try:
        return collection_at(collection, day) if day else collection
    except NoPastError as error:
        raise HTTPException(404, str(error)) from None
    except ValueError as error:
        raise HTTPException(422, str(error)) from None


@router.get("/api/graph.{format}", **text_response(*TYPES.values()))
async def whole_graph(request: Request, format: str, _: Annotated[Nothing, Query()]) -> Response:
    """Give the graph as JSON, GraphML, GEXF, JSON-LD, Turtle or DOT."""
    if format not in TYPES:
        raise HTTPException(404, f"the graph comes as {', '.join(TYPES)}")
    collection = _collection(request)
    cacheable(request)
    data = await asyncio.to_thread(
        graph.export, collection.graph, format, verdicts=collection.verdict_words
    )
    return Response(data, media_type=TYPES[format])


@router.post("/api/check")
async def check(request: Request, body: CheckBody) -> Response:
    """Check a text as it would stand at a path among the notes."""
    collection = _collection(request)

    def run() -> str:
        notebook = with_file(collection.notebook, body.path, body.text.encode())
        findings = check_notebook(
            notebook, graph.build_graph(notebook), experiments.fault_finders()
        )
        return to_json([finding for finding in findings if finding.place.file == body.path])

    return Response(await asyncio.to_thread(run), media_type="application/json")


@router.get("/api/topics")
async def topics(request: Request, _: Annotated[Nothing, Query()]) -> dict[str, Any]:
    """List the topics, the largest first."""
    collection = _collection(request)
    cacheable(request)
    rows = topic_rows(collection)
    items = [{"name": name, "url": topic_url(name), "count": len(slugs)} for name, slugs in rows]
    return {"items": items}


@router.get("/api/experiments")
async def experiment_list(request: Request, _: Annotated[Nothing, Query()]) -> JSONResponse:
    """List the experiments with their designs and stored results."""
    cacheable(request, static=True)  # as long as this process has them loaded
    return await asyncio.to_thread(_experiments)


def _experiments() -> JSONResponse:
    items = [
        {
            "name": name,
            "title": experiment.title,
            "hypothesis": experiment.hypothesis,
            "arms": {
                "control": experiment.control.name,
                "treatment": experiment.treatment.name,
            },
            "primary": {
                "name": experiment.primary.name,
                "unit": experiment.primary.unit,
                "better": experiment.primary.better,
            },
            "direction": experiment.direction,
            "smallest_effect": experiment.smallest_effect,
            "presets": {key: dict(preset.params) for key, preset in experiment.presets.items()},
            "params_schema": experiment.params.model_json_schema(),
            "reference": {
                key: dict(stored) for key, stored in experiments.references(name).items()
            },
        }
        for name, experiment in experiments.all_experiments().items()
    ]
    return JSONResponse({"items": items})
