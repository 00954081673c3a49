"""Many files to packed notes: from the cache where they did not change, else with all cores."""

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import NamedTuple, TypeVar

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.cache import CHUNK, Cache, Chunk, Entry, read_chunk, write_rows
from alpgraph.notes.files import FileStamp, is_note_name, read_file, walk
from alpgraph.notes.findings import finding
from alpgraph.notes.packing import pack
from alpgraph.notes.parsing import digest, parse_note
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.processes import COUNT, Helpers

MANY = 500
"""From this number of changed files on, other processes help."""
_MANY_VALUES = 100_000
T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class Reading:
    """What was read of a folder."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """By path, in order."""
    unreadable: dict[str, Diagnostic] = field(default_factory=dict)
    chunks: list[Chunk] = field(default_factory=list)
    """What entries were made from."""


def read_folder(
    root: Path,
    types: RelationTypes,
    cache_folder: Path | None,
    *,
    pool: Helpers | None = None,
    on_progress: Callable[[int], object] = int,
) -> Reading:
    """Read every note below `root`; `told` is called now and then with how many are read.

    `pool` are processes that were started before, for where many have to be parsed.
    """
    with collector_paused():
        cache = Cache(cache_folder, types) if cache_folder else None
        cached: dict[str, Entry] = {}
        cached_chunks = []
        for chunk in cache.load() if cache else ():
            cached_chunks.append(chunk)
            cached |= chunk.entries
            on_progress(0)
        result = Reading()
        missing = []
        stamps = dict(walk(root))
        for path, stamp in stamps.items():
            entry = cached.get(path)
            if entry and cache and cache.certain(entry, stamp):
                result.entries[path] = entry
            else:
                missing.append(path)
        on_progress(len(result.entries))
        _read_all(root, missing, types, cached, result, pool=pool, on_progress=on_progress)
        ordered = {path: result.entries[path] for path in stamps if path in result.entries}
        result.entries = ordered
        if cache and (missing or ordered.keys() != cached.keys()):
            cache.save(ordered, [*cached_chunks, *result.chunks])
    return result


def read_paths(root: Path, paths: Sequence[str], types: RelationTypes) -> Reading:
    """Read some files; those that are gone are simply not in the answer."""
    result = Reading()
    _read_all(root, paths, types, {}, result)
    return result


def _read_all(
    root: Path,
    paths: Sequence[str],
    types: RelationTypes,
    cached: Mapping[str, Entry],
    result: Reading,
    *,
    pool: Helpers | None = None,
    on_progress: Callable[[int], object] = int,
) -> None:
    """Add to `result` what is read of some files, chunk by chunk."""
    known_digests = [(p, cached[p].packed.digest if p in cached else "") for p in paths]
    for outcome in _spread(partial(_read_chunk, root, types), known_digests, pool):
        result.unreadable |= outcome.problems
        for path, stamp in outcome.same:
            result.entries[path] = Entry(stamp, cached[path].packed)
        chunk = read_chunk(outcome.parsed)
        result.entries |= chunk.entries
        result.chunks.append(chunk)
        on_progress(len(result.entries))


def parse_files(files: Mapping[str, bytes], types: RelationTypes) -> list[Entry]:
    """Parse files that need not lie on disk, in order of path."""
    entries: list[Entry] = []
    for rows in _spread(partial(_parse_chunk, types), sorted(files.items())):
        entries += read_chunk(rows).entries.values()
    return entries


class _Outcome(NamedTuple):
    parsed: bytes
    """Rows of a chunk: cheaper to pass between processes than what they stand for, and kept so."""
    same: list[tuple[str, FileStamp]]
    """Files whose text is the known one."""
    problems: dict[str, Diagnostic]


def _spread(
    work: Callable[[Sequence[T]], R],
    items: Sequence[T],
    pool: Helpers | None = None,
) -> Iterator[R]:
    """Yield what `work` makes of the items, chunk by chunk, with all cores if they are many."""
    if len(items) < MANY or COUNT < 2:
        yield work(items)
        return
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    if pool is not None:
        yield from pool.map(work, chunks)
        return
    with Helpers() as helpers:
        yield from helpers.map(work, chunks)


def _read_chunk(root: Path, types: RelationTypes, files: Sequence[tuple[str, str]]) -> _Outcome:
    """Read and parse files; one whose digest is the given one is not parsed again."""
    parsed: list[Entry] = []
    same: list[tuple[str, FileStamp]] = []
    problems: dict[str, Diagnostic] = {}
    with collector_paused():
        for path, known_digest in files:
            try:
                if not is_note_name(path.rpartition("/")[2]):
                    os.listdir(root / path)  # noqa: PTH208 a folder that was not listed says why
                data, stamp = read_file(root, path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                problems[path] = _unreadable(path, error)
                continue
            if known_digest == digest(data):
                same.append((path, stamp))
            else:
                parsed.append(Entry(stamp, pack(parse_note(path, data, types=types))))
        return _Outcome(write_rows(parsed), same, problems)


def _parse_chunk(types: RelationTypes, files: Sequence[tuple[str, bytes]]) -> bytes:
    with collector_paused():
        return write_rows(
            Entry(FileStamp(len(data), 0, 0, 0), pack(parse_note(path, data, types=types)))
            for path, data in files
        )


def _unreadable(path: str, error: Exception) -> Diagnostic:
    reason = getattr(error, "strerror", None) or str(error)
    is_note = is_note_name(path.rpartition("/")[2])
    what = "the file" if is_note else "the folder, and with it all its notes,"
    return finding("ALP004", f"{what} cannot be read: {reason}", Place(path))


class _Pause:
    """How many threads want the collector paused, and whether it was on before the first did."""

    lock, count, was_on = Lock(), 0, False


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector: many values are made and none is garbage."""
    with _Pause.lock:
        if not _Pause.count:
            _Pause.was_on = gc.isenabled()
            gc.disable()
        _Pause.count += 1
    try:
        yield
    finally:
        with _Pause.lock:
            _Pause.count -= 1
            if gc.get_count()[0] > _MANY_VALUES:  # or the collector would walk them all at once
                gc.freeze()
            if _Pause.was_on and not _Pause.count:
                gc.enable()
