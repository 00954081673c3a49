"""Propose notes: a branch with one commit, pushed, without touching the work tree or its index."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alpgraph.authoring.forge import Forge, find_forge, web_address
from alpgraph.history.git import BARE, clean_environ

_TIMEOUT = 300
_HINTS = {
    "tell me who you are": "`git config user.name` and `user.email` say who you are",
    "unable to auto-detect email": "`git config user.name` and `user.email` say who you are",
    "empty ident name": "`git config user.name` and `user.email` say who you are",
    "not a git repository": "`git init` begins one; the form at /new needs none",
    "ermission": "make a copy of your own (fork) and name it: `git remote add fork ADDRESS`",
    "could not read Username": "sign in with `git push` once, or use an ssh address",
    "non-fast-forward": "`git fetch` and try again",
    "fetch first": "`git fetch` and try again",
}


class ProposalError(ValueError):
    """Why nothing was proposed, and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was pushed and where a pull request is opened."""

    branch: str
    commit: str
    remote: str
    """Name of the remote that was pushed to; empty when nothing was pushed."""
    url: str
    """Address that opens the pull request; empty where the forge is not known."""
    earlier: str = ""
    """A branch that proposes the same note already; empty when there is none."""


@dataclass(frozen=True, slots=True)
class _Base:
    """Where a proposal starts from."""

    commit: str
    branch: str
    """Name of the shared branch it is meant for."""


def git(
    folder: Path, *args: str, environ: Mapping[str, str] | None = None, ask: bool = False
) -> str:
    """Run git quietly in `folder` and return its output without the last newline.

    With `ask` it may ask for a password on the terminal. Raises ProposalError with git's own
    reason and what to do about it.
    """
    silent = {} if ask else {"GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never"}
    base = {**clean_environ(), **silent, "LC_ALL": "C", **(environ or {})}
    try:
        process = subprocess.run(
            ["git", "--literal-pathspecs", "-c", "core.quotePath=false", "-c", BARE, *args],
            cwd=folder,
            env=base,
            stdin=None if ask else subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError:
        raise ProposalError("git is not installed; install it, or use the form at /new") from None
    except subprocess.TimeoutExpired:
        raise ProposalError(f"git {args[0]} took more than {_TIMEOUT} seconds") from None
    if process.returncode:
        message = process.stderr.decode(errors="replace")
        hint = next((f"; {text}" for word, text in _HINTS.items() if word in message), "")
        raise ProposalError(f"git {args[0]} failed: {_reason(message)}{hint}")
    return os.fsdecode(process.stdout).rstrip("\n")


def _reason(output: str) -> str:
    """Return the line that says why; advice may stand after it.

    >>> _reason("fatal: no such repository\\n\\nPlease make sure\\nthat it exists.\\n")
    'no such repository'
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no reason given"]
    reason = next((line for line in lines if line.startswith(("! ", "fatal: ", "error: "))), "")
    return reason.removeprefix("fatal: ").removeprefix("error: ") or lines[-1]


def propose(
    files: Sequence[Path],
    titles: Mapping[Path, str],
    *,
    repository: str = "",
    kind: str = "",
    base: str = "main",
    branch: str = "",
    message: str = "",
    push: bool = True,
    ask: bool = False,
) -> Proposal:
    """Commit `files` as they are on a new branch off the shared one, push it, find the address.

    `base` is the shared branch. `branch` names the new one; when there is such a branch, the
    commit is added to it. `ask` lets git ask for a password on the terminal. Other changes in the
    tree, the index and the current branch stay as they are. Raises ProposalError when nothing
    could be proposed; nothing is left half done.
    """
    top = Path(git(files[0].absolute().parent, "rev-parse", "--show-toplevel")).resolve()
    paths = [_inside(top, file) for file in files]
    remotes = _remotes(top)
    upstream, target = _choose(remotes, repository, git_config(top, "remote.pushDefault"))
    start = _start(top, upstream, base)
    branch_name = "note/" + _plain(Path(paths[0]).stem)
    name = _named(top, branch) or _free_branch(top, remotes, branch_name)
    earlier = branch_name if not branch and name != branch_name and _tip(top, branch_name) else ""
    tip = _tip(top, name)
    if not tip:
        _refuse_stale(top, start.commit, paths)
    parent = tip or start.commit
    text = message.strip() or _message(top, parent, paths, [titles.get(f, "") for f in files])
    commit = _commit(top, parent, paths, text)
    git(top, "update-ref", f"refs/heads/{name}", commit, tip)
    if target and push:
        _push(top, target, name, (commit, tip), ask=ask)
    forge = find_forge(repository or remotes.get(upstream, ""), kind=kind, branch=start.branch)
    url = _pull_request(forge, remotes.get(target, ""), name) if target and push else ""
    return Proposal(name, commit, target if push else "", url, earlier)


def git_config(top: Path, key: str) -> str:
    """Return one value of git's configuration, empty when unset."""
    try:
        return git(top, "config", "--get", key)
    except ProposalError:
        return ""


def _inside(top: Path, file: Path) -> str:
    if file.is_symlink() or not file.is_file():
        raise ProposalError(f"'{file}' is no regular file")
    path = file.parent.resolve() / file.name
    if not path.is_relative_to(top):
        raise ProposalError(f"'{file}' lies outside the repository {top}")
    return path.relative_to(top).as_posix()


