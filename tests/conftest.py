"""Fixtures shared by every room's tests: a notes folder from a dict, a real server, a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Write files into a fresh notes folder and return it."""

    def write(files: dict[str, str | bytes]) -> Path:
        root = tmp_path / "notes"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        root.mkdir(exist_ok=True)
        return root

    return write
