"""What the server is measured against: the same bytes by a bare ASGI application, or Starlette.

`python -m tests.benchmarks.peers bare|starlette ANSWERS PORT`; ANSWERS is a file of `marshal`:
path and query -> (headers, body).
"""

import marshal
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

Answers = dict[str, tuple[list[tuple[bytes, bytes]], bytes]]


def bare(answers: Answers) -> ASGIApp:
    """Return an application that does nothing but send bytes."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers, body = answers[scope["path"]]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def starlette(answers: Answers) -> ASGIApp:
    """Return an application of Starlette with one route."""

    async def page(request: Request) -> Response:
        headers, body = answers[request.url.path]
        pairs = {name.decode(): value.decode() for name, value in headers}
        return Response(body, headers=pairs)

    return Starlette(routes=[Route("/{path:path}", page)])


def main() -> None:
    """Serve on loopback with the settings that alpgraph has."""
    kind, path, port = sys.argv[1:]
    answers: Any = marshal.loads(Path(path).read_bytes())
    app = {"bare": bare, "starlette": starlette}[kind](answers)
    uvicorn.run(
        app,
        port=int(port),
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
