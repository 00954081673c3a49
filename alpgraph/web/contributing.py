"""Contributions on the web: the form of a note, and what a change means.

A form is open to everybody and writes nothing, unless the server was started with --edit: then a
request from this machine that shows the token printed at the start may write below the notes
folder. What a change means is shown to the person at this machine alone.
"""

import asyncio
from dataclasses import replace
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from alpgraph.authoring import DraftedNote
from alpgraph.history import HistoryError
from alpgraph.pages.difference import difference_form, difference_page
from alpgraph.pages.draft import Outcome, Writing
from alpgraph.pages.finding import error_page
from alpgraph.pages.formats import message_html
from alpgraph.review import compare_revisions
from alpgraph.web.queries import Open
from alpgraph.web.routes import collection_of, known_slug
from alpgraph.web.settings import LOOPBACK
from alpgraph.web.writing import (
    GoneError,
    RefusedError,
    Sheet,
    blank_sheet,
    draft_of,
    file_answer,
    page_of,
    propose_note,
    push_target,
    sent_sheet,
    sheet_of,
    token_fits,
    write_draft,
)

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
Revision = Annotated[str, Field(max_length=200)]
Token = Annotated[str, Field(max_length=100)]
MAX_FIELDS = 700


class DiffQuery(Open):
    """Two revisions; without `head` the notes on disk."""

    base: Revision = ""
    head: Revision = ""


def is_home(request: Request) -> bool:
    """Tell whether a request is surely from this machine, and for it.

    A server behind a proxy listens on loopback too: there, the Host is another, or a visitor's
    word, and the proxy says whom it speaks for.
    """
    settings = request.app.state.settings
    host = request.headers.get("host", "").rpartition(":")[0].strip("[]")
    passed_on = any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
    return settings.config.host in LOOPBACK and host in LOOPBACK and not passed_on


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


class NewQuery(Open):
    """What a new note is to begin with."""

    from_: Annotated[str, Field(alias="from", max_length=300)] = ""
    token: Token = ""


class EditQuery(Open):
    """How one shows that the file may be written."""

    token: Token = ""


@router.get("/new")
async def new(request: Request, query: Annotated[NewQuery, Query()]) -> HTMLResponse:
    """Serve the form of a new note."""
    sheet = blank_sheet(collection_of(request), query.from_)
    return await page_of(request, sheet, _writing(request, query.token))


@router.get("/edit/{slug:path}")
async def edit(request: Request, slug: str, query: Annotated[EditQuery, Query()]) -> HTMLResponse:
    """Serve the form of a note that exists."""
    collection = collection_of(request)
    try:
        sheet = await asyncio.to_thread(sheet_of, collection, known_slug(collection, slug))
    except GoneError as fault:
        raise HTTPException(404, str(fault)) from None
    except RefusedError as fault:
        detail = message_html(f"{str(fault)[:1].upper()}{str(fault)[1:]}.")
        page = error_page(collection, "This note cannot be edited here", detail)
        return HTMLResponse(page, 409)
    return await page_of(request, sheet, _writing(request, query.token))


@router.post("/new")
async def new_sent(request: Request) -> Response:
    """Answer the form of a new note."""
    return await _answer(request, "")


@router.post("/edit/{slug:path}")
async def edit_sent(request: Request, slug: str) -> Response:
    """Answer the form of a note that exists, or did when the form was opened."""
    collection = collection_of(request)
    known = slug in collection.notes
    return await _answer(request, slug if known else collection.notebook.redirects.get(slug, slug))


def _writing(request: Request, token: str) -> Writing:
    """Return what this request may write: nothing without --edit, from elsewhere, or untold."""
    settings = request.app.state.settings
    if not settings.edit or not is_home(request):
        return Writing()
    fits = token_fits(token, settings.token)
    return Writing(True, settings.token if fits else "")


async def _answer(request: Request, slug: str) -> Response:
    """Do what the pressed button says and answer with the page."""
    try:
        sent = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise HTTPException(422, "the form cannot be read") from None
    values = dict(sent)
    collection = collection_of(request)
    try:
        sheet = sent_sheet(collection, values, slug)
    except ValueError as fault:
        raise HTTPException(422, str(fault)) from None
    writing = _writing(request, values.get("token", ""))
    action = values.get("action", "")
    try:
        if action in ("propose", "push"):
            return await _propose(request, sheet, writing, push=action == "push")
        drafted = await asyncio.to_thread(draft_of, sheet)
        if action == "file":
            return file_answer(drafted)
        if action == "write":
            return await _write(request, sheet, drafted, writing)
    except GoneError as fault:
        return await _gone_response(request, sheet, writing, str(fault))
    except RefusedError as fault:
        return await _refused(request, sheet, writing, str(fault))
    return await page_of(request, sheet, writing, drafted=drafted)


async def _write(
    request: Request, sheet: Sheet, drafted: DraftedNote, writing: Writing
) -> Response:
    _refuse_strangers(writing)
    path = await asyncio.to_thread(write_draft, sheet, drafted)
    hub = request.app.state.hub
    await hub.refresh([sheet.notebook.root / path])
    await hub.events.published()
    return await _written(request, drafted.slug, writing, Outcome(f"`{path}` is written"))


async def _propose(request: Request, sheet: Sheet, writing: Writing, *, push: bool) -> Response:
    _refuse_strangers(writing)
    message, url = await asyncio.to_thread(propose_note, sheet.collection, sheet.slug, push=push)
    return await _written(request, sheet.slug, replace(writing, pull_request=url), Outcome(message))


async def _written(request: Request, slug: str, writing: Writing, outcome: Outcome) -> Response:
    """Return the form of a note that has just been written, with what may follow."""
    collection = collection_of(request)
    sheet = await asyncio.to_thread(sheet_of, collection, slug)
    drafted = await asyncio.to_thread(draft_of, sheet)
    remote = await asyncio.to_thread(push_target, collection.notebook.root)
    after = replace(writing, written=slug, remote=remote)
    return await page_of(request, sheet, after, drafted=drafted, outcome=outcome)


def _refuse_strangers(writing: Writing) -> None:
    if not writing.may:
        raise RefusedError("this server writes no files; start it with `alpgraph serve --edit`")
    if not writing.token:
        raise RefusedError(
            "the token is missing or wrong; it was printed where the server was started"
        )


async def _gone_response(
    request: Request, sheet: Sheet, writing: Writing, reason: str
) -> HTMLResponse:
    """Say that the file is gone, with what was typed as a new note, or as the text it was."""
    if sheet.raw:
        advice = "copy the text below into a new file"
    else:
        advice = "write what is below as a new note, or take it to the note under its new name"
        sheet = replace(sheet, slug="", digest="")
    return await _refused(request, sheet, writing, f"{reason}. Nothing was written; {advice}")


async def _refused(request: Request, sheet: Sheet, writing: Writing, reason: str) -> HTMLResponse:
    """Say why nothing was done, and keep what was typed."""
    try:
        drafted = await asyncio.to_thread(draft_of, sheet)
    except RefusedError:
        drafted = None
    outcome = Outcome(reason, fault=True)
    status = 403 if writing.may and not writing.token else 409
    return await page_of(request, sheet, writing, drafted=drafted, outcome=outcome, status=status)
