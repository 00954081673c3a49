"""When each note was written and last changed, and which ones differ from a revision."""

import os
from pathlib import Path

from alpgraph.history.git import HistoryError, commit_id, is_shallow, run_git
from alpgraph.history.log import file_changes
from alpgraph.notes.files import is_note_name


def note_dates(root: Path) -> dict[str, tuple[str, str]]:
    """Return when each note was created and last changed, as ISO date-times, by path below `root`.

    Renames are followed. A date that a shallow clone does not hold is empty. Empty where there is
    no git or no repository.
    """
    try:
        shallow = is_shallow(root)
        changes = list(file_changes(root, renames=True))
    except HistoryError:
        return {}
    dates: dict[str, tuple[str, str]] = {}
    removed: set[str] = set()
    now: dict[str, str | None] = {}  # former path -> today's, None for a file of another life
    for change in changes:  # the newest first
        path = now.get(change.path, change.path)
        if change.status == "R":
            now[change.former], now[change.path] = path, None
        if path is None:
            continue
        if change.status == "D" and path not in dates:
            removed.add(path)
        is_dated = not (shallow and change.first)
        created = change.date if is_dated else ""
        changed = dates.get(path, ("", created))[1]
        dates[path] = (created, changed)
    return {
        path: pair
        for path, pair in dates.items()
        if path not in removed and any(pair) and is_note_name(path.rpartition("/")[2])
    }


def changed_paths(root: Path, revision: str) -> set[str]:
    """Return the paths below `root` that differ from a revision on disk, new and lost ones too.

    Raises HistoryError when the revision or the repository is not there.
    """
    commit = commit_id(root, revision)
    options = ("--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames", "--relative")
    differing = run_git(root, "diff", *options, "--ignore-submodules", commit, "--", ".")
    new = run_git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return {os.fsdecode(path) for path in (differing + new).split(b"\0") if path}
