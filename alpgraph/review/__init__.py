"""What a change to the notes means: for a pull request, a program, a terminal."""

from alpgraph.review.markdown import to_markdown
from alpgraph.review.model import Review, review_change
from alpgraph.review.reading import Comparison, compare_revisions
from alpgraph.review.rows import headline, note_changes, remarks
from alpgraph.review.structured import to_json
from alpgraph.review.terminal import to_text

__all__ = [
    "Comparison",
    "Review",
    "compare_revisions",
    "headline",
    "note_changes",
    "remarks",
    "review_change",
    "to_json",
    "to_markdown",
    "to_text",
]
