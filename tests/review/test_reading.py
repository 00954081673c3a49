"""Both sides of a change, read from a real repository."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from alpgraph.history import HistoryError
from alpgraph.notes import read_notebook
from alpgraph.review import Review, compare_revisions, evidence, to_markdown


def note(title: str, *relations: tuple[str, str, str], more: str = "") -> str:
    rows = "".join(f"  - {{type: {t}, to: {to}, why: {why}}}\n" for t, to, why in relations)
    told = f"relations:\n{rows}" if rows else ""
    return f"---\ntitle: {title}\n{told}{more}---\nText.\n"


def review(repository: Any, base: str, head: str = "") -> Review:
    return compare_revisions(read_notebook(repository.notes), base, head).review


JOINED = note("A", ("extends", "b", "it goes one step further"))


def test_a_change_is_read_without_a_checkout(repository: Any) -> None:
    repository.commit({"a.md": note("A"), "b.md": note("B")})
    repository.git("switch", "--quiet", "--create", "theirs")
    repository.commit({"a.md": JOINED, "c.md": note("C")})
    repository.git("switch", "--quiet", "main")
    repository.write({"b.md": "half a thought"})
    before = repository.git("status", "--porcelain")
    made = review(repository, "main", "theirs")
    assert (made.diff.notes_added, made.diff.mended_orphans) == (("c",), ("a", "b"))
    assert [change.kind for change in made.diff.relations] == ["added"]
    assert repository.git("status", "--porcelain") == before


def test_without_a_head_the_notes_on_disk_are_meant(repository: Any) -> None:
    repository.commit({"a.md": note("A"), "b.md": note("B")})
    repository.write({"a.md": JOINED, "new.md": note("New")})
    made = review(repository, "HEAD")
    assert made.diff.notes_added == ("new",)
    assert len(made.diff.relations) == 1


def test_three_dots_leave_out_what_others_did_since(repository: Any) -> None:
    repository.commit({"a.md": note("A"), "b.md": note("B")})
    repository.git("switch", "--quiet", "--create", "mine")
    repository.commit({"a.md": JOINED})
    repository.git("switch", "--quiet", "main")
    repository.commit({"theirs.md": note("Theirs")})
    repository.git("switch", "--quiet", "mine")
    assert review(repository, "main", "mine").diff.notes_removed == ("theirs",)
    assert review(repository, "main...mine").diff.notes_removed == ()
    assert review(repository, "main...").diff.notes_removed == ()
    repository.git("switch", "--quiet", "--orphan", "alone")
    repository.commit({"z.md": note("Z")})
    with pytest.raises(HistoryError, match="no common history"):
        review(repository, "main...alone")


def test_what_stands_in_a_notes_place_is_named_and_never_followed(
    repository: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alpgraph.history.revisions.SIZE_LIMIT", 100_000)
    secret = tmp_path / "secret.md"
    secret.write_text(note("Secret"))
    first = repository.commit({"a.md": note("A")})
    (repository.notes / "link.md").symlink_to(secret)
    (repository.notes / "sub").mkdir()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{first},notes/sub")
    repository.commit(
        {"large.md": note("Large") + "x" * 200_000, "-odd\n::error::|name.md": note("Odd")}
    )
    made = review(repository, first, "HEAD")
    assert made.unread == (
        ("large.md", "too large"),
        ("link.md", "a link"),
        ("sub", "a submodule"),
    )
    assert made.diff.notes_added == ("-odd\n::error::|name",)
    text = to_markdown(made)
    assert "Secret" not in text
    assert "- not read as a note: link.md is a link" in text
    assert not any(line.startswith("::") for line in text.splitlines())


def test_a_rewritten_history_is_answered_not_guessed(repository: Any) -> None:
    lost = repository.commit({"a.md": note("A")})
    repository.git("commit", "--quiet", "--amend", "-m", "Rewritten")
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "--quiet", "--prune=now")
    with pytest.raises(HistoryError, match=f"there is no revision '{lost}'"):
        review(repository, lost)


def test_a_shallow_clone_says_how_to_get_the_rest(repository: Any, tmp_path: Path) -> None:
    first = repository.commit({"a.md": note("A")})
    repository.commit({"b.md": note("B")})
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(shallow))
    notebook = read_notebook(shallow / "notes")
    assert compare_revisions(notebook, "HEAD").review.empty
    with pytest.raises(HistoryError, match="fetch --unshallow"):
        compare_revisions(notebook, first)


@pytest.mark.parametrize("revision", ["--output=/tmp/x", "-h", "", "a\nb", "HEAD:notes"])
def test_no_revision_is_an_option_of_git(repository: Any, revision: str) -> None:
    repository.commit({"a.md": note("A")})
    with pytest.raises(HistoryError):
        review(repository, revision)


ATTACHED = "experiment: {name: utility-weighted-loss, params: {data: digits, miss_cost: 30}}\n"


def test_another_experiment_changes_the_verdict(repository: Any) -> None:
    repository.commit({"a.md": note("A")})
    repository.commit({"a.md": note("A", more=ATTACHED)})
    assert review(repository, "HEAD~1", "HEAD").verdicts == (("a", "", "supported"),)


def test_what_tests_another_thing_gives_the_claim_no_verdict(repository: Any) -> None:
    repository.commit({"a.md": note("A", more=ATTACHED)})
    scoped = ATTACHED.replace("30}}", "30}, scope: a step of it}")
    repository.commit({"a.md": note("A", more=scoped)})
    assert review(repository, "HEAD~1", "HEAD").verdicts == (("a", "supported", ""),)


def test_a_renewed_result_changes_the_verdict_of_the_notes(
    repository: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = repository.root / "references"
    folder.mkdir()
    stored = json.loads((evidence.FOLDER / "utility-weighted-loss.claim.json").read_text())
    monkeypatch.setattr(evidence, "FOLDER", folder)

    def commit(verdict: str) -> None:
        stored["result"]["verdict"] = verdict
        (folder / "a.json").write_text(json.dumps(stored))
        (folder / "bad.json").write_text("[" * 5000)
        repository.commit({"a.md": note("A", more=ATTACHED)})

    for verdict in ("no effect", "contradicted", "<b>mine</b>"):
        commit(verdict)
    assert review(repository, "HEAD~2", "HEAD~1").verdicts == (("a", "no effect", "contradicted"),)
    assert all("<b>" not in v[2] for v in review(repository, "HEAD~2", "HEAD").verdicts)


def test_no_git_is_said(folder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = folder({"a.md": note("A")})
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path))
    with pytest.raises(HistoryError, match="not a git repository"):
        compare_revisions(read_notebook(root), "HEAD")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(HistoryError, match="git is not installed"):
        compare_revisions(read_notebook(root), "HEAD")
