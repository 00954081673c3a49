"""One guard for every request: whose it is, and the headers on every answer."""

import json
from collections.abc import Awaitable, Iterable
from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alpgraph.pages.policy import content_policy

POLICY = f"{content_policy()}; frame-ancestors 'none'"
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
SAFE = frozenset({"GET", "HEAD"})
BODIES = ("application/json", "application/x-www-form-urlencoded")
BODY_LIMIT = 512 * 1024
TOO_LARGE = (413, f"the body is larger than {BODY_LIMIT} bytes")


class Guard:
    """ASGI middleware that refuses foreign requests and sets the security headers."""

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str], origins: frozenset[str] = frozenset()
    ) -> None:
        """Guard `app`, which answers to `hosts` alone; forms at `origins` may ask it for runs."""
        self.app, self.hosts, self.origins = app, hosts, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with a problem document."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        def with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            return send(message)

        fault = self._fault(scope)
        if fault:
            await _refuse(fault, with_headers)
        elif scope["method"] in SAFE:
            await self.app(scope, receive, with_headers)
        else:
            await self._with_body(scope, receive, with_headers)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with a body, whose length may come to light only as it is read."""
        received, responded = 0, False

        async def counting_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message if received <= BODY_LIMIT else {"type": "http.disconnect"}

        async def unless_cut(message: Message) -> None:
            nonlocal responded
            if responded or received <= BODY_LIMIT:
                responded = True
                await send(message)

        with suppress(ClientDisconnect):  # cut off here, or whoever asked is gone
            await self.app(scope, counting_receive, unless_cut)
        if not responded and received > BODY_LIMIT:
            await _refuse(TOO_LARGE, send)

    def _fault(self, scope: Scope) -> tuple[int, str] | None:
        headers = scope["headers"]
        hosts = _values(headers, b"host")
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return 421, "the Host header names another server; see --allow-host"
        if scope["method"] in SAFE:
            return None
        origins = _values(headers, b"origin")
        allowed = self._asks_for_run(scope, origins)
        if not allowed and (reason := self._foreign(headers, origins)):
            return 403, reason
        kinds = _values(headers, b"content-type")
        has_body = _values(headers, b"content-length") not in ([], ["0"]) or _values(
            headers, b"transfer-encoding"
        )
        if has_body and not any(kind.split(";")[0].strip().lower() in BODIES for kind in kinds):
            return 415, f"the body must be {' or '.join(BODIES)}"
        length = _values(headers, b"content-length")
        if length and length[0].isdigit() and int(length[0]) > BODY_LIMIT:
            return TOO_LARGE
        return None

    def _asks_for_run(self, scope: Scope, origins: list[str]) -> bool:
        """Whether a form of a static site that may do so asks for a run, and for nothing else."""
        asks = scope["method"] == "POST" and scope["path"] == "/runs"
        return asks and len(origins) == 1 and origins[0] in self.origins

    def _foreign(self, headers: Iterable[tuple[bytes, bytes]], origins: list[str]) -> str:
        """Say what tells that another site started a request; empty when nothing does."""
        own_origins = {f"{scheme}://{host}" for host in self.hosts for scheme in ("http", "https")}
        if len(origins) > 1 or any(origin not in own_origins for origin in origins):
            return "the Origin header names another site"
        sites = _values(headers, b"sec-fetch-site")
        if any(site not in ("same-origin", "none") for site in sites):
            return "the request was started by another site"
        return ""


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]


async def _refuse(fault: tuple[int, str], send: Send) -> None:
    status, detail = fault
    title = {421: "Wrong host", 403: "Refused", 415: "Wrong media type", 413: "Too large"}[status]
    body = json.dumps({"title": title, "status": status, "detail": detail, "errors": []}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
