"""The web: requests in, pages, data and events out."""

from alpgraph.web.app import create_app
from alpgraph.web.serving import serve_app
from alpgraph.web.settings import Settings

__all__ = ["Settings", "create_app", "serve_app"]
