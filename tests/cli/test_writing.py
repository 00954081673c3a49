"""`alpgraph new` through its own door: flags, questions on a terminal, what is refused."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Folder = Callable[[dict[str, str | bytes]], Path]

LOSS = """---
title: Can a weighted loss harm?
summary: Weighting a loss by what mistakes cost.
claim: A weighted loss can harm the decision.
---
A weighted loss teaches less than a plain loss does.
"""
WHY = "both mix learning with choosing, in other words"


def test_a_note_is_written_and_checked_from_flags(alpgraph: Run, folder: Folder) -> None:
    root = folder({"weighted-loss.md": LOSS})
    done = alpgraph(
        "new", "--title", "Do costs belong in a loss?", "--claim", "They do not.",
        "--summary", "About costs.", "--topic", "costs", "--source", "arxiv:2511.07699",
        "--relation", f"weighted-loss:parallel:{WHY}", "--body", "-",
        cwd=root.parent, input="Two words.\n",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "notes/do-costs-belong-in-a-loss.md\n")
    text = (root / "do-costs-belong-in-a-loss.md").read_text()
    assert f"why: {WHY}" in text
    assert text.endswith("Two words.\n")
    assert "error" not in done.stderr
    assert "alpgraph propose notes/do-costs-belong-in-a-loss.md" in done.stderr
    assert alpgraph("check", cwd=root.parent).returncode == 0


def test_near_notes_that_are_not_linked_are_named(alpgraph: Run, folder: Folder) -> None:
    root = folder({"weighted-loss.md": LOSS, "other.md": LOSS.replace("loss", "rain")})
    done = alpgraph("new", "--title", "Does a weighted loss harm a model?", cwd=root.parent)
    assert done.returncode == 0
    assert "weighted-loss  Can a weighted loss harm?" in done.stderr
    link = "weighted-loss:related:they speak of the same loss and its harm"
    same = ("--title", "Does a weighted loss harm a model?", "--relation", link)
    again = alpgraph("new", *same, cwd=root.parent)
    assert "does-a-weighted-loss-harm-a-model  Does a weighted" in again.stderr
    assert "  weighted-loss  " not in again.stderr


def test_findings_of_the_new_note_are_shown(alpgraph: Run, folder: Folder) -> None:
    root = folder({"a.md": LOSS})
    done = alpgraph("new", "--title", "T", "--relation", "a:related:short", cwd=root.parent)
    assert (root / "t.md").exists()
    assert "the reason has 5 characters" in done.stderr
    assert "^^^^^" in done.stderr


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (("--title", "T", "--relation", "b:related:x"), "no note answers to 'b'"),
        (("--title", "T", "--relation", "a:relatd:x"), "did you mean 'related'"),
        (("--title", "T", "--source", "graz"), "KIND:ID"),
        (("--title", "T", "--slug", "a"), "there is a note 'a' already"),
        (("--title", "T", "--slug", "../x"), "does not lie in the notes folder"),
        (("--title", " "), "needs a title"),
        ((), "no terminal to ask on"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    alpgraph: Run, folder: Folder, flags: tuple[str, ...], reason: str
) -> None:
    root = folder({"a.md": LOSS})
    done = alpgraph("new", *flags, cwd=root.parent, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert reason in done.stderr
    assert [path.name for path in root.rglob("*.md")] == ["a.md"]


def test_without_a_folder_nothing_is_written_into_the_bundled_one(
    alpgraph: Run, tmp_path: Path
) -> None:
    done = alpgraph("new", "--title", "T", cwd=tmp_path)
    assert done.returncode == 2
    assert "alpgraph init" in done.stderr


def test_on_a_terminal_it_asks(folder: Folder) -> None:
    root = folder({"weighted-loss.md": LOSS})
    answers = [
        ("question", "Do weighted costs harm?"),
        ("claim", "They do."),
        ("cards", ""),
        ("source", "graz"),
        ("source", "arxiv:2511.07699"),
        ("source", ""),
        ("Relate", "nowhere"),
        ("Relate", "1"),
        ("number or word", "nonsense"),
        ("number or word", "parallel"),
        ("because", "short"),
        ("because", WHY),
        ("Relate", ""),
    ]
    shown = _converse([sys.executable, "-m", "alpgraph", "new"], root.parent, answers)
    text = (root / "do-weighted-costs-harm.md").read_text()
    assert 'arxiv: "2511.07699"' in text
    assert f"type: parallels\n    to: weighted-loss\n    why: {WHY}" in text
    assert "1 Can a weighted loss harm?" in shown
    assert "this note is a case of “Can a weighted loss harm?”" in shown
    assert "no note answers to 'nowhere'" in shown
    assert "5 characters; a reason takes 20 to 500" in shown


def _converse(command: list[str], cwd: Path, answers: list[tuple[str, str]]) -> str:
    """Answer each question, once it is asked, on a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    heard, left = "", list(answers)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                said = os.read(ours, 4096).decode(errors="replace")
            except OSError:  # the other end is closed
                break
            heard += said
        elif process.poll() is not None:
            break
        last = re.split(r"[\r\n]", heard)[-1]
        if left and left[0][0] in last and last.rstrip().endswith(":"):
            heard += "\n"
            os.write(ours, f"{left.pop(0)[1]}\n".encode())
    process.wait(timeout=20)
    os.close(ours)
    assert not left, heard
    assert process.returncode == 0, heard
    return heard


@pytest.mark.parametrize(
    ("flags", "reason"),
    [(("--host", "0.0.0.0"), "loopback"), ((), "a folder of your own")],
)
def test_a_server_that_writes_is_for_ones_own_notes_on_ones_own_machine(
    alpgraph: Run, tmp_path: Path, flags: tuple[str, ...], reason: str
) -> None:
    done = alpgraph("serve", "--edit", "--no-open", "--port", "0", *flags, cwd=tmp_path)
    assert done.returncode == 2
    assert reason in done.stderr
