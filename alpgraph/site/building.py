"""Building a site: only what depends on a change is made anew, by all processors."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from alpgraph.config import Config, Location
from alpgraph.notes.reading import collector_paused
from alpgraph.pages import Collection, build_collection
from alpgraph.pages.files import Files, Published
from alpgraph.processes import COUNT, Helpers, may_fork
from alpgraph.search import open_index
from alpgraph.site.finding import whole_text
from alpgraph.site.folder import (
    MANIFEST,
    Built,
    Manifest,
    SiteError,
    clear,
    keep_foreign,
    link_file,
    put_in_place,
    read_manifest,
    read_spare,
    staged,
    write_manifest,
)
from alpgraph.site.part import Part
from alpgraph.site.plan import own_files, plan_site

FEW = 8
"""Parts up to which other processes do not help."""
CHUNK = 40


@dataclass(slots=True)
class _Work:
    """What a process needs to make parts: inherited when it is forked."""

    parts: Sequence[Part]
    old: Path
    new: Path
    folders: set[str] = field(default_factory=set)

    def make(self, start: int, end: int) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Write the files of some parts; return their paths, and which of them are new."""
        found = []
        for part in self.parts[start:end]:
            made = part.make()
            changed = tuple(path for path, data in made.items() if self._write(path, data))
            found.append((tuple(made), changed))
        return found

    def link(self, paths: Iterable[str]) -> bool:
        """Take files over from the site before; whether all of them were there."""
        try:
            for path in paths:
                self._enter(path)
                with suppress(FileExistsError):  # it was spared, and another file of its part not
                    link_file(f"{self.old}/{path}", f"{self.new}/{path}")
        except FileNotFoundError:
            return False
        return True

    def _write(self, path: str, data: bytes) -> bool:
        self._enter(path)
        before, target = f"{self.old}/{path}", f"{self.new}/{path}"
        try:
            with open(before, "rb") as opened:  # noqa: PTH123 half the time of a Path
                same = opened.read() == data
        except OSError:
            same = False
        try:
            self._put(before, target, None if same else data)
        except FileExistsError:  # taken over before another file of its part was missed
            Path(target).unlink()
            self._put(before, target, None if same else data)
        return not same

    def _put(self, before: str, target: str, data: bytes | None) -> None:
        """Write a new file, or take it over; a file that is there may be one of the old site."""
        if data is None:
            link_file(before, target)
            return
        with open(target, "xb") as opened:  # noqa: PTH123 half the time of a Path
            opened.write(data)

    def _enter(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self.folders:
            try:
                Path(self.new, folder).mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                raise SiteError(f"'{folder}' would be a file and a folder: rename a note") from None
            self.folders.add(folder)


def write_site(
    collection: Collection, out: Path, spare: Path | None, *, fresh: bool = False
) -> Built:
    """Write the site of a published collection; raises SiteError where it must not.

    In `spare` the site before is kept for the next build, if that is possible. With `fresh` nothing
    is taken over.
    """
    alike: dict[str, list[str]] = {}
    with collector_paused():
        parts = plan_site(collection, lambda slug: alike.get(slug, []))
    with staged(out, spare) as new:
        before = read_manifest(out)
        work = _Work(parts, out, new)
        reused = _reused(work, Manifest() if fresh else before)
        work.parts = [part for part in parts if part.name not in reused]
        alike |= _alike(collection, {part.name for part in work.parts})
        made, written = _make_all(work)
        parts_made = {
            part.name: (part.key, paths) for part, paths in zip(work.parts, made, strict=True)
        }
        after = Manifest(reused | parts_made)
        keep_foreign(out, new, before.paths)
        write_manifest(new, after)
        put_in_place(new, out)
        if spare is not None and not new.exists():  # the first build: the next has less to do
            _Work((), out, new).link([*after.paths, MANIFEST])
    paths = after.paths
    removed = tuple(sorted(before.paths - paths))
    return Built(tuple(sorted(written)), len(paths) - len(written), removed)


def published_collection(
    location: Location, config: Config, *, base: str = "", server: str = ""
) -> Collection:
    """Read the notes for a site: with git's dates, and with what tells addresses from files."""
    with collector_paused():
        collection = build_collection(location.notes, location.state, config)
        collection.dates.refresh()
        files = Files(frozenset(collection.notes), own_files(collection))
    return replace(collection, published=Published(files, base, server, whole_text(collection)))


def _reused(work: _Work, before: Manifest) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Take over the parts that are made from the same things as before, and clear the rest away."""
    same = {
        part.name: known
        for part in work.parts
        if part.key and (known := before.parts.get(part.name)) and known[0] == part.key
    }
    earlier = read_spare(work.new).parts
    spared = {name for name, known in same.items() if earlier.get(name) == known}
    there = clear(work.new, {path for name in spared for path in same[name][1]})
    return {
        name: known
        for name, known in same.items()
        if (name in spared and there.issuperset(known[1])) or work.link(known[1])
    }


def _alike(collection: Collection, names: set[str]) -> dict[str, list[str]]:
    """Return what is like the notes that nothing is linked to, for those to be made."""
    graph, notes = collection.graph, collection.notes
    alone = [slug for slug in notes if f"/n/{slug}" in names and not graph.degree(slug)]
    if not alone:
        return {}
    index = open_index(collection.notebook)
    texts = {
        slug: f"{notes[slug].title} {notes[slug].summary} {notes[slug].body}" for slug in alone
    }
    return {
        slug: [hit.slug for hit in index.near(text, without=slug)] for slug, text in texts.items()
    }


_work: _Work | None = None


def _make_chunk(bounds: tuple[int, int]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    assert _work is not None, "only a forked process asks"
    gc.disable()
    made = _work.make(*bounds)
    gc.collect()  # what a few pages left, at once rather than again and again
    return made


def _make_all(work: _Work) -> tuple[list[tuple[str, ...]], list[str]]:
    """Make all parts; return the paths of each, and which files are new."""
    count = len(work.parts)
    if count <= FEW or COUNT < 2 or not may_fork():
        found = work.make(0, count)
    else:
        found = [row for chunk in _make_parallel(work) for row in chunk]
    return [paths for paths, _ in found], [path for _, changed in found for path in changed]


def _make_parallel(
    work: _Work,
) -> Iterator[list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    global _work
    _work = work
    gc.freeze()  # or counting references would copy every page of memory
    try:
        with Helpers() as helpers:
            yield from helpers.map(_make_chunk, _bounds(work.parts))
    finally:
        _work = None
        gc.unfreeze()


def _bounds(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Cut parts into chunks: notes by the dozen, what is slow by itself."""
    first = next((i for i, part in enumerate(parts) if part.name.startswith("/n/")), len(parts))
    single = [(i, i + 1) for i in range(first)]
    return single + [(i, min(i + CHUNK, len(parts))) for i in range(first, len(parts), CHUNK)]
