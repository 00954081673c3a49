"""Page data and HTML: made from the notebook, its graph and the stored evidence."""

from alpgraph.pages.state import Collection, VerdictInfo, build_collection, collect

__all__ = ["Collection", "VerdictInfo", "build_collection", "collect"]
