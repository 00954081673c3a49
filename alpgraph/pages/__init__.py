"""Page data and HTML: made from the notebook, its graph and the stored evidence."""

from alpgraph.pages.state import (
    Collection,
    Patch,
    VerdictInfo,
    build_collection,
    collect,
    patched,
    rejudged,
)

__all__ = [
    "Collection",
    "Patch",
    "VerdictInfo",
    "build_collection",
    "collect",
    "patched",
    "rejudged",
]
