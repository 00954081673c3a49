"""The notebook as it stood at a revision, read from git's objects without a checkout."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from alpgraph.history.git import (
    Blob,
    HistoryError,
    commit_id,
    is_shallow,
    list_blobs,
    read_blobs,
    run_git,
)
from alpgraph.history.log import is_date
from alpgraph.notes.files import SIZE_LIMIT, is_attachment, is_note_name, is_text
from alpgraph.notes.notebook import Notebook, notebook_of, with_files
from alpgraph.notes.parsing import digest
from alpgraph.notes.relation_types import RelationTypes

_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?")


def notebook_at(
    root: Path,
    revision: str,
    types: RelationTypes | None = None,
    *,
    like: Notebook | None = None,
) -> Notebook:
    """Return the notebook below `root` as of a revision: a commit, branch, tag or `HEAD~3`.

    With `like`, a notebook of the same folder and types, only files that differ from it are read.
    A folder that was not there yet gives an empty notebook. Raises HistoryError when there is no
    such revision or no repository.
    """
    if like is None or (types is not None and types != like.types):
        read = notebook_of(files_at(root, revision), root=root, types=types)
        return replace(read, others=_attachments(root, revision))
    blobs = _readable(root, revision)
    digests = {note.path: note.digest for note in like.index.notes.values()}
    absent = (digests.keys() | like.unreadable.keys()) - {blob.path for blob in blobs}
    files = _contents(root, [blob for blob in blobs if digests.get(blob.path) != blob.id])
    # a repository may name its files otherwise than `digest` does, or replace them
    changed = {path: data for path, data in files.items() if digests.get(path) != digest(data)}
    read = with_files(like, changed | dict.fromkeys(absent))
    return replace(read, others=_attachments(root, revision))


def files_at(root: Path, revision: str) -> dict[str, bytes]:
    """Return the notes' bytes below `root` as of a revision, by path.

    Raises HistoryError when there is no such revision or no repository.
    """
    return _contents(root, _readable(root, revision))


def unread_at(root: Path, revision: str) -> dict[str, str]:
    """Return what has a note's name as of a revision and is not read, with what it is instead."""
    return {
        blob.path: _fault(blob)
        for blob in list_blobs(root, commit_id(root, revision))
        if not _is_readable(blob) and (_is_note(blob.path) or blob.kind == "submodule")
    }


def common_ancestor(root: Path, one: str, other: str) -> str:
    """Return the commit at which two revisions parted; raises HistoryError when they never met."""
    ends = commit_id(root, one), commit_id(root, other)
    try:
        return run_git(root, "merge-base", *ends).decode().strip()
    except HistoryError:
        hint = "; this clone is shallow, `git fetch --unshallow` gets the rest"
        more = hint if is_shallow(root) else ""
        raise HistoryError(f"'{one}' and '{other}' have no common history{more}") from None


def _readable(root: Path, revision: str) -> list[Blob]:
    blobs = list_blobs(root, commit_id(root, revision))
    return [blob for blob in blobs if _is_readable(blob) and _is_note(blob.path)]


def _attachments(root: Path, revision: str) -> list[str]:
    blobs = list_blobs(root, commit_id(root, revision))
    paths = (blob.path for blob in blobs if blob.kind == "file")
    return sorted(filter(is_attachment, paths))


def _is_readable(blob: Blob) -> bool:
    return blob.kind == "file" and blob.size <= SIZE_LIMIT and is_text(blob.path)


def _fault(blob: Blob) -> str:
    """Return what a file is that is not read."""
    if blob.kind != "file":
        return f"a {blob.kind}"
    return "too large" if blob.size > SIZE_LIMIT else "a file whose name is not UTF-8"


def _contents(root: Path, blobs: Sequence[Blob]) -> dict[str, bytes]:
    contents = read_blobs(root, (blob.id for blob in blobs))
    return {blob.path: contents[blob.id] for blob in blobs if blob.id in contents}


def revision_at(root: Path, date: str) -> str:
    """Return the last commit on the current branch by an ISO date (its whole day) or date-time.

    Raises ValueError for another form of date, HistoryError when nothing is that old.
    """
    if not (_DATE.fullmatch(date) and is_date(date)):  # git would take it for now
        msg = f"'{date}' is no date such as 2026-01-31"
        raise ValueError(msg)
    until = date if "T" in date else f"{date}T23:59:59"
    revision = (
        run_git(root, "rev-list", "--max-count=1", f"--until={until}", "HEAD").decode().strip()
    )
    if not revision:
        msg = f"there is no revision as old as {date}"
        raise HistoryError(msg)
    return revision


def _is_note(path: str) -> bool:
    parts = path.split("/")
    return is_note_name(parts[-1]) and not any(part.startswith(".") for part in parts)
