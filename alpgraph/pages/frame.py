"""What every page carries."""

from typing import Any

from alpgraph.pages.assets import relation_sheet
from alpgraph.pages.state import Collection

MENU = (
    ("Network", "/network"),
    ("Topics", "/topics"),
    ("Experiments", "/experiments"),
    ("New note", "/new"),
)
FOOT = (
    ("Help", "/help"),
    ("API", "/api"),
    ("Feed", "/feed.atom"),
    ("Graph as JSON", "/api/graph.json"),
)
SERVED = frozenset({"/api", "/new"})
"""What only a server has."""
MAX_BRAND = 18
"""Characters of a collection's title that fit beside the mark."""


def frame(collection: Collection, here: str = "", *, live: str | None = None) -> dict[str, Any]:
    """Return the data of the base template.

    `here` is the entry of the menu one is in; `live` is the slug of the note that a page shows,
    or an empty string for a page that shows many, so that it follows edits that a server tells of.
    """
    config, published = collection.config, collection.published
    feed = published is None or bool(config.url)
    return {
        "site": config,
        "apart_of": collection.apart,
        "brand": config.title if len(config.title) <= MAX_BRAND else "alpgraph",
        "here": here,
        "live": live if collection.stamp else None,
        "menu": [entry for entry in MENU if not (published and entry[1] in SERVED)],
        "foot_links": [
            (name, url)
            for name, url in FOOT
            if not (published and url in SERVED) and (feed or url != "/feed.atom")
        ],
        "published": published,
        "opening": collection.opening,
        "feed": feed,
        "relations_css": f"/static/{relation_sheet(collection.notebook.types).hashed}",
    }
