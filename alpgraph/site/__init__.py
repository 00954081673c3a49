"""The collection as a folder of files, for any host that serves files."""

from alpgraph.site.cache import build_site
from alpgraph.site.folder import Built, SiteError

__all__ = ["Built", "SiteError", "build_site"]
