"""Runs on the web: ask, look, watch, cancel; by programs, by forms, and as pages."""

import asyncio
import csv
import hashlib
import io
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Body, FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from alpgraph.pages.addresses import run_url
from alpgraph.pages.finding import error_page
from alpgraph.pages.run import run_page
from alpgraph.runs import (
    AlreadyFinal,
    Event,
    NoSuchRun,
    QueueFull,
    Run,
    RunService,
    SpecError,
    State,
    StoreError,
    make_spec,
    open_executor,
    open_store,
    run_json,
)
from alpgraph.web.problems import problem
from alpgraph.web.settings import LOOPBACK, Settings

router = APIRouter(tags=["runs"])
PING_SECONDS = 15
MOST_FIELDS = 100
Value = bool | int | float | Annotated[str, Field(max_length=200)]


class Question(BaseModel):
    """What is asked of an experiment."""

    model_config = ConfigDict(extra="forbid")

    experiment: str = Field(max_length=200, description="Name of an experiment.")
    params: dict[str, Value] = Field(
        default_factory=dict, max_length=64, description="Parameters; the others by default."
    )
    replicates: int | None = Field(
        None, strict=True, description="Pairs of trainings; the experiment's own number."
    )
    seed: int | None = Field(None, strict=True, description="Base seed; 0 unless told.")


class ListQuery(BaseModel):
    """Which runs to list."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    experiment: str | None = Field(None, max_length=200)
    limit: int = Field(50, ge=1, le=200)
    before: int | None = Field(None, ge=0, description="Taken from `next` of the page before.")


EXAMPLE = {
    "experiment": "utility-weighted-loss",
    "params": {"data": "digits", "miss_cost": 30},
    "replicates": 16,
    "seed": 0,
}
ASKED = {"id": "7c31e0a4d2b1f0a9", "state": "queued", "url": "/runs/7c31e0a4d2b1f0a9"}


def _says(text: str, example: Any = None) -> dict[str, Any]:
    """Describe an answer for the OpenAPI document."""
    shown = {"content": {"application/json": {"example": example}}} if example else {}
    return {"description": text, **shown}


@asynccontextmanager
async def serving_runs(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Keep `app.state.runs` while the application lives.

    A database that cannot be used takes away the runs, not the notes: it is said on standard
    error and in the answers about runs.
    """
    try:
        service = await asyncio.to_thread(_open, settings)
    except StoreError as fault:
        logging.getLogger("alpgraph").warning("runs are off: %s", fault)
        app.state.runs = fault
        yield
        return
    app.state.runs = service
    try:
        yield
    finally:
        await asyncio.to_thread(service.stop)


def close_streams(app: FastAPI) -> None:
    """End every stream of events; safe to call from a signal handler."""
    service = getattr(app.state, "runs", None)
    if isinstance(service, RunService):
        service.close_streams()


def _open(settings: Settings) -> RunService:
    where = settings.config.database or settings.location.state / "runs.sqlite"
    shared = True if settings.config.workers > 1 else None
    executor = open_executor(settings.config.dask)
    service = RunService(open_store(where), executor, shared=shared)
    service.start()
    return service


@router.post(
    "/api/runs",
    status_code=202,
    responses={
        200: _says("Answered already.", {**ASKED, "state": "done"}),
        202: _says("Stored; it will be computed.", ASKED),
        403: _says("This server accepts no runs."),
        422: _says("A field is out of its limits."),
        429: _says("Too many runs wait; `Retry-After` says when to come back."),
    },
)
def ask(
    request: Request,
    question: Annotated[Question, Body(openapi_examples={"claim": {"value": EXAMPLE}})],
) -> Response:
    """Ask a question. The same question has one answer and one id."""
    try:
        run = _submit(
            request, question.experiment, question.params, question.replicates, question.seed
        )
    except (SpecError, QueueFull, PermissionError, StoreError) as fault:
        return _told(fault)
    body = {"id": run.id, "state": run.state.value, "url": run_url(run.id)}
    status = 200 if run.state is State.DONE else 202
    return JSONResponse(body, status, headers={"location": f"/api/runs/{run.id}"})


