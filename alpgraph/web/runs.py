"""The API of runs: ask, look, watch, cancel."""

import asyncio
import csv
import io
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Header, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from alpgraph.pages.addresses import run_url
from alpgraph.runs import (
    AlreadyFinal,
    Event,
    QueueFull,
    Run,
    SpecError,
    State,
    StoreError,
    run_json,
)
from alpgraph.web.problems import PROBLEM, problem
from alpgraph.web.run_access import (
    FAULTS,
    cancel_run,
    find_run,
    kind_of,
    service_of,
    submit,
    submit_sweep,
)
from alpgraph.web.run_shapes import (
    Asked,
    ListQuery,
    Question,
    RunList,
    RunShape,
    SweepAsked,
    SweepQuestion,
)

LOG = logging.getLogger("alpgraph")
router = APIRouter(tags=["runs"])
PING_SECONDS = 15
RunId = Annotated[str, Path(max_length=64, description="Of a run.", examples=["7c31e0a4d2b1f0a9"])]


def _response_doc(text: str, model: type[BaseModel] | None = None) -> dict[str, Any]:
    """Describe an answer for the OpenAPI document; without a model it is a problem document."""
    return {"description": text, **({"model": model} if model else {"content": PROBLEM})}


TOO_MANY = _response_doc("Too many runs wait; `Retry-After` says when to come back.")
REFUSED = _response_doc("This server shows runs but accepts none.")
ABSENT = _response_doc("There is no such run.")
CSV = {
    "description": "One row a replicate.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}
STREAM = {
    "description": "Events `progress` and at last `end`, each with JSON of the whole state.",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": "id: 1795651200000\nevent: progress\n"
            'data: {"state":"running","progress":0.4,"eta":3.1,"curves":[]}\n\n',
        }
    },
}


@router.post(
    "/api/runs",
    status_code=202,
    responses={
        200: _response_doc("Answered already.", Asked),
        202: _response_doc("Stored; it will be computed.", Asked),
        403: REFUSED,
        429: TOO_MANY,
    },
)
def ask(request: Request, question: Question) -> Response:
    """Ask a question. The same question has one answer and one id."""
    try:
        run = submit(request, question)
    except FAULTS as fault:
        return _problem_of(fault)
    status = 200 if run.state is State.DONE else 202
    return JSONResponse(_accepted(run), status, headers={"location": f"/api/runs/{run.id}"})


@router.post(
    "/api/sweeps",
    status_code=202,
    responses={
        200: _response_doc("All answered already.", SweepAsked),
        202: _response_doc("Stored, each point as a run of its own.", SweepAsked),
        403: REFUSED,
        429: TOO_MANY,
    },
)
def ask_several(request: Request, question: SweepQuestion) -> Response:
    """Ask one question for several values of a parameter: all points are stored, or none.

    Each is a run like any other. `GET /api/runs?experiment=…&state=done` lists finished ones with
    their parameters, verdict and primary metric: enough to draw effect against parameter.
    """
    try:
        runs = submit_sweep(request, question)
    except FAULTS as fault:
        return _problem_of(fault)
    items = [{**_accepted(run), "value": run.spec.params[question.vary]} for run in runs]
    status = 200 if all(run.state is State.DONE for run in runs) else 202
    return JSONResponse({"vary": question.vary, "items": items}, status)


@router.get("/api/runs", response_model=RunList)
def runs(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
    """List runs, newest first, by state and experiment, a page at a time."""
    try:
        service = service_of(request)
        page = service.list(**query.model_dump())
    except StoreError as fault:
        return _problem_of(fault)
    params = query.model_dump(mode="json", exclude_none=True)
    following = (
        None if page.next is None else f"/api/runs?{urlencode(params | {'before': page.next})}"
    )
    items = [run_json(run) for run in page.items]
    content = {"total": page.total, "items": items, "next": following, "trouble": service.trouble}
    return JSONResponse(content)


@router.get("/api/runs/{run_id}", response_model=RunShape, responses={404: ABSENT})
def run(request: Request, run_id: RunId) -> Response:
    """Tell how a run stands, with its result once it is done."""
    try:
        return JSONResponse(run_json(find_run(request, run_id)))
    except StoreError as fault:
        return _problem_of(fault)


@router.get(
    "/api/runs/{run_id}/replicates.csv",
    response_class=Response,
    responses={200: CSV, 404: _response_doc("There is no such run, or it has no result.")},
)
def replicates(request: Request, run_id: RunId) -> Response:
    """Give the primary metric of each replicate as CSV."""
    try:
        run = find_run(request, run_id)
    except StoreError as fault:
        return _problem_of(fault)
    if run.result is None:
        raise HTTPException(404, "this run has no result")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["seed", "replicate", "control", "treatment"])
    for number, row in enumerate(run.result["replicates"]):
        writer.writerow([row["seed"], number, row["control"], row["treatment"]])
    name = f'attachment; filename="run-{run.id}.csv"'
    return Response(text.getvalue(), media_type="text/csv", headers={"content-disposition": name})


@router.delete(
    "/api/runs/{run_id}",
    response_model=RunShape,
    responses={403: REFUSED, 404: ABSENT, 409: _response_doc("The run has ended already.")},
)
def cancel(request: Request, run_id: RunId) -> Response:
    """Cancel a run that waits or is computed."""
    try:
        return JSONResponse(run_json(cancel_run(request, run_id)))
    except (AlreadyFinal, PermissionError, StoreError) as fault:
        return _problem_of(fault)


@router.get(
    "/api/runs/{run_id}/events",
    response_class=StreamingResponse,
    responses={200: STREAM, 204: {"description": "Nothing more will come."}, 404: ABSENT},
)
async def events(
    request: Request,
    run_id: RunId,
    last_event_id: Annotated[str | None, Header(description="Of the last event seen.")] = None,
) -> Response:
    """Stream how a run goes on: `progress` events, then one `end` with the run as a whole.

    A reader that comes back with `Last-Event-ID` goes on from there.
    """
    after = int(last_event_id) if last_event_id and last_event_id.isdecimal() else 0
    try:
        run = await asyncio.to_thread(find_run, request, run_id)
    except StoreError as fault:
        return _problem_of(fault)
    if run.state.final and after >= (run.finished or 0) * 1000:
        return Response(status_code=204)  # tells the browser that nothing more will come
    stream = _stream(service_of(request).events(run.id, after))
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
            except StoreError as fault:  # who comes back is told so with a status
                LOG.warning("a stream of events ends: %s", fault)
                return
            yield f"id: {event.id}\nevent: {event.kind}\ndata: {event.data}\n\n"
            coming = asyncio.ensure_future(anext(source))
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration, StoreError):
            await coming


def _accepted(run: Run) -> dict[str, Any]:
    return {"id": run.id, "state": run.state.value, "url": run_url(run.id)}


def _problem_of(fault: Exception) -> Response:
    """Return the problem document of a fault."""
    status, title = kind_of(fault)
    errors = []
    if isinstance(fault, SpecError):
        errors = [{"field": one.field, "message": one.message} for one in fault.faults]
    headers = {"retry-after": str(fault.retry_after)} if isinstance(fault, QueueFull) else None
    return problem(status, title, str(fault), errors, headers)
