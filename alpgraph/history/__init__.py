"""What git knows of the notes: dates, revisions, what happened when. Nothing is checked out."""

from alpgraph.history.dates import changed_paths, note_dates
from alpgraph.history.git import HistoryError, commit_id, remotes
from alpgraph.history.revisions import (
    common_ancestor,
    files_at,
    notebook_at,
    revision_at,
    unread_at,
)
from alpgraph.history.timeline import Event, timeline

__all__ = [
    "Event",
    "HistoryError",
    "changed_paths",
    "commit_id",
    "common_ancestor",
    "files_at",
    "note_dates",
    "notebook_at",
    "remotes",
    "revision_at",
    "timeline",
    "unread_at",
]