@router.get("/api/runs", responses={200: _says("A page of runs, newest first, without results.")})
def runs(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
    """List runs, newest first."""
    try:
        page = _service(request).list(**query.model_dump())
    except StoreError as fault:
        return _told(fault)
    asked = query.model_dump(mode="json", exclude_none=True)
    following = (
        None if page.next is None else f"/api/runs?{urlencode(asked | {'before': page.next})}"
    )
    items = [run_json(run) for run in page.items]
    return JSONResponse({"total": page.total, "items": items, "next": following})


@router.get("/api/runs/{run_id}", responses={404: _says("There is no such run.")})
def run(request: Request, run_id: str) -> Response:
    """Tell how a run stands, with its result once it is done."""
    try:
        return JSONResponse(run_json(_find(request, run_id)))
    except StoreError as fault:
        return _told(fault)


@router.get("/api/runs/{run_id}/replicates.csv", response_class=Response)
def replicates(request: Request, run_id: str) -> Response:
    """Give the primary metric of each replicate as CSV."""
    found = _find(request, run_id)
    if found.result is None:
        raise HTTPException(404, "this run has no result")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["seed", "replicate", "control", "treatment"])
    for number, row in enumerate(found.result["replicates"]):
        writer.writerow([row["seed"], number, row["control"], row["treatment"]])
    name = f'attachment; filename="run-{found.id}.csv"'
    return Response(text.getvalue(), media_type="text/csv", headers={"content-disposition": name})


@router.delete(
    "/api/runs/{run_id}",
    responses={409: _says("The run has ended already."), 404: _says("There is no such run.")},
)
def cancel(request: Request, run_id: str) -> Response:
    """Cancel a run that waits or is computed."""
    try:
        return JSONResponse(run_json(_cancel(request, run_id)))
    except (AlreadyFinal, PermissionError, StoreError) as fault:
        return _told(fault)


