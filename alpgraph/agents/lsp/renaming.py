"""Renaming notes in an editor: a link's target or the note itself, and files moved in its tree."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from alpgraph.agents.lsp.answers import Cursor, cursor_at, lsp_range
from alpgraph.agents.lsp.documents import OpenDocuments
from alpgraph.authoring import Renaming, path_named, plan_renaming
from alpgraph.diagnostics import Place
from alpgraph.notes.decoding import decode

NOTE_FILES = lsp.FileOperationRegistrationOptions(
    [
        lsp.FileOperationFilter(
            lsp.FileOperationPattern("**/*.{md,markdown}", lsp.FileOperationPatternKind.File)
        )
    ]
)


def prepare(
    documents: OpenDocuments, codec: PositionCodec, params: Any
) -> lsp.PrepareRenamePlaceholder | None:
    """Return the slug of the note that a link leads to; away from links, of the note itself."""
    cursor = cursor_at(documents, codec, params)
    slug = _slug_at(cursor)
    if cursor is None or slug is None:
        return None
    if cursor.symbol:
        return lsp.PrepareRenamePlaceholder(
            lsp_range(cursor.symbol.place, cursor.lines, codec), slug
        )
    return lsp.PrepareRenamePlaceholder(lsp.Range(params.position, params.position), slug)


def _slug_at(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    return cursor.symbol.target if cursor.symbol else cursor.note.slug


def rename(documents: OpenDocuments, codec: PositionCodec, params: Any) -> lsp.WorkspaceEdit | None:
    """Return what gives a note another name: links anew, then the file moved.

    Raises RenamingError for a name that cannot be.
    """
    cursor = cursor_at(documents, codec, params)
    slug = _slug_at(cursor)
    if cursor is None or slug is None:
        return None
    old = cursor.collection.notes[slug].path
    notebook, new = cursor.collection.notebook, path_named(params.new_name.strip(), old)
    plan = plan_renaming(notebook, {old: new}, documents.data)
    move = lsp.RenameFile(documents.uri_of(old), documents.uri_of(new))
    # not every editor makes the folder that a file is moved to
    (notebook.root / new).parent.mkdir(parents=True, exist_ok=True)
    return lsp.WorkspaceEdit(document_changes=[*_changes(documents, codec, plan), move])


def before_moving(
    documents: OpenDocuments, codec: PositionCodec, params: lsp.RenameFilesParams
) -> lsp.WorkspaceEdit | None:
    """Return what keeps links where the editor is about to move files, which it does in any case.

    Raises RenamingError where a link would be lost.
    """
    collection = documents.collection()
    known = {note.path for note in collection.notebook.index.notes.values()}
    pairs = (
        (documents.path_of(file.old_uri), documents.path_of(file.new_uri)) for file in params.files
    )
    moves = {old: new for old, new in pairs if old in known and new and old != new}
    if not moves:
        return None
    plan = plan_renaming(collection.notebook, moves, documents.data)
    return lsp.WorkspaceEdit(document_changes=_changes(documents, codec, plan))


def _changes(documents: OpenDocuments, codec: PositionCodec, plan: Renaming) -> list[Any]:
    changes = []
    for path, (before, after) in plan.texts.items():
        old, new = (decode(path, data)[0].split("\n") for data in (before, after))
        document = lsp.OptionalVersionedTextDocumentIdentifier(documents.uri_of(path))
        changes.append(lsp.TextDocumentEdit(document, list(_edits(old, new, codec))))
    return changes


def _edits(old: list[str], new: list[str], codec: PositionCodec) -> Iterator[lsp.TextEdit]:
    """Yield the lines that differ as edits; a line's end belongs to the line before the next."""
    for tag, start, end, at, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        text = "".join(f"{line}\n" for line in new[at:stop])
        place = Place("", start + 1, 1, end + 1, 1)
        if end == len(old):  # the last line has no end
            text = text.removesuffix("\n")
            place = Place("", start + 1, 1, len(old), len(old[-1]) + 1)
        yield lsp.TextEdit(lsp_range(place, old, codec), text)
