"""Findings of an unchanged folder are kept, and forgotten with whatever they rest on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from alpgraph.check import FindingsCache, check_notebook
from alpgraph.graph import build_graph
from alpgraph.notes import RelationTypes, read_notebook

Folder = Callable[[dict[str, str | bytes]], Path]
FILES: dict[str, str | bytes] = {
    "a.md": "---\ntitle: A\ntitel: B\n---\n[[absent]]\n\n# A\n",
    "b.md": "---\ntitle: 'B'\nrelations: [{type: extend, to: a}]\n---\nx",
}


@pytest.fixture
def certain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust files that are only just written."""
    monkeypatch.setattr("alpgraph.notes.cache.RACE_NS", -(10**12))


def keep(root: Path, cache: Path) -> list[object]:
    notebook = read_notebook(root, cache=cache)
    found = check_notebook(notebook, build_graph(notebook), {})
    FindingsCache(root, cache, notebook.types).save(found, len(notebook.notes))
    return list(found)


@pytest.mark.usefixtures("certain")
def test_findings_come_back_whole(folder: Folder, tmp_path: Path) -> None:
    root, cache = folder(FILES), tmp_path / "cache"
    found = keep(root, cache)
    assert len(found) > 5
    cached = FindingsCache(root, cache, RelationTypes()).load()
    assert cached is not None
    assert (cached.found, cached.notes) == (found, 2)


@pytest.mark.usefixtures("certain")
@pytest.mark.parametrize("change", ["edit", "new", "gone", "renamed", "picture"])
def test_a_change_forgets_them(folder: Folder, tmp_path: Path, change: str) -> None:
    root, cache = folder(FILES), tmp_path / "cache"
    keep(root, cache)
    note = root / "a.md"
    if change == "edit":
        note.write_text("---\ntitle: A\ntitel: C\n---\n[[absent]]\n\n# A\n", encoding="utf-8")
    elif change == "new":
        (root / "absent.md").write_text("x", encoding="utf-8")
    elif change == "picture":  # one that a note shows may have come
        (root / "plot.png").write_bytes(b"")
    elif change == "gone":
        note.unlink()
    else:
        note.rename(root / "c.md")
    assert FindingsCache(root, cache, RelationTypes()).load() is None


@pytest.mark.usefixtures("certain")
def test_other_types_experiments_or_a_damaged_file_forget_them(
    folder: Folder, tmp_path: Path
) -> None:
    root, cache = folder(FILES), tmp_path / "cache"
    keep(root, cache)
    few = RelationTypes(RelationTypes().types[:3])
    assert FindingsCache(root, cache, few).load() is None
    assert FindingsCache(root, cache, RelationTypes(), "another package").load() is None
    file = next(cache.glob("findings*"))
    file.write_bytes(file.read_bytes()[:-3])
    assert FindingsCache(root, cache, RelationTypes()).load() is None


def test_files_that_changed_while_the_cache_was_written_are_not_trusted(
    folder: Folder, tmp_path: Path
) -> None:
    root, cache = folder(FILES), tmp_path / "cache"
    keep(root, cache)
    assert FindingsCache(root, cache, RelationTypes()).load() is None
