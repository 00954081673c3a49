"""What each commit did to the files of a folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alpgraph.history.git import run_git

_OPTIONS = ("--raw", "-z", "--no-abbrev", "--relative", "--diff-merges=off", "--no-ext-diff")
_REGULAR = "100"
UNKNOWN = "1970-01-01T00:00:00+00:00"
"""What git itself writes for a time that no calendar has."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file in one commit."""

    commit: str
    date: str
    """ISO date and time of writing, with the writer's time zone."""
    first: bool
    """Whether the commit has no parent here, so that all its files look new."""
    status: str
    """A, M, D, R, C or T."""
    path: str
    """Below the folder."""
    former: str = ""
    """The path it had or was copied from, for R and C."""
    before: str = ""
    """Id of the file's blob before; empty for none, for links and for submodules."""
    after: str = ""


def file_changes(
    root: Path, *, renames: bool = False, commits: int | None = None
) -> Iterator[FileChange]:
    """Yield what the last `commits` did to files below `root`, the newest first, by one git call.

    Raises HistoryError where there is no repository or no commit yet.
    """
    options = ["-M", "-l400"] if renames else ["--no-renames"]
    options += [f"--max-count={commits}"] if commits else []
    output = run_git(root, "log", "--format=commit %H %aI %P", *_OPTIONS, *options, "--", ".")
    words = iter(os.fsdecode(output).split("\0"))
    commit, date, parents = "", "", ""
    for word in words:  # a path is always taken with its facts, so none can pass for a header
        if word.startswith("commit "):
            _, commit, written, parents = word.split(" ", 3)
            date = written if is_date(written) else UNKNOWN
        elif facts := word.removeprefix("\n").removeprefix(":"):
            old_mode, new_mode, before, after, status = facts.split(" ")
            former = next(words) if status[0] in "RC" else ""
            yield FileChange(
                commit,
                date,
                not parents,
                status[0],
                next(words),
                former,
                before if old_mode.startswith(_REGULAR) else "",
                after if new_mode.startswith(_REGULAR) else "",
            )


def is_date(text: str) -> bool:
    """Whether a text is an ISO date: in a commit anything may stand, as a zone of 518 hours."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
