"""What a form's buttons do: check, take the file along, write it, propose it."""

import asyncio
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from alpgraph.authoring import (
    Draft,
    DraftedNote,
    Form,
    ProposalError,
    RelationRow,
    SourceRow,
    fits_form,
    form_of,
    propose,
    read_form,
    retyped,
    rewritten_by_form,
    shown_whole,
    text_of_form,
    try_draft,
    write_new,
)
from alpgraph.check.fixes import replace_file
from alpgraph.diagnostics import Diagnostic, Severity
from alpgraph.history import remotes
from alpgraph.notes import Note, Notebook, with_file
from alpgraph.notes.decoding import decode
from alpgraph.notes.files import read_file
from alpgraph.notes.parsing import digest
from alpgraph.pages import Collection
from alpgraph.pages.draft import Outcome, Writing, draft_page


class RefusedError(ValueError):
    """Why a button did nothing, and what to do."""


class GoneError(RefusedError):
    """The file of the note that is edited is not there any more."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form as it came, and the note it is about."""

    collection: Collection
    form: Form
    slug: str = ""
    """Of the note that is edited; empty for a new one."""
    digest: str = ""
    """Of the file when the form was opened."""
    raw: str = ""
    """The whole file as typed, where its front matter is not plain enough for fields."""

    @property
    def notebook(self) -> Notebook:
        """The notes as they stand."""
        return self.collection.notebook


def blank_sheet(collection: Collection, start: str = "") -> Sheet:
    """Return an empty form; with `start`, one whose first relation leads to that note."""
    title = collection.notes[start].title if start in collection.notes else ""
    return Sheet(collection, Form(sources=(SourceRow(),), relations=(RelationRow(to=title),)))


def sheet_of(collection: Collection, slug: str) -> Sheet:
    """Return the form of a note that exists; raises RefusedError when it cannot be edited here."""
    note, data = _note_now(collection, slug)
    form = form_of(note, collection.notebook)
    if fits_form(data, note, collection.notebook):
        return Sheet(collection, _open(form), slug, digest(data))
    return Sheet(collection, form, slug, digest(data), shown_whole(data) or "\n")


def sent_sheet(collection: Collection, values: Mapping[str, str], slug: str = "") -> Sheet:
    """Return the form as it was sent."""
    raw = (values["text"].replace("\r\n", "\n") or "\n") if slug and "text" in values else ""
    form = read_form(values)
    adding = values.get("action", "")
    if adding == "add-relation":
        form = replace(form, relations=(*form.relations, RelationRow()))
    elif adding == "add-source":
        form = replace(form, sources=(*form.sources, SourceRow()))
    return Sheet(collection, _open(form), slug, values.get("digest", ""), raw)


def _open(form: Form) -> Form:
    """Leave a row to type in where there is none."""
    return replace(
        form,
        sources=form.sources or (SourceRow(),),
        relations=form.relations or (RelationRow(),),
    )


def draft_of(sheet: Sheet) -> DraftedNote:
    """Return the note that a form makes, as it would stand among the others."""
    graph = sheet.collection.graph
    if not sheet.slug:
        path, text = text_of_form(sheet.form, sheet.notebook)
        return try_draft(sheet.notebook, graph, path, text.encode(), sheet.form)
    note, data = _note_now(sheet.collection, sheet.slug)
    if sheet.raw:
        return try_draft(sheet.notebook, graph, note.path, retyped(data, sheet.raw))
    new = rewritten_by_form(data, note, sheet.form, sheet.notebook)
    if new is None:
        raise RefusedError("the file was changed meanwhile, and not plainly enough for fields")
    return try_draft(sheet.notebook, graph, note.path, new, sheet.form)


def _note_now(collection: Collection, slug: str) -> tuple[Note, bytes]:
    """Return a note and its file as they are now: the notes may have been read before a change."""
    note = collection.notes.get(slug)
    data = _data(collection, note) if note else None
    if note is None or data is None:
        raise GoneError(
            f"the file of the note `{slug}` is gone: it was deleted or renamed meanwhile"
        )
    if fault := _not_text(note.path, data):
        raise RefusedError(fault)
    if digest(data) != note.digest:
        note = with_file(collection.notebook, note.path, data).notes[slug]
    return note, data


