"""Tables of the names that notes go by, and the order in which a link is looked up in them."""

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from urllib.parse import unquote

from alpgraph.notes.packing import Packed

Found = tuple[str | None, str, tuple[str, ...]]
"""Slug, how it was found, and the candidates of a tie."""
Fold = Callable[[str], str]
_Table = dict[str, tuple[str, ...]]
NOTHING: Found = (None, "", ())
_ENDING = re.compile(r"\.(?:md|markdown)$", re.I)
_DAY = re.compile(r"(?:^|/)journals/(\d{4})[_-](\d\d)[_-](\d\d)$", re.ASCII)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
INDEX_NAMES = ("index", "_index", "readme")


class Names:
    """Tables of names under one rule of case, each from a name to slugs."""

    def __init__(self, fold: Fold) -> None:
        """Begin empty; `fold` is what is done to case."""
        self.fold = fold
        self.paths: _Table = {}
        self.folders: _Table = {}
        """Folders that have a page of their own, as `README`."""
        self.names: _Table = {}
        self.aliases: _Table = {}
        self.titles: _Table = {}

    def copied(self) -> "Names":
        """Return a copy that can be changed."""
        names = Names(self.fold)
        names.paths, names.folders = dict(self.paths), dict(self.folders)
        names.names, names.aliases = dict(self.names), dict(self.aliases)
        names.titles = dict(self.titles)
        return names

    def add(self, note: Packed) -> None:
        """Enter a note under all its names."""
        for table, key in self._keys(note):
            slugs = table.get(key)
            if slugs is None:
                table[key] = (note.slug,)
            elif note.slug not in slugs:
                table[key] = (*slugs, note.slug)

    def remove(self, note: Packed) -> None:
        """Take a note out again."""
        for table, key in self._keys(note):
            remaining = tuple(slug for slug in table.get(key, ()) if slug != note.slug)
            if remaining:
                table[key] = remaining
            else:
                table.pop(key, None)

    def _keys(self, note: Packed) -> Iterator[tuple[_Table, str]]:
        fold, slug = self.fold, note.slug
        folder, _, name = slug.rpartition("/")
        yield self.paths, fold(slug)
        yield self.names, fold(name)
        if name.lower() in INDEX_NAMES:
            yield self.folders, fold(folder)
        for other in other_names(name) or days_names(slug):
            yield self.aliases, fold(other)
        for alias in note.aliases:
            yield self.aliases, fold(unicodedata.normalize("NFC", alias))
        yield self.titles, fold(unicodedata.normalize("NFC", note.title))

    def find(self, to: str, folder: str) -> Found:
        """Look up exact path, relative, folder root, equal names, alias, title, in this order."""
        fold = self.fold
        stem = fold(_ENDING.sub("", to))
        for path, how in _path_forms(stem, fold(folder), is_file=len(stem) != len(to)):
            if slugs := self.paths.get(path) or self._index_of(path):
                return (slugs[0], how, ()) if len(slugs) == 1 else (None, "tie", slugs)
        while stem.startswith(("./", "../")):
            stem = stem.partition("/")[2]
        stem = stem.strip("/")
        if not stem:
            return NOTHING
        return self._named(stem, folder) or self._called(fold(to), stem, folder)

    def at_root(self, path: str) -> str | None:
        """Return the one note at a path below the notes folder, or of that folder's page."""
        stem = self.fold(_ENDING.sub("", path.strip("/")))
        slugs = self.paths.get(stem) or self._index_of(stem)
        return slugs[0] if slugs and len(slugs) == 1 else None

    def _index_of(self, folder: str) -> tuple[str, ...] | None:
        """Return the page of a folder; `index` comes before `README`."""
        slugs = self.folders.get(folder)
        if slugs is None or len(slugs) < 2:
            return slugs
        ranks = [INDEX_NAMES.index(slug.rpartition("/")[2].lower()) for slug in slugs]
        return tuple(slug for slug, rank in zip(slugs, ranks, strict=True) if rank == min(ranks))

    def _named(self, stem: str, folder: str) -> Found | None:
        """Find the nearest among notes of equal name: the last part of the path, or several."""
        slugs = self.names.get(stem.rpartition("/")[2], ())
        if "/" in stem:
            ending = "/" + stem
            slugs = tuple(slug for slug in slugs if self.fold(slug).endswith(ending))
        return _nearest(slugs, folder, "name", "ancestor") if slugs else None

    def _called(self, to: str, stem: str, folder: str) -> Found:
        for table, how in ((self.aliases, "alias"), (self.titles, "title")):
            for key in (to, stem):
                if slugs := table.get(key):
                    return _nearest(slugs, folder, how, how)
        return NOTHING


