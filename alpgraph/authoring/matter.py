"""Front matter as text: where it stands, how a value is written, what it means."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

_MATTER = re.compile(r"(---[ \t]*\n)(.*?)^((?:---|\.\.\.)[ \t]*(?:\n.*)?)\Z", re.S | re.M)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STRINGS: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_READERS = (_LOADER, yaml.SafeLoader)  # they differ, as in `[a?]`
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Matter:
    """A file taken apart; put together again by `joined`."""

    opening: str
    """The first `---` with its line end; empty when there is no front matter."""
    raw: str
    """YAML, each line with its end."""
    rest: str
    """The closing `---` and the body."""
    bom: bool
    crlf: bool

    def joined(self, raw: str) -> bytes:
        """Return the file's bytes with `raw` as its YAML and everything else as it was."""
        text = f"{self.opening}{raw}{self.rest}"
        if self.crlf:
            text = text.replace("\n", "\r\n")
        return ((BOM if self.bom else "") + text).encode("utf-8")


def split_file(data: bytes) -> Matter | None:
    """Take a file apart; nothing when it is not UTF-8 or mixes line ends."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    bom = text.startswith(BOM)
    text = text.removeprefix(BOM)
    crlf = "\r\n" in text
    plain = text.replace("\r\n", "\n") if crlf else text
    if "\r" in plain or (crlf and plain.count("\n") != text.count("\r\n")):
        return None
    match = _MATTER.match(plain)
    if match is None:
        return Matter("", "", plain, bom, crlf)
    return Matter(match[1], match[2], match[3], bom, crlf)


def compose(raw: str) -> yaml.MappingNode | None:
    """Return the tree of a block of YAML with marks; nothing unless it is a plain block mapping.

    Anchors, tabs between keys, repeated keys and keys that are no texts are not plain.
    """
    try:
        if any(getattr(event, "anchor", None) for event in yaml.parse(raw, Loader=_LOADER)):
            return None
        node = yaml.compose(raw, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not distinct(node):
        return None
    columns = {key.start_mark.column for key, _ in node.value}
    return node if columns == {0} else None


def distinct(node: yaml.MappingNode) -> bool:
    """Whether all keys of a mapping are texts, each written once."""
    keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    return len(set(keys)) == len(keys) == len(node.value)


def meaning(raw: str) -> Any:
    """Return what a block of YAML says, every scalar as text; None when it cannot be read."""
    try:
        return yaml.load(raw, Loader=_STRINGS)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return None


def written(text: str, *, flow: bool = False) -> str:
    """Return a text as YAML: bare where it reads back as itself for everybody, else quoted.

    >>> written("a plain text"), written("no"), written("A: b")
    ('a plain text', '"no"', '"A: b"')
    >>> written("a, b", flow=True)
    '"a, b"'
    """
    if (
        _reads_back(text, f"[{text}]\n", [text])
        if flow
        else _reads_back(text, f"key: {text}\n", {"key": text})
    ):
        return text
    if text.isprintable():
        if '"' not in text and "\\" not in text:
            return f'"{text}"'
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _reads_back(text: str, document: str, expected: Any) -> bool:
    # what must be escaped is never bare; the rest is asked of YAML itself, which knows its rules
    if not text.isprintable() or "&" in text[:1] or "*" in text[:1]:
        return False
    try:
        return all(yaml.load(document, Loader=kind) == expected for kind in _READERS)
    except (yaml.YAMLError, ValueError):
        return False


def _escaped(char: str) -> str:
    named = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    if char in named or char.isprintable():
        return named.get(char, char)
    code = ord(char)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
