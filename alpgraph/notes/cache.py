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
from typing import NamedTuple

from alpgraph.notes.files import FileStamp
from alpgraph.notes.packing import Packed
from alpgraph.notes.relation_types import RelationTypes

_DIGEST = 32
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
        self._saved_ns = 0

    def load(self) -> dict[str, Entry]:
        """Return what is kept, or nothing when there is none or it is damaged."""
        try:
            data = self.path.read_bytes()
        except OSError:
            return {}
        payload = memoryview(data)[_DIGEST:]
        if blake2b(payload, digest_size=_DIGEST).digest() != data[:_DIGEST]:
            return {}
        self._saved_ns, rows = marshal.loads(payload)
        return {
            path: Entry(FileStamp(*stamp), Packed._make(packed)) for path, stamp, packed in rows
        }

    def certain(self, entry: Entry, stamp: FileStamp) -> bool:
        """Tell whether a file is surely what was parsed: one written while the cache was is not."""
        return entry.stamp == stamp and stamp.changed_ns < self._saved_ns - _RACE_NS

    def save(self, entries: Mapping[str, Entry]) -> None:
        """Write the cache whole or not at all; a folder that cannot be written is no fault."""
        rows = [
            (
                path,
                tuple(entry.stamp),
                tuple(entry.packed),
            )
            for path, entry in entries.items()
        ]
        payload = marshal.dumps((time.time_ns(), rows))
        written = self.path.with_suffix(f".{os.getpid()}.part")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            digest = blake2b(payload, digest_size=_DIGEST).digest()
            with written.open("wb") as file:
                file.write(digest)
                file.write(payload)
            written.replace(self.path)
            for other in self.path.parent.glob("notes-*.cache"):
                if other != self.path:
                    other.unlink()


@cache
def code_version() -> bytes:
    """Return a hash of everything that decides what a file is parsed into."""
    known = blake2b(sys.version.encode())
    for name in ("PyYAML", "markdown-it-py", "mdit-py-plugins", "math-core"):
        known.update(version(name).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        known.update(path.read_bytes())
    return known.digest()
