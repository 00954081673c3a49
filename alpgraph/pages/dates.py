"""When notes were written and changed: from git, as far as it has been asked, or from files."""

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from alpgraph.history import ForeignRepositoryError, HistoryError, commit_id, note_dates
from alpgraph.notes import Note, modified


def file_date(notes: Mapping[str, Note], slug: str) -> str:
    """Return when a note's file last changed, as an RFC 3339 date.

    >>> file_date({"a": Note(slug="a", path="a.md", title="A")}, "a")
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(modified(notes, slug), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Dates(Mapping[str, tuple[str, str]]):
    """ISO dates created and changed, by path; empty until `refresh` has asked git.

    Asking takes seconds in a long history, so a server does it after its first page.
    """

    def __init__(self, root: Path | None = None) -> None:
        """Take the folder of the notes; without one no date is ever known."""
        self._root = root
        self.unversioned = False
        """Whether no history is kept, so that files alone tell when they changed."""
        self._commit = ""
        self._known: Mapping[str, tuple[str, str]] = {}

    def refresh(self) -> bool:
        """Ask git, unless nothing was committed since it was asked last; whether more is known."""
        if self._root is None:
            return False
        before = self.unversioned
        try:
            commit = commit_id(self._root, "HEAD")
        except HistoryError as error:
            if isinstance(error, ForeignRepositoryError) and not before:
                logging.getLogger("alpgraph").warning("dates are those of files: %s", error)
            self.unversioned = True
            return not before
        self.unversioned = False
        if commit == self._commit:
            return False
        self._known, self._commit = note_dates(self._root), commit
        return True

    def __getitem__(self, path: str) -> tuple[str, str]:
        """Return the dates of a note."""
        return self._known[path]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths whose dates are known."""
        return iter(self._known)

    def __len__(self) -> int:
        """Count the paths whose dates are known."""
        return len(self._known)


def instant(text: str) -> float:
    """Return when an ISO date and time is: as texts, those of two time zones tell no order.

    >>> instant("2026-11-24T00:30:00+02:00") < instant("2026-11-23T23:00:00Z")
    True
    """
    return datetime.fromisoformat(text).timestamp()
