"""The collection as a folder of files, for any host that serves files."""

from alpgraph.site.building import Built, build_site
from alpgraph.site.folder import SiteError

__all__ = ["Built", "SiteError", "build_site"]
