"""What the last build of a site rested on: where all of it is the same, nothing is to be done.

Kept beside the other derived data; safe to delete. To find that out, nothing is imported that
makes pages, and no note is read.
"""

import errno
import os
import sys
import time
from contextlib import suppress
from hashlib import blake2b
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from alpgraph.config import Config, Location
from alpgraph.history import history_stamp
from alpgraph.notes import types_of
from alpgraph.notes.cache import RACE_NS, Cache, read_sealed, write_sealed
from alpgraph.notes.files import attachments, stamp_of
from alpgraph.resources import EXPERIMENTS, program_stamp
from alpgraph.site.folder import Built, SiteError, is_settled, listing, read_manifest
from alpgraph.state import read_regular

if TYPE_CHECKING:
    from alpgraph.pages import Collection

SPARE = "site"
"""Where the site before the last is kept for the next build to begin with, among derived data."""
_NAME = "site.cache"
_MAP = "layout.json"


def build_site(
    location: Location,
    config: Config,
    out: Path,
    *,
    base: str = "",
    server: str = "",
    fresh: bool = False,
) -> Built:
    """Write the site of a folder of notes into `out`; raises SiteError where it must not.

    `base` is the path that addresses begin with (relative addresses without it), `server` the
    address of an alpgraph server that takes runs. With `fresh` nothing is taken over.
    """
    out = out.resolve()
    for ours in (location.notes, location.state):
        if out == ours or ours in out.parents or out in ours.parents:
            raise SiteError(f"'{out}' and '{ours}' lie in each other; name another folder")
    last_build = SiteCache(location, config, out, f"{base} {server}")
    if not fresh and (files := last_build.load()):
        return Built((), files, ())
    read_manifest(out)  # refuse what is not ours before all notes are read
    from alpgraph.site.building import published_collection, write_site

    collection = published_collection(location, config, base=base, server=server)
    cache = location.cache()
    try:
        built = write_site(collection, out, cache / SPARE if cache else None, fresh=fresh)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise SiteError(f"'{out}': {error.strerror}; the site is as it was before") from None
    last_build.save(collection, len(built.written) + built.kept)
    return built


class SiteCache:
    """The site that was last built in a folder, good as long as all that it rests on stays."""

    def __init__(self, location: Location, config: Config, out: Path, options: str) -> None:
        """Take down what can be told before the notes are read: `save` is about this moment."""
        self._root, self._out = location.notes, out
        self._folder = location.cache()
        self._types = types_of(config.relation_types)
        self._ground = _ground(location.notes, config, f"{out} {options}")

    def load(self) -> int | None:
        """Return how many files the site has, or nothing when it is to be built."""
        if self._folder is None or not (self._ground and is_settled(self._out)):
            return None
        texts = Cache(self._folder, self._types).unchanged(self._root)
        if texts is None:
            return None
        key, files = read_sealed(self._folder / _NAME) or ("", 0)
        return files if key == self._key(texts, self._folder) else None

    def save(self, collection: "Collection", files: int) -> None:
        """Keep what was built from a collection; a folder that cannot be written is no fault."""
        from alpgraph.graph import load_layout
        from alpgraph.notes import read_digest

        folder = self._folder
        if folder and self._ground and load_layout(folder) == collection.layout:
            with suppress(OSError):
                key = self._key(read_digest(collection.notebook), folder)
                write_sealed(folder / _NAME, (key, files))

    def _key(self, texts: str, folder: Path) -> str:
        """Return a hash of what the site rests on, and of the site itself."""
        where = b""
        with suppress(OSError):
            where = read_regular(folder / _MAP)
        return _hash(self._ground, texts, where, listing(self._out))


def _ground(root: Path, config: Config, options: str) -> str:
    """Return a hash of what a site rests on beside texts and map; empty where that is not sure."""
    stamps = [(path, *stamp_of(os.lstat(root / path))) for path in attachments(root)]
    young = time.time_ns() - RACE_NS
    if any(max(stamp[2:4]) >= young for stamp in stamps) or entry_points(group=EXPERIMENTS):
        return ""  # pictures may change once more; other packages' experiments at any time
    program = sys.version + program_stamp("templates", "static")
    return _hash(root, options, config.model_dump_json(), program, history_stamp(root), stamps)


def _hash(*values: object) -> str:
    return blake2b(repr(values).encode(errors="surrogatepass"), digest_size=16).hexdigest()
