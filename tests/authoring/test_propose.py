import subprocess
from pathlib import Path

import pytest

from alpgraph.authoring.forge import find_forge, web_address
from alpgraph.authoring.propose import ProposalError, propose

NOTE = "---\ntitle: What is new?\n---\nText.\n"


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Contributor")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "contributor@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    bare = tmp_path / "origin.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    work = tmp_path / "work"
    git(tmp_path, "clone", "--quiet", str(bare), str(work))
    git(work, "checkout", "--quiet", "-B", "main")
    (work / "notes").mkdir()
    (work / "notes" / "old.md").write_text("---\ntitle: Old\n---\nText.\n")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "-m", "Begin")
    git(work, "push", "--quiet", "origin", "main")
    return work


def test_a_proposal_holds_the_note_and_nothing_else(clone: Path) -> None:
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    (clone / "notes" / "old.md").write_text("half a thought")
    (clone / "staged.txt").write_text("staged")
    git(clone, "add", "staged.txt")
    before = git(clone, "status", "--porcelain")
    done = propose([note], {note: "What is new?"})
    assert git(clone, "diff", "--name-only", "main", done.branch) == "notes/new.md"
    assert git(clone, "status", "--porcelain") == before
    assert git(clone, "branch", "--show-current") == "main"
    assert git(clone, "log", "-1", "--format=%s", done.branch) == "Add note: What is new?"
    assert done.branch in git(clone, "ls-remote", "--heads", "origin")


def test_a_second_version_is_added_to_the_branch_that_is_named(clone: Path) -> None:
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    first = propose([note], {})
    note.write_text(NOTE + "More.\n")
    second = propose([note], {}, branch=first.branch)
    assert second.branch == first.branch
    assert git(clone, "rev-parse", f"{second.branch}~1") == first.commit
    assert git(clone, "log", "-1", "--format=%s", second.branch) == "Change note: new"
    assert second.commit in git(clone, "ls-remote", "--heads", "origin")


@pytest.mark.parametrize(
    ("branch", "reason"),
    [("main", "is checked out"), ("-f", "no name"), ("@{-1}", "no name"),
     ("a..b", "no name of a branch"), ("a b", "no name"), ("x\ny", "no name")],
)  # fmt: skip
def test_a_branch_that_cannot_be_used_is_refused(clone: Path, branch: str, reason: str) -> None:
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    with pytest.raises(ProposalError, match=reason):
        propose([note], {}, branch=branch)
    assert git(clone, "branch", "--format=%(refname:short)") == "main"


def test_a_branch_named_note_is_in_nobodys_way(clone: Path) -> None:
    git(clone, "branch", "note")
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    assert propose([note], {}).branch == "note-new"


