"""Findings on their way to the editor, anew whenever texts or files changed."""

import asyncio
from itertools import islice

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from alpgraph.agents.lsp.answers import finding_of
from alpgraph.agents.lsp.desk import Desk

PAUSE = 0.15
"""Seconds without a change after which texts are checked."""
MAX_FILES = 500
"""Files whose findings an editor is told, open ones first."""
Told = dict[str, list[lsp.Diagnostic]]


class Publisher:
    """Tells an editor the findings of the whole folder, and later what changed of them."""

    def __init__(self, server: LanguageServer, desk: Desk) -> None:
        """Tell nothing yet."""
        self._server, self._desk = server, desk
        self._asked = 0
        self._told: Told = {}
        self._one_by_one = asyncio.Lock()

    async def renew(self) -> None:
        """Check again once texts rest; of several calls in a row the last one does it."""
        self._asked += 1
        asked = self._asked
        await asyncio.sleep(PAUSE)
        async with self._one_by_one:
            if asked == self._asked:
                found = await asyncio.to_thread(self._found, self._server.workspace.position_codec)
                self._tell(found)

    def _found(self, codec: PositionCodec) -> Told:
        found = {}
        for path, ours in islice(self._desk.findings().items(), MAX_FILES):
            lines = self._desk.lines(path)
            found[self._desk.uri_of(path)] = [finding_of(one, lines, codec) for one in ours]
        return found

    def _tell(self, found: Told) -> None:
        for uri in found.keys() | self._told.keys():
            if found.get(uri) != self._told.get(uri):
                told = lsp.PublishDiagnosticsParams(uri=uri, diagnostics=found.get(uri, []))
                self._server.text_document_publish_diagnostics(told)
        self._told = found
