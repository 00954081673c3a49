"""The one place where HTML becomes safe: an allow list first, our own markup put in afterwards.

Never allow svg, math, style, id, class, name or data-*: what of these a page shows is ours and
takes the place of a slot once the sanitiser is done.
"""

import re
import secrets
from collections.abc import Callable
from html import escape, unescape

import nh3

_TAG_NAMES = (
    "a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption"
    " figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small"
    " span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
TAGS = frozenset(_TAG_NAMES.split())
"""Elements that an author's HTML may hold."""
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto", "xmpp", "irc", "ircs"}
_GONE = {"script", "style"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TAG = r"<[^\"<>]*(?:\"[^\"]*\"[^\"<>]*)*>"
_NAME = "alp[0-9a-f]{24}"
_MARK = re.compile(rf"({_NAME})([xa])(\d+)z")
_TAG_OR_MARK = re.compile(
    rf"(?P<tag>{_TAG})(?P<marks>(?:{_NAME}a\d+z)*)|(?P<mark>{_NAME})(?P<kind>[xa])(?P<number>\d+)z"
)
_HREF = re.compile(r'(\s(?:href|src)=")([^"]*)(")')


class SafeHtml(str):
    """HTML that the sanitiser made; templates insert it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return itself, as Jinja asks."""
        return self


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=_GONE,
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    link_rel=None,
    strip_comments=True,
)


class Placeholders:
    """Our own markup on its way past the sanitiser, as marks nobody can guess."""

    def __init__(self) -> None:
        """Begin without any."""
        self._mark = f"alp{secrets.token_hex(12)}"
        self._contents: list[str] = []

    def put(self, html: str) -> str:
        """Keep markup that is ours and return the text that stands for it."""
        self._contents.append(html)
        return f"{self._mark}x{len(self._contents) - 1}z"

    def attributes(self, html: str) -> str:
        """Keep attributes, as ` id="h-a"`, for the tag that stands right before the mark."""
        self._contents.append(html)
        return f"{self._mark}a{len(self._contents) - 1}z"

    def sanitised(self, html: str, rewrite: "TagRewriter") -> SafeHtml:
        """Sanitise, then put back what was kept: only between tags, never inside one."""
        clean = _CLEANER.clean(html)

        def replace(match: re.Match[str]) -> str:
            if match["tag"] is None:
                if match["mark"] != self._mark:
                    return match[0]
                return self._contents[int(match["number"])] if match["kind"] == "x" else ""
            tag = _MARK.sub(lambda found: "" if found[1] == self._mark else found[0], match["tag"])
            extra = "".join(
                self._contents[int(number)]
                for mark, _, number in _MARK.findall(match["marks"])
                if mark == self._mark
            )
            return rewrite(tag, extra)

        return SafeHtml(_TAG_OR_MARK.sub(replace, clean))


class TagRewriter:
    """Looks at every tag that is left: outside links, images' addresses, items without a list."""

    def __init__(
        self,
        link: Callable[[str], str | None] | None = None,
        image: Callable[[str], str | None] | None = None,
    ) -> None:
        """Take what resolves the addresses of links and pictures."""
        self._link = link
        self._image = image
        self._lists = 0
        self._items: list[bool] = []

    def __call__(self, tag: str, extra: str) -> str:
        """Return what stands in the tag's place, with `extra` attributes."""
        name = tag[1:].split(None, 1)[0].strip("/>")
        if name in ("ul", "ol"):
            self._lists += -1 if tag[1] == "/" else 1
        elif name == "li":
            return self._item(tag, extra)
        elif name == "a" and tag[1] != "/":
            tag, more = self._anchor(tag)
            extra += more
        elif name == "img":
            return self._picture(tag, extra)
        return f"{tag[:-1]}{extra}>" if extra else tag

    def _item(self, tag: str, extra: str) -> str:
        """Keep `li` only inside a list: alone it breaks the page's layout."""
        if tag[1] == "/":
            return tag if not self._items or self._items.pop() else ""
        in_list = self._lists > 0
        self._items.append(in_list)
        return f"{tag[:-1]}{extra}>" if in_list else ""

    def _anchor(self, tag: str) -> tuple[str, str]:
        match = _HREF.search(tag)
        if not match:
            return tag, ""
        address = unescape(match[2])
        if _CONTROL.search(address):  # some reader of it may leave them out
            return _HREF.sub("", tag), ""
        if is_outside(address):
            return tag, ' rel="noopener"'
        if self._link and (better := self._link(address)) is not None:
            tag = _HREF.sub(lambda parts: parts[1] + escape(better) + parts[3], tag, count=1)
        return tag, ""

    def _picture(self, tag: str, extra: str) -> str:
        match = _HREF.search(tag)
        alt = re.search(r'\salt="([^"]*)"', tag)
        if not match or is_outside(unescape(match[2])):  # no page loads from another host
            return f'<span class="no-image">{alt[1] if alt else ""}</span>'
        if self._image and (better := self._image(unescape(match[2]))) is not None:
            tag = _HREF.sub(lambda parts: parts[1] + escape(better) + parts[3], tag, count=1)
        lazy = "" if " loading=" in tag else ' loading="lazy"'
        return f"{tag[:-1]}{lazy}{extra}>"


def is_outside(address: str) -> bool:
    """Tell whether an address leads to another host or program.

    >>> is_outside("//example.org"), is_outside("a.md")
    (True, False)
    """
    return bool(re.match(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2})", address))
