"""Where the pages of a server lie as files: the address of `/n/slug` is `n/slug.html`.

static/addresses.js is the same rule for the addresses that scripts make.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from urllib.parse import unquote

from markupsafe import escape

from alpgraph.pages.policy import content_policy

PAGES = frozenset(
    {"n", "walk", "links", "topics", "relations", "experiments", "help", "network", "search"}
    | {"path", "trail", "timeline", "standing"}
)
"""First parts of the addresses that lead to pages."""
DATA = {"api/network": ".bin", "api/network/titles": ".txt", "api/topics": ".json"}
WALKS = "api/walk/"
TWINS = (".md", ".bib", ".csl.json")
SCRIPTED = frozenset({"network", "path", "search"})
"""Pages whose script reads the query."""
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".avif": "image/avif",
    ".pdf": "application/pdf",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
}
"""Media types of the files beside the notes that pages may show, by ending."""
_TAG = re.compile(  # those with a value that begins with a slash; nothing is tried twice
    r'<[a-zA-Z][^>"]*+(?:"(?!/)[^"]*+"[^>"]*+)*+"/[^"]*+"[^>"]*+(?:"[^"]*+"[^>"]*+)*+>'
)
_ADDRESS = re.compile(
    r'(?<=\s)((?:href|src|action|formaction|data-root|data-network|data-titles)=")(/(?!/)[^"]*)"'
)


@dataclass(frozen=True, slots=True)
class Files:
    """The rule for one collection."""

    slugs: Container[str]
    own: Mapping[str, str] = field(default_factory=dict)
    """Addresses with a query that have a file of their own."""
    _known: dict[str, str] = field(default_factory=dict, repr=False)

    def file_url(self, address: str) -> str:
        """Return where an address of a server lies, from the site's root, as part of an address.

        >>> files = Files({"a"})
        >>> files.file_url("/n/a?trail=b#h-how"), files.file_url("/n/a.md"), files.file_url("/")
        ('n/a.html#h-how', 'n/a.md', '')
        """
        bare, mark, fragment = address.partition("#")
        if bare in self.own:  # a file for what the fragment points at on a longer page
            return self.own[bare]
        path, separator, query = bare.partition("?")
        path = _turned(path.removeprefix("/"), query)
        search = separator + query if path in SCRIPTED else ""
        return path + self._ending(path) + search + mark + fragment

    def path(self, address: str) -> str:
        """Return the file that an address leads to.

        >>> Files({"a b"}).path("/n/a%20b"), Files(()).path("/")
        ('n/a b.html', 'index.html')
        """
        return unquote(re.split("[?#]", self.file_url(address))[0]) or "index.html"

    def _ending(self, path: str) -> str:
        if path in DATA:
            return DATA[path]
        if path.startswith(WALKS):
            return ".json"
        first, _, rest = path.partition("/")
        if first.partition("-")[0] not in PAGES:
            return ""
        if first == "n" and rest.endswith(TWINS) and unquote(rest) not in self.slugs:
            return ""
        return ".html"

    def rewrite_page(self, page: str, up: str) -> str:
        """Rewrite the addresses of a page; `up` leads to the site's root, as `../` or `/x/`."""

        def rewritten(match: re.Match[str]) -> str:
            written = match[2]
            address = self._known.get(written)
            if address is None:
                address = self._known[written] = str(escape(self.file_url(unescape(written))))
            return f'{match[1]}{up + address or "./"}"'

        return _TAG.sub(lambda tag: _ADDRESS.sub(rewritten, tag[0]), page)


def _turned(path: str, query: str) -> str:
    """Return the path of a page that is turned, which differs from the first one's.

    >>> _turned("links/a", "page=2"), _turned("timeline", "before=c0ffee")
    ('links-2/a', 'timeline/c0ffee')
    """
    name, _, value = query.partition("=")
    if name == "page" and path.startswith("links/"):
        return path.replace("links/", f"links-{value}/", 1)
    if name == "before" and path == "timeline":
        return f"{path}/{value}"
    return path


@dataclass(frozen=True)
class Published:
    """How a collection is published as files."""

    files: Files
    base: str = ""
    """Path that addresses begin with, with slashes around; empty for relative addresses."""
    server: str = ""
    """Address of the alpgraph server that runs are sent to, if any, without a slash at the end."""
    whole_text: bool = True
    """Whether the search looks into the text of the notes too."""

    def up(self, path: str) -> str:
        """Return what leads from a file to the root of the site.

        >>> Published(Files(())).up("n/topic/a.html")
        '../../'
        """
        return self.base or "../" * path.count("/")

    def link(self, address: str, here: str) -> str:
        """Return what leads from the address `here` to another.

        >>> Published(Files("ab")).link("/n/a.md", "/n/b.md")
        '../n/a.md'
        """
        return self.up(self.files.path(here)) + self.files.file_url(address)

    @cached_property
    def policy(self) -> str:
        """What a page may load, as a browser reads it."""
        return content_policy("/".join(self.server.split("/")[:3]))

    @property
    def referrer(self) -> str:
        """What is told to other sites: nothing, unless a server has to know who asks for a run."""
        return "strict-origin" if self.server else "same-origin"
