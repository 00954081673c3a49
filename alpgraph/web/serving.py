"""Run the application on a socket; Ctrl-C ends it at once and quietly."""

import contextlib
import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from alpgraph.web.app import create_app
from alpgraph.web.run_access import close_streams
from alpgraph.web.settings import Settings


class Server(uvicorn.Server):
    """A server that tells open streams to end when it is asked to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the streams, then the server."""
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.hub.close()
            close_streams(app)
        super().handle_exit(sig, frame)


def serve_app(settings: Settings, listener: socket.socket) -> None:
    """Serve until told to stop."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=2,
        proxy_headers=False,
    )
    with contextlib.suppress(KeyboardInterrupt):
        app.state.hub.read()
        Server(config).run(sockets=[listener])
