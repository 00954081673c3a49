"""What stands between `[[` and `]]`, and which addresses may mean a note."""

import re
from typing import NamedTuple
from urllib.parse import unquote

_FILE_ENDINGS = (
    "png jpg jpeg gif svg webp avif bmp ico tif tiff mp3 wav ogg m4a flac 3gp opus mp4 webm mov mkv"
    " ogv pdf canvas base excalidraw csv tsv txt json yaml yml toml xml zip gz tar html htm"
    " py ipynb js ts css scss sol sh rs go c h cpp java rb bib tex docx xlsx pptx doc xls ppt log"
)
_FILE_TYPES = frozenset(_FILE_ENDINGS.split())
IMAGE_TYPES = frozenset(_FILE_ENDINGS.split()[:9])
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
LINK_LIMIT = 1000
"""Characters between the brackets; longer ones are text."""


class Wikilink(NamedTuple):
    """The parts of `[[to#heading|text]]`."""

    to: str
    heading: str
    text: str
    """The words after the bar; empty when there are none."""


def read_wikilink(content: str) -> Wikilink:
    r"""Take apart what stands between the brackets.

    >>> read_wikilink("a/b#c|d")
    Wikilink(to='a/b', heading='c', text='d')
    """
    if "|" not in content and "#" not in content:
        return Wikilink(content.strip(), "", "")
    content = content.replace("\\|", "|")
    target, _, text = content.partition("|")
    name, mark, heading = target.partition("#")
    if mark and not heading.strip():  # `[[C#]]` is a name
        name, heading = target, ""
    return Wikilink(name.strip(), heading.strip(), text.strip())


def shown_text(link: Wikilink) -> str:
    """Return the words a reader sees for it."""
    if link.text:
        return link.text
    if link.heading:
        return f"{link.to} > {link.heading.lstrip('^')}" if link.to else link.heading.lstrip("^")
    return link.to


def file_type(path: str) -> str:
    """Return the file type of a path, as `png`; empty for notes and for names without one."""
    if "." not in path:
        return ""
    _, dot, ending = path.rsplit("/", 1)[-1].rpartition(".")
    return ending.lower() if dot and ending.lower() in _FILE_TYPES else ""


def file_address(href: str, *, picture: bool = False) -> str | None:
    """Return the path in an address, if it can mean a file of the folder that is no note.

    >>> file_address("../a%20plot.svg?raw#top"), file_address("an-example.org")
    ('../a plot.svg', None)
    """
    if href.startswith(("#", "//", "?")) or _SCHEME.match(href):
        return None
    path = address_path(href)
    return path if path and (picture or file_type(path)) else None


def address_path(href: str) -> str:
    """Return the path in an address, as its file is called."""
    return unquote(href.partition("#")[0].partition("?")[0])


def note_address(href: str) -> tuple[str, str] | None:
    """Return target and heading of a Markdown link's address, if it can mean a note.

    >>> note_address("../other%20note.md#part")
    ('../other note.md', 'part')
    >>> note_address("https://example.org/a.md") is None
    True
    """
    if not href or href.startswith(("#", "//", "?")) or _SCHEME.match(href):
        return None
    path, _, heading = href.partition("#")
    if "?" in path and path.split("?")[0].lower().endswith((".md", ".markdown")):
        path = path.split("?")[0]
    path = unquote(path)
    if path.startswith("[[") and path.endswith("]]"):  # Logseq's `[words]([[page]])`
        path = path[2:-2].strip()
    name = path.rstrip("/").rsplit("/", 1)[-1]
    if not path or name in ("", ".", ".."):
        return None
    if "." in name.lstrip(".") and not name.lower().endswith((".md", ".markdown")):
        return None
    return path, unquote(heading)
