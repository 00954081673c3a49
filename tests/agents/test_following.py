"""What answers are made from follows the folder."""

import os
from collections.abc import Callable
from pathlib import Path

from alpgraph.agents.following import Follower
from alpgraph.config import Config, Location

NOTE = "---\ntitle: A note\n---\nText.\n"


def test_a_file_that_cannot_be_read_is_not_taken_for_a_change(
    folder: Callable[..., Path], tmp_path: Path
) -> None:
    root = folder({"a.md": NOTE})
    broken = Path(os.fsdecode(os.fsencode(root) + b"/bad\xff.md"))
    broken.write_text(NOTE)
    follower = Follower(Location(root, tmp_path / "state", bundled=False), Config())
    first = follower.collection()
    assert "ALP004" in [one.code for one in first.notebook.diagnostics]
    assert follower.collection() is first
    (root / "b.md").write_text(NOTE)
    second = follower.collection()
    assert list(second.notes) == ["a", "b"]
    assert follower.collection() is second
    broken.unlink()
    third = follower.collection()
    assert "ALP004" not in [one.code for one in third.notebook.diagnostics]
