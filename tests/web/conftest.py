"""A server in a thread of the test's own process, so that its inside can be looked at."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import uvicorn

from alpgraph.config import Config, Location
from alpgraph.web import Settings, create_app
from alpgraph.web.hub import Hub

ServeHere = Callable[[Location], AbstractContextManager[tuple[str, Hub]]]


@pytest.fixture
def serve_here() -> ServeHere:
    """Return what serves a folder, and gives its address and its hub."""
    return _served


@contextmanager
def _served(location: Location) -> Iterator[tuple[str, Hub]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        hub = Hub(Settings(location, Config(), port=port))
        hub.open()
        app = create_app(hub.settings, hub)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}", hub
        finally:
            hub.close()
            server.should_exit = True
            thread.join()
