"""The state folder as an attack: what others put there is not read, nor written through."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from alpgraph.locks import file_lock
from alpgraph.notes import read_notebook
from alpgraph.state import (
    KEY_BYTES,
    Key,
    cache_folder,
    make_state,
    user_key,
    user_state_dir,
)

Folder = Callable[[dict[str, str | bytes]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]
PIPED = {".cache", ".stamps", ".json"}
TELL = "from alpgraph.state import user_key; key = user_key(); print(key.secret.hex(), key.lasts)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be a user who has no key yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def told_key() -> str:
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


def cut(key: Path) -> None:
    key.write_bytes(key.read_bytes()[:-1])


def lay_open(key: Path) -> None:
    key.chmod(0o644)


@pytest.mark.parametrize("spoil", [Path.unlink, cut])
def test_processes_that_start_together_agree_on_a_key_of_their_user_alone(
    home: Path, spoil: Callable[[Path], None]
) -> None:
    told_key()
    key = home / "alpgraph" / "key"
    spoil(key)
    with ThreadPoolExecutor(6) as pool:
        told = set(pool.map(lambda _: told_key(), range(6)))
    assert told == {f"{key.read_bytes().hex()} True"}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert {path.name for path in key.parent.iterdir()} == {"key", "key.lock", ".gitignore"}


@pytest.mark.parametrize("spoil", [cut, lay_open])
def test_a_key_that_is_none_or_that_others_may_read_is_replaced(
    home: Path, spoil: Callable[[Path], None]
) -> None:
    first, key = told_key(), home / "alpgraph" / "key"
    spoil(key)
    again = told_key()
    assert again != first
    assert again == f"{key.read_bytes().hex()} True" == told_key()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_where_no_key_can_be_kept_nothing_derived_is_and_pages_are_served(
    home: Path, folder: Folder, alpgraph: Run, start_server: Any
) -> None:
    home.write_text("a file, where a folder should be")
    root, state = folder({"a.md": "# A ptarmigan\n"}), home.parent / "state"
    assert told_key() != told_key()
    with start_server(str(root), "--state", str(state)) as server:
        assert "ptarmigan" in server.get("/n/a")
        assert "ptarmigan" in server.get("/search?q=ptarmigan")
        assert server.get("/network")
    assert not "".join(server.lines[1:])
    done = alpgraph("check", str(root), "--state", str(state))
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert not (state / "cache").exists()


def test_without_a_home_there_is_a_key_for_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "relative")  # as the specification says: as if unset
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    user_key.cache_clear()
    try:
        key = user_key()
        assert (len(key.secret), key.lasts) == (KEY_BYTES, False)
        assert cache_folder(Path("state")) is None
    finally:
        user_key.cache_clear()


def test_what_another_user_made_is_not_trusted(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, user = tmp_path / "state", os.geteuid()
    user_key.cache_clear()
    try:
        assert cache_folder(state) is not None
        monkeypatch.setattr(os, "geteuid", lambda: user + 1)
        assert cache_folder(state) is None
        user_key.cache_clear()
        assert not user_key().lasts
    finally:
        user_key.cache_clear()


def test_a_turn_is_taken_by_one_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "lock"
    with file_lock(lock) as held:
        begun = time.monotonic()
        with file_lock(lock, longest_wait=0.1) as meanwhile:
            waited = time.monotonic() - begun
    with file_lock(lock, longest_wait=0) as afterwards, file_lock(lock / "below") as nowhere:
        pass
    assert (held, meanwhile, afterwards, nowhere) == (True, False, True, False)
    assert 0.1 <= waited < 60


def test_the_users_folder_is_where_the_system_says() -> None:
    usual = Path.home() / ".local" / "state" / "alpgraph"
    assert user_state_dir({}) == user_state_dir({"XDG_STATE_HOME": "here"}) == usual
    assert user_state_dir({"LOCALAPPDATA": "/data"}) == Path("/data/alpgraph")
    both = {"XDG_STATE_HOME": "/own", "LOCALAPPDATA": "/data"}
    assert user_state_dir(both) == Path("/own/alpgraph")


def test_a_cache_sealed_with_another_key_is_not_used(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alpgraph.notes.cache.RACE_NS", -(10**12))
    root, cache = folder({"a.md": "# Theirs\n"}), tmp_path / "cache"
    note, theirs = root / "a.md", Key(b"x" * KEY_BYTES, lasts=True)
    stamp = note.stat().st_mtime_ns
    with monkeypatch.context() as patch:
        patch.setattr("alpgraph.notes.cache.user_key", lambda: theirs)
        read_notebook(root, cache=cache)
        forged = next(cache.glob("notes-*.cache")).read_bytes()
        # the file itself, as it was, with another text of the same length
        with note.open("r+") as file:
            file.write("# Mine !\n")
        os.utime(note, ns=(stamp, stamp))
        monkeypatch.setattr("alpgraph.notes.cache.Cache.certain", lambda *_: True)
        assert read_notebook(root, cache=cache).notes["a"].title == "Theirs"
    assert read_notebook(root, cache=cache).notes["a"].title == "Mine !"
    assert next(cache.glob("notes-*.cache")).read_bytes() != forged


def plant(place: Path, victim: Path) -> None:
    """Fill a folder with what alpgraph would keep there, as links to somebody's files."""
    place.mkdir(parents=True)
    for name in ("site", "search"):
        (place / name).symlink_to(victim)
    for name in ("layout.json", "layout.lock", "search.lock", "findings.cache", "site.cache"):
        (place / name).symlink_to(victim / "thesis.txt")