@router.get("/api/runs/{run_id}/events", response_class=StreamingResponse)
async def events(
    request: Request, run_id: str, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """Stream how a run goes on: `progress` events, then one `end` with the run as a whole.

    A reader that comes back with `Last-Event-ID` goes on from there.
    """
    after = int(last_event_id) if last_event_id and last_event_id.isdecimal() else 0
    found = await asyncio.to_thread(_find, request, run_id)
    if found.state.final and after >= (found.finished or 0) * 1000:
        return Response(status_code=204)  # tells the browser that nothing more will come
    stream = _stream(_service(request).events(found.id, after))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(source: AsyncIterator[Event]) -> AsyncIterator[str]:
    """Write events for EventSource, and a comment when nothing happens for a while."""
    coming = asyncio.ensure_future(anext(source))
    try:
        while True:
            done, _ = await asyncio.wait([coming], timeout=PING_SECONDS)
            if not done:
                yield ": still here\n\n"
                continue
            try:
                event = coming.result()
            except StopAsyncIteration:
                return
            yield f"id: {event.id}\nevent: {event.kind}\ndata: {event.data}\n\n"
            coming = asyncio.ensure_future(anext(source))
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await coming


@router.post("/runs", include_in_schema=False)
async def ask_by_form(request: Request) -> Response:
    """Take the form of a note or an experiment and lead to the run's page."""
    try:
        fields = dict(parse_qsl((await request.body()).decode(), max_num_fields=MOST_FIELDS))
        name = fields.pop("experiment", "")
        counts = [_whole(fields.pop(key, "")) for key in ("replicates", "seed")]
        params = {key.removeprefix("params."): value for key, value in fields.items()}
        run = await asyncio.to_thread(_submit, request, name, params, *counts)
    except (ValueError, QueueFull, PermissionError, StoreError) as fault:
        return _page_of(request, fault)
    return Response(status_code=303, headers={"location": run_url(run.id)})


@router.post("/runs/{run_id}/cancel", include_in_schema=False)
def cancel_by_form(request: Request, run_id: str) -> Response:
    """Take the cancel button of a run's page; a run that has ended just shows itself."""
    try:
        with suppress(AlreadyFinal):
            _cancel(request, run_id)
    except (PermissionError, StoreError) as fault:
        return _page_of(request, fault)
    return Response(status_code=303, headers={"location": run_url(run_id)})


@router.get("/runs/{run_id}", include_in_schema=False)
def run_by_page(request: Request, run_id: str) -> Response:
    """Serve the page of a run."""
    try:
        found = _find(request, run_id)
    except StoreError as fault:
        return _page_of(request, fault)
    may_run = request.app.state.settings.may_run
    page = run_page(request.app.state.hub.collection, found, may_run=may_run)
    if page is None:
        raise HTTPException(404, "the experiment of this run is no longer here")
    return HTMLResponse(page, headers={"cache-control": "no-store"})


def _service(request: Request) -> RunService:
    """Return the running service, or raise what kept it from starting."""
    service = request.app.state.runs
    if isinstance(service, StoreError):
        raise service
    assert isinstance(service, RunService)
    return service


def _find(request: Request, run_id: str) -> Run:
    found = _service(request).get(run_id)
    if found is None:
        raise HTTPException(404, "there is no such run")
    return found


def _submit(
    request: Request,
    experiment: str,
    params: Mapping[str, Value],
    replicates: int | None,
    seed: int | None,
) -> Run:
    service = _service(request)
    spec = make_spec(experiment, params, replicates, seed, limits=service.limits)
    if (known := service.get(spec.id)) is not None and known.state is State.DONE:
        return known
    _refuse_strangers(request)
    return service.submit(spec, visitor=_visitor(request))[0]


def _cancel(request: Request, run_id: str) -> Run:
    _refuse_strangers(request)
    try:
        return _service(request).cancel(run_id)
    except NoSuchRun:
        raise HTTPException(404, "there is no such run") from None


def _refuse_strangers(request: Request) -> None:
    if not request.app.state.settings.may_run:
        raise PermissionError(
            "this server shows runs but accepts none; its owner may start it with --allow-runs"
        )


def _visitor(request: Request) -> str:
    """Tell visitors apart without keeping their addresses; people at home are not counted."""
    host = request.client.host if request.client else ""
    if not host or host in LOOPBACK:
        return ""
    return hashlib.sha256(host.encode()).hexdigest()[:16]


def _whole(text: str) -> int | None:
    """Read a whole number of a form; what is none is refused later, by name."""
    text = text.strip()
    if not text:
        return None
    return int(text) if len(text) <= 20 and text.lstrip("-").isdecimal() else -1


def _told(fault: Exception) -> Response:
    """Return the problem document of a fault."""
    status, title = _kind(fault)
    errors = []
    if isinstance(fault, SpecError):
        errors = [{"field": one.field, "message": one.message} for one in fault.faults]
    headers = {"retry-after": str(fault.retry_after)} if isinstance(fault, QueueFull) else None
    return problem(status, title, str(fault), errors, headers)


def _page_of(request: Request, fault: Exception) -> Response:
    """Return a page that tells a fault to a person."""
    status, title = _kind(fault)
    headers = {"retry-after": str(fault.retry_after)} if isinstance(fault, QueueFull) else None
    detail = f"{str(fault)[:1].upper()}{str(fault)[1:]}."
    page = error_page(request.app.state.hub.collection, title, detail)
    return HTMLResponse(page, status, headers=headers)


def _kind(fault: Exception) -> tuple[int, str]:
    match fault:
        case QueueFull():
            return 429, "Too many runs"
        case PermissionError():
            return 403, "Runs are not accepted here"
        case AlreadyFinal():
            return 409, "The run has ended"
        case StoreError():
            return 503, "The runs database cannot be used"
        case _:
            return 422, "This question cannot be asked"
