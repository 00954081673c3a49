"""Findings on their way to the editor, anew whenever texts or files changed."""

import asyncio
from itertools import islice

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from alpgraph.agents.lsp.answers import finding_of
from alpgraph.agents.lsp.documents import OpenDocuments

PAUSE = 0.15
"""Seconds without a change after which texts are checked."""
MAX_FILES = 500
"""Files whose findings an editor is told, open ones first."""
DiagnosticsByUri = dict[str, list[lsp.Diagnostic]]


class Publisher:
    """Tells an editor the findings of the whole folder, and later what changed of them."""

    def __init__(self, server: LanguageServer, documents: OpenDocuments) -> None:
        """Tell nothing yet."""
        self._server, self._documents = server, documents
        self._requests = 0
        self._published: DiagnosticsByUri = {}
        self._lock = asyncio.Lock()

    async def renew(self) -> None:
        """Check again once texts rest; of several calls in a row the last one does it."""
        self._requests += 1
        request = self._requests
        await asyncio.sleep(PAUSE)
        async with self._lock:
            if request == self._requests:
                diagnostics = await asyncio.to_thread(
                    self._diagnostics, self._server.workspace.position_codec
                )
                self._publish(diagnostics)

    def _diagnostics(self, codec: PositionCodec) -> DiagnosticsByUri:
        diagnostics = {}
        for path, findings in islice(self._documents.findings().items(), MAX_FILES):
            lines = self._documents.lines(path)
            diagnostics[self._documents.uri_of(path)] = [
                finding_of(one, lines, codec) for one in findings
            ]
        return diagnostics

    def _publish(self, diagnostics: DiagnosticsByUri) -> None:
        for uri in diagnostics.keys() | self._published.keys():
            if diagnostics.get(uri) != self._published.get(uri):
                params = lsp.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics.get(uri, []))
                self._server.text_document_publish_diagnostics(params)
        self._published = diagnostics
