"""Static files under names that carry the hash of their content, so that caches keep them forever.

A style sheet or script that needs another static file writes `"./name"` or `"../name"`, as a module
does; what is served has the hashed name there.
"""

import hashlib
import mimetypes
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alpgraph.notes import RelationTypes
from alpgraph.resources import resource_dir

_REFERENCE = re.compile(rb'"(\.\.?/[\w./-]+)"')
_TYPES = {
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".speculationrules": "application/speculationrules+json",
}
RELATIONS = "relations.css"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    name: str
    """As `map/view.js`."""
    hashed: str
    """As `map/view.1f2e3d4c5b.js`."""
    data: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return every static file by its plain name."""
    root = resource_dir("static")
    loaded: dict[str, Asset] = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            _load(root, path.relative_to(root).as_posix(), loaded, ())
    return loaded


@cache
def _by_hashed() -> Mapping[str, Asset]:
    return {asset.hashed: asset for asset in assets().values()}


def find_asset(name: str, types: RelationTypes) -> Asset | None:
    """Return the file of that plain or hashed name; `types` colour the sheet of relations."""
    relations = relation_sheet(types)
    if name in (relations.name, relations.hashed):
        return relations
    return _by_hashed().get(name) or assets().get(name)


def static_url(name: str) -> str:
    """Address of a static file, with the hash of its content."""
    return f"/static/{assets()[name].hashed}"


def relation_sheet(types: RelationTypes) -> Asset:
    """Return the style sheet that gives each relation type of a collection its colour."""
    rules = []
    for kind in types.types:
        rules.append(f":root {{ --r-{kind.id}: light-dark({kind.light}, {kind.dark}); }}")
        rules.append(f".r-{kind.id} {{ --rel: var(--r-{kind.id}); }}")
    data = "\n".join(rules).encode()
    return Asset(RELATIONS, _hashed(RELATIONS, data), data, "text/css")


def _load(root: Path, name: str, loaded: dict[str, Asset], above: tuple[str, ...]) -> Asset:
    """Read a file after those it refers to, since their hashes are part of its content."""
    if name in loaded:
        return loaded[name]
    if name in above:
        raise ValueError(f"static files refer to each other in a circle: {' -> '.join(above)}")
    data = (root / name).read_bytes()
    ending = posixpath.splitext(name)[1]

    def hashed(match: re.Match[bytes]) -> bytes:
        other = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1].decode()))
        if not (root / other).is_file():
            return match[0]
        asset = _load(root, other, loaded, (*above, name))
        path = posixpath.relpath(asset.hashed, posixpath.dirname(name) or ".")
        return f'"{path if path.startswith("../") else f"./{path}"}"'.encode()

    if ending in (".css", ".js"):
        data = _REFERENCE.sub(hashed, data)
    kind = _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    loaded[name] = Asset(name, _hashed(name, data), data, kind)
    return loaded[name]


def _hashed(name: str, data: bytes) -> str:
    stem, ending = posixpath.splitext(name)
    return f"{stem}.{hashlib.sha256(data).hexdigest()[:10]}{ending}"
