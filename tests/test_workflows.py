"""The files that review changes elsewhere: right by a linter, pinned, and run line by line here."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from alpgraph.authoring.starting import FOLDER, starter_files
from alpgraph.check import check_notebook
from alpgraph.cli import COMMANDS
from alpgraph.experiments import fault_finders
from alpgraph.graph import build_graph
from alpgraph.notes import read_notebook, with_file

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
INSTALL = """\
python -m pip install --quiet --require-hashes --requirement .ci/lock/run.txt
python -m pip install --quiet --no-deps --no-build-isolation ."""
ACTIONLINT = Path(sys.executable).parent / "actionlint"
# where pyproject.toml asks for it, a missing one is a failure
WHEELS = sys.platform == "win32" or platform.machine() in (
    ("x86_64", "aarch64") if sys.platform == "linux" else ("arm64",)
)


def steps(text: str) -> Iterator[dict[str, Any]]:
    for job in yaml.safe_load(text)["jobs"].values():
        yield from job["steps"]


def everywhere() -> dict[str, str]:
    """All workflows: our own, and those that `init` writes for others."""
    own = {path.name: path.read_text() for path in WORKFLOWS}
    written = starter_files(["github", "forgejo"])
    return own | {path: text for path, text in written.items() if "/workflows/" in path}


@pytest.mark.parametrize("name", ["notes.yml", "verdicts.yml"])
def test_we_use_the_workflows_that_init_writes_for_others(name: str) -> None:
    written = starter_files(["github"], install=INSTALL)[f".github/workflows/{name}"]
    assert (ROOT / ".github" / "workflows" / name).read_text() == written


@pytest.mark.parametrize(("name", "text"), everywhere().items())
def test_actions_are_pinned_by_commit_and_say_their_version(name: str, text: str) -> None:
    used = re.findall(r"uses: (.*)", text)
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)


@pytest.mark.parametrize(("name", "text"), everywhere().items())
def test_no_expression_is_pasted_into_a_shell(name: str, text: str) -> None:
    lines = [step["run"] for step in steps(text) if "run" in step]
    assert lines
    assert not any("${{" in line for line in lines)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_strangers_start_can_only_read(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    starts = workflow[True]  # YAML 1.1 reads the key `on` so
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(starts)
    assert workflow["permissions"] == {"contents": "read"}
    if "pull_request" in starts:
        assert not any("permissions" in job for job in workflow["jobs"].values())
    checkouts = [s for s in steps(path.read_text()) if "checkout" in s.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.skipif(not WHEELS, reason="actionlint has no wheel for this platform")
@pytest.mark.parametrize(("name", "text"), everywhere().items())
def test_actionlint_finds_nothing(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / Path(name).name
    file.write_text(text)
    done = subprocess.run(
        [ACTIONLINT, "-shellcheck=", "-pyflakes=", file],
        capture_output=True,
        text=True,
        check=False,
    )
    labels = 'label "docker" is unknown'  # Forgejo's runners are named so
    found = [line for line in done.stdout.splitlines() if re.match(r"\S+:\d+:\d+:", line)]
    assert [line for line in found if labels not in line] == []


@pytest.mark.skipif(not WHEELS, reason="actionlint has no wheel for this platform")
def test_actionlint_would_find_something(tmp_path: Path) -> None:
    file = tmp_path / "bad.yml"
    file.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - rum: x\n"
    )
    assert subprocess.run([ACTIONLINT, file], capture_output=True, check=False).returncode == 1


FIRST = """---
title: Can a weighted loss harm?
summary: About weights.
claim: A weighted loss can harm.
sources: [{arxiv: "2511.07699"}]
relations: [{type: parallels, to: second, why: both mix learning with choosing}]
---
Weights teach less.
"""
ATTACHED = """---
title: Is it so?
summary: It is tried.
claim: It is so.
sources: [{arxiv: "2511.07699"}]
relations: [{type: tests, to: first, why: it runs what the other only says}]
experiment: {name: utility-weighted-loss, params: {steps: 20, rows: 120}}
---
Try it.
"""
Shell = Callable[[str, dict[str, str]], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def clone(repository: Any, tmp_path: Path) -> Path:
    """A checkout of a proposal, as a runner sees it: the shared branch is a remote one."""
    first = {
        "first.md": FIRST,
        "second.md": FIRST.replace("weighted", "plain").replace("second", "first"),
    }
    repository.commit(first)
    repository.git("switch", "--quiet", "--create", "theirs")
    repository.commit({"third.md": ATTACHED, "-r 9|x.md": ATTACHED.replace("Is it", "Was it")})
    place = tmp_path / "clone"
    repository.git("clone", "--quiet", "--branch", "theirs", str(repository.root), str(place))
    return place


@pytest.fixture
def shell(clone: Path, tmp_path: Path) -> Shell:
    """Run a step's lines as a runner does; pip and gh are scripts that note their words."""
    bin = tmp_path / "bin"
    bin.mkdir()
    log = f'printf "%s\\n" "$(basename "$0") $*" >> "{tmp_path}/calls.txt"'
    scripts = {
        "alpgraph": f'exec "{sys.executable}" -m alpgraph "$@"',
        "python": log,
        "gh": f'{log}\n[ "$2" = list ] && cat "{tmp_path}/open-issues.txt" 2>/dev/null || true',
    }
    if not shutil.which("timeout"):
        scripts["timeout"] = 'shift; exec "$@"'
    for name, lines in scripts.items():
        (bin / name).write_text(f"#!/bin/sh\n{lines}\n")
        (bin / name).chmod(0o755)

    def run(lines: str, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-e", "-c", lines],
            cwd=clone,
            env={**os.environ, "PATH": f"{bin}:{os.environ['PATH']}", **environ},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def test_the_lines_of_the_review_do_what_they_say(
    shell: Shell, clone: Path, tmp_path: Path
) -> None:
    environ = {"GITHUB_BASE_REF": "main", "GITHUB_ACTIONS": "true"}
    for name in ("GITHUB_ENV", "GITHUB_STEP_SUMMARY"):
        environ[name] = str(tmp_path / name)
    ran = []
    for step in steps(starter_files(["github"])[".github/workflows/notes.yml"]):
        lines = step.get("run", "")
        if not lines:
            continue
        done = shell(lines, environ)
        assert done.returncode == 0, done.stdout + done.stderr
        ran.append(step["name"])
        if Path(environ["GITHUB_ENV"]).exists():
            environ |= dict(
                row.split("=", 1) for row in Path(environ["GITHUB_ENV"]).read_text().split()
            )
    assert len(ran) >= 6
    assert (clone / "site" / "n" / "third.html").is_file()
    summary = Path(environ["GITHUB_STEP_SUMMARY"]).read_text()
    assert "**Notes: 2 added; relations: 2 added.**" in summary
    assert "## Findings" in summary
    assert len(re.findall(r"95 % interval .*\b4 replicates", summary)) == 2
    assert "pip install" in (tmp_path / "calls.txt").read_text()


def test_the_review_fails_on_errors_of_the_change_alone(shell: Shell, clone: Path) -> None:
    (clone / "notes" / "bad.md").write_text("---\ntitle: [\n---\n")
    check = next(
        step["run"]
        for step in steps(starter_files(["github"])[".github/workflows/notes.yml"])
        if "alpgraph check" in step.get("run", "")
    )
    done = shell(check, {"BASE": "origin/main"})
    assert done.returncode == 1
    assert "::error file=notes/bad.md," in done.stdout


@pytest.mark.parametrize("known", [True, False])
def test_a_lost_verdict_opens_one_issue_and_then_adds_to_it(
    shell: Shell, clone: Path, tmp_path: Path, known: bool
) -> None:
    (tmp_path / "bin" / "alpgraph").write_text(
        "#!/bin/sh\necho 'a claim: holds; stored x, now x'\n"
        "echo 'b claim: DOES NOT HOLD; stored supported, now no effect'\n"
        "echo '1 of 2 verdicts hold on base seed 7' >&2\nexit 1\n"
    )
    if known:
        (tmp_path / "open-issues.txt").write_text("17\n")
    environ = {
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "TITLE": "A stored verdict no longer holds",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "them/notes",
        "GITHUB_RUN_ID": "5",
    }
    verify, tell = [
        step["run"]
        for step in steps(starter_files(["github"])[".github/workflows/verdicts.yml"])
        if "run" in step and "pip" not in step["run"]
    ]
    assert shell(verify, environ).returncode == 0
    assert (tmp_path / "output").read_text() == "code=1\n"
    assert shell(tell, environ).returncode == 0
    calls = (tmp_path / "calls.txt").read_text().splitlines()
    wanted = "gh issue comment 17" if known else f"gh issue create --title {environ['TITLE']}"
    assert [call for call in calls if not call.startswith("gh issue list")] == [
        f"{wanted} --body-file report.md"
    ]
    report = (clone / "report.md").read_text()
    assert "b claim: DOES NOT HOLD" in report
    assert "a claim" not in report
    assert "base seed 7" in report
    assert "https://github.com/them/notes/actions/runs/5" in report


def test_a_fault_of_our_own_is_no_lost_verdict(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "bin" / "alpgraph").write_text("#!/bin/sh\nexit 101\n")
    text = starter_files(["github"])[".github/workflows/verdicts.yml"]
    verify = next(s["run"] for s in steps(text) if "alpgraph verify" in s.get("run", ""))
    done = shell(verify, {"GITHUB_OUTPUT": str(tmp_path / "output")})
    assert done.returncode == 1


def test_the_lines_for_other_forges_do_what_they_say(shell: Shell, clone: Path) -> None:
    forgejo = starter_files(["forgejo"])[".forgejo/workflows/notes.yml"]
    lines = [s["run"] for s in steps(forgejo) if "git init" not in s["run"]]
    gitlab = yaml.safe_load(starter_files(["gitlab"])[".gitlab-ci.yml"])
    lines += [*gitlab[".alpgraph"]["before_script"], *gitlab["notes"]["script"]]
    environ = {"GITHUB_BASE_REF": "main", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "origin/main"}
    for line in lines:
        done = shell(line, environ)
        assert done.returncode == 0, line + done.stdout + done.stderr
    assert "Notes: 2 added" in (clone / "review" / "change.md").read_text()


def test_forgejo_fetches_the_change_without_an_action(
    repository: Any, shell: Shell, tmp_path: Path
) -> None:
    repository.git("update-ref", "refs/pull/1/head", "HEAD")
    text = starter_files(["forgejo"])[".forgejo/workflows/notes.yml"]
    fetch = next(step["run"] for step in steps(text) if "git init" in step["run"])
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    environ = {
        "URL": str(repository.root),
        "HEAD_REF": "refs/pull/1/head",
        "GITHUB_BASE_REF": "main",
    }
    done = shell(f'cd "{fresh}"\n{fetch}', environ)
    assert done.returncode == 0, done.stderr
    assert (fresh / "notes" / "first.md").exists()


def test_the_hooks_for_pre_commit_are_commands_that_work(shell: Shell, clone: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    config = yaml.safe_load(starter_files(["pre-commit"])[".pre-commit-config.yaml"])
    hooks += config["repos"][0]["hooks"]
    assert [hook["id"] for hook in hooks] == ["alpgraph-check", "alpgraph-fmt", "alpgraph-check"]
    for hook in hooks:
        assert re.search(hook["files"], "notes/a.md")
        done = shell(hook["entry"], {})
        assert done.returncode == 0, done.stderr


def test_the_editors_pattern_reads_what_check_prints(alpgraph: Any, folder: Any) -> None:
    root = folder({"bad.md": "---\ntitle: T\nrelations: [{type: x, to: y, why: z}]\n---\n"})
    task = json.loads(starter_files(["vscode"])[".vscode/tasks.json"])["tasks"][0]
    done = alpgraph("check", "notes", "--output-format", "concise", cwd=root.parent)
    pattern = task["problemMatcher"]["pattern"]["regexp"]
    lines = done.stdout.splitlines()
    assert lines
    assert all(re.fullmatch(pattern, line) for line in lines)
    assert task["command"].split()[1] in COMMANDS


def test_init_begins_a_collection_that_checks_clean_and_changes_nothing(
    alpgraph: Any, tmp_path: Path
) -> None:
    flags = ("--github", "--forgejo", "--gitlab", "--vscode", "--pre-commit")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    address = "git@github.com:them/notes.git"
    subprocess.run(["git", "remote", "add", "origin", address], cwd=tmp_path, check=True)
    done = alpgraph("init", *flags, "--title", 'Ours "and" theirs', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = done.stdout.split("\n")
    assert ".github/workflows/notes.yml" in written
    checked = alpgraph("check", "--error-on-warning", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    settings = (tmp_path / "alpgraph.toml").read_text()
    assert 'repository = "https://github.com/them/notes"' in settings
    texts = [(tmp_path / path).read_text() for path in written if path]
    assert not any("%%" in text for text in texts)
    (tmp_path / ".gitlab-ci.yml").write_text("mine")
    again = alpgraph("init", *flags, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "")
    assert ".gitlab-ci.yml was there and stays as it is" in again.stderr
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine"


def test_init_without_anything_to_do_says_so(alpgraph: Any, folder: Any) -> None:
    root = folder({"a.md": FIRST})
    done = alpgraph("init", cwd=root.parent)
    assert done.returncode == 2
    assert "--github" in done.stderr


def test_the_note_that_contributing_shows_is_a_good_one_of_this_collection() -> None:
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text()
    shown = text.split("````markdown\n")[1].split("````")[0]
    path = re.search(r"\]\(\.\./notes/([\w-]+\.md)\)", text)[1]
    notebook = with_file(read_notebook(ROOT / "notes"), path, shown.encode())
    found = check_notebook(notebook, build_graph(notebook), fault_finders())
    assert [one.message for one in found if one.place.file == path] == []


def test_every_starter_is_written_by_some_kind() -> None:
    names = {path.name for path in FOLDER.iterdir()}
    from alpgraph.authoring import starting

    assert names == {name for files in starting._FILES.values() for name in files.values()}