def _data(collection: Collection, note: Note) -> bytes | None:
    try:
        return read_file(collection.notebook.root, note.path)[0]
    except (OSError, ValueError):
        return None


def _not_text(path: str, data: bytes) -> str:
    """Say why a form cannot hold a file without changing its bytes; nothing when it can."""
    try:
        if "\0" not in data.decode("utf-8"):
            return ""
    except UnicodeDecodeError:
        pass
    finding = next(one for one in decode(path, data)[1] if _of_bytes(one))
    return (
        f"line {finding.place.line} of `{path}`: {finding.message}. A form would spoil what "
        f"it cannot show: {finding.hint} first"
    )


def _of_bytes(one: Diagnostic) -> bool:
    return one.code == "ALP004" and one.severity is not Severity.INFO  # that tells of line ends


def write_draft(sheet: Sheet, drafted: DraftedNote) -> str:
    """Write the file and return its path below the notes folder, or raise RefusedError."""
    root = sheet.notebook.root
    if not sheet.slug:
        if has_errors(drafted):
            raise RefusedError("there are errors left; nothing was written")
        try:
            write_new(root, Draft(drafted.path, drafted.text))
        except (FileExistsError, ValueError):
            raise RefusedError(
                f"there is a file `{drafted.path}` already; change the title"
            ) from None
        return drafted.path
    _, before = _note_now(sheet.collection, sheet.slug)
    data = drafted.text.encode()
    if digest(before) != sheet.digest or not replace_file(
        root / drafted.path, data, expected=before
    ):
        raise RefusedError("the file was changed meanwhile; open it again, your text is kept here")
    return drafted.path


def has_errors(drafted: DraftedNote) -> bool:
    """Whether a draft has findings of level error."""
    return any(one.finding.severity is Severity.ERROR for one in drafted.findings)


def propose_note(collection: Collection, slug: str, *, push: bool) -> tuple[str, str]:
    """Put a note on a branch of its own; return what was done and the pull-request address."""
    if has_errors(draft_of(sheet_of(collection, slug))):
        raise RefusedError("there are errors left; nothing was proposed")
    note, config = collection.notes[slug], collection.config
    file = collection.notebook.root / note.path
    try:
        proposal = propose(
            [file],
            {file: note.title},
            repository=config.repository,
            kind=config.forge,
            base=config.branch,
            push=push,
        )
    except ProposalError as fault:
        raise RefusedError(str(fault)) from None
    pushed = f" and pushed to `{proposal.remote}`" if proposal.remote else ""
    return f"one commit was made on the branch `{proposal.branch}`{pushed}", proposal.url


def push_target(root: Path) -> str:
    """Name the remote that a branch could be pushed to; empty when there is none."""
    known = remotes(root)
    return next((name for name in ("fork", "origin", *known) if name in known), "")


def token_fits(sent: str, token: str) -> bool:
    """Compare two tokens without telling by time where they differ."""
    return bool(token) and hmac.compare_digest(sent.encode(), token.encode())


async def page_of(
    request: Request,
    sheet: Sheet,
    writing: Writing,
    *,
    drafted: DraftedNote | None = None,
    outcome: Outcome | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return the page of a form with near notes beside it."""
    form = sheet.form
    words = f"{form.title} {form.claim} {form.summary}"
    near = []
    if drafted and form.title.strip():
        index = await request.app.state.hub.derived.search()
        hits = await asyncio.to_thread(index.near, words, without=sheet.slug)
        near = [hit.slug for hit in hits]
    page = await asyncio.to_thread(
        draft_page,
        sheet.collection,
        form,
        slug=sheet.slug,
        digest=sheet.digest,
        raw=sheet.raw,
        drafted=drafted,
        near=near,
        writing=writing,
        outcome=outcome,
    )
    return HTMLResponse(page, status, headers={"cache-control": "no-store"})


def file_answer(drafted: DraftedNote) -> Response:
    """Return the note as a file to keep."""
    name = quote(drafted.path.rpartition("/")[2])
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(drafted.text.encode(), media_type="text/markdown", headers=headers)
