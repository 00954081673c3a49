"""Runs by forms and as pages: ask, look and cancel without a script."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from alpgraph.pages.addresses import experiment_url, run_url
from alpgraph.pages.finding import error_page
from alpgraph.pages.run import run_page
from alpgraph.runs import AlreadyFinal, Fault, QueueFull, SpecError, StoreError
from alpgraph.web.run_access import cancel_run, find_run, kind_of, submit, submit_sweep
from alpgraph.web.run_shapes import Question, SweepQuestion, Value

router = APIRouter(include_in_schema=False)
MOST_FIELDS = 100


@router.post("/runs")
async def ask_by_form(request: Request) -> Response:
    """Take the form of a note or an experiment and lead to the run's page.

    With `vary` and `values` (joined by commas) it asks for a sweep and leads to the experiment.
    """
    try:
        fields = dict(parse_qsl((await request.body()).decode(), max_num_fields=MOST_FIELDS))
        question = _question(fields)
        if isinstance(question, SweepQuestion):
            await asyncio.to_thread(submit_sweep, request, question)
            asked = {**question.params, "vary": question.vary}
            address = experiment_url(question.experiment, asked)
        else:
            run = await asyncio.to_thread(submit, request, question)
            address = run_url(run.id)
    except (ValueError, QueueFull, PermissionError, StoreError) as fault:
        return _page_of(request, fault)
    return Response(status_code=303, headers={"location": address})


@router.post("/runs/{run_id}/cancel")
def cancel_by_form(request: Request, run_id: str) -> Response:
    """Take the cancel button of a run's page; a run that has ended just shows itself."""
    try:
        with suppress(AlreadyFinal):
            cancel_run(request, run_id)
    except (PermissionError, StoreError) as fault:
        return _page_of(request, fault)
    return Response(status_code=303, headers={"location": run_url(run_id)})


@router.get("/runs/{run_id}")
def run_by_page(request: Request, run_id: str) -> Response:
    """Serve the page of a run."""
    try:
        found = find_run(request, run_id)
    except StoreError as fault:
        return _page_of(request, fault)
    may_run = request.app.state.settings.may_run
    page = run_page(request.app.state.hub.collection, found, may_run=may_run)
    if page is None:
        raise HTTPException(404, "the experiment of this run is no longer here")
    return HTMLResponse(page, headers={"cache-control": "no-store"})


def _question(fields: dict[str, str]) -> Question:
    """Read a form, a sweep where it varies a parameter; raises SpecError."""
    asked: dict[str, Any] = {"experiment": fields.pop("experiment", "")}
    asked |= {key: _whole(fields.pop(key, "")) for key in ("replicates", "seed")}
    vary, values = fields.pop("vary", ""), fields.pop("values", "")
    asked["params"] = {key.removeprefix("params."): value for key, value in fields.items()}
    try:
        if not (vary and values):
            return Question(**asked)
        wanted: list[Value] = [value.strip() for value in values.split(",") if value.strip()]
        return SweepQuestion(**asked, vary=vary, values=wanted)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][:2])
        raise SpecError([Fault(field, str(first["msg"]).lower())]) from None


def _whole(text: str) -> int | None:
    """Read a whole number of a form; what is none is refused later, by name."""
    text = text.strip()
    if not text:
        return None
    return int(text) if len(text) <= 20 and text.lstrip("-").isdecimal() else -1


def _page_of(request: Request, fault: Exception) -> Response:
    """Return a page that tells a fault to a person."""
    status, title = kind_of(fault)
    headers = {"retry-after": str(fault.retry_after)} if isinstance(fault, QueueFull) else None
    detail = f"{str(fault)[:1].upper()}{str(fault)[1:]}."
    page = error_page(request.app.state.hub.collection, title, detail)
    return HTMLResponse(page, status, headers=headers)
