"""Parsed notes on disk, so that unchanged files are not parsed again; safe to delete."""

import marshal
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from alpgraph.notes.files import FileStamp, walk
from alpgraph.notes.packing import Packed
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.state import read_regular, user_key

CHUNK = 250
"""Files that are written together."""
_DIGEST = 32
_LENGTH = 8
_ENDINGS = (".cache", ".stamps")
RACE_NS = 2_000_000_000
"""Younger files may change once more without another stamp."""


class Entry(NamedTuple):
    """A parsed file."""

    stamp: FileStamp
    packed: Packed

    @property
    def modified(self) -> float:
        """Time of the file's last change, in seconds."""
        return self.stamp.modified_ns / 1e9


class Chunk(NamedTuple):
    """Parsed files by path, and the bytes they were made from: what a process told, or a file."""

    data: bytes | memoryview
    entries: dict[str, Entry]


def write_rows(entries: Iterable[Entry]) -> bytes:
    """Turn parsed files into bytes."""
    return marshal.dumps([(tuple(stamp), tuple(packed)) for stamp, packed in entries])


def read_chunk(data: bytes | memoryview) -> Chunk:
    """Make the parsed files again that `write_rows` wrote."""
    rows = marshal.loads(data)
    entries = [Entry(FileStamp(*stamp), Packed._make(packed)) for stamp, packed in rows]
    return Chunk(data, {entry.packed.path: entry for entry in entries})


class Cache:
    """One file in the cache folder, named after the code and the relation types that made it."""

    def __init__(self, folder: Path, types: RelationTypes) -> None:
        """Use `folder`, which need not exist yet, before any file is read."""
        key = blake2b(code_version() + repr(types.types).encode(), digest_size=10)
        self.path = folder / f"notes-{key.hexdigest()}.cache"
        self._stamps = self.path.with_suffix(".stamps")
        self._saved_ns = 0
        self._began_ns = time.time_ns()

    def load(self) -> Iterator[Chunk]:
        """Yield what is kept, or nothing when there is none or it is damaged."""
        self._saved_ns, chunks = read_sealed_parts(self.path) or (0, [])
        yield from map(read_chunk, chunks)

    def certain(self, entry: Entry, stamp: FileStamp) -> bool:
        """Tell whether a file is surely what was parsed: one written just before that is not."""
        return entry.stamp == stamp and stamp.changed_ns < self._saved_ns - RACE_NS

    def save(self, entries: Mapping[str, Entry], chunks: Iterable[Chunk]) -> None:
        """Write the cache whole or not at all; a folder that cannot be written is no fault.

        The bytes of a chunk are written as they are if all in it still stands among the entries;
        small ones are written together.
        """
        rest, data = dict(entries), []
        for chunk in chunks:
            stands = all(rest.get(path) is entry for path, entry in chunk.entries.items())
            if stands and len(chunk.entries) >= CHUNK // 2:
                data.append(chunk.data)
                for path in chunk.entries:
                    del rest[path]
        unwritten = list(rest.values())
        data += [write_rows(unwritten[at : at + CHUNK]) for at in range(0, len(unwritten), CHUNK)]
        stamps = [
            (path, tuple(entry.stamp), entry.packed.digest) for path, entry in entries.items()
        ]
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_sealed(self.path, self._began_ns, data)
            write_sealed(self._stamps, (self._began_ns, stamps))
            for other in self.path.parent.glob("notes-*"):
                if other.suffix in _ENDINGS and other.stem != self.path.stem:
                    other.unlink()

    def unchanged(self, root: Path) -> str | None:
        """Return the `stamps_digest` of the files below `root` if surely those kept, else nothing.

        Reads no note, so that a folder that did not change costs next to nothing.
        """
        stored = read_sealed(self._stamps)
        if stored is None:
            return None
        (saved, files), stamps = stored, dict(walk(root))
        if len(files) != len(stamps):
            return None
        for path, stamp, _ in files:
            now = stamps.get(path)
            if now != stamp or now is None or now.changed_ns >= saved - RACE_NS:
                return None
        return stamps_digest((path, stamps[path], digest) for path, _, digest in files)


def stamps_digest(files: Iterable[tuple[str, FileStamp, str]]) -> str:
    """Return a hash of the texts of files, which come as path, stamp and digest, and their ages."""
    state = blake2b(digest_size=16)
    for path, stamp, digest in files:
        state.update(f"{path}\0{digest}\0{stamp.modified_ns}\n".encode())
    return state.hexdigest()


def write_sealed(path: Path, value: Any, parts: Sequence[bytes | memoryview] = ()) -> None:
    """Write plain values to a file whole or not at all, and bytes behind them, with a seal.

    Only what bears the seal of the user's own key is read again: `marshal` is not safe otherwise.
    """
    head = marshal.dumps((value, [len(part) for part in parts]))
    pieces = [len(head).to_bytes(_LENGTH), head, *parts]
    seal = _seal()
    for piece in pieces:
        seal.update(piece)
    temporary = path.with_suffix(f"{path.suffix}.{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(seal.digest())
        file.writelines(pieces)
    temporary.replace(path)


def read_sealed(path: Path) -> Any:
    """Return the values that `write_sealed` wrote, or nothing when there are none of this user."""
    sealed = read_sealed_parts(path)
    return sealed and sealed[0]


def read_sealed_parts(path: Path) -> tuple[Any, list[memoryview]] | None:
    """Return the values and the bytes that `write_sealed` wrote, or nothing, as `read_sealed`."""
    try:
        data = memoryview(read_regular(path))
    except OSError:
        return None
    seal = _seal()
    seal.update(data[_DIGEST:])
    if seal.digest() != data[:_DIGEST]:
        return None
    at = _DIGEST + _LENGTH
    end = at + int.from_bytes(data[_DIGEST:at])
    value, lengths = marshal.loads(data[at:end])
    ends = list(accumulate(lengths, initial=end))
    return value, [data[start:stop] for start, stop in pairwise(ends)]


def _seal() -> blake2b:
    return blake2b(key=user_key().secret, digest_size=_DIGEST)


@cache
def code_version() -> bytes:
    """Return a hash of everything that decides what a file is parsed into."""
    hasher = blake2b(sys.version.encode())
    for name in ("PyYAML", "markdown-it-py", "mdit-py-plugins", "math-core"):
        hasher.update(version(name).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        hasher.update(path.read_bytes())
    return hasher.digest()
