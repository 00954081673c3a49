"""What is answered while a large folder is being read: pages that say so, else how far it is."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from alpgraph.notes import Opening
from alpgraph.pages import Collection
from alpgraph.pages.opening import opening_page
from alpgraph.web.accepting import wants_text
from alpgraph.web.guard import SAFE
from alpgraph.web.hub import OPENING, Hub
from alpgraph.web.problems import problem

NEED_NO_NOTE = ("/static/", "/files/", "/events", "/healthz")
NOTE = "/n/"
AGAIN = "1"
"""Seconds after which it is worth while to ask again."""


class ReadingGate:
    """ASGI middleware that lets pages of notes pass, and has all else wait, until all are read."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        """Stand before `app`, which makes its answers of what `hub` holds."""
        self.app, self.hub = app, hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say how far the reading is."""
        collection = self.hub.collection
        opening = collection.opening
        if opening is None or _needs_no_note(scope):
            await self.app(scope, receive, send)
            return
        with opening.pages_first():
            if await self._may_pass(scope):
                await self.app(scope, receive, send)
            else:
                await _not_ready(scope, collection, opening)(scope, receive, send)

    async def _may_pass(self, scope: Scope) -> bool:
        """Whether a note's page is asked for, which says what it lacks; the note's twins do not."""
        path = scope["path"]
        as_text = wants_text(Request(scope).headers.get("accept", ""))
        asks = scope["method"] in SAFE and path.startswith(NOTE) and not as_text
        return asks and await self.hub.read_ahead(path.removeprefix(NOTE))


def _needs_no_note(scope: Scope) -> bool:
    return scope["method"] in SAFE and scope["path"].startswith(NEED_NO_NOTE)


def _not_ready(scope: Scope, collection: Collection, opening: Opening) -> Response:
    headers = {"retry-after": AGAIN, "cache-control": "no-store"}
    if "text/html" in Request(scope).headers.get("accept", ""):
        headers["server-timing"] = f'stamp;desc="{OPENING}"'  # so the page follows what is told
        return HTMLResponse(opening_page(collection), 503, headers)
    detail = f"{opening.done} of {opening.total} notes are read; ask again in a second"
    return problem(503, "Not ready yet", detail, headers=headers)
