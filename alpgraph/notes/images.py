"""Files that notes show: where they lie, and how large a picture is."""

import re
import struct
from pathlib import Path

from alpgraph.notes.files import open_regular

_HEAD = 64 * 1024
_SVG_SIZE = re.compile(rb"<svg\b[^>]*?\s(width|height)=[\"']([0-9.]+)(?:px)?[\"']", re.S)
_VIEW_BOX = re.compile(
    rb"<svg\b[^>]*?\sviewBox=[\"'][\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)[\"']", re.S
)


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
    if b"<svg" in head[:4096]:
        return _svg(head)
    return None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        kind, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4])
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _svg(head: bytes) -> tuple[int, int] | None:
    sides = {name: float(value) for name, value in _SVG_SIZE.findall(head)}
    start = head.find(b"<svg")
    height = re.search(rb"\sheight=[\"']([0-9.]+)(?:px)?[\"']", head[start : start + 2048])
    if height:
        sides.setdefault(b"height", float(height[1]))
    if len(sides) == 2:
        return round(sides[b"width"]), round(sides[b"height"])
    box = _VIEW_BOX.search(head)
    return (round(float(box[1])), round(float(box[2]))) if box else None
