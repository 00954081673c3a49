"""Runs by forms and as pages: ask, look and cancel without a script."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from alpgraph import experiments, pages
from alpgraph.pages.addresses import experiment_url, run_url
from alpgraph.pages.finding import error_page
from alpgraph.runs import AlreadyFinal, Fault, QueueFull, Run, SpecError, StoreError
from alpgraph.web.asking import question_of, whole
from alpgraph.web.queries import RunQuery
from alpgraph.web.run_access import (
    answers_of,
    cancel_run,
    find_run,
    kind_of,
    service_of,
    submit,
    submit_sweep,
)
from alpgraph.web.run_shapes import MAX_LETTERS, Question, SweepQuestion, Value, is_readable

router = APIRouter(include_in_schema=False)
MAX_FIELDS = 100


@router.post("/runs")
async def ask_by_form(request: Request) -> Response:
    """Take the form of a note or an experiment and lead to the run's page.

    With `vary` and `values` (joined by commas) it asks for a sweep and leads to the experiment.
    """
    try:
        fields = dict(parse_qsl((await request.body()).decode(), max_num_fields=MAX_FIELDS))
    except ValueError:
        return _page_of(request, ValueError("the form cannot be read"))
    try:
        question = _question(dict(fields))
        if isinstance(question, SweepQuestion):
            await asyncio.to_thread(submit_sweep, request, question)
            query = {**question.params, "vary": question.vary}
            address = experiment_url(question.experiment, query)
        else:
            run = await asyncio.to_thread(submit, request, question)
            address = run_url(run.id)
    except SpecError as fault:
        if experiments.find_experiment(fields.get("experiment", "")) is None:
            return _page_of(request, fault)
        return await _form_again(request, fields, fault)
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
def run_by_page(request: Request, run_id: str, query: Annotated[RunQuery, Query()]) -> Response:
    """Serve the page of a run, with another answer laid over it on wish."""
    try:
        run = find_run(request, run_id)
        others = answers_of(request, run.spec.experiment, pages.MAX_COMPARED)
        compared = _comparison(request, run, query.with_) if query.with_ else None
    except StoreError as fault:
        return _page_of(request, fault)
    collection = request.app.state.hub.collection
    page = pages.run_page(
        collection,
        run,
        may_run=request.app.state.settings.may_run,
        others=others[::-1],
        compared=compared,
    )
    if page is None:
        why = "Its experiment is no longer here, or takes other parameters now"
        detail = f"{why}; /api/runs/{run.id} still tells what was asked and found."
        return HTMLResponse(error_page(collection, "This run cannot be shown", detail), 404)
    return HTMLResponse(page, headers={"cache-control": "no-store"})


def _comparison(request: Request, run: Run, key: str) -> tuple[str, Mapping[str, Any]] | None:
    """Return the name and the result of a stored preset or of another run of the experiment."""
    stored = experiments.references(run.spec.experiment).get(key)
    if stored is not None:
        return f"stored: {key.replace('-', ' ')}", stored["result"]
    other = service_of(request).get(key)
    if other is None or not is_readable(other):
        return None
    if other.result is None or other.spec.experiment != run.spec.experiment:
        return None
    return f"run {other.id[:8]}", other.result


async def _form_again(request: Request, fields: Mapping[str, str], fault: SpecError) -> Response:
    """Return the experiment's page with what was typed and what is wrong with it."""
    params = {key.removeprefix("params."): value for key, value in fields.items()}
    vary, values = params.pop("vary", ""), params.pop("values", "")
    question = question_of(params["experiment"], params)
    if not vary and not question.faults:  # what no field of the page could say
        return _page_of(request, fault)
    page = await asyncio.to_thread(
        pages.experiment_page,
        request.app.state.hub.collection,
        params["experiment"],
        question,
        may_run=request.app.state.settings.may_run,
        vary=vary,
        refused=(values, _message(fault, vary)) if vary else None,
    )
    return HTMLResponse(page, 422)


def _message(fault: SpecError, vary: str) -> str:
    """Say what is wrong with a sweep; of values, without the name that stands beside them."""
    own = ("values", f"params.{vary}")
    return "; ".join(
        one.message if one.field in own else f"{one.field.removeprefix('params.')} {one.message}"
        for one in fault.faults
    )


def _question(fields: dict[str, str]) -> Question:
    """Read a form, a sweep where it varies a parameter; raises SpecError."""
    body: dict[str, Any] = {"experiment": fields.pop("experiment", "")}
    body |= {key: whole(fields.pop(key, "")) for key in ("replicates", "seed")}
    vary, values = fields.pop("vary", ""), fields.pop("values", "")
    body["params"] = {key.removeprefix("params."): value for key, value in fields.items()}
    try:
        if not vary:
            return Question(**body)
        points: list[Value] = [value.strip() for value in values.split(",") if value.strip()]
        return SweepQuestion(**body, vary=vary, values=points)
    except ValidationError as error:
        raise SpecError([_fault(error, values)]) from None


def _fault(error: ValidationError, values: str) -> Fault:
    """Say in plain words what keeps the fields of a form from being a question."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][:2])
    limits = first.get("ctx", {})
    match first["type"], first["loc"][0]:
        case "too_short", _:
            return Fault("values", f"must be one or more with commas between, not {values!r:.80}")
        case "too_long", "values":
            many = f"at most {limits['max_length']} at once, not {limits['actual_length']}"
            return Fault("values", f"must be {many}")
        case _, "values":
            return Fault("values", f"must be at most {MAX_LETTERS} characters each")
        case _, "params":
            return Fault(field, f"must be at most {MAX_LETTERS} characters")
        case _, "replicates" | "seed":
            return Fault(field, f"must be a whole number, not {first['input']!r:.80}")
    return Fault(field, str(first["msg"]).lower())


def _page_of(request: Request, fault: Exception) -> Response:
    """Return a page that tells a fault to a person."""
    status, title = kind_of(fault)
    headers = {"retry-after": str(fault.retry_after)} if isinstance(fault, QueueFull) else None
    detail = f"{str(fault)[:1].upper()}{str(fault)[1:]}."
    page = error_page(request.app.state.hub.collection, title, detail)
    return HTMLResponse(page, status, headers=headers)
