"""Asking git: objects are read, nothing of a repository's is ever run or written."""

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

TIMEOUT = 120
"""Seconds after which git is given up."""
# where git was started from within a hook, these would point it at another repository
_MISLEADING = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
}
BARE = "safe.bareRepository=explicit"
"""Lets git pass over a repository that lies as plain files in another one's folder.

Whoever may send files could bring such a one, with a configuration that names programs to run.
"""
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "log.showSignature=false",
    "log.follow=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    BARE,
)
_OPTIONS = ("--no-pager", "--literal-pathspecs", *(f for s in _SETTINGS for f in ("-c", s)))
_KINDS: dict[bytes, Literal["file", "link", "submodule"]] = {
    b"100": "file",
    b"120": "link",
    b"160": "submodule",
}
"""By the first digits of git's mode."""
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}


class HistoryError(ValueError):
    """Why a repository could not answer, and what to do."""


class ForeignRepositoryError(HistoryError):
    """The repository is another user's, which git reads only where it was told to."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a tree, or what stands in a file's place."""

    path: str
    """Below the tree, with `/`; bytes that are no UTF-8 as surrogates."""
    id: str
    size: int
    kind: Literal["file", "link", "submodule"] = "file"


def run_git(folder: Path, *args: str, stdin: bytes = b"") -> bytes:
    """Run git in `folder` and return what it prints; raises HistoryError with its last line."""
    try:
        process = subprocess.run(
            ["git", *_OPTIONS, *args],
            cwd=folder,
            env=clean_environ() | _QUIET | {"LC_ALL": "C"},
            input=stdin,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except FileNotFoundError:
        raise HistoryError("git is not installed, or the folder is gone") from None
    except OSError as error:
        raise HistoryError(f"git cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise HistoryError(f"git {args[0]} took more than {TIMEOUT} seconds") from None
    if process.returncode:
        lines = [
            line for line in process.stderr.decode(errors="replace").splitlines() if line.strip()
        ]
        if b"dubious ownership" in process.stderr:
            hint = lines[-1].strip().replace("--global", "--system")
            raise ForeignRepositoryError(f"git reads no repository of another user before `{hint}`")
        raise HistoryError(f"git {args[0]} failed: {lines[-1] if lines else 'no reason given'}")
    return process.stdout


def clean_environ() -> dict[str, str]:
    """Return the environment without what would point git at another repository."""
    return {key: value for key, value in os.environ.items() if key not in _MISLEADING}


def commit_id(folder: Path, revision: str) -> str:
    """Return the full name of the commit that `revision` means.

    Raises HistoryError quoting the revision when there is none.
    """
    if not revision or revision.startswith("-") or re.search(r"[\x00-\x1f]", revision):
        raise HistoryError(f"'{revision}' is no revision")
    try:
        return _text(
            run_git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
        )
    except ForeignRepositoryError:
        raise
    except HistoryError as error:
        if "not a git repository" in str(error) or "not installed" in str(error):
            raise
        more = "; this clone is shallow, `git fetch --unshallow` gets the rest"
        hint = more if is_shallow(folder) else ""
        raise HistoryError(f"there is no revision '{revision}'{hint}") from error


def is_shallow(folder: Path) -> bool:
    """Say whether older commits are missing from this clone."""
    return _text(run_git(folder, "rev-parse", "--is-shallow-repository")) == "true"


def history_stamp(folder: Path) -> str:
    """Return what tells that git may know more than before: a commit, or more of the past.

    Empty where there is no git, no repository or no commit.
    """
    try:
        commit, shallow = _text(
            run_git(folder, "rev-parse", "HEAD", "--git-path", "shallow")
        ).split("\n")
    except HistoryError:
        return ""
    try:
        status = (folder / shallow).stat()
    except OSError:  # nothing is cut off
        return commit
    return f"{commit} {status.st_size} {status.st_mtime_ns}"


def prefix_of(folder: Path) -> str:
    """Return the folder's path inside its repository: empty for the top, else ending in `/`."""
    return os.fsdecode(run_git(folder, "rev-parse", "--show-prefix")).removesuffix("\n")


@lru_cache(maxsize=2)  # a commit, named in full, never changes, and a comparison asks for two
def list_blobs(folder: Path, commit: str) -> tuple[Blob, ...]:
    """Return the files below `folder` as of a commit; none if it was not there yet."""
    tree = f"{commit}:{prefix_of(folder)}"
    try:
        listed = run_git(folder, "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
    except HistoryError as error:
        if re.search(r"[Nn]ot a valid object name|does not exist|exists on disk", str(error)):
            return ()
        raise
    blobs = []
    for row in listed.split(b"\0")[:-1]:
        facts, _, path = row.partition(b"\t")
        mode, _, name, size = facts.split()
        if kind := _KINDS.get(mode[:3]):
            length = int(size) if size.isdigit() else 0
            blobs.append(Blob(os.fsdecode(path), name.decode(), length, kind))
    return tuple(blobs)


def read_blobs(folder: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of blobs by id, in one call; ids that are missing are left out."""
    unique = list(dict.fromkeys(ids))
    if not unique:
        return {}
    stdin = "".join(f"{name}\n" for name in unique).encode()
    data, at, blobs = run_git(folder, "cat-file", "--batch", "--buffer", stdin=stdin), 0, {}
    for name in unique:
        end = data.index(b"\n", at)
        head = data[at:end].split()
        at = end + 1
        if head[-1] != b"missing":
            size = int(head[2])
            blobs[name] = data[at : at + size]
            at += size + 1
    return blobs


def remotes(folder: Path) -> dict[str, str]:
    """Return the addresses of the remotes by name, without user names or passwords in them.

    Empty where there is no repository.
    """
    try:
        listed = run_git(folder, "config", "-z", "--get-regexp", r"^remote\..*\.url$")
    except HistoryError:
        return {}
    addresses: dict[str, str] = {}
    for row in listed.split(b"\0")[:-1]:
        key, _, url = os.fsdecode(row).partition("\n")
        name = key.removeprefix("remote.").removesuffix(".url")
        addresses.setdefault(name, re.sub(r"^(https?://)[^/@]*@", r"\1", url))
    return addresses


def _text(output: bytes) -> str:
    return output.decode(errors="replace").strip()
