"""Who follows every link of a built site."""

import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
ADDRESSES = ("href", "src", "action", "formaction", "data-network", "data-titles", "data-root")


@dataclass
class Page(HTMLParser):
    """Addresses and anchors of a page."""

    text: str
    addresses: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.anchors.add(value or "")
            elif name in ADDRESSES:
                self.addresses.append(value or "")
            elif name == "content" and (found := re.match(r"0; url=(.*)", value or "")):
                self.addresses.append(found[1])


def files_of(site: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def broken_links(site: Path, *, at: str = "https://here.example/") -> list[str]:
    """Follow every link of a site that lies at an address; return those that lead nowhere."""
    files = dict.fromkeys(files_of(site), b"")
    pages = {path: Page((site / path).read_text()) for path in files if path.endswith(".html")}
    broken = []
    for path, page in pages.items():
        for address in page.addresses:
            target = urlsplit(urljoin(at + path, address))
            if f"{target.scheme}://{target.netloc}" != "https://here.example":
                continue
            inside = target.path.startswith(urlsplit(at).path)
            lies = unquote(target.path[len(urlsplit(at).path) :])
            lies = posixpath.join(lies, "index.html") if lies.endswith("/") or not lies else lies
            anchor = unquote(target.fragment)
            known = not anchor or lies not in pages or anchor in pages[lies].anchors
            if not (inside and lies in files and known):
                broken.append(f"{path}: {address}")
    return broken
