"""What is shown while a large folder is being read."""

from alpgraph.pages.frame import frame
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection


def opening_page(collection: Collection) -> str:
    """Return the page that says how many notes are read; it makes way for what was asked for."""
    return render("opening.html", **frame(collection, live=""))
