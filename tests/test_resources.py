from pathlib import Path

import pytest

from alpgraph import resources


def test_the_programs_stamp_tells_of_code_and_of_named_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyproject.toml", "alpgraph/a.py", "alpgraph/b.json", "templates/c.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "alpgraph")
    monkeypatch.setattr(resources, "CHECKOUT", tmp_path)
    seen = [resources.program_stamp("templates")]
    assert resources.program_stamp("templates") == seen[0]
    for name in ("alpgraph/a.py", "alpgraph/b.json", "templates/c.html", "templates/new.html"):
        (tmp_path / name).write_text("other")
        now = resources.program_stamp("templates")
        assert now not in seen
        seen.append(now)
    (tmp_path / "alpgraph" / "a.pyc").write_text("made, not written")
    assert resources.program_stamp("templates") == now