def test_links_that_came_with_a_state_folder_lead_to_no_file_of_the_user(
    folder: Folder, alpgraph: Run, tmp_path: Path
) -> None:
    root, victim = folder({"a.md": "# A\n"}), tmp_path / "victim"
    victim.mkdir()
    (victim / "thesis.txt").write_text("years of work")
    plant(tmp_path / ".alpgraph" / "cache", victim)
    for command in (["build", "out", str(root)], ["check", str(root)], ["search", "a"], ["layout"]):
        assert alpgraph(*command, cwd=tmp_path).returncode == 0
    assert [path.name for path in victim.iterdir()] == ["thesis.txt"]
    assert (victim / "thesis.txt").read_text() == "years of work"
    assert not (tmp_path / "out").is_symlink()


def test_derived_data_of_another_folder_of_state_are_not_taken_over(
    folder: Folder, alpgraph: Run, tmp_path: Path
) -> None:
    root, theirs, mine = folder({"a.md": "# A\n"}), tmp_path / "theirs", tmp_path / "mine"
    alpgraph("search", "a", "--notes", str(root), "--state", str(theirs))
    theirs.rename(mine)  # as one that is unpacked
    index = next(mine.glob("cache/*/search"))
    (index / ".managed.json").write_text('["../../../../notes/a.md"]')
    (root / "b.md").write_text("# B\n")
    done = alpgraph("search", "b", "--notes", str(root), "--state", str(mine))
    assert "1 found" in done.stderr
    assert (root / "a.md").exists()


def test_a_circle_of_links_and_a_missing_home_are_no_fault_of_ours(
    folder: Folder, alpgraph: Run, tmp_path: Path
) -> None:
    root, loop = folder({"a.md": "# A\n"}), tmp_path / ".alpgraph"
    loop.symlink_to(loop)
    done = alpgraph("check", str(root))
    assert done.returncode in (0, 2), done.stderr  # from Python 3.13 on, a circle has a path
    assert done.stderr.count("\n") == 1
    environ = {key: value for key, value in os.environ.items() if key != "XDG_STATE_HOME"}
    program = (
        "import os, pwd, sys\n"
        "pwd.getpwuid = lambda uid: {}[uid]\n"
        "from alpgraph.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program, "stats"]
    environ.pop("HOME", None)
    done = subprocess.run(command, env=environ, cwd="/", capture_output=True, text=True)
    assert done.returncode == 2
    assert "name one with --state" in done.stderr


def test_git_ignores_a_state_folder_and_nothing_that_was_there(tmp_path: Path) -> None:
    for made in (tmp_path / "new", tmp_path / ".alpgraph"):
        make_state(made)
        assert (made / ".gitignore").read_text() == "*\n"
    (tmp_path / ".alpgraph" / ".gitignore").unlink()
    make_state(tmp_path / ".alpgraph")
    assert (tmp_path / ".alpgraph" / ".gitignore").exists()
    make_state(tmp_path)
    assert not (tmp_path / ".gitignore").exists()


def test_a_pipe_in_the_place_of_a_cache_is_not_waited_for(folder: Folder, tmp_path: Path) -> None:
    root, state = folder({"a.md": "# A\n\n[[b]]\n", "b.md": "# B\n\nwords\n"}), tmp_path / "state"
    told = (str(root), "--state", str(state))
    asked = (("check", *told), ("layout", *told), ("search", "words", "--notes", *told))

    def answers() -> list[tuple[int, str]]:
        done = [
            subprocess.run(
                [sys.executable, "-m", "alpgraph", *words],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            for words in asked
        ]
        return [(one.returncode, one.stdout) for one in done]

    whole = answers()
    kept = [path for path in (state / "cache").rglob("*") if path.suffix in PIPED]
    assert {path.suffix for path in kept} == PIPED
    assert "meta.json" in {path.name for path in kept}
    for path in kept:
        path.unlink()
        os.mkfifo(path)
    assert answers() == whole
    index = next((state / "cache").rglob("*.store"))
    index.unlink()
    os.mkfifo(index)
    assert answers() == whole
