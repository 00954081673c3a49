"""Files that notes show: where they lie, and how large a picture is."""

import re
import struct
from pathlib import Path

from alpgraph.notes.files import open_regular

_HEAD = 64 * 1024
_SVG_BEGINS = 4096
"""Bytes within which a file begins that is one."""
_SVG = re.compile(rb"<svg\b[^>]*")
_SIDE = re.compile(rb"\s(width|height)=[\"']([0-9.]+)(?:px)?[\"']")
_VIEW_BOX = re.compile(rb"\sviewBox=[\"'][\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)[\"']")


def picture_size(root: Path, path: str) -> tuple[int, int] | None:
    """Return width and height of a PNG, GIF, JPEG or SVG below `root`, if they are told early."""
    try:
        with open_regular(root, path) as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return None
    try:
        size = _size(head)
    except (struct.error, ValueError, IndexError):
        return None
    return size if size and all(0 < side < 100_000 for side in size) else None


def _size(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack(">II", head[16:24])
    if head.startswith((b"GIF87a", b"GIF89a")):
        return struct.unpack("<HH", head[6:10])
    if head.startswith(b"\xff\xd8"):
        return _jpeg(head)
    tag = _SVG.search(head)
    return _svg(tag[0]) if tag and tag.start() < _SVG_BEGINS else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        kind, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4])
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _svg(tag: bytes) -> tuple[int, int] | None:
    sides = {name: float(value) for name, value in _SIDE.findall(tag)}
    if len(sides) == 2:
        return round(sides[b"width"]), round(sides[b"height"])
    box = _VIEW_BOX.search(tag)
    return (round(float(box[1])), round(float(box[2]))) if box else None
