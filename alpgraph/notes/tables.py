"""Tables that scroll by themselves where the page is too narrow for them."""

from alpgraph.notes.sanitize import Placeholders

TABLE_CLOSE = "</table></div>\n"
_BOX = ' class="scroll" tabindex="0" role="group" aria-label="Table"'


def table_open(slots: Placeholders) -> str:
    """Open a table in a box that takes the keyboard, so that it can be scrolled by keys."""
    return f"<div>{slots.attributes(_BOX)}<table>\n"
