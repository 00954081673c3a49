"""`init`: the files a collection begins with, and what makes its reviews on a forge."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import indent

from alpgraph import __version__

FOLDER = Path(__file__).resolve().parent / "starters"
INSTALL = f'python -m pip install --quiet "alpgraph=={__version__}"'
# kind -> path in the collection -> name of the starter
_FILES: dict[str, dict[str, str]] = {
    "collection": {
        "alpgraph.toml": "alpgraph.toml",
        ".gitignore": "gitignore",
        "notes/a-first-question.md": "a-first-question.md",
        "notes/a-second-question.md": "a-second-question.md",
    },
    "github": {
        ".github/workflows/notes.yml": "github-notes.yml",
        ".github/workflows/verdicts.yml": "github-verify.yml",
        ".github/pull_request_template.md": "pull_request_template.md",
        ".github/ISSUE_TEMPLATE/suggest-note.yml": "suggest-note.yml",
        ".github/ISSUE_TEMPLATE/report-fault.yml": "report-fault.yml",
        ".github/ISSUE_TEMPLATE/config.yml": "issue-config.yml",
        ".github/CONTRIBUTING.md": "contributing.md",
    },
    "forgejo": {
        ".forgejo/workflows/notes.yml": "forgejo-notes.yml",
        ".forgejo/pull_request_template.md": "pull_request_template.md",
        ".forgejo/issue_template/suggest-note.yml": "suggest-note.yml",
        ".forgejo/issue_template/report-fault.yml": "report-fault.yml",
        "CONTRIBUTING.md": "contributing.md",
    },
    "gitlab": {
        ".gitlab-ci.yml": "gitlab-ci.yml",
        ".gitlab/merge_request_templates/Default.md": "pull_request_template.md",
        "CONTRIBUTING.md": "contributing.md",
    },
    "vscode": {".vscode/tasks.json": "vscode-tasks.json"},
    "pre-commit": {".pre-commit-config.yaml": "pre-commit-config.yaml"},
}
KINDS = tuple(_FILES)


def starter_files(
    kinds: Iterable[str],
    *,
    title: str = "My notes",
    repository: str = "",
    branch: str = "main",
    install: str = INSTALL,
) -> dict[str, str]:
    """Return path -> text of the starter files of some KINDS.

    `install` are the shell lines by which a job comes to an `alpgraph` command.

    >>> list(starter_files(["vscode"]))
    ['.vscode/tasks.json']
    """
    names = {path: name for kind in kinds for path, name in _FILES[kind].items()}
    return {path: _filled(path, name, title, repository, branch, install)
            for path, name in names.items()}  # fmt: skip


def _filled(path: str, name: str, title: str, repository: str, branch: str, install: str) -> str:
    deep = 6 if name == "gitlab-ci.yml" else 10
    values: Mapping[str, str] = {
        "INSTALL": indent(install.strip("\n"), " " * deep),
        # a JSON string is one of TOML too
        "TITLE": json.dumps(title, ensure_ascii=False),
        "REPOSITORY": json.dumps(repository, ensure_ascii=False),
        "BRANCH": json.dumps(branch, ensure_ascii=False),
        "UP": "../" * path.count("/"),
    }
    text = (FOLDER / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"%%{key}%%", value)
    return text


def write_starters(folder: Path, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write files below `folder`; return the paths written and those that were there already.

    Nothing that exists is changed. Raises OSError where a folder cannot be made or written to.
    """
    written, existing = [], []
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            existing.append(path)
        else:
            written.append(path)
    return written, existing
