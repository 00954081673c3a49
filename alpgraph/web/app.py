"""The application: rooms put together, faults turned into answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from alpgraph import __version__
from alpgraph.pages.finding import absent_markdown, absent_page, error_page, nothing_to_read_page
from alpgraph.pages.twins import TWINS
from alpgraph.web.accepting import wants_text
from alpgraph.web.api import router as api
from alpgraph.web.cache_middleware import CacheMiddleware
from alpgraph.web.contributing import router as contributing
from alpgraph.web.crowd import Refusals
from alpgraph.web.graph import router as graph
from alpgraph.web.guard import Guard
from alpgraph.web.hub import Hub
from alpgraph.web.judging import judging
from alpgraph.web.near import near_names
from alpgraph.web.problems import EVERYWHERE, problem
from alpgraph.web.reading_gate import ReadingGate
from alpgraph.web.routes import router as pages
from alpgraph.web.run_access import serving_runs
from alpgraph.web.run_forms import router as run_forms
from alpgraph.web.runs import router as runs
from alpgraph.web.settings import Settings
from alpgraph.web.unusable import reads_pages, refuse

ROUTERS = (api, runs, contributing, run_forms, graph, pages)


class Application(FastAPI):
    """FastAPI behind the guard and the cached responses, which need nothing of it."""

    front: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass on what is none."""
        answer = self.front if scope["type"] == "http" else self.compose
        await answer(scope, receive, send)

    async def compose(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a route answer."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings, hub: Hub | None = None) -> FastAPI:
    """Return the application for one folder of notes, which `hub` may have read already."""
    hub = hub or Hub(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_exception_handler(Refusals())
        await hub.start()
        try:
            async with serving_runs(app, settings), judging(app, hub):
                yield
        finally:
            await hub.stop()

    app = Application(
        title="alpgraph",
        version=__version__,
        summary="Notes whose links carry meaning, with evidence to re-run.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=EVERYWHERE,
    )
    app.state.hub, app.state.settings = hub, settings
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _http_fault)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _own_fault)
    cached = CacheMiddleware(app.compose, cache=hub.cache, current=lambda: hub.collection)
    origins = frozenset(settings.config.allow_origins)
    app.front = Guard(ReadingGate(cached, hub), hosts=settings.hosts, origins=origins)
    return app


async def _http_fault(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    titles = {404: "Not found", 405: "Method not allowed", 409: "Conflict", 429: "Too many"}
    title = titles.get(fault.status_code, "Fault")
    headers = dict(fault.headers or {})
    if fault.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request)) or headers.get("Allow", "")
        if reads_pages(request):  # as of /runs, where only forms are sent
            page = nothing_to_read_page(request.app.state.hub.collection)
            return HTMLResponse(page, 405, headers)
    if fault.status_code == 400:  # the framework's: a body that JSON's reader cannot get through
        message = "must be JSON in UTF-8, and not nested too deeply"
        errors = [{"field": "body", "message": message}]
        return problem(422, "Unusable value", f"body: {message}", errors)
    detail = str(fault.detail)
    if detail in ("Not Found", "Method Not Allowed"):  # the framework's words: no route answered
        detail = "no such address or method is here; /openapi.json lists what there is"
    if fault.status_code == 404 and not request.scope["path"].startswith("/api/"):
        return await _absent(request, detail)
    return problem(fault.status_code, title, detail, [], headers)


async def _absent(request: Request, detail: str) -> Response:
    """Say that nothing is at an address, in the form that was asked for."""
    collection, path = request.app.state.hub.collection, request.scope["path"]
    twin = next((ending for ending in TWINS if path.endswith(ending)), "")
    markdown = twin == ".md" or wants_text(request.headers.get("accept", ""))
    headers = {"vary": "accept"}
    if not markdown and (twin or not reads_pages(request)):
        return problem(404, "Not found", detail, [], headers)
    near = await near_names(request, path.rsplit("/", 1)[-1].removesuffix(twin))
    if markdown:
        text = absent_markdown(collection, near)
        return Response(text, 404, headers, media_type="text/markdown")
    return HTMLResponse(absent_page(collection, near), 404, headers)


def _methods(request: Request) -> list[str]:
    """Return the methods that an address takes: a route knows its own only."""
    routes = [route for router in ROUTERS for route in router.routes]
    matching = [route for route in routes if route.matches(request.scope)[0] != Match.NONE]
    methods = {method for route in matching for method in getattr(route, "methods", ())}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


async def _own_fault(request: Request, fault: Exception) -> Response:
    """Tell a fault of ours without its inside; the server's own log has the traceback."""
    detail = "The fault is alpgraph's own; the server's log says more. Other pages go on."
    if request.scope["path"].startswith("/api/"):
        return problem(500, "Fault", detail)
    page = error_page(request.app.state.hub.collection, "This page could not be made", detail)
    return HTMLResponse(page, 500)


async def _bad_request(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    return refuse(request, fault)
