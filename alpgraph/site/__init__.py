"""The collection as a folder of files, for any host that serves files."""

from alpgraph.site.folder import Built, SiteError
from alpgraph.site.kept import build_site

__all__ = ["Built", "SiteError", "build_site"]
