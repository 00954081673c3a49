"""When notes were written and changed, as far as git has been asked."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from alpgraph.history import HistoryError, commit_id, note_dates


class Dates(Mapping[str, tuple[str, str]]):
    """ISO dates created and changed, by path; empty until `refresh` has asked git.

    Asking takes seconds in a long history, so a server does it after its first page.
    """

    def __init__(self, root: Path | None = None) -> None:
        """Take the folder of the notes; without one no date is ever known."""
        self._root = root
        self._commit = ""
        self._known: Mapping[str, tuple[str, str]] = {}

    def refresh(self) -> bool:
        """Ask git, unless nothing was committed since it was asked last; whether it said more."""
        if self._root is None:
            return False
        try:
            commit = commit_id(self._root, "HEAD")
        except HistoryError:
            return False
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
