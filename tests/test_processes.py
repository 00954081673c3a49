"""Processes that help: Ctrl-C is for the one they help, and none outlives it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

CODE = """
import os, signal, sys, threading, time
from multiprocessing import active_children

if __name__ == "__main__":
    from alpgraph.processes import COUNT, Helpers, may_fork

    if sys.argv[1] == "spawned":
        threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()
    assert may_fork() == (sys.argv[1] == "forked")
    with Helpers() as helpers:
        assert list(helpers.map(signal.raise_signal, [signal.SIGINT] * 3)) == [None] * 3
        assert list(helpers.map(abs, [-1, 2, -3])) == [1, 2, 3]
        if sys.argv[2] == "left":
            helpers.map(time.sleep, [1] * COUNT + [1e6] * 3 * COUNT)
        else:
            helpers.map(time.sleep, [1e6] * 3 * COUNT)
            print(*(child.pid for child in active_children()), flush=True)
            time.sleep(1e6)
    print(active_children())
"""
WAYS = pytest.mark.parametrize(
    "way",
    ["spawned", pytest.param("forked", marks=[] if sys.platform == "linux" else pytest.mark.skip)],
)


@pytest.fixture
def begin(tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """Begin a program that uses helpers, from a file since spawned processes read it again."""
    program = tmp_path / "program.py"
    program.write_text(CODE, encoding="utf-8")

    def run(*words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, str(program), *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    return run


@WAYS
def test_helpers_do_not_hear_ctrl_c_and_end_with_the_block(
    begin: Callable[..., "subprocess.Popen[str]"], way: str
) -> None:
    out, _ = begin(way, "left").communicate()
    assert out == "[]\n"


@WAYS
def test_helpers_end_with_a_process_that_is_killed(
    begin: Callable[..., "subprocess.Popen[str]"], way: str
) -> None:
    process = begin(way, "killed")
    assert process.stdout is not None
    pids = [int(word) for word in process.stdout.readline().split()]
    assert pids
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    while any(_runs(pid) for pid in pids):
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # nobody waits for it where the first process of a container does not
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="it asks /proc which processes there are")
@pytest.mark.parametrize("words", [["check"], ["build", "site"]])
def test_ctrl_c_ends_a_command_on_many_notes_without_a_word(
    tmp_path: Path, words: list[str]
) -> None:
    for number in range(1_500):
        text = f"# Note {number}\n\nSee [[n{number // 2}]].\n\n" + "Some words of it. " * 200
        (tmp_path / "notes").mkdir(exist_ok=True)
        (tmp_path / f"notes/n{number}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "alpgraph", *words, "notes", "--state", "state"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not children.read_text():  # others help by now
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to them all
    out, _ = process.communicate()
    assert (process.returncode, out.strip()) == (130, "")
