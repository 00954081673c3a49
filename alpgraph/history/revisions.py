"""The notebook as it stood at a revision, read from git's objects without a checkout."""

import re
from pathlib import Path

from alpgraph.history.git import HistoryError, commit_id, list_blobs, read_blobs, run_git
from alpgraph.notes.files import SIZE_LIMIT, is_note_name
from alpgraph.notes.notebook import Notebook, notebook_of, with_files
from alpgraph.notes.parsing import digest
from alpgraph.notes.relation_types import RelationTypes


def notebook_at(
    root: Path,
    revision: str,
    types: RelationTypes | None = None,
    *,
    like: Notebook | None = None,
) -> Notebook:
    """Return the notebook below `root` as of a revision: a commit, branch, tag or `HEAD~3`.

    With `like`, a notebook of the same folder and types, only files that differ from it are
    parsed. A folder that was not there yet gives an empty notebook. Raises HistoryError when there
    is no such revision or no repository.
    """
    files = files_at(root, revision)
    if like is None or (types is not None and types != like.types):
        return notebook_of(files, root=root, types=types)
    known = {note.path: note.digest for note in like.index.notes.values()}
    absent = (known.keys() | like.unreadable.keys()) - files.keys()
    changed = {path: data for path, data in files.items() if known.get(path) != digest(data)}
    return with_files(like, changed | dict.fromkeys(absent))


def files_at(root: Path, revision: str) -> dict[str, bytes]:
    """Return the notes' bytes below `root` as of a revision, by path.

    Raises HistoryError when there is no such revision or no repository.
    """
    commit = commit_id(root, revision)
    blobs = [
        blob for blob in list_blobs(root, commit) if blob.size <= SIZE_LIMIT and _is_note(blob.path)
    ]
    contents = read_blobs(root, (blob.id for blob in blobs))
    return {blob.path: contents[blob.id] for blob in blobs if blob.id in contents}


def revision_at(root: Path, date: str) -> str:
    """Return the last commit on the current branch by an ISO date (its whole day) or date-time.

    Raises ValueError for another form of date, HistoryError when nothing is that old.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?", date):
        msg = f"'{date}' is no date such as 2026-01-31"
        raise ValueError(msg)
    until = date if "T" in date else f"{date}T23:59:59"
    found = run_git(root, "rev-list", "--max-count=1", f"--until={until}", "HEAD").decode().strip()
    if not found:
        msg = f"there is no revision as old as {date}"
        raise HistoryError(msg)
    return found


def _is_note(path: str) -> bool:
    parts = path.split("/")
    return is_note_name(parts[-1]) and not any(part.startswith(".") for part in parts)
