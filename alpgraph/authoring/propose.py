"""Propose notes: a branch with one commit, pushed, without touching the work tree or its index."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alpgraph.authoring.forge import Forge, find_forge


class ProposalError(ValueError):
    """Why nothing was proposed, and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was pushed and where a pull request is opened."""

    branch: str
    commit: str
    remote: str
    """Name of the remote that was pushed to; empty when there is none."""
    url: str
    """Address that opens the pull request; empty where the forge is not known."""


def git(folder: Path, *args: str, environ: Mapping[str, str] | None = None) -> str:
    """Run git quietly in `folder` and return its output without the last newline.

    Raises ProposalError with git's last line.
    """
    base = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(environ or {})}
    try:
        done = subprocess.run(
            ["git", *args], cwd=folder, env=base, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise ProposalError("git is not installed; install it, or use the form at /new") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise ProposalError(f"git {args[0]} failed: {lines[-1].strip()}")
    return done.stdout.rstrip("\n")


def propose(
    files: Sequence[Path],
    titles: Mapping[Path, str],
    *,
    repository: str = "",
    kind: str = "",
    branch: str = "main",
    message: str = "",
    push: bool = True,
) -> Proposal:
    """Commit `files` as they are on a new branch off the shared one, push it, find the address.

    Other changes in the tree, the index and the current branch stay as they are.
    Raises ProposalError when nothing could be proposed; nothing is left half done.
    """
    top = Path(git(files[0].resolve().parent, "rev-parse", "--show-toplevel"))
    paths = [_inside(top, file) for file in files]
    remotes = _remotes(top)
    upstream, target = _choose(remotes, repository, git_config(top, "remote.pushDefault"))
    start = _start(top, upstream, branch)
    name = _free_branch(top, remotes, "note/" + _plain(Path(paths[0]).stem))
    text = message or _message(top, start, paths, [titles.get(f, f.stem) for f in files])
    commit = _commit(top, start, paths, text)
    git(top, "update-ref", f"refs/heads/{name}", commit, "")
    if target and push:
        try:
            git(top, "push", "--quiet", "--set-upstream", target, f"refs/heads/{name}")
        except ProposalError:
            git(top, "update-ref", "-d", f"refs/heads/{name}", commit)
            raise
    forge = find_forge(repository or remotes.get(upstream, ""), kind=kind, branch=branch)
    url = _pull_request(forge, remotes.get(target, ""), name) if target and push else ""
    return Proposal(name, commit, target if push else "", url)


def git_config(top: Path, key: str) -> str:
    """Return one value of git's configuration, empty when unset."""
    try:
        return git(top, "config", "--get", key)
    except ProposalError:
        return ""


def _inside(top: Path, file: Path) -> str:
    path = file.resolve()
    if not path.is_file():
        raise ProposalError(f"'{file}' is no file")
    if not path.is_relative_to(top):
        raise ProposalError(f"'{file}' lies outside the repository {top}")
    return path.relative_to(top).as_posix()


def _remotes(top: Path) -> dict[str, str]:
    names = git(top, "remote").split()
    return {name: git(top, "remote", "get-url", "--push", name) for name in names}


def _choose(remotes: Mapping[str, str], repository: str, default: str) -> tuple[str, str]:
    """Return (the shared remote, the remote to push to)."""
    if not remotes:
        return "", ""
    shared = next((n for n, url in remotes.items() if repository and _same(url, repository)), "")
    upstream = shared or next((n for n in ("upstream", "origin") if n in remotes), "")
    upstream = upstream or next(iter(remotes))
    forks = [name for name in remotes if name != upstream]
    if default in remotes:
        return upstream, default
    return upstream, "fork" if "fork" in forks else ("origin" if "origin" in forks else upstream)


def _same(one: str, other: str) -> bool:
    def key(text: str) -> str:
        return re.sub(r"^\w+://|^[\w.-]+@|\.git/?$", "", text).replace(":", "/").strip("/")

    return key(one) == key(other)


def _start(top: Path, upstream: str, branch: str) -> str:
    """Return the commit to build on: the shared branch as last fetched, else HEAD."""
    for name in (f"refs/remotes/{upstream}/{branch}", f"refs/remotes/{upstream}/HEAD", "HEAD"):
        try:
            return git(top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except ProposalError:
            continue
    raise ProposalError("the repository has no commit yet; make one first")


def _plain(word: str) -> str:
    """Return a name that git accepts in a branch."""
    return re.sub(r"[^\w-]+", "-", word).strip("-") or "note"


def _free_branch(top: Path, remotes: Mapping[str, str], wanted: str) -> str:
    refs = git(top, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes").split()
    taken = {ref.removeprefix("refs/heads/") for ref in refs} | {
        ref.removeprefix(f"refs/remotes/{name}/") for ref in refs for name in remotes
    }
    number = 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _message(top: Path, start: str, paths: Sequence[str], titles: Sequence[str]) -> str:
    existing = set(git(top, "ls-tree", "-r", "--name-only", "-z", start).split("\0"))
    verb = "Change" if all(path in existing for path in paths) else "Add"
    if len(paths) == 1:
        return f"{verb} note: {' '.join(titles[0].split())[:100]}"
    lines = "\n".join(f"- {' '.join(title.split())}" for title in titles)
    return f"{verb} {len(paths)} notes\n\n{lines}"


def _commit(top: Path, start: str, paths: Sequence[str], message: str) -> str:
    """Write a commit on `start` with `paths` as they are on disk, by an index of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        own = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        git(top, "read-tree", start, environ=own)
        git(top, "update-index", "--add", "--", *paths, environ=own)
        tree = git(top, "write-tree", environ=own)
    if tree == git(top, "rev-parse", f"{start}^{{tree}}"):
        raise ProposalError("nothing to propose: the notes are the same on the shared branch")
    return git(top, "commit-tree", tree, "-p", start, "-m", message)


def _pull_request(forge: Forge | None, pushed_to: str, branch: str) -> str:
    if forge is None:
        return ""
    fork = find_forge(pushed_to, kind=forge.kind)
    owner = fork.owner if fork and fork.repository != forge.repository else ""
    if forge.kind == "gitlab" and fork and owner:
        return Forge(forge.kind, fork.repository, forge.branch).compare_url(branch)
    return forge.compare_url(branch, owner)
