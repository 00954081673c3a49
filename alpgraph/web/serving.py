"""Run the application on a socket; Ctrl-C ends it at once and quietly."""

import asyncio
import contextlib
import logging
import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from alpgraph.web.app import create_app
from alpgraph.web.crowd import raise_descriptor_limit
from alpgraph.web.hub import Hub
from alpgraph.web.run_access import close_streams
from alpgraph.web.settings import Settings
from alpgraph.web.workers import Keeper

# Caddy keeps an idle connection for 120 s, nginx for 60: the proxy must be the one to close it,
# else a request may meet a connection that is just ending.
IDLE_SECONDS = 130


class Server(uvicorn.Server):
    """A server that tells open streams to end when it is asked to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the streams, then the server."""
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.hub.close()
            close_streams(app)
        super().handle_exit(sig, frame)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether it tells more than that a task was cut short, since the server ends."""
    fault = record.exc_info[1] if record.exc_info else None
    cut = record.getMessage().rstrip().endswith(asyncio.CancelledError.__name__)
    return not (cut or isinstance(fault, asyncio.CancelledError))


def serve_app(settings: Settings, listener: socket.socket) -> int:
    """Serve until told to stop, with as many processes as asked for; return the exit code."""
    raise_descriptor_limit()
    with contextlib.suppress(KeyboardInterrupt):
        if settings.config.workers > 1:
            return Keeper(settings, listener, serve_hub).run()
        hub = Hub(settings)
        hub.open()
        return 0 if serve_hub(hub, listener) else 1
    return 0


def serve_hub(hub: Hub, listener: socket.socket) -> bool:
    """Serve in this process until told to stop; whether it ever began."""
    config = uvicorn.Config(
        create_app(hub.settings, hub),
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=IDLE_SECONDS,
        proxy_headers=False,
        ws="none",
    )
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    server = Server(config)
    server.run(sockets=[listener])
    return server.started
