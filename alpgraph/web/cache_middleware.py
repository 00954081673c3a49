"""ASGI middleware that answers from the cache, compresses what is complete, passes streams on."""

import asyncio
from collections.abc import Callable

from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alpgraph.pages import Collection
from alpgraph.pages.assets import static_url
from alpgraph.web.accepting import wants_text
from alpgraph.web.cache import CachedResponse, Dependencies, Key, PageCache, cached_response

_DEPENDENCIES = "alpgraph.dependencies"
"""Where in the scope a route declares what its response is made from."""
SLOW_COMPRESSION = 100_000
"""Bytes from which compression happens off the event loop."""
NOT_MODIFIED = frozenset({b"etag", b"cache-control", b"vary", b"content-location", b"expires"})


def cacheable(
    request: Request, slug: str = "", *, query: BaseModel | None = None, static: bool = False
) -> None:
    """Let the response be cached until a note that it is made from changes; a static one for good.

    Those are the notes around `slug`, as far as the `depth` that `query` may have, or all notes.
    Names in the address that `query` does not know change nothing, and there is no end of them:
    such a response is not cached, so that they cannot drive the others out.
    """
    fields = type(query).model_fields if query is not None else {}
    known = {field.alias or name for name, field in fields.items()}
    if request.query_params.keys() <= known:
        request.scope[_DEPENDENCIES] = Dependencies(slug, getattr(query, "depth", 1), static)


def _timing(stamp: str) -> tuple[bytes, bytes]:
    """Say which state of the notes a response shows: in a header, since bytes outlive edits."""
    return b"server-timing", b'stamp;desc="' + stamp.encode() + b'"'


class CacheMiddleware:
    """Serves ready bytes, with a strong ETag on all that is complete."""

    def __init__(self, app: ASGIApp, cache: PageCache, current: Callable[[], Collection]) -> None:
        """Stand before `app`; `current` returns the collection as it stands."""
        self.app, self.cache, self.current = app, cache, current

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from the cache, else ask the application."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        request_headers = dict(scope["headers"])
        if_none_match = request_headers.get(b"if-none-match", b"")
        as_text = wants_text(request_headers.get(b"accept", b"").decode("latin-1"))
        key = (scope["path"], scope["query_string"], as_text)
        stamp = self.current().stamp
        response = self.cache.get(key)
        if response is None:
            response = await self._call_app(key, scope, receive, send)
            if response is None:
                return
        encoding = response.choose_encoding(request_headers.get(b"accept-encoding", b""))
        if encoding not in response.encoded and len(response.body) > SLOW_COMPRESSION:
            await asyncio.to_thread(response.encode, encoding)
        headers, data = response.encode(encoding)
        status = 200
        if if_none_match and response.matches(if_none_match):
            status, data = 304, b""
            headers = [pair for pair in headers if pair[0] in NOT_MODIFIED]
        headers = [*headers, _timing(stamp)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else data}
        )

    async def _call_app(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> CachedResponse | None:
        """Return the application's complete response; None when it was passed on as it came."""
        inner_scope = dict(scope, method="GET")
        buffered: list[Message] = []
        passthrough = False
        invalidations, stamp = self.cache.invalidations, self.current().stamp

        async def buffer(message: Message) -> None:
            nonlocal passthrough
            if passthrough:
                await send(message)
                return
            buffered.append(message)
            start = buffered[0]
            streams = message["type"] == "http.response.body" and message.get("more_body", False)
            if start["status"] != 200 or streams:
                passthrough = True
                if start["status"] == 404:  # its page waits for the note
                    start["headers"] = [*start["headers"], _timing(stamp)]
                for earlier in buffered:
                    await send(earlier)

        await self.app(inner_scope, receive, buffer)
        if passthrough or not buffered:
            return None
        body = b"".join(message.get("body", b"") for message in buffered[1:])
        response = cached_response(buffered[0]["headers"], body)
        if response.is_page:  # browsers that know it fetch the page of a link that is pointed at
            rules = f'"{static_url("prefetch.speculationrules")}"'
            response.headers.append((b"speculation-rules", rules.encode()))
        dependencies = inner_scope.get(_DEPENDENCIES)
        if isinstance(dependencies, Dependencies) and invalidations == self.cache.invalidations:
            self.cache.put(key, response, dependencies)
        return response