def _path_forms(stem: str, folder: str, *, is_file: bool) -> Iterator[tuple[str, str]]:
    """Yield the paths that `stem` may name, nearest meaning first."""
    if stem.startswith("/"):
        yield stem.strip("/"), "root"
        return
    explicit = stem.startswith(("./", "../")) or stem in (".", "..")
    if not explicit and not is_file:
        yield stem.strip("/"), "path"
    if explicit or folder or is_file:
        path = posixpath.normpath(f"{folder}/{stem}" if folder else stem)
        yield "" if path == "." else path, "relative"
    if is_file and not explicit:  # a Markdown link is an address: its own folder comes first
        yield stem, "root"


def _nearest(slugs: tuple[str, ...], folder: str, alone: str, chosen: str) -> Found:
    """Choose the one that shares most folders with the origin; equals are a tie."""
    if len(slugs) == 1:
        return slugs[0], alone, ()
    near = nearest(slugs, folder)
    if len(near) == 1:
        return near[0], chosen, ()
    return None, "tie", tuple(near)


def nearest(paths: Iterable[str], folder: str) -> list[str]:
    """Return, sorted, the paths that share most folders with `folder`.

    >>> nearest(["de/plot.svg", "ja/a/plot.svg"], "ja/b")
    ['ja/a/plot.svg']
    """
    folders = folder.split("/") if folder else []
    shared = {path: _shared(path.split("/")[:-1], folders) for path in paths}
    most = max(shared.values(), default=0)
    return sorted(path for path, count in shared.items() if count == most)


def _shared(folders: list[str], others: list[str]) -> int:
    count = 0
    for one, other in zip(folders, others, strict=False):
        if one != other:
            break
        count += 1
    return count


def other_names(name: str) -> tuple[str, ...]:
    """Names that Logseq means by a file's name: `a___b` is `a/b`, `%3A` is `:`."""
    other = name.replace("___", "/") if "___" in name else name
    if "%" in other:
        other = unquote(other)
    return (other,) if other != name else ()


def days_names(slug: str) -> tuple[str, ...]:
    """Names that Logseq may give the page of a day, by its setting; the file's is a date.

    >>> days_names("journals/2026_03_25")
    ('Mar 25th, 2026', '2026-03-25', '2026/03/25', '2026-03-25 Wed', 'Wed, 2026/03/25')
    """
    match = _DAY.search(slug) if "journals/" in slug else None
    if match is None:
        return ()
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        return ()
    short, week = _MONTHS[day.month - 1], _WEEK[day.weekday()]
    last = day.day % 10 if day.day not in (11, 12, 13) else 0
    ending = {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
    dashes, slashes = day.isoformat(), day.isoformat().replace("-", "/")
    first = f"{short} {day.day}{ending}, {day.year}"
    return first, dashes, slashes, f"{dashes} {week}", f"{week}, {slashes}"


def names_of(note: Packed) -> set[str]:
    """Return, folded, the last parts of all names by which links may mean a note."""
    parts = note.slug.split("/")
    other = other_names(parts[-1]) or days_names(note.slug)
    names = {parts[-1], note.title, *note.aliases, *other}
    if parts[-1].lower() in INDEX_NAMES:
        names.add(parts[-2] if len(parts) > 1 else ".")
    return {_last_part(name) for name in names}


def names_asked(to: str, label: str = "") -> set[str]:
    """Return, folded, the last parts of the names that a link asks for."""
    names = {to, to.partition("#")[0], unquote(to), label, label.partition("#")[0]}
    return {_last_part(name) for name in names if name}


def _last_part(name: str) -> str:
    stem = _ENDING.sub("", unicodedata.normalize("NFC", name.strip())).rstrip("/")
    return stem.rpartition("/")[2].casefold()
