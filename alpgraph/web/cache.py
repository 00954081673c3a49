"""Answers kept as ready bytes, until something they were made from changes."""

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

MOST_BYTES = 64 * 2**20
WORTH_PACKING = 800
"""Bytes from which an answer is compressed."""
PACKED_TYPES = (b"text/", b"application/json", b"application/ld+json", b"application/xml",
                b"application/atom+xml", b"application/problem+json", b"image/svg+xml",
                b"application/graphml+xml", b"application/gexf+xml",
                b"application/octet-stream")  # fmt: skip


def _packers() -> dict[bytes, Callable[[bytes], bytes]]:
    """Return what packs, the best first: Zstandard where Python has it (3.14), and gzip."""
    found: dict[bytes, Callable[[bytes], bytes]] = {}
    if find_spec("compression") is not None:
        found[b"zstd"] = import_module("compression.zstd").compress
    found[b"gzip"] = lambda data: gzip.compress(data, 6, mtime=0)
    return found


_PACKERS = _packers()


@dataclass(frozen=True, slots=True)
class Keep:
    """How long an answer stays true; a route says it of what it returns."""

    slug: str = ""
    """Note the answer is about; empty when any change may change it."""
    reach: int = 2
    """Steps from the note within which a change may change it."""
    forever: bool = False
    """Whether it never changes."""

    @property
    def about(self) -> str:
        """What it is kept by: a slug, or `/` for what never changes."""
        return "/" if self.forever else self.slug


@dataclass(slots=True)
class Answer:
    """A complete answer with its packed forms, each made when it is first asked for."""

    headers: Headers
    """Without length, encoding and ETag."""
    body: bytes
    tag: bytes
    """Hash of the body, in hex."""
    kind: bytes = b""
    """The media type."""
    packs: bool = False
    """Whether compressing it is worth while."""
    packed: dict[bytes, tuple[Headers, bytes]] = field(default_factory=dict)
    """By encoding; `b""` is the body as it is."""

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return 600 + len(self.body) + sum(len(data) for _, data in self.packed.values())

    def encoding(self, accepted: bytes) -> bytes:
        """Choose among the encodings that a client accepts."""
        if self.packs:
            for name in _PACKERS:
                if quality(accepted.decode("latin-1"), name.decode()) > 0:
                    return name
        return b""

    def form(self, encoding: bytes) -> tuple[Headers, bytes]:
        """Return headers and bytes in an encoding."""
        known = self.packed.get(encoding)
        if known is None:
            data = _PACKERS[encoding](self.body) if encoding else self.body
            mark = b"-" + encoding if encoding else b""
            headers = [
                *self.headers,
                (b"etag", b'"' + self.tag + mark + b'"'),
                (b"content-length", str(len(data)).encode()),
            ]
            if encoding:
                headers.append((b"content-encoding", encoding))
            known = self.packed[encoding] = (headers, data)
        return known

    def is_known(self, if_none_match: bytes) -> bool:
        """Whether the client has this body already, in whatever encoding (RFC 9110, 13.1.2)."""
        return self.tag in if_none_match

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.kind.startswith(b"text/html")


def answer_of(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Answer:
    """Make an answer of what the application said."""
    left_out = (b"content-length", b"etag")
    kept = [(name.lower(), value) for name, value in headers if name.lower() not in left_out]
    names = {name for name, _ in kept}
    if b"cache-control" not in names:
        kept.append((b"cache-control", b"no-cache"))
    vary = b", ".join(value for name, value in kept if name == b"vary")
    kept = [(name, value) for name, value in kept if name != b"vary"]
    kept.append((b"vary", b", ".join(filter(None, [vary, b"accept-encoding"]))))
    kind = next((value for name, value in kept if name == b"content-type"), b"")
    text = kind.startswith(PACKED_TYPES) and not kind.startswith(b"text/event-stream")
    tag = hashlib.sha256(body).hexdigest()[:20].encode()
    return Answer(kept, body, tag, kind=kind, packs=text and len(body) >= WORTH_PACKING)


class PageCache:
    """The answers kept, the least used of which give way; to be used on the event loop alone."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Begin empty."""
        self.most_bytes = most_bytes
        self.size = 0
        self.drops = 0
        """How often something changed: an answer begun before the last time may be stale."""
        self._answers: OrderedDict[Key, tuple[Answer, Keep, int]] = OrderedDict()
        self._about: dict[str, set[Key]] = {}

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._answers)

    def get(self, key: Key) -> Answer | None:
        """Return an answer that is still true."""
        found = self._answers.get(key)
        if found is None:
            return None
        self._answers.move_to_end(key)
        return found[0]

    def put(self, key: Key, answer: Answer, keep: Keep) -> None:
        """Keep an answer; larger ones than a quarter of the room are not kept."""
        self._remove(key)
        size = 2 * answer.size  # its packed form comes with the first who asks
        if size > self.most_bytes / 4:
            return
        self._answers[key] = (answer, keep, size)
        self._about.setdefault(keep.about, set()).add(key)
        self.size += size
        while self.size > self.most_bytes:
            self._remove(next(iter(self._answers)))

    def drop(self, patch: Patch | None) -> None:
        """Forget what a change may have changed: all but static files when nobody knows what."""
        self.drops += 1
        if patch is None:
            slugs: Iterable[str] = [slug for slug in self._about if slug != "/"]
        else:
            slugs = ["", *(patch.reach[-1] & self._about.keys())]
        for slug in slugs:
            for key in tuple(self._about.get(slug, ())):
                keep = self._answers[key][1]
                if patch is None or not keep.slug or keep.slug in patch.reach[keep.reach]:
                    self._remove(key)

    def _remove(self, key: Key) -> None:
        found: Any = self._answers.pop(key, None)
        if found is None:
            return
        _, keep, size = found
        self.size -= size
        self._about[keep.about].discard(key)
        if not self._about[keep.about]:
            del self._about[keep.about]
