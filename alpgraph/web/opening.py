"""Who is answered while a large folder is being read: what is asked for is told apart honestly."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from alpgraph.pages.opening import opening_page
from alpgraph.web.hub import OPENING, Hub
from alpgraph.web.problems import problem

NEED_NO_NOTE = ("/static/", "/files/", "/events", "/healthz")
NOTE = "/n/"
AGAIN = "1"
"""Seconds after which it is worth while to ask again."""


class Opening:
    """ASGI middleware that lets pages of notes pass, and has all else wait, until all are read."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        """Stand before `app`, which makes its answers of what `hub` holds."""
        self.app, self.hub = app, hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say how far the reading is."""
        if self.hub.collection.opening is None or await self._may_pass(scope):
            await self.app(scope, receive, send)
            return
        collection = self.hub.collection
        if collection.opening is None:  # by now
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        told = {"retry-after": AGAIN, "cache-control": "no-store"}
        if "text/html" in request.headers.get("accept", ""):
            told["server-timing"] = f'stamp;desc="{OPENING}"'  # the page follows what is told
            answer: Response = HTMLResponse(opening_page(collection), 503, told)
        else:
            says = f"{collection.opening.done} of {collection.opening.total} notes are read"
            answer = problem(503, "Not ready yet", f"{says}; ask again in a second", headers=told)
        await answer(scope, receive, send)

    async def _may_pass(self, scope: Scope) -> bool:
        """Whether an answer can be honest already."""
        path = scope["path"]
        if scope["method"] not in ("GET", "HEAD"):
            return False
        if path.startswith(NEED_NO_NOTE):
            return True
        as_text = "text/markdown" in Request(scope).headers.get("accept", "")
        # a page says that what leads to the note is still being read; its twins would not
        return path.startswith(NOTE) and not as_text and await self.hub.glimpse(path[len(NOTE) :])