def _remotes(top: Path) -> dict[str, str]:
    """Return the remotes' addresses, before git's rewriting where that leads to a local path."""
    remotes = {}
    for name in git(top, "remote").split():
        rewritten = git(top, "remote", "get-url", "--push", name).partition("\n")[0]
        written = git_config(top, f"remote.{name}.url")
        remotes[name] = written if web_address(rewritten) is None else rewritten
    return remotes


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
    return upstream, next((name for name in ("fork", "origin") if name in forks), upstream)


def _same(one: str, other: str) -> bool:
    return (web_address(one) or one) == (web_address(other) or other)


def _start(top: Path, upstream: str, branch: str) -> _Base:
    """Return the shared branch as last fetched; without a remote, the current commit."""
    shared = _commit_of(top, f"refs/remotes/{upstream}/{branch}") if upstream else ""
    if shared:
        return _Base(shared, branch)
    if upstream:
        try:
            head = git(top, "symbolic-ref", "--quiet", f"refs/remotes/{upstream}/HEAD")
        except ProposalError:
            hint = f"run `git fetch {upstream}`, or set `branch` in alpgraph.toml"
            raise ProposalError(f"'{upstream}' has no branch '{branch}' here; {hint}") from None
        return _Base(_commit_of(top, head), head.removeprefix(f"refs/remotes/{upstream}/"))
    here = _commit_of(top, "HEAD")
    if not here:
        raise ProposalError("the repository has no commit yet; make one first")
    return _Base(here, branch)


def _commit_of(top: Path, name: str) -> str:
    try:
        return git(top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except ProposalError:
        return ""


def _plain(word: str) -> str:
    """Return a name that git accepts in a branch."""
    return re.sub(r"[^\w-]+", "-", word).strip("-")[:60] or "note"


def _named(top: Path, branch: str) -> str:
    """Return the branch that was asked for; raises ProposalError for one that cannot be used."""
    if not branch:
        return ""
    try:
        valid = git(top, "check-ref-format", "--branch", branch)
    except ProposalError:
        valid = ""
    if valid != branch:  # git may also know it as a word for another one, as `@{-1}`
        raise ProposalError(f"'{branch}' is no name of a branch")
    trees = git(top, "worktree", "list", "--porcelain").splitlines()
    if f"branch refs/heads/{branch}" in trees:
        raise ProposalError(f"'{branch}' is checked out; commit there as usual, or name another")
    return branch


def _tip(top: Path, branch: str) -> str:
    """Return the commit a branch stands at; empty when there is none."""
    return _commit_of(top, f"refs/heads/{branch}")


def _free_branch(top: Path, remotes: Mapping[str, str], wanted: str) -> str:
    refs = git(top, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes").split()
    taken = {ref.removeprefix("refs/heads/") for ref in refs} | {
        ref.removeprefix(f"refs/remotes/{name}/") for ref in refs for name in remotes
    }
    if "note" in taken:  # git cannot hold a branch `note/x` beside a branch `note`
        wanted = wanted.replace("/", "-", 1)
    number = 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _refuse_stale(top: Path, start: str, paths: Sequence[str]) -> None:
    """Refuse files that others changed since this tree was made: they would be undone."""
    here = _commit_of(top, "HEAD")
    try:
        met = git(top, "merge-base", here, start) if here else ""
    except ProposalError:
        return  # no common history, as in a shallow clone: nothing can be said
    for path in paths:
        now = _blob(top, start, path)
        then, mine = (_blob(top, commit, path) if commit else "" for commit in (met, here))
        if now not in (then, mine):
            hint = "`git pull` first, then propose it again"
            raise ProposalError(f"'{path}' was changed by others since; {hint}")


def _blob(top: Path, commit: str, path: str) -> str:
    try:
        return git(top, "rev-parse", "--verify", "--quiet", f"{commit}:{path}")
    except ProposalError:
        return ""


def _message(top: Path, start: str, paths: Sequence[str], titles: Sequence[str]) -> str:
    verb = "Change" if all(_blob(top, start, path) for path in paths) else "Add"
    titles_shown = [" ".join(t.split()) or Path(p).stem for t, p in zip(titles, paths, strict=True)]
    if len(paths) == 1:
        return f"{verb} note: {titles_shown[0][:100]}"
    lines = "\n".join(f"- {title[:200]}" for title in titles_shown)
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


def _push(top: Path, target: str, name: str, moved: tuple[str, str], *, ask: bool) -> None:
    """Push the branch; when that fails, put it back as it was. `moved` is (to, from)."""
    commit, tip = moved
    try:
        git(top, "push", "--quiet", "--set-upstream", target, f"refs/heads/{name}", ask=ask)
    except ProposalError:
        ref = f"refs/heads/{name}"
        git(top, *(("update-ref", ref, tip) if tip else ("update-ref", "-d", ref, commit)))
        raise


def _pull_request(forge: Forge | None, pushed_to: str, branch: str) -> str:
    if forge is None:
        return ""
    fork = find_forge(pushed_to, kind=forge.kind)
    owner = fork.owner if fork and fork.repository != forge.repository else ""
    if forge.kind == "gitlab" and fork and owner:
        return Forge(forge.kind, fork.repository, forge.branch).compare_url(branch)
    return forge.compare_url(branch, owner)
