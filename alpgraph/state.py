"""The state folder, and in it a place for derived data that nobody but this user can have filled.

A folder of notes may be cloned or unpacked with a state folder in it, made by anybody. What is
derived is trusted without another look, so it lies in a folder whose name only the user's own key
gives, and is sealed with that key where crafted bytes could do more than mislead.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from alpgraph.locks import file_lock

NAME = ".alpgraph"
"""What the state folder beside the notes is called."""
KEY_BYTES = 32
WRITING = 10.0
"""Longest wait, in seconds, for another process that writes the key."""


class Key(NamedTuple):
    """A secret of the user."""

    secret: bytes
    lasts: bool
    """Whether other processes have it, now and later."""


def user_state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Folder for what belongs to no folder of notes (XDG base directory specification).

    Raises RuntimeError where the user has no home.
    """
    base = Path(environ.get("XDG_STATE_HOME") or environ.get("LOCALAPPDATA") or "")
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "alpgraph"


@cache
def user_key() -> Key:
    """Return the key of the user, made by the first process that asks.

    Where it can be neither read nor written, it is one of this process alone.
    """
    with suppress(OSError, RuntimeError):
        path = user_state_dir() / "key"
        secret = _read(path) or _create(path)
        if secret is not None:
            return Key(secret, lasts=True)
    return Key(os.urandom(KEY_BYTES), lasts=False)


def cache_folder(state: Path) -> Path | None:
    """Return the folder for derived data, made if need be; None where none can be kept."""
    key = user_key()
    if not key.lasts:
        return None
    name = blake2b(os.fsencode(state), key=key.secret, digest_size=10).hexdigest()
    folder = state / "cache" / name
    try:
        make_state(state)
        folder.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
    except OSError:
        return None
    return folder if stat.S_ISDIR(status.st_mode) and _is_ours(status) else None


def make_state(folder: Path) -> None:
    """Make a state folder that git ignores, unless it is there; raises OSError."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        if not folder.is_dir():
            raise
        if folder.name != NAME:  # it may be a folder of anything
            return
    with suppress(OSError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
        file.write("*\n")


def read_regular(path: Path) -> bytes:
    """Read a file; raises OSError for a pipe, of which nobody may ever write the other end."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 a descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is not a regular file")
        return file.read()


def _read(path: Path) -> bytes | None:
    """Return the key in a file, or nothing where it is none or others may know it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 a descriptor
        status = os.fstat(descriptor)
        secret = file.read(KEY_BYTES + 1) if stat.S_ISREG(status.st_mode) else b""
    others = os.name == "posix" and status.st_mode & 0o077
    return secret if len(secret) == KEY_BYTES and _is_ours(status) and not others else None


def _create(path: Path) -> bytes | None:
    """Write a key whole, in place of one that cannot be used; return what is there then."""
    make_state(path.parent)
    with file_lock(path.with_name("key.lock"), longest_wait=WRITING):
        secret = _read(path)  # of several processes that start together, one makes the key
        if secret is not None:
            return secret
        written = path.with_name(f".key-{os.urandom(4).hex()}")
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 a descriptor
                file.write(os.urandom(KEY_BYTES))
                file.flush()
                os.fsync(descriptor)
            written.replace(path)
        finally:
            written.unlink(missing_ok=True)
        return _read(path)


def _is_ours(status: os.stat_result) -> bool:
    return os.name != "posix" or status.st_uid == os.geteuid()
