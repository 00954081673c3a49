"""A note's way from a contributor's file to every reader, by real commands and real git."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

FIRST = """---
title: Can a weighted loss harm?
summary: About weights.
claim: A weighted loss can harm.
sources: [{arxiv: "2511.07699"}]
---
Weights teach less.
"""
WHY = "both mix learning with choosing in one number"


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def forge(repository: Any, tmp_path: Path) -> Any:
    """A shared repository, somebody's copy of it, and a contributor's clone of that copy."""
    repository.commit({"first.md": FIRST}, "Begin")
    shared, copy, clone = tmp_path / "shared.git", tmp_path / "copy.git", tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository.root), str(shared))
    git(tmp_path, "clone", "--quiet", "--bare", str(shared), str(copy))
    git(tmp_path, "clone", "--quiet", str(copy), str(clone))
    # the addresses are a forge's; git is told where they lie on this machine
    for name, owner, place in (("upstream", "them", shared), ("origin", "me", copy)):
        address = f"https://github.com/{owner}/notes"
        git(clone, "config", f"url.{place}.insteadOf", address)
        git(clone, "config", f"url.{place}.pushInsteadOf", address)
        if name == "upstream":
            git(clone, "remote", "add", name, address)
        else:
            git(clone, "remote", "set-url", name, address)
    git(clone, "fetch", "--quiet", "upstream")
    (clone / "alpgraph.toml").write_text('repository = "https://github.com/them/notes"\n')
    return type("Forge", (), {"shared": shared, "copy": copy, "clone": clone})


def test_a_note_goes_all_the_way_from_a_file_to_every_reader(
    forge: Any, alpgraph: Run, start_server: Any, tmp_path: Path
) -> None:
    clone = forge.clone
    made = alpgraph(
        "new", "--title", "Do costs belong in a loss?", "--claim", "They do not.", "--summary",
        "S.", "--source", "arxiv:2511.07699", "--relation", f"first:parallel:{WHY}",
        "--body", "Text.",
        cwd=clone,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    note = made.stdout.strip()
    checked = alpgraph("check", "--changed-since", "HEAD", cwd=clone)
    assert checked.returncode == 0, checked.stdout
    proposed = alpgraph("propose", note, cwd=clone)
    assert proposed.returncode == 0, proposed.stderr
    branch = "note/do-costs-belong-in-a-loss"
    assert proposed.stdout == (
        f"https://github.com/them/notes/compare/main...me:{branch}?expand=1\n"
    )
    assert branch in git(forge.copy, "branch")
    assert branch not in git(forge.shared, "branch")

    maintainer = tmp_path / "maintainer"
    git(tmp_path, "clone", "--quiet", str(forge.shared), str(maintainer))
    git(maintainer, "fetch", "--quiet", str(forge.copy), branch)
    said = alpgraph("diff", "main", "FETCH_HEAD", "--format", "md", cwd=maintainer)
    assert said.stdout.startswith("**Notes: 1 added; relations: 1 added.**")
    assert (
        f"| `+` | Do costs belong in a loss? | parallels | Can a weighted loss harm? | {WHY} |"
        in (said.stdout)
    )
    data = json.loads(
        alpgraph("diff", "main", "FETCH_HEAD", "--format", "json", cwd=maintainer).stdout
    )
    assert data["mended_orphans"] == ["first"]
    assert not (maintainer / note).exists()
    with start_server("notes", "--state", str(tmp_path / "state"), cwd=maintainer) as server:
        assert WHY not in server.get("/n/first")
        with server.changes() as next_change:
            git(maintainer, "merge", "--quiet", "FETCH_HEAD")
            next_change()
        assert WHY in server.get("/n/first")
        assert "Do costs belong in a loss?" in server.get("/n/first")
        assert "They do not." in server.get("/n/do-costs-belong-in-a-loss")


def test_errors_are_not_proposed_unless_told(forge: Any, alpgraph: Run) -> None:
    bad = forge.clone / "notes" / "bad.md"
    bad.write_text("---\ntitle: Bad\nrelations: [{type: nonsense, to: first, why: because}]\n---\n")
    refused = alpgraph("propose", "notes/bad.md", cwd=forge.clone)
    assert refused.returncode == 1
    assert "--> notes/bad.md:3:20" in refused.stdout
    assert "help: known: parallels" in refused.stdout
    assert "note/" not in git(forge.clone, "branch")
    assert alpgraph("propose", "notes/bad.md", "--with-errors", cwd=forge.clone).returncode == 0


def test_a_picture_goes_along_and_an_unknown_forge_is_no_fault(
    repository: Any, alpgraph: Run, tmp_path: Path
) -> None:
    repository.commit({"first.md": FIRST})
    bare = tmp_path / "bare.git"
    repository.git("clone", "--quiet", "--bare", str(repository.root), str(bare))
    repository.git("remote", "add", "origin", str(bare))
    repository.git("fetch", "--quiet", "origin")
    repository.write({"new.md": FIRST.replace("weighted", "plain") + "![A plot](plot.png)\n"})
    (repository.notes / "plot.png").write_bytes(b"\x89PNG")
    done = alpgraph("propose", "notes/new.md", "notes/plot.png", cwd=repository.root)
    assert (done.returncode, done.stdout) == (0, "note/new\n")
    assert "open a pull request from it on your forge" in done.stderr
    assert git(bare, "diff", "--name-only", "main", "note/new").split() == [
        "notes/new.md",
        "notes/plot.png",
    ]


@pytest.mark.parametrize("name", ["a b'c\".md", "-n.md", "line\nbreak.md", "ümlaut.md", "$(x).md"])
def test_odd_names_are_proposed(forge: Any, alpgraph: Run, name: str) -> None:
    (forge.clone / "notes" / name).write_text(FIRST.replace("weighted", "plain"))
    done = alpgraph("propose", "--", f"notes/{name}", cwd=forge.clone)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"https://github\.com/them/notes/compare/main\.\.\.me:\S+\n", done.stdout)


def test_what_is_no_note_here_is_wrong_use(forge: Any, alpgraph: Run) -> None:
    (forge.clone / "notes" / "link.md").symlink_to(forge.clone / "notes" / "first.md")
    for path in ("alpgraph.toml", "notes/link.md", "notes"):
        done = alpgraph("propose", path, cwd=forge.clone)
        assert (done.returncode, "is no note of" in done.stderr) == (2, True), path


def test_without_git_the_form_is_named(forge: Any, alpgraph: Run, tmp_path: Path) -> None:
    environ = {**os.environ, "PATH": str(tmp_path)}
    done = alpgraph("propose", "notes/first.md", cwd=forge.clone, env=environ)
    assert done.returncode == 2
    assert "git is not installed" in done.stderr
    assert "/new" in done.stderr


def test_diff_keeps_derived_data_where_it_is_told(
    forge: Any, alpgraph: Run, tmp_path: Path
) -> None:
    done = alpgraph("diff", "main", "--state", str(tmp_path / "state"), cwd=forge.clone)
    assert done.stdout == "nothing changes for the graph\n"
    assert list((tmp_path / "state" / "cache").iterdir())
    assert not (forge.clone / ".alpgraph").exists()


def test_diff_says_what_is_wrong_with_a_revision(forge: Any, alpgraph: Run) -> None:
    for words in (("absent",), ("main", "absent"), ("--", "-x"), ("main...absent",)):
        done = alpgraph("diff", *words, cwd=forge.clone)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr
        assert "revision" in done.stderr


def test_annotations_name_files_from_the_repositorys_top_and_the_summary_holds_all(
    repository: Any, alpgraph: Run, tmp_path: Path
) -> None:
    repository.commit({"first.md": FIRST})
    bad = "---\ntitle: B\nrelations:\n" + "".join(
        f"  - {{type: nonsense{i}, to: first, why: because it is so in every case {i}}}\n"
        for i in range(14)
    )
    repository.write({"bad\n::error::.md": bad + "---\nText.\n"})
    summary = tmp_path / "summary.md"
    environ = {**os.environ, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    done = alpgraph("check", "--changed-since", "HEAD", cwd=repository.root, env=environ)
    assert done.returncode == 1
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error")]
    assert len(errors) == 10
    assert all(line.startswith("::error file=notes/bad%0A%3A%3Aerror%3A%3A.md,") for line in errors)
    assert "more, see the summary" in done.stdout
    assert summary.read_text().count("ALP011") == 14


def test_a_change_is_told_which_pictures_it_took_away(repository: Any, alpgraph: Run) -> None:
    picture = "---\ntitle: {}\n---\n![what it costs](plots/cost.svg)\n"
    repository.commit({"a.md": picture.format("A"), "b.md": "# B\n", "plots/cost.svg": "<svg/>"})
    repository.commit({"plots/cost.svg": None})
    repository.write({"c.md": picture.format("C")})
    checked = alpgraph(
        "check", "--changed-since", "HEAD~1", "--output-format", "concise", cwd=repository.root
    )
    told = [line.split(" ")[0] for line in checked.stdout.splitlines() if "ALP106" in line]
    assert sorted(told) == ["notes/a.md:4:1:", "notes/c.md:4:1:"]
    said = alpgraph("diff", "HEAD~1", "HEAD", "--format", "json", cwd=repository.root).stdout
    assert [(one["code"], one["file"]) for one in json.loads(said)["new_findings"]] == [
        ("ALP106", "a.md")
    ]
    back = alpgraph("diff", "HEAD", "HEAD~1", "--format", "json", cwd=repository.root).stdout
    assert [one["file"] for one in json.loads(back)["mended_findings"]] == ["a.md"]


def test_the_json_of_a_change_has_the_keys_that_scripts_read(
    repository: Any, alpgraph: Run
) -> None:
    repository.commit({"a.md": "# A\n", "b.md": "# B\n[[a]]\n"})
    repository.commit({"a.md": "# A\nsee [[b]], and [[b]] again\n", "b.md": "# B\n"})
    change = json.loads(
        alpgraph("diff", "HEAD~1", "HEAD", "--format", "json", cwd=repository.root).stdout
    )
    assert (change["mentions_added"], change["mentions_removed"]) == (1, 1)
    assert (change["parts_before"], change["parts_after"]) == (1, 1)
    lists = (
        "notes_added notes_removed notes_changed relations new_missing new_orphans mended_orphans "
        "new_contradictions joined split moved rewritten verdicts unsourced unread new_findings "
        "mended_findings"
    )
    assert {key for key, value in change.items() if isinstance(value, list)} == set(lists.split())
