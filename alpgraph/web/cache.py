"""Responses cached as ready bytes, until something they were made from changes."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from alpgraph.pages import Patch
from alpgraph.web.accepting import quality

Headers = list[tuple[bytes, bytes]]
Key = tuple[str, bytes, bool]
"""Path, query, and whether Markdown is wanted."""

MAX_BYTES = 64 * 2**20
MIN_COMPRESSED = 800
"""Bytes from which a response is compressed."""
COMPRESSED_TYPES = (b"text/", b"application/json", b"application/ld+json", b"application/xml",
                    b"application/atom+xml", b"application/problem+json", b"image/svg+xml",
                    b"application/graphml+xml", b"application/gexf+xml",
                    b"application/octet-stream")  # fmt: skip


def _compressors() -> dict[bytes, Callable[[bytes], bytes]]:
    """Return compressors, the best first: Zstandard where Python has it (3.14), and gzip."""
    compressors: dict[bytes, Callable[[bytes], bytes]] = {}
    if find_spec("compression") is not None:
        compressors[b"zstd"] = import_module("compression.zstd").compress
    compressors[b"gzip"] = lambda data: gzip.compress(data, 6, mtime=0)
    return compressors


_COMPRESSORS = _compressors()


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What a response is made from; its route declares it."""

    slug: str = ""
    """Note whose surroundings it shows; empty when any note may count."""
    depth: int = 1
    """Steps from the note to the farthest it shows."""
    static: bool = False
    """Whether no note counts."""

    @property
    def group(self) -> str:
        """What it is found by when notes change: a slug, or `/` where none counts."""
        return "/" if self.static else self.slug


@dataclass(slots=True)
class CachedResponse:
    """A complete response with its encoded forms, each made when it is first asked for."""

    headers: Headers
    """Without length, encoding and ETag."""
    body: bytes
    etag: bytes
    """Hash of the body, in hex."""
    media_type: bytes = b""
    compressible: bool = False
    """Whether compressing it is worth while."""
    encoded: dict[bytes, tuple[Headers, bytes]] = field(default_factory=dict)
    """By encoding; `b""` is the body as it is."""

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return 600 + len(self.body) + sum(len(data) for _, data in self.encoded.values())

    def choose_encoding(self, accepted: bytes) -> bytes:
        """Choose among the encodings that a client accepts."""
        if self.compressible:
            for name in _COMPRESSORS:
                if quality(accepted.decode("latin-1"), name.decode()) > 0:
                    return name
        return b""

    def encode(self, encoding: bytes) -> tuple[Headers, bytes]:
        """Return headers and bytes in an encoding."""
        encoded = self.encoded.get(encoding)
        if encoded is None:
            data = _COMPRESSORS[encoding](self.body) if encoding else self.body
            suffix = b"-" + encoding if encoding else b""
            headers = [
                *self.headers,
                (b"etag", b'"' + self.etag + suffix + b'"'),
                (b"content-length", str(len(data)).encode()),
            ]
            if encoding:
                headers.append((b"content-encoding", encoding))
            encoded = self.encoded[encoding] = (headers, data)
        return encoded

    def matches(self, if_none_match: bytes) -> bool:
        """Whether the client has this body already, in whatever encoding (RFC 9110, 13.1.2)."""
        return self.etag in if_none_match

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.media_type.startswith(b"text/html")


def cached_response(received: Iterable[tuple[bytes, bytes]], body: bytes) -> CachedResponse:
    """Make a response of the headers and the body that the application sent."""
    left_out = (b"content-length", b"etag")
    headers = [(name.lower(), value) for name, value in received if name.lower() not in left_out]
    names = {name for name, _ in headers}
    if b"cache-control" not in names:
        headers.append((b"cache-control", b"no-cache"))
    vary = b", ".join(value for name, value in headers if name == b"vary")
    headers = [(name, value) for name, value in headers if name != b"vary"]
    headers.append((b"vary", b", ".join(filter(None, [vary, b"accept-encoding"]))))
    media_type = next((value for name, value in headers if name == b"content-type"), b"")
    is_text = media_type.startswith(COMPRESSED_TYPES)
    is_stream = media_type.startswith(b"text/event-stream")
    compressible = is_text and not is_stream and len(body) >= MIN_COMPRESSED
    etag = hashlib.sha256(body).hexdigest()[:20].encode()
    return CachedResponse(headers, body, etag, media_type, compressible)


class PageCache:
    """The responses, the least used of which give way; to be used on the event loop alone."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        """Begin empty."""
        self.max_bytes = max_bytes
        self.size = 0
        self.invalidations = 0
        """How often something changed: a response begun before the last time may be stale."""
        self._entries: OrderedDict[Key, tuple[CachedResponse, Dependencies, int]] = OrderedDict()
        self._groups: dict[str, set[Key]] = {}

    def __len__(self) -> int:
        """Return how many responses there are."""
        return len(self._entries)

    def get(self, key: Key) -> CachedResponse | None:
        """Return a response that is still true."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Key, response: CachedResponse, dependencies: Dependencies) -> None:
        """Add a response, unless it is larger than a quarter of the room."""
        self._remove(key)
        size = 2 * response.size  # its encoded form comes with the first who asks
        if size > self.max_bytes / 4:
            return
        self._entries[key] = (response, dependencies, size)
        self._groups.setdefault(dependencies.group, set()).add(key)
        self.size += size
        while self.size > self.max_bytes:
            self._remove(next(iter(self._entries)))

    def invalidate(self, patch: Patch | None) -> None:
        """Remove what a change may have changed: all but static files when nobody knows what."""
        self.invalidations += 1
        if patch is None:
            groups: Iterable[str] = [group for group in self._groups if group != "/"]
        else:
            groups = ["", *(patch.nearby[-1] & self._groups.keys())]
        for group in groups:
            for key in tuple(self._groups.get(group, ())):
                depth = self._entries[key][1].depth
                if patch is None or not group or patch.affects(group, depth):
                    self._remove(key)

    def _remove(self, key: Key) -> None:
        entry: Any = self._entries.pop(key, None)
        if entry is None:
            return
        _, dependencies, size = entry
        self.size -= size
        self._groups[dependencies.group].discard(key)
        if not self._groups[dependencies.group]:
            del self._groups[dependencies.group]
