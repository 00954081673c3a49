"""What the system, or somebody else's folder, refuses: said plainly, and nothing lost."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Folder = Callable[[dict[str, str | bytes]], Path]

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "alpgraph"]
# root may do all; without these it is held to a file's mode as anybody is
MERE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
SLIP = "---\ntitle: T\nsumary: words\n---\nText.\n"
UNTIDY = "---\nsummary: words\ntitle: T\n---\nText.\n"


def run_as_anybody(*words: str) -> "subprocess.CompletedProcess[str]":
    before = MERE if os.geteuid() == 0 else []
    return subprocess.run(
        [*before, *COMMAND, *words], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def locked(folder: Folder) -> Iterator[Callable[[dict[str, str | bytes], int], Path]]:
    """Write notes, those below `sub` in a folder of a mode."""
    made: list[Path] = []

    def write(files: dict[str, str | bytes], mode: int) -> Path:
        root = folder(files)
        made.append(root / "sub")
        (root / "sub").chmod(mode)
        return root

    yield write
    for path in made:
        path.chmod(0o755)


@pytest.mark.parametrize(("command", "text"), [(("check", "--fix"), SLIP), (("fmt",), UNTIDY)])
def test_a_file_that_cannot_be_written_is_named_and_the_rest_is_done(
    locked: Callable[..., Path], command: tuple[str, ...], text: str
) -> None:
    root = locked({"a.md": text, "sub/b.md": text, "z.md": text}, 0o555)
    done = run_as_anybody(*command, str(root))
    assert "sub/b.md: left alone, it cannot be written: Permission denied" in done.stderr
    assert (root / "sub" / "b.md").read_text() == text
    assert (root / "a.md").read_text() != text
    assert (root / "z.md").read_text() != text
    assert "in 2 files" in done.stderr or "tidied 2 files" in done.stderr
    assert "own fault" not in done.stderr


def test_a_folder_that_cannot_be_read_is_a_fault_until_it_can(
    locked: Callable[..., Path], tmp_path: Path
) -> None:
    root = locked({"a.md": "# A\n", "sub/b.md": "# B\n"}, 0o000)
    words = ("check", str(root), "--output-format", "concise", "--state", str(tmp_path / "state"))
    for _ in range(2):  # from the files, then from what is kept of them
        done = run_as_anybody(*words)
        assert done.returncode == 1, done.stderr
        assert "/sub:1:1: ALP004 " in done.stdout
        assert "cannot be read: Permission denied" in done.stdout
    (root / "sub").chmod(0o755)
    done = run_as_anybody(*words)
    assert done.returncode == 0, done.stdout
    assert "in 2 notes" in done.stderr


def test_a_place_that_cannot_be_written_is_said_without_the_system_s_number(
    locked: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "c.md").write_text("# C\n")
    root = locked({"a.md": "# A\n", "sub/b.md": "# B\n"}, 0o555)
    out = root / "sub" / "out"
    done = run_as_anybody("build", str(out), str(tmp_path / "other"))
    assert done.returncode == 2
    assert done.stderr == f"error: '{out.parent / '.out.alpgraph-new'}': Permission denied\n"


@pytest.mark.parametrize("command", [("fmt",), ("check", "--fix")])
def test_the_bundled_notes_are_never_written(
    alpgraph: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = alpgraph(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no notes folder here" in done.stderr


def test_check_says_that_it_looked_at_the_bundled_notes(alpgraph: Run, tmp_path: Path) -> None:
    done = alpgraph("check", cwd=tmp_path)
    assert "these are the bundled notes, since there is no ./notes here" in done.stderr
    assert "bundled" not in alpgraph("check", str(ROOT / "notes")).stderr


def test_a_note_is_found_from_inside_its_folder(alpgraph: Run, folder: Folder) -> None:
    root = folder({"a.md": UNTIDY, "deep/b.md": f"{UNTIDY}See [[a]].\n"})
    for place, name in ((root, "deep/b.md"), (root / "deep", "b.md"), (root.parent, "notes/a.md")):
        explained = alpgraph("explain", name, cwd=place)
        assert explained.returncode == 0, explained.stderr
        proposed = alpgraph("propose", name, "--no-push", cwd=place)
        assert "is no note" not in proposed.stderr
    assert alpgraph("fmt", "b.md", cwd=root / "deep").returncode == 0
    assert (root / "deep" / "b.md").read_text() != f"{UNTIDY}See [[a]].\n"
    assert (root / "a.md").read_text() == UNTIDY


ODD = {"a.md": "---\ntitle: “Quoted” → 日本 Café\n---\nSee [[nowhere 日本]].\n"}


@pytest.mark.parametrize(
    "words", [("check",), ("check", "--output-format", "concise"), ("search", "Café")]
)
def test_any_text_can_be_written_whatever_the_encoding(
    folder: Folder, words: tuple[str, ...]
) -> None:
    root = folder(ODD)
    done = subprocess.run(
        [*COMMAND, *words], cwd=root.parent, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert "日本" in done.stdout.decode("utf-8")


def test_what_programs_read_is_utf_8(folder: Folder) -> None:
    root = folder(ODD)
    done = subprocess.run(
        [*COMMAND, "export", "graphml"], cwd=root.parent, capture_output=True, check=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert "Café" in "".join(ElementTree.fromstring(done.stdout).itertext())


def test_closed_output_is_no_fault(folder: Folder) -> None:
    root = folder({"a.md": "# A\n"})
    command = f'exec "{sys.executable}" -m alpgraph check "{root}" >&-'
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "1 hint in 1 note\n")


@pytest.mark.parametrize("name", ["json", "sarif", "github"])
def test_a_diff_never_stands_among_what_programs_read(
    alpgraph: Run, folder: Folder, name: str
) -> None:
    root = folder({"a.md": SLIP})
    done = alpgraph("check", str(root), "--fix", "--output-format", name)
    assert "mended 1 finding in 1 file" in done.stderr
    assert "+++ b/a.md" not in done.stdout
    if name != "github":
        json.loads(done.stdout)


def test_sarif_names_files_from_the_root_of_the_repository(alpgraph: Run, repository: Any) -> None:
    (repository.notes / "a.md").write_text(SLIP)
    done = alpgraph("check", "--output-format", "sarif", cwd=repository.root)
    [result] = json.loads(done.stdout)["runs"][0]["results"][:1]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "notes/a.md"


def test_a_note_that_cannot_be_written_is_named(locked: Callable[..., Path]) -> None:
    root = locked({"a.md": "# A\n", "sub/b.md": "# B\n"}, 0o555)
    done = run_as_anybody("new", "--title", "New", "--slug", "sub/new", "--notes", str(root))
    assert done.returncode == 2
    assert done.stderr.endswith(f"error: '{root / 'sub' / 'new.md'}': Permission denied\n")
    assert sorted(path.name for path in (root / "sub").iterdir()) == ["b.md"]


def test_a_new_note_takes_no_name_that_a_folder_has(alpgraph: Run, folder: Folder) -> None:
    root = folder({"a.md": "# A\n", "new.md/b.txt": "B"})
    done = alpgraph("new", "--title", "New", "--notes", str(root))
    assert done.returncode == 2
    assert done.stderr.endswith(f"error: '{root / 'new.md'}': File exists\n")


def test_a_renaming_that_is_refused_is_not_told_as_done(locked: Callable[..., Path]) -> None:
    root = locked({"sub/a.md": "# A\n"}, 0o555)
    done = run_as_anybody("rename", "sub/a", "sub/new", "--notes", str(root))
    assert done.returncode == 1
    first, *others = done.stderr.splitlines()
    assert first.startswith("not all of this was done: sub/a.md to sub/new.md")
    assert "sub/a.md: not moved to sub/new.md: Permission denied" in others
    assert (root / "sub" / "a.md").read_text() == "# A\n"