def test_what_others_changed_since_is_not_undone(clone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", git(clone, "remote", "get-url", "origin"), str(other))
    (other / "notes" / "old.md").write_text("---\ntitle: Old\n---\nBetter.\n")
    git(other, "commit", "--quiet", "-am", "Better")
    git(other, "push", "--quiet", "origin", "main")
    git(clone, "fetch", "--quiet")
    old, new = clone / "notes" / "old.md", clone / "notes" / "new.md"
    old.write_text("---\ntitle: Old\n---\nMine.\n")
    new.write_text(NOTE)
    with pytest.raises(ProposalError, match="changed by others since; `git pull`"):
        propose([old], {})
    assert git(clone, "show", f"{propose([new], {}).branch}:notes/old.md").endswith("Better.")


def test_a_default_branch_of_another_name_is_found(tmp_path: Path, clone: Path) -> None:
    git(Path(git(clone, "remote", "get-url", "origin")), "branch", "--move", "main", "trunk")
    fresh = tmp_path / "fresh"
    git(tmp_path, "clone", "--quiet", git(clone, "remote", "get-url", "origin"), str(fresh))
    note = fresh / "notes" / "new.md"
    note.write_text(NOTE)
    done = propose([note], {}, repository="https://github.com/them/notes")
    assert done.url.startswith("https://github.com/them/notes/compare/trunk...")


def test_without_a_shared_branch_nothing_of_ones_own_slips_in(clone: Path) -> None:
    git(clone, "update-ref", "-d", "refs/remotes/origin/main")
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    with pytest.raises(ProposalError, match="git fetch origin"):
        propose([note], {})


def test_without_a_remote_only_the_commit_is_made(clone: Path) -> None:
    git(clone, "remote", "remove", "origin")
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    done = propose([note], {})
    assert (done.remote, done.url) == ("", "")
    assert git(clone, "diff", "--name-only", "main", done.branch) == "notes/new.md"


def test_a_link_is_no_note(clone: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("key")
    (clone / "notes" / "link.md").symlink_to(secret)
    with pytest.raises(ProposalError, match="no regular file"):
        propose([clone / "notes" / "link.md"], {})


def test_who_one_is_must_be_known(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "")
    git(clone, "config", "user.useConfigOnly", "true")
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    with pytest.raises(ProposalError, match=r"git config user\.name"):
        propose([note], {})


def test_a_hooks_environment_does_not_mislead(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    assert propose([note], {}).remote == "origin"


def test_a_taken_branch_name_gets_a_number(clone: Path) -> None:
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    first = propose([note], {})
    second = propose([note], {})
    assert (first.branch, first.earlier) == ("note/new", "")
    assert (second.branch, second.earlier) == ("note/new-2", "note/new")


@pytest.mark.parametrize("name", ["a b'c\".md", "-n.md", "line\nbreak.md", "ümlaut.md"])
def test_odd_file_names_are_proposed(clone: Path, name: str) -> None:
    note = clone / "notes" / name
    note.write_text(NOTE)
    done = propose([note], {note: "Odd\n::set-output name=x::y"})
    listed = git(clone, "ls-tree", "-r", "-z", "--name-only", done.branch).split("\0")
    assert f"notes/{name}" in listed
    assert "\n" not in git(clone, "log", "-1", "--format=%B", done.branch)


def test_an_unchanged_note_is_refused_and_leaves_no_branch(clone: Path) -> None:
    note = clone / "notes" / "old.md"
    with pytest.raises(ProposalError, match="nothing to propose"):
        propose([note], {})
    assert git(clone, "branch", "--format=%(refname:short)") == "main"


def test_a_refused_push_leaves_no_branch(clone: Path) -> None:
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    git(clone, "remote", "set-url", "origin", str(clone / "absent.git"))
    with pytest.raises(ProposalError, match=r"push failed: '.*absent\.git' does not appear to be"):
        propose([note], {})
    assert git(clone, "branch", "--format=%(refname:short)") == "main"


def test_a_detached_head_and_a_shallow_clone_are_fine(clone: Path, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    origin = git(clone, "remote", "get-url", "origin")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", str(shallow))
    git(shallow, "checkout", "--quiet", "--detach")
    note = shallow / "notes" / "new.md"
    note.write_text(NOTE)
    assert propose([note], {}).remote == "origin"


def test_a_fork_is_pushed_to_and_named_in_the_address(clone: Path, tmp_path: Path) -> None:
    fork = tmp_path / "fork.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), str(fork))
    git(clone, "remote", "add", "fork", str(fork))
    git(clone, "config", f"url.{fork}.pushInsteadOf", "https://github.com/me/notes")
    git(clone, "remote", "set-url", "fork", "https://github.com/me/notes")
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    done = propose([note], {}, repository="https://github.com/them/notes")
    assert done.remote == "fork"
    assert git(clone, "ls-remote", "--heads", str(fork)).endswith(done.branch)
    assert done.url.startswith("https://github.com/them/notes/compare/main...me:note/new")


@pytest.mark.parametrize("user", ["ssh://git@", "https://me@", "git@"])
def test_the_shared_repository_is_known_by_any_form_of_its_address(clone: Path, user: str) -> None:
    later = git(clone, "commit-tree", "main^{tree}", "-p", "main", "-m", "Later")
    address = "github.com:them/notes.git" if user == "git@" else "github.com/them/notes"
    git(clone, "remote", "add", "theirs", user + address)
    git(clone, "update-ref", "refs/remotes/theirs/main", later)
    note = clone / "notes" / "new.md"
    note.write_text(NOTE)
    done = propose([note], {}, repository="https://github.com/them/notes")
    assert git(clone, "rev-parse", f"{done.branch}~1") == later
    assert done.remote == "origin"


def test_notes_go_where_git_pushes_by_default(clone: Path, tmp_path: Path) -> None:
    mine, way, address = tmp_path / "mine.git", tmp_path / "way", "https://gitlab.com/me/notes"
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), str(mine))
    git(clone, "remote", "add", "mine", address)
    git(clone, "config", f"url.{mine}.pushInsteadOf", address)
    git(clone, "config", "remote.pushDefault", "mine")
    way.symlink_to(clone)
    new, old = way / "notes" / "new.md", way / "notes" / "old.md"
    new.write_text(NOTE)
    old.write_text(NOTE)
    done = propose([new, old], {new: "What\nis new?"}, repository="https://gitlab.com/them/notes")
    assert done.remote == "mine"
    assert done.url.startswith(f"{address}/-/merge_requests/new?")
    told = git(clone, "log", "-1", "--format=%B", done.branch)
    assert told == "Add 2 notes\n\n- What is new?\n- old"


def test_no_repository_is_said(tmp_path: Path) -> None:
    note = tmp_path / "a.md"
    note.write_text(NOTE)
    with pytest.raises(ProposalError, match="git rev-parse failed"):
        propose([note], {})
    git(tmp_path, "init", "--quiet")
    with pytest.raises(ProposalError, match="no commit yet; make one first"):
        propose([note], {})


@pytest.mark.parametrize(
    ("remote", "kind"),
    [
        ("https://github.com/a/b.git", "github"),
        ("git@gitlab.example.org:a/b.git", "gitlab"),
        ("ssh://git@codeberg.org/a/b", "forgejo"),
        ("https://gitea.example.org/a/b", "gitea"),
    ],
)
def test_forges_are_known_by_their_host(remote: str, kind: str) -> None:
    forge = find_forge(remote)
    assert forge is not None
    assert forge.kind == kind
    assert forge.edit_url("x y.md").endswith("/notes/x%20y.md")


def test_a_long_text_does_not_go_into_an_address() -> None:
    forge = find_forge("https://github.com/a/b")
    assert forge is not None
    assert forge.new_url("x.md", "short text") is not None
    assert forge.new_url("x.md", "ü" * 4_000) is None


def test_a_local_path_has_no_web_address() -> None:
    assert web_address("/srv/git/notes.git") is None


@pytest.mark.parametrize("text", ["ssh://git@[::1/x", "https://h.example:99999/x", "http://h:a/x"])
def test_what_is_no_address_has_none(text: str) -> None:
    assert web_address(text) is None
