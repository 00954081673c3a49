"""Parsed notes on disk, so that unchanged files are not parsed again; safe to delete."""

import marshal
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from alpgraph.notes.files import FileStamp
from alpgraph.notes.packing import Packed
from alpgraph.notes.relation_types import RelationTypes

_DIGEST = 32
_DIGEST_AT = Packed._fields.index("digest")
_ENDINGS = (".cache", ".stamps")
_RACE_NS = 2_000_000_000


class Entry(NamedTuple):
    """A parsed file."""

    stamp: FileStamp
    packed: Packed

    @property
    def modified(self) -> float:
        """Time of the file's last change, in seconds."""
        return self.stamp.modified_ns / 1e9


class Cache:
    """One file in the cache folder, named after the code and the relation types that made it."""

    def __init__(self, folder: Path, types: RelationTypes) -> None:
        """Use `folder`, which need not exist yet."""
        key = blake2b(code_version() + repr(types.types).encode(), digest_size=10)
        self.path = folder / f"notes-{key.hexdigest()}.cache"
        self._stamps = self.path.with_suffix(".stamps")
        self._saved_ns = 0

    def load(self) -> dict[str, Entry]:
        """Return what is kept, or nothing when there is none or it is damaged."""
        self._saved_ns, rows = read_kept(self.path) or (0, ())
        return {
            path: Entry(FileStamp(*stamp), Packed._make(packed)) for path, stamp, packed in rows
        }

    def certain(self, entry: Entry, stamp: FileStamp) -> bool:
        """Tell whether a file is surely what was parsed: one written while the cache was is not."""
        return entry.stamp == stamp and stamp.changed_ns < self._saved_ns - _RACE_NS

    def save(self, entries: Mapping[str, Entry]) -> None:
        """Write the cache whole or not at all; a folder that cannot be written is no fault."""
        now = time.time_ns()
        rows = [(path, tuple(entry.stamp), tuple(entry.packed)) for path, entry in entries.items()]
        stamps = [(path, stamp, packed[_DIGEST_AT]) for path, stamp, packed in rows]
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_kept(self.path, (now, rows))
            write_kept(self._stamps, (now, stamps))
            for other in self.path.parent.glob("notes-*"):
                if other.suffix in _ENDINGS and other.stem != self.path.stem:
                    other.unlink()

    def unchanged(self, stamps: Mapping[str, FileStamp]) -> str | None:
        """Return a hash of all texts if these files are surely those that are kept, else nothing.

        Reads no note, so that a folder that did not change costs next to nothing.
        """
        saved, known = read_kept(self._stamps) or (0, ())
        if len(known) != len(stamps):
            return None
        state = blake2b(digest_size=16)
        for path, stamp, digest in known:
            now = stamps.get(path)
            if now != stamp or now is None or now.changed_ns >= saved - _RACE_NS:
                return None
            state.update(f"{path}\0{digest}\n".encode())
        return state.hexdigest()


def write_kept(path: Path, value: Any) -> None:
    """Write plain values to a file whole or not at all, with a hash of them."""
    payload = marshal.dumps(value)
    written = path.with_suffix(f"{path.suffix}.{os.getpid()}.part")
    with written.open("wb") as file:
        file.write(blake2b(payload, digest_size=_DIGEST).digest())
        file.write(payload)
    written.replace(path)


def read_kept(path: Path) -> Any:
    """Return what `write_kept` wrote, or nothing when there is none or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    payload = memoryview(data)[_DIGEST:]
    if blake2b(payload, digest_size=_DIGEST).digest() != data[:_DIGEST]:
        return None
    return marshal.loads(payload)


@cache
def code_version() -> bytes:
    """Return a hash of everything that decides what a file is parsed into."""
    known = blake2b(sys.version.encode())
    for name in ("PyYAML", "markdown-it-py", "mdit-py-plugins", "math-core"):
        known.update(version(name).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        known.update(path.read_bytes())
    return known.digest()
