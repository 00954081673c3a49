"""Which changes below the notes folder matter, and how much must be looked at again."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change

from alpgraph.notes.files import is_note_name

MANY = 200
"""Changed notes from which the whole folder is compared: events may get lost in a flood."""


class Visible:
    """A filter for watchfiles: what is hidden, or lies in a hidden folder, does not matter."""

    def __init__(self, root: Path) -> None:
        """Filter paths below `root`."""
        self._root, self._inside = str(root), f"{str(root).rstrip(os.sep)}{os.sep}"

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change matters; asked on the event loop for each of thousands."""
        if not path.startswith(self._inside):
            return path == self._root
        *folders, name = path.removeprefix(self._inside).replace(os.sep, "/").split("/")
        return not any(folder.startswith(".") for folder in folders) and (
            not name.startswith(".") or is_note_name(name)
        )


def identity(root: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another of its name; nothing where there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@dataclass(frozen=True, slots=True)
class Changed:
    """What a batch of changes asks for."""

    notes: frozenset[str]
    """Paths of notes below the folder."""
    folders: bool
    """Whether a folder came or went, so that any note below it may have."""
    files: bool
    """Whether files that are no notes changed, as pictures."""


def sort_changes(root: Path, paths: Iterable[Path]) -> Changed:
    """Sort changed paths; a name that has no ending may be a folder that is gone."""
    notes, folders, files = set(), False, False
    for path in _below(root, paths):
        if is_note_name(path.rpartition("/")[2]) and not (root / path).is_dir():
            notes.add(path)
        elif (root / path).is_dir() or "." not in path.rpartition("/")[2]:
            folders = True
        else:
            files = True
    return Changed(frozenset(notes), folders or len(notes) >= MANY, files or folders)


def _below(root: Path, paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        if path.is_relative_to(root):
            yield path.relative_to(root).as_posix()
