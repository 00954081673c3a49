"""The files of a notes folder: regular ones that lie inside it, and nothing else."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

SIZE_LIMIT = 16 * 1024 * 1024
"""Files above this many bytes are not read."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENDINGS = (".md", ".markdown")
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class FileStamp(NamedTuple):
    """What tells, without reading, that a file may have changed."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


def is_note_name(name: str) -> bool:
    """Tell whether a file's name is a note's: hidden files are none, a name of dots alone is one.

    >>> is_note_name("a.md"), is_note_name(".a.md"), is_note_name("...md")
    (True, False, True)
    """
    if not name.lower().endswith(_ENDINGS):
        return False
    stem = name.rpartition(".")[0]
    return not name.startswith(".") or (bool(stem) and not stem.strip("."))


def is_text(path: str) -> bool:
    """Tell whether a path is UTF-8: other bytes come as surrogates, which no page can hold.

    >>> is_text("\u00e4.md"), is_text("\\udcff.md")
    (True, False)
    """
    return path.isascii() or not _SURROGATE.search(path)


def walk(root: Path) -> Iterator[tuple[str, FileStamp]]:
    """Yield the path below `root` and the stamp of every note, in order of path.

    Dot-folders, links, pipes and devices are passed over. A folder that cannot be listed is
    yielded itself, in place of its notes.
    """
    yield from sorted(_walk(str(root), ""))


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, FileStamp]]:
    pending = [(folder, prefix)]
    while pending:
        folder, prefix = pending.pop()
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            continue
        except OSError:
            with suppress(OSError):
                yield prefix.rstrip("/"), stamp_of(os.lstat(folder))
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    pending.append((entry.path, f"{prefix}{entry.name}/"))
            elif is_note_name(entry.name):
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield prefix + entry.name, stamp_of(status)


def stamp_of(status: os.stat_result) -> FileStamp:
    """Take a file's stamp from its status."""
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def read_file(root: Path, path: str) -> tuple[bytes, FileStamp]:
    """Read a note's bytes; raises `OSError` for what is not a regular file inside `root`."""
    if not is_note_name(path.rsplit("/", 1)[-1]):
        msg = f"`{path}` is not a note's path"
        raise OSError(msg)
    with open_regular(root, path) as file:
        if not is_text(path):
            raise OSError("its name, or a folder's, is not UTF-8")
        status = os.fstat(file.fileno())
        if status.st_size > SIZE_LIMIT:
            msg = f"`{path}` is larger than {SIZE_LIMIT // 1024 // 1024} MB"
            raise OSError(msg)
        data = file.read(status.st_size + 1)
        if len(data) > status.st_size:  # it grew meanwhile, or nothing tells its size
            data += file.read(SIZE_LIMIT - status.st_size)
        return data, stamp_of(status)


def open_regular(root: Path, path: str) -> BinaryIO:
    """Open a file below `root`; raises `OSError` for links, pipes, devices and dot-folders."""
    parts = path.split("/")
    folder = str(root)
    for part in parts[:-1]:
        folder = f"{folder}/{part}"
        if os.path.islink(folder):  # noqa: PTH114 a tenth of the time, for each of many files
            msg = f"`{path}` lies behind a link"
            raise OSError(msg)
    hidden = any(part.startswith(".") or not part for part in parts[:-1])
    name = parts[-1]
    if hidden or "\0" in path or not name or (name.startswith(".") and not is_note_name(name)):
        msg = f"`{path}` is not a path of the notes folder"
        raise OSError(msg)
    descriptor = os.open(f"{folder}/{name}", _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        msg = f"`{path}` is not a regular file"
        raise OSError(msg)
    return os.fdopen(descriptor, "rb")


def is_attachment(path: str) -> bool:
    """Tell whether a file that is no note may belong to one: what is hidden does not.

    >>> is_attachment("plots/a.svg"), is_attachment(".git/a.svg"), is_attachment("a.md")
    (True, False, False)
    """
    hidden = any(part.startswith(".") for part in path.split("/"))
    return not hidden and not is_note_name(path.rsplit("/", 1)[-1]) and is_text(path)


def looked_for(path: str) -> str:
    """Return the name by which a file that is no note is looked for.

    >>> looked_for("plots/Cost.svg")
    'cost.svg'
    """
    return path.rpartition("/")[2].lower()


def attachments(root: Path) -> list[str]:
    """Return the paths of all files that are no notes, in order; links are not followed."""
    paths = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(folder).relative_to(root).as_posix()
        prefix = "" if below == "." else f"{below}/"
        for name in names:
            if is_attachment(prefix + name) and not Path(folder, name).is_symlink():
                paths.append(prefix + name)
    return sorted(paths)
