"""Answers to an editor, in its own shapes: lines from 0, columns in the units it counts in."""

from dataclasses import dataclass
from typing import Any

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from alpgraph.agents.lsp.completion import Word, offer
from alpgraph.agents.lsp.desk import Desk, Spot, note_at
from alpgraph.agents.lsp.gaps import gap_at
from alpgraph.agents.lsp.links import Found, found_at, places_linking, told, where
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
class Seen:
    """A note that is pointed into, and what stands there."""

    collection: Collection
    note: Note
    lines: list[str]
    found: Found | None


def finding_of(one: Diagnostic, lines: list[str], codec: PositionCodec) -> lsp.Diagnostic:
    """Return a finding with its hint on a line of its own."""
    return lsp.Diagnostic(
        range=_range(one.place, lines, codec),
        message=show_hidden(f"{one.message}\n{one.hint}".rstrip()),
        severity=_WEIGHT[one.severity],
        code=one.code,
        source="alpgraph",
    )


def complete(desk: Desk, codec: PositionCodec, params: Any) -> lsp.CompletionList | None:
    """Return what may be written; None where anything may."""
    path = desk.path_of(params.text_document.uri)
    lines = desk.lines(path) if path else []
    spot = _spot(params.position, lines, codec)
    gap = gap_at(lines, spot)
    if path is None or gap is None:
        return None
    found = offer(desk.last(), path, gap)
    there = _range(Place(path, spot.line, gap.start, spot.line, gap.end), lines, codec)
    items = [_item(word, rank, there) for rank, word in enumerate(found.words)]
    return lsp.CompletionList(is_incomplete=not found.complete, items=items)


def _item(word: Word, rank: int, there: lsp.Range) -> lsp.CompletionItem:
    return lsp.CompletionItem(
        label=show_hidden(word.name),
        detail=show_hidden(word.detail) or None,
        documentation=show_hidden(word.about) or None,
        sort_text=f"{rank:04d}",
        filter_text=f"{word.name} {word.detail}".strip(),
        text_edit=lsp.TextEdit(range=there, new_text=word.text),
    )


def hover(desk: Desk, codec: PositionCodec, params: Any) -> lsp.Hover | None:
    """Return what a link leads to, or what a type means, as plain text: authors wrote it."""
    seen = _seen(desk, codec, params)
    if seen is None or seen.found is None:
        return None
    said = told(seen.collection, seen.note, seen.found)
    contents = lsp.MarkupContent(lsp.MarkupKind.PlainText, said)
    return lsp.Hover(contents, _range(seen.found.place, seen.lines, codec))


def definition(desk: Desk, codec: PositionCodec, params: Any) -> lsp.Location | None:
    """Return where a link leads."""
    seen = _seen(desk, codec, params)
    place = where(seen.collection, seen.found) if seen and seen.found else None
    return _location(place, desk, codec) if place else None


def references(desk: Desk, codec: PositionCodec, params: Any) -> list[lsp.Location]:
    """Return what links to the note a link leads to; away from links, to the note itself."""
    seen = _seen(desk, codec, params)
    if seen is None:
        return []
    slug = seen.found.target if seen.found else seen.note.slug
    places = places_linking(seen.collection, slug) if slug else []
    return [_location(place, desk, codec) for place in places]


def actions(desk: Desk, codec: PositionCodec, params: Any) -> list[lsp.CodeAction]:
    """Return the fixes of the findings that a range touches."""
    path = desk.path_of(params.text_document.uri)
    if path is None:
        return []
    lines = desk.lines(path)
    first, last = (_spot(p, lines, codec) for p in (params.range.start, params.range.end))
    return [
        _action(one, lines, desk, codec)
        for one in desk.findings().get(path, [])
        if one.fix
        and (one.place.line, one.place.column) <= last
        and first <= (one.place.end_line, one.place.end_column)
    ]


def _action(one: Diagnostic, lines: list[str], desk: Desk, codec: PositionCodec) -> lsp.CodeAction:
    assert one.fix is not None
    changes: dict[str, list[lsp.TextEdit]] = {}
    for edit in one.fix.edits:
        known = lines if edit.place.file == one.place.file else desk.lines(edit.place.file)
        change = lsp.TextEdit(_range(edit.place, known, codec), edit.text)
        changes.setdefault(desk.uri_of(edit.place.file), []).append(change)
    return lsp.CodeAction(
        title=one.fix.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[finding_of(one, lines, codec)],
        edit=lsp.WorkspaceEdit(changes=changes),
        is_preferred=True,
    )


def _seen(desk: Desk, codec: PositionCodec, params: Any) -> Seen | None:
    path = desk.path_of(params.text_document.uri)
    collection = desk.collection()
    note = note_at(collection, path) if path else None
    if path is None or note is None:
        return None
    lines = desk.lines(path)
    found = found_at(collection, note, _spot(params.position, lines, codec))
    return Seen(collection, note, lines, found)


def _location(place: Place, desk: Desk, codec: PositionCodec) -> lsp.Location:
    lines = desk.lines(place.file)
    return lsp.Location(uri=desk.uri_of(place.file), range=_range(place, lines, codec))


def _spot(position: lsp.Position, lines: list[str], codec: PositionCodec) -> Spot:
    place = codec.position_from_client_units(lines, position)
    return Spot(place.line + 1, place.character + 1)


def _range(place: Place, lines: list[str], codec: PositionCodec) -> lsp.Range:
    start = lsp.Position(place.line - 1, place.column - 1)
    end = lsp.Position(place.end_line - 1, place.end_column - 1)
    return codec.range_to_client_units(lines, lsp.Range(start, end))
