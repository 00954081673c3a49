"""What every page carries."""

from typing import Any

from alpgraph.pages.state import Collection


def frame(collection: Collection, here: str = "") -> dict[str, Any]:
    """Return the data of the base template; `here` is the entry of the menu one is in."""
    return {"site": collection.config, "count": len(collection.notes), "here": here}
