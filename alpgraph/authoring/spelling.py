"""How a link to a renamed note may be written, in the way its author wrote it before."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from alpgraph.authoring.matter import written
from alpgraph.notes.names import INDEX_NAMES, other_names

_ENDING = re.compile(r"\.(?:md|markdown)$", re.I)
_SPECIAL = re.compile(r"""[\s()<>"'%?#\[\]\\]""")
"""What may end an address in Markdown, or has a meaning in it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A target as it stands in a link's markup."""

    start: int
    end: int
    text: str


def find_target(markup: str, target: str) -> Written | None:
    """Return where the target stands in a link; nothing where it is not written out there.

    >>> find_target("[a b](a%20b.md)", "a b.md")
    Written(start=6, end=14, text='a%20b.md')
    """
    begin = markup.find("](") + 2 if "](" in markup and not _is_wikilink(markup) else 0
    for text in dict.fromkeys((target, quote(target), target.replace(" ", "%20"))):
        at = markup.find(text, begin)
        if at >= 0:
            return Written(at, at + len(text), text)
    return None


def as_written(markup: str, known: Written, name: str) -> str:
    """Return a new target as it has to stand where `known` stands in a link."""
    if "](" in markup and not _is_wikilink(markup):
        return as_address(name, before=markup[known.start - 1])
    return written(name, flow=True) if known.text == markup else name


def as_address(name: str, *, before: str = "") -> str:
    """Return a path as an address of Markdown behind a character.

    >>> as_address("a b.md"), as_address("a b.md", before="<")
    ('a%20b.md', 'a b.md')
    """
    return name if before == "<" else _SPECIAL.sub(lambda char: quote(char[0], safe=""), name)


def _is_wikilink(markup: str) -> bool:
    return markup.startswith(("[[", "![["))


def names_like(link: str, old: str, new: str, origin: str) -> Iterator[str]:
    """Yield what may name the file `new` in the note at `origin`, likest `link` first.

    `link` named the file `old`; paths are below the notes folder. Whether a name means the note
    there depends on all others and is for the caller to try.

    >>> next(names_like("../a.md", "a.md", "x/b.md", "y/c.md"))
    '../x/b.md'
    >>> list(names_like("a", "a.md", "b.md", "c.md"))
    ['b', '/b']
    """
    seen = set()
    for name in _names(link, old, new, origin):
        if name not in seen:
            seen.add(name)
            yield name


def _names(link: str, old: str, new: str, origin: str) -> Iterator[str]:
    is_file = _ENDING.search(link) is not None
    path = new if is_file else _ENDING.sub("", new)
    folder, name = posixpath.split(path)
    here = posixpath.dirname(origin) or "."
    if not _named_by_file(link, old):
        yield from other_names(name)
        if _ENDING.sub("", name).lower() in INDEX_NAMES and folder:
            yield from _paths(link, folder, here)
    if link.startswith("/") and link.endswith(known := old if is_file else _ENDING.sub("", old)):
        yield link.removesuffix(known) + path  # sites begin with the folder's own name
    if link == _ENDING.sub("", old):  # a slug, from wherever it is written
        yield path
    yield from _paths(link, path, here)
    if "/" not in link and not is_file:
        yield name
    yield path
    yield posixpath.relpath(path, here)
    yield f"/{path}"


def _named_by_file(link: str, old: str) -> bool:
    last, name = (_ENDING.sub("", text.rstrip("/").rpartition("/")[2]) for text in (link, old))
    return last.casefold() == name.casefold()


def _paths(link: str, path: str, here: str) -> Iterator[str]:
    """Yield a path as an author would write it who wrote `link`."""
    relative = posixpath.relpath(path, here)
    if link.startswith("/"):
        yield f"/{path}"
    elif link.startswith(("./", "../")):
        yield relative if relative.startswith("../") else f"./{relative}"
    elif _ENDING.search(link):
        yield relative
    elif "/" not in link:
        yield posixpath.basename(path)
