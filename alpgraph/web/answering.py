"""ASGI middleware that answers from the cache, packs what is complete, and passes streams on."""

import asyncio
from collections.abc import Callable

from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alpgraph.pages import Collection
from alpgraph.pages.assets import static_url
from alpgraph.web.accepting import wants_text
from alpgraph.web.cache import Answer, Keep, Key, PageCache, answer_of

_KEEP = "alpgraph.keep"
"""Where in the scope a route says how long its answer stays true."""
SLOW_PACKING = 100_000
"""Bytes from which packing happens off the event loop."""
NOT_MODIFIED = frozenset({b"etag", b"cache-control", b"vary", b"content-location", b"expires"})


def keep(
    request: Request,
    slug: str = "",
    *,
    query: BaseModel | None = None,
    reach: int = 2,
    forever: bool = False,
) -> None:
    """Let the answer be kept until a change within `reach` steps of `slug`, any change, or ever.

    Names in the address that `query` does not know change nothing, and there is no end of them:
    such an answer is not kept, so that they cannot drive the others out.
    """
    fields = type(query).model_fields if query is not None else {}
    known = {field.alias or name for name, field in fields.items()}
    if request.query_params.keys() <= known:
        request.scope[_KEEP] = Keep(slug, reach, forever)


def _timing(stamp: str) -> tuple[bytes, bytes]:
    """Say which state of the notes an answer is true of: in a header, since bytes outlive edits."""
    return b"server-timing", b'stamp;desc="' + stamp.encode() + b'"'


class Answering:
    """Serves ready bytes, with a strong ETag on all that is complete."""

    def __init__(self, app: ASGIApp, cache: PageCache, current: Callable[[], Collection]) -> None:
        """Stand before `app`; `current` returns the collection as it stands."""
        self.app, self.cache, self.current = app, cache, current

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from the cache, else ask the application."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        told = dict(scope["headers"])
        known = told.get(b"if-none-match", b"")
        as_text = wants_text(told.get(b"accept", b"").decode("latin-1"))
        key = (scope["path"], scope["query_string"], as_text)
        stamp = self.current().stamp
        answer = self.cache.get(key)
        if answer is None:
            answer = await self._ask(key, scope, receive, send)
            if answer is None:
                return
        encoding = answer.encoding(told.get(b"accept-encoding", b""))
        if encoding not in answer.packed and len(answer.body) > SLOW_PACKING:
            await asyncio.to_thread(answer.form, encoding)
        headers, data = answer.form(encoding)
        status = 200
        if known and answer.is_known(known):
            status, data = 304, b""
            headers = [pair for pair in headers if pair[0] in NOT_MODIFIED]
        headers = [*headers, _timing(stamp)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else data}
        )

    async def _ask(self, key: Key, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Return the application's complete answer; None when it was passed on as it came."""
        inner = dict(scope, method="GET")
        held: list[Message] = []
        passing = False
        drops, stamp = self.cache.drops, self.current().stamp

        async def take(message: Message) -> None:
            nonlocal passing
            if passing:
                await send(message)
                return
            held.append(message)
            start = held[0]
            streams = message["type"] == "http.response.body" and message.get("more_body", False)
            if start["status"] != 200 or streams:
                passing = True
                if start["status"] == 404:  # its page waits for the note
                    start["headers"] = [*start["headers"], _timing(stamp)]
                for earlier in held:
                    await send(earlier)

        await self.app(inner, receive, take)
        if passing or not held:
            return None
        body = b"".join(message.get("body", b"") for message in held[1:])
        answer = answer_of(held[0]["headers"], body)
        if answer.is_page:  # browsers that know it fetch the page of a link that is pointed at
            rules = f'"{static_url("prefetch.speculationrules")}"'
            answer.headers.append((b"speculation-rules", rules.encode()))
        keep = inner.get(_KEEP)
        if isinstance(keep, Keep) and drops == self.cache.drops:
            self.cache.put(key, answer, keep)
        return answer
