"""The LSP server: an editor's texts come in, findings and answers go out."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from alpgraph import __version__
from alpgraph.agents.following import Follower
from alpgraph.agents.lsp import answers, renaming
from alpgraph.agents.lsp.documents import OpenDocuments
from alpgraph.agents.lsp.publishing import Publisher
from alpgraph.authoring import RenamingError
from alpgraph.config import load_config, locate

Answer = TypeVar("Answer")
NOTES = lsp.FileSystemWatcher(glob_pattern="**/*.{md,markdown}")


class NotesServer(LanguageServer):
    """A language server over one folder of notes, known when the editor has introduced itself."""

    documents: OpenDocuments
    publisher: Publisher

    def __init__(self) -> None:
        """Wait for an editor; whole texts are taken, since notes are small."""
        # pygls counts U+2028 as a line's end in partial changes, which no editor does
        super().__init__("alpgraph", __version__, lsp.TextDocumentSyncKind.Full)

    def serve_folder(self, notes: Path | None, state: Path | None) -> None:
        """Serve a folder; raises ConfigError where there is none, or its settings are wrong."""
        location = locate(notes, state)
        self.documents = OpenDocuments(Follower(location, load_config(location.notes)))
        self.publisher = Publisher(self, self.documents)

    async def answer_in_thread(self, answer: Callable[..., Answer], params: Any) -> Answer:
        """Answer in a thread, so that texts are taken meanwhile."""
        return await asyncio.to_thread(
            answer, self.documents, self.workspace.position_codec, params
        )


def make_server(notes: Path | None, state: Path | None) -> NotesServer:
    """Return a server of the folder `notes`, or of the one that an editor's workspace has."""
    server = NotesServer()
    if notes is not None:
        server.serve_folder(notes, state)

    @server.feature(lsp.INITIALIZE)
    def begin(params: lsp.InitializeParams) -> None:
        if notes is None:
            server.serve_folder(_notes_of(server.workspace.root_path), state)

    @server.feature(lsp.INITIALIZED)
    async def follow(params: lsp.InitializedParams) -> None:
        if _may_watch(server.client_capabilities):
            options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers=[NOTES])
            method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
            watch = lsp.Registration(id="notes", method=method, register_options=options)
            server.client_register_capability(lsp.RegistrationParams(registrations=[watch]))
        await server.publisher.renew()

    _follow_texts(server)
    _answer(server)
    _rename(server)
    return server


def _notes_of(root: str | None) -> Path | None:
    """Return the notes of a workspace: its folder `notes`, else all of it."""
    if root is None:
        return None
    below = Path(root) / "notes"
    return below if below.is_dir() else Path(root)


def _may_watch(client: lsp.ClientCapabilities) -> bool:
    watched = client.workspace and client.workspace.did_change_watched_files
    return bool(watched and watched.dynamic_registration)


def _follow_texts(server: NotesServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.documents.set_text(params.text_document.uri, params.text_document.text)
        await server.publisher.renew()

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.documents.set_text(uri, server.workspace.get_text_document(uri).source)
        await server.publisher.renew()

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.documents.close(params.text_document.uri)
        await server.publisher.renew()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        await server.publisher.renew()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def moved(params: lsp.DidChangeWatchedFilesParams) -> None:
        await server.publisher.renew()


def _answer(server: NotesServer) -> None:
    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=["[", "#", " "]),
    )
    async def complete(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        return await server.answer_in_thread(answers.complete, params)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return await server.answer_in_thread(answers.hover, params)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        return await server.answer_in_thread(answers.definition, params)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        return await server.answer_in_thread(answers.references, params)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
    )
    async def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return await server.answer_in_thread(answers.actions, params)


def _rename(server: NotesServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        return await server.answer_in_thread(renaming.prepare, params)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        try:
            if _may_move_files(server.client_capabilities):
                return await server.answer_in_thread(renaming.rename, params)
            problem = "this editor moves no files; `alpgraph rename OLD NEW` does, links included"
        except RenamingError as error:
            problem = str(error)
        raise JsonRpcException(problem, lsp.LSPErrorCodes.RequestFailed)

    @server.feature(lsp.WORKSPACE_WILL_RENAME_FILES, renaming.NOTE_FILES)
    async def move(params: lsp.RenameFilesParams) -> lsp.WorkspaceEdit | None:
        try:
            return await server.answer_in_thread(renaming.before_moving, params)
        except RenamingError as error:  # the files are moved all the same
            message = lsp.ShowMessageParams(lsp.MessageType.Warning, f"links stay: {error}")
            server.window_show_message(message)
            return None


def _may_move_files(client: lsp.ClientCapabilities) -> bool:
    edits = client.workspace and client.workspace.workspace_edit
    known = (edits and edits.resource_operations) or ()
    return lsp.ResourceOperationKind.Rename in known


def serve(notes: Path | None, state: Path | None) -> None:
    """Serve one editor until it leaves; raises ConfigError where NOTES is no folder."""
    if not os.environ.get("ALPGRAPH_DEBUG"):
        logging.disable(logging.ERROR)  # what an editor did wrong is said to the editor
    server = make_server(notes, state)
    server.start_io(*_own_streams())


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output for the editor alone: what else prints goes to the errors."""
    streams = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return streams
