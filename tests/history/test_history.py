import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from alpgraph.authoring.propose import ProposalError, propose
from alpgraph.history import (
    ForeignRepositoryError,
    HistoryError,
    changed_paths,
    files_at,
    history_stamp,
    note_dates,
    notebook_at,
    remotes,
    revision_at,
    timeline,
    unread_at,
)
from alpgraph.history.git import commit_id
from alpgraph.pages.dates import Dates

Git = Callable[..., str]
DAYS = [f"2026-01-0{day}" for day in range(1, 10)]


def note(title: str, *relations: str, text: str = "Text.") -> str:
    rows = "".join(
        f"  - {{type: {kind}, to: {to}, why: {why}}}\n"
        for kind, to, why in (relation.split("|") for relation in relations)
    )
    return f"---\ntitle: {title}\n" + (f"relations:\n{rows}" if rows else "") + f"---\n{text}\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A. Writer")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "writer@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    root = tmp_path / "work"
    (root / "notes").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(root)], check=True)
    return root


@pytest.fixture
def git(repository: Path) -> Git:
    def run(*args: str, day: str = DAYS[0]) -> str:
        env = {**os.environ, "GIT_AUTHOR_DATE": f"{day}T12:00:00+00:00"}
        env["GIT_COMMITTER_DATE"] = env["GIT_AUTHOR_DATE"]
        done = subprocess.run(
            ["git", *args], cwd=repository, env=env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    return run


@pytest.fixture
def commit(repository: Path, git: Git) -> Callable[..., str]:
    def write(day: int, files: dict[str, str | None]) -> str:
        for name, text in files.items():
            path = repository / "notes" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        git("add", "-A", day=DAYS[day])
        git("commit", "--quiet", "-m", "Change", day=DAYS[day])
        return git("rev-parse", "HEAD")

    return write


def days(dates: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {path: (created[:10], changed[:10]) for path, (created, changed) in dates.items()}


def test_dates_are_those_of_the_first_and_the_last_commit(repository: Path, commit: Git) -> None:
    commit(0, {"a.md": note("A"), "b.md": note("B")})
    commit(1, {"a.md": note("A", text="More.")})
    assert days(note_dates(repository / "notes")) == {
        "a.md": (DAYS[0], DAYS[1]),
        "b.md": (DAYS[0], DAYS[0]),
    }


def test_a_renamed_note_keeps_its_birthday(repository: Path, commit: Git) -> None:
    commit(0, {"old.md": note("A", text="Long enough a text to be known again. " * 5)})
    commit(1, {"sub/new.md": (repository / "notes/old.md").read_text(), "old.md": None})
    commit(2, {"old.md": note("Another")})
    assert days(note_dates(repository / "notes")) == {
        "sub/new.md": (DAYS[0], DAYS[1]),
        "old.md": (DAYS[2], DAYS[2]),
    }


def test_a_removed_note_has_no_dates(repository: Path, commit: Git) -> None:
    commit(0, {"a.md": note("A"), "b.md": note("B")})
    commit(1, {"a.md": None})
    assert set(note_dates(repository / "notes")) == {"b.md"}


def test_a_revision_is_read_without_touching_the_tree(
    repository: Path, commit: Git, git: Git
) -> None:
    first = commit(0, {"a.md": note("Old", "leads-to|b|it follows from here")})
    commit(1, {"a.md": note("New"), "b.md": note("B")})
    (repository / "notes/a.md").write_text("half a thought")
    status = git("status", "--porcelain")
    past = notebook_at(repository / "notes", first)
    assert past.notes["a"].title == "Old"
    assert past.notes["a"].relations[0].target is None
    assert set(notebook_at(repository / "notes", "HEAD").notes) == {"a", "b"}
    assert set(notebook_at(repository / "notes", "main~1").notes) == {"a"}
    assert git("status", "--porcelain") == status


def test_a_revision_like_a_known_notebook_is_the_same(repository: Path, commit: Git) -> None:
    first = commit(0, {"a.md": note("Old", "leads-to|b|it follows from here"), "b.md": note("B")})
    commit(1, {"a.md": note("New"), "b.md": None, "c.md": note("C")})
    root = repository / "notes"
    now = notebook_at(root, "HEAD")
    past, alone = notebook_at(root, first, like=now), notebook_at(root, first)
    assert dict(past.notes) == dict(alone.notes)
    assert past.diagnostics == alone.diagnostics
    assert dict(notebook_at(root, "HEAD", like=past).notes) == dict(now.notes)


def test_a_folder_that_was_not_there_yet_is_empty(repository: Path, git: Git, commit: Git) -> None:
    (repository / "readme.txt").write_text("x")
    git("add", "-A")
    git("commit", "--quiet", "-m", "Begin")
    commit(1, {"a.md": note("A")})
    assert not notebook_at(repository / "notes", "HEAD~1").notes


@pytest.mark.parametrize("name", ["a b'c\".md", "-n.md", "line\nbreak.md", "ümlaut.md", "\x01x.md"])
def test_odd_file_names_are_read(repository: Path, commit: Git, name: str) -> None:
    commit(0, {name: note("Odd")})
    commit(1, {name: note("Odd", text="More.")})
    root = repository / "notes"
    assert list(files_at(root, "HEAD")) == [name]
    assert days(note_dates(root)) == {name: (DAYS[0], DAYS[1])}
    assert [event.what for event in timeline(root)] == ["note changed", "note added"]
    (root / name).write_text("changed")
    assert changed_paths(root, "HEAD") == {name}


def test_names_that_are_no_utf_8_are_passed_over(repository: Path, commit: Git) -> None:
    commit(0, {"a.md": note("A"), os.fsdecode(b"b\xff.md"): note("B")})
    root = repository / "notes"
    assert list(files_at(root, "HEAD")) == ["a.md"]
    assert [event.slug for event in timeline(root)] == ["a"]
    assert list(unread_at(root, "HEAD").values()) == ["a file whose name is not UTF-8"]


def test_links_submodules_dot_folders_and_other_files_are_passed_over(
    repository: Path, commit: Git, git: Git
) -> None:
    notes = repository / "notes"
    (notes / "link.md").symlink_to("/etc/passwd")
    (notes / "link.txt").symlink_to("c.txt")
    commit(0, {"a.md": note("A"), ".hidden/b.md": note("B"), "c.txt": "text"})
    empty = git("rev-parse", "HEAD")
    git("update-index", "--add", "--cacheinfo", f"160000,{empty},notes/module.md")
    git("commit", "--quiet", "-m", "Add a submodule")
    assert list(files_at(notes, "HEAD")) == ["a.md"]
    assert notebook_at(notes, "HEAD").attachments == ["c.txt"]
    assert {event.slug for event in timeline(notes)} == {"a", ".hidden/b"}


@pytest.mark.parametrize(
    "revision", ["nowhere", "", "--help", "-n1", "HEAD:notes", "a\nb", "HEAD^{tree}"]
)
def test_what_is_no_revision_is_quoted(repository: Path, commit: Git, revision: str) -> None:
    commit(0, {"a.md": note("A")})
    with pytest.raises(HistoryError, match="revision") as caught:
        notebook_at(repository / "notes", revision)
    assert f"'{revision}'" in str(caught.value)


def test_a_shallow_clone_knows_what_it_does_not_know(
    repository: Path, commit: Git, tmp_path: Path
) -> None:
    commit(0, {"a.md": note("A"), "b.md": note("B")})
    commit(1, {"c.md": note("C")})
    commit(2, {"b.md": note("B", text="More.")})
    clone = tmp_path / "shallow"
    source = f"file://{repository}"
    subprocess.run(["git", "clone", "-q", "--depth=2", source, str(clone)], check=True)
    subprocess.run(["git", "checkout", "-q", "--detach"], cwd=clone, check=True)
    assert days(note_dates(clone / "notes")) == {"b.md": ("", DAYS[2])}
    assert set(notebook_at(clone / "notes", "HEAD").notes) == {"a", "b", "c"}
    with pytest.raises(HistoryError, match="shallow"):
        notebook_at(clone / "notes", "HEAD~2")


def test_a_folder_without_git_has_no_history(tmp_path: Path, repository: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    assert note_dates(plain) == {}
    assert timeline(plain) == ()
    assert remotes(plain) == {}
    with pytest.raises(HistoryError, match="not a git repository"):
        notebook_at(plain, "HEAD")


def test_a_repository_without_a_commit_has_no_history(repository: Path) -> None:
    assert note_dates(repository / "notes") == {}
    assert timeline(repository / "notes") == ()


def test_a_machine_without_git_has_no_history(
    repository: Path, commit: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(0, {"a.md": note("A")})
    monkeypatch.setenv("PATH", "")
    assert note_dates(repository / "notes") == {}
    with pytest.raises(HistoryError, match="not installed"):
        notebook_at(repository / "notes", "HEAD")


def test_a_hooks_environment_does_not_mislead(
    repository: Path, commit: Git, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit(0, {"a.md": note("A")})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert set(notebook_at(repository / "notes", "HEAD").notes) == {"a"}


def test_nothing_of_a_repository_is_run(repository: Path, commit: Git, git: Git) -> None:
    trap = repository / "trap"
    script = repository / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{trap}'\ncat\n")
    script.chmod(0o755)
    (repository / ".gitattributes").write_text("*.md diff=trap\n")
    commit(0, {"a.md": note("A")})
    commit(1, {"a.md": note("B")})
    for key in ("diff.trap.textconv", "diff.trap.command", "core.fsmonitor", "core.pager"):
        git("config", key, str(script))
    git("config", "diff.external", str(script))
    git("config", "log.showSignature", "true")
    root = repository / "notes"
    (root / "a.md").write_text("changed")
    trap.unlink(missing_ok=True)
    assert note_dates(root)
    assert timeline(root)
    assert changed_paths(root, "HEAD") == {"a.md"}
    assert notebook_at(root, "HEAD").notes
    assert not trap.exists()


def test_a_repository_among_the_files_of_another_is_not_asked(
    repository: Path, commit: Git, git: Git
) -> None:
    commit(0, {"a.md": note("A")})
    trap, notes = repository / "trap", repository / "notes"
    git("init", "--quiet", str(notes))
    git("-C", str(notes), "add", "a.md")
    git("-C", str(notes), "commit", "--quiet", "-m", "Change")
    hidden = notes / ".git"  # a name that git refuses to commit, unlike those of what lies in it
    for name in ("HEAD", "objects", "refs", "index"):
        (hidden / name).rename(notes / name)
    shutil.rmtree(hidden)
    core = "[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\n"
    (notes / "config").write_text(f'{core}[filter "x"]\nclean = "touch \'{trap}\'; cat"\n')
    (notes / ".gitattributes").write_text("* filter=x\n")
    (notes / "a.md").write_text("changed")
    git("-C", str(notes), "diff", "HEAD", "--")
    assert trap.exists(), "this test cannot fail"
    trap.unlink()
    with pytest.raises(HistoryError, match="bare"):
        changed_paths(notes, "HEAD")
    with pytest.raises(ProposalError, match="bare"):
        propose([notes / "a.md"], {})
    assert note_dates(notes) == {}
    assert not trap.exists()


def test_changed_paths_hold_new_lost_and_changed_notes(repository: Path, commit: Git) -> None:
    commit(0, {"a.md": note("A"), "b.md": note("B"), "c.md": note("C")})
    root = repository / "notes"
    (repository / "outside.md").write_text("x")
    (root / "a.md").write_text("changed")
    (root / "b.md").unlink()
    (root / "new.md").write_text("new")
    assert changed_paths(root, "HEAD") == {"a.md", "b.md", "new.md"}


def test_the_timeline_tells_notes_and_relations(repository: Path, commit: Git) -> None:
    commit(0, {"a.md": note("A", "leads-to|b|first reason"), "b.md": note("B")})
    commit(1, {"a.md": note("A", "leads-to|b|second reason", "extends|c|why")})
    commit(2, {"a.md": note("A", "extends|c|why"), "b.md": None})
    told = [
        (e.date[:10], e.what, e.slug, e.type, e.to, e.why) for e in timeline(repository / "notes")
    ]
    assert told == [
        (DAYS[2], "note changed", "a", "", "", ""),
        (DAYS[2], "relation removed", "a", "leads-to", "b", "second reason"),
        (DAYS[2], "note removed", "b", "", "", ""),
        (DAYS[1], "note changed", "a", "", "", ""),
        (DAYS[1], "relation added", "a", "extends", "c", "why"),
        (DAYS[1], "relation changed", "a", "leads-to", "b", "second reason"),
        (DAYS[0], "note added", "a", "", "", ""),
        (DAYS[0], "relation added", "a", "leads-to", "b", "first reason"),
        (DAYS[0], "note added", "b", "", "", ""),
    ]
    assert {event.date[:10] for event in timeline(repository / "notes", commits=1)} == {DAYS[2]}


def test_a_date_means_its_whole_day(repository: Path, commit: Git) -> None:
    first, second = commit(1, {"a.md": note("A")}), commit(3, {"a.md": note("B")})
    root = repository / "notes"
    assert revision_at(root, DAYS[1]) == revision_at(root, DAYS[2]) == first
    assert revision_at(root, DAYS[3]) == second
    with pytest.raises(HistoryError, match="as old as"):
        revision_at(root, DAYS[0])
    with pytest.raises(ValueError, match="'yesterday'"):
        revision_at(root, "yesterday")
    with pytest.raises(ValueError, match="'2026-99-99'"):  # git would take it for now
        revision_at(root, "2026-99-99")


def test_remotes_lose_their_passwords(repository: Path, git: Git) -> None:
    git("remote", "add", "origin", "https://user:secret@example.org/a.git")
    git("remote", "add", "fork", "git@example.org:b.git")
    assert remotes(repository / "notes") == {
        "origin": "https://example.org/a.git",
        "fork": "git@example.org:b.git",
    }


def test_a_commit_and_more_of_the_past_show(
    repository: Path, commit: Callable[..., str], tmp_path: Path
) -> None:
    assert history_stamp(tmp_path) == history_stamp(repository / "notes") == ""
    first, second = (commit(day, {"a.md": note(f"{day}")}) for day in (0, 1))
    assert history_stamp(repository / "notes") == second != first
    clone = tmp_path / "short"
    source = f"file://{repository}"
    subprocess.run(["git", "clone", "-q", "--depth=1", source, str(clone)], check=True)
    cut = history_stamp(clone / "notes")
    assert cut.startswith(second)
    subprocess.run(["git", "fetch", "-q", "--unshallow"], cwd=clone, check=True)
    assert history_stamp(clone / "notes") == second != cut


def test_a_repository_of_another_user_is_said_with_what_git_asks_for(
    repository: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own switch
    wanted = f"before `git config --system --add safe.directory {repository}`"
    with pytest.raises(ForeignRepositoryError, match=re.escape(wanted)):
        commit_id(repository / "notes", "HEAD")
    dates = Dates(repository / "notes")
    assert dates.refresh()
    assert not dates.refresh()
    (told,) = caplog.messages
    assert told.startswith("dates are those of files: ")
    assert wanted in told
