"""Answers to an editor, in its own shapes: lines from 0, columns in the units it counts in."""

from dataclasses import dataclass
from typing import Any

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from alpgraph.agents.lsp.completion import Candidate, candidates_for
from alpgraph.agents.lsp.documents import OpenDocuments, TextPosition, note_at
from alpgraph.agents.lsp.gaps import gap_at
from alpgraph.agents.lsp.links import Symbol, hover_text, places_linking, symbol_at, target_place
from alpgraph.diagnostics import Diagnostic, Place, Severity
from alpgraph.notes import Note
from alpgraph.notes.decoding import show_hidden
from alpgraph.pages import Collection

_WEIGHT = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFO: lsp.DiagnosticSeverity.Information,
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a request points: a note, and the link or type that stands there."""

    collection: Collection
    note: Note
    lines: list[str]
    symbol: Symbol | None


def finding_of(one: Diagnostic, lines: list[str], codec: PositionCodec) -> lsp.Diagnostic:
    """Return a finding with its hint on a line of its own."""
    return lsp.Diagnostic(
        range=lsp_range(one.place, lines, codec),
        message=show_hidden(f"{one.message}\n{one.hint}".rstrip()),
        severity=_WEIGHT[one.severity],
        code=one.code,
        source="alpgraph",
    )


def complete(
    documents: OpenDocuments, codec: PositionCodec, params: Any
) -> lsp.CompletionList | None:
    """Return what may be written; None where anything may."""
    path = documents.path_of(params.text_document.uri)
    lines = documents.lines(path) if path else []
    position = text_position(params.position, lines, codec)
    gap = gap_at(lines, position)
    if path is None or gap is None:
        return None
    candidates = candidates_for(documents.last_collection(), path, gap)
    replaced = lsp_range(
        Place(path, position.line, gap.start, position.line, gap.end), lines, codec
    )
    items = [_item(one, rank, replaced) for rank, one in enumerate(candidates.items)]
    return lsp.CompletionList(is_incomplete=not candidates.complete, items=items)


def _item(candidate: Candidate, rank: int, replaced: lsp.Range) -> lsp.CompletionItem:
    return lsp.CompletionItem(
        label=show_hidden(candidate.name),
        detail=show_hidden(candidate.detail) or None,
        documentation=show_hidden(candidate.about) or None,
        sort_text=f"{rank:04d}",
        filter_text=f"{candidate.name} {candidate.detail}".strip(),
        text_edit=lsp.TextEdit(range=replaced, new_text=candidate.text),
    )


def hover(documents: OpenDocuments, codec: PositionCodec, params: Any) -> lsp.Hover | None:
    """Return what a link leads to, or what a type means, as plain text: authors wrote it."""
    cursor = cursor_at(documents, codec, params)
    if cursor is None or cursor.symbol is None:
        return None
    text = hover_text(cursor.collection, cursor.note, cursor.symbol)
    contents = lsp.MarkupContent(lsp.MarkupKind.PlainText, text)
    return lsp.Hover(contents, lsp_range(cursor.symbol.place, cursor.lines, codec))


def definition(documents: OpenDocuments, codec: PositionCodec, params: Any) -> lsp.Location | None:
    """Return where a link leads."""
    cursor = cursor_at(documents, codec, params)
    place = target_place(cursor.collection, cursor.symbol) if cursor and cursor.symbol else None
    return _location(place, documents, codec) if place else None


def references(documents: OpenDocuments, codec: PositionCodec, params: Any) -> list[lsp.Location]:
    """Return what links to the note a link leads to; away from links, to the note itself."""
    cursor = cursor_at(documents, codec, params)
    if cursor is None:
        return []
    slug = cursor.symbol.target if cursor.symbol else cursor.note.slug
    places = places_linking(cursor.collection, slug) if slug else []
    return [_location(place, documents, codec) for place in places]


def actions(documents: OpenDocuments, codec: PositionCodec, params: Any) -> list[lsp.CodeAction]:
    """Return the fixes of the findings that a range touches."""
    path = documents.path_of(params.text_document.uri)
    if path is None:
        return []
    lines = documents.lines(path)
    first, last = (text_position(p, lines, codec) for p in (params.range.start, params.range.end))
    return [
        _action(one, lines, documents, codec)
        for one in documents.findings().get(path, [])
        if one.fix
        and (one.place.line, one.place.column) <= last
        and first <= (one.place.end_line, one.place.end_column)
    ]


def _action(
    one: Diagnostic, lines: list[str], documents: OpenDocuments, codec: PositionCodec
) -> lsp.CodeAction:
    assert one.fix is not None
    changes: dict[str, list[lsp.TextEdit]] = {}
    for edit in one.fix.edits:
        edited = lines if edit.place.file == one.place.file else documents.lines(edit.place.file)
        change = lsp.TextEdit(lsp_range(edit.place, edited, codec), edit.text)
        changes.setdefault(documents.uri_of(edit.place.file), []).append(change)
    return lsp.CodeAction(
        title=one.fix.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[finding_of(one, lines, codec)],
        edit=lsp.WorkspaceEdit(changes=changes),
        is_preferred=True,
    )


def cursor_at(documents: OpenDocuments, codec: PositionCodec, params: Any) -> Cursor | None:
    """Return what a request points at; None outside the notes."""
    path = documents.path_of(params.text_document.uri)
    collection = documents.collection()
    note = note_at(collection, path) if path else None
    if path is None or note is None:
        return None
    lines = documents.lines(path)
    symbol = symbol_at(collection, note, text_position(params.position, lines, codec))
    return Cursor(collection, note, lines, symbol)


def _location(place: Place, documents: OpenDocuments, codec: PositionCodec) -> lsp.Location:
    lines = documents.lines(place.file)
    return lsp.Location(uri=documents.uri_of(place.file), range=lsp_range(place, lines, codec))


def text_position(position: lsp.Position, lines: list[str], codec: PositionCodec) -> TextPosition:
    """Return where an editor points, in characters."""
    place = codec.position_from_client_units(lines, position)
    return TextPosition(place.line + 1, place.character + 1)


def lsp_range(place: Place, lines: list[str], codec: PositionCodec) -> lsp.Range:
    """Return a place as an editor counts it."""
    start = lsp.Position(place.line - 1, place.column - 1)
    end = lsp.Position(place.end_line - 1, place.end_column - 1)
    return codec.range_to_client_units(lines, lsp.Range(start, end))
