"""The command line through its own door: a process, its output, its exit code."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alpgraph.cli import COMMANDS
from alpgraph.config import load_config

ROOT = Path(__file__).resolve().parent.parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Folder = Callable[[dict[str, str | bytes]], Path]

GOOD = """---
title: Is this a good note?
summary: It is here to be read.
claim: A good note has no findings.
topics: [tests]
sources:
  - url: https://example.org/a
    title: A work
relations:
  - type: parallel
    to: other
    why: the same form in a second file
---
Words that stand on their own.
"""
OTHER = GOOD.replace("Is this a good note?", "Is this the other note?").replace(
    """relations:
  - type: parallel
    to: other
    why: the same form in a second file
""",
    "",
)


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_help_with_an_example(alpgraph: Run, command: str) -> None:
    done = alpgraph(command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert "Example" in done.stdout


def test_help_names_every_command_without_importing_them(alpgraph: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "alpgraph", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(name in done.stdout for name in COMMANDS)
    assert not any(word in done.stderr for word in ("networkx", "numpy", "fastapi", "pydantic"))


def test_version_counts_the_bundled_notes(alpgraph: Run) -> None:
    count = len(list((ROOT / "notes").rglob("*.md")))
    assert f"({count} bundled notes)" in alpgraph("--version").stdout


def test_a_misspelt_command_is_wrong_use(alpgraph: Run) -> None:
    done = alpgraph("chekc")
    assert done.returncode == 2
    assert "check" in done.stderr


def test_check_of_the_bundled_notes_is_clean(alpgraph: Run) -> None:
    done = alpgraph("check", str(ROOT / "notes"), "--error-on-warning")
    assert done.returncode == 0, done.stdout


def test_check_of_a_good_folder_exits_0(alpgraph: Run, folder: Folder) -> None:
    done = alpgraph("check", str(folder({"good.md": GOOD, "other.md": OTHER})))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (GOOD.replace("type: parallel", "type: paralel"), "ALP011", 10),
        (GOOD.replace("to: other", "to: absent-note"), "ALP101", 11),
        (GOOD.replace("title: Is", "title: a: b: Is"), "ALP002", 2),
        (GOOD.encode() + b"\xff\xfe", "ALP004", 15),
    ],
)
def test_a_fault_is_pointed_at_and_exits_1(
    alpgraph: Run, folder: Folder, content: str | bytes, code: str, line: int
) -> None:
    root = folder({"bad.md": content, "other.md": OTHER})
    done = alpgraph("check", str(root), "--output-format", "json")
    assert done.returncode == 1
    found = [item for item in json.loads(done.stdout) if item["code"] == code]
    assert [(item["file"], item["line"]) for item in found] == [("bad.md", line)]
    assert found[0]["hint"]
    full = alpgraph("check", str(root), cwd=root.parent)
    assert f"--> {root.name}/bad.md:{line}:" in full.stdout  # as an editor opens it from here
    concise = alpgraph("check", str(root), "--output-format", "concise", cwd=root)
    assert re.search(rf"(?m)^bad\.md:{line}:\d+: {code} ", concise.stdout)


def test_what_many_notes_have_in_common_is_shown_a_few_times_and_counted(
    alpgraph: Run, folder: Folder
) -> None:
    files = {f"n{number}.md": "[[hub]] [[gone]]\n" for number in range(40)}
    root = folder({**files, "hub.md": "# Hub\n\n[[lost]]\n"})
    full = alpgraph("check", str(root))
    assert full.stdout.count("no note answers to `gone`\n") == 5
    assert "… ALP104: no note answers to `gone`, 35 more times\n" in full.stdout
    assert full.stdout.count("no note answers to `lost`") == 1
    assert full.stderr.splitlines()[:2] == ["41 warnings ALP104 dangling-link",
                                            "41 hints ALP001 no-front-matter"]  # fmt: skip
    concise = alpgraph("check", str(root), "--output-format", "concise")
    assert concise.stdout.count("no note answers to `gone`") == 40
    assert len(json.loads(alpgraph("check", str(root), "--output-format", "json").stdout)) == 82


def test_a_note_of_any_folder_is_explained_from_where_one_stands(
    alpgraph: Run, tmp_path: Path
) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "a.md").write_text("[b](../b.md)\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# B\n", encoding="utf-8")
    done = alpgraph("explain", "guide/a.md", cwd=tmp_path)
    assert "mentions b (“B”, written “../b.md”, found by relative)" in done.stdout


def test_names_equal_but_for_case_are_an_error(alpgraph: Run, folder: Folder) -> None:
    root = folder({"a/Note.md": OTHER, "a/note.md": OTHER.replace("other", "third")})
    done = alpgraph("check", str(root), "--output-format", "concise")
    assert done.returncode == 1
    assert "ALP005" in done.stdout


def test_a_missing_folder_is_wrong_use(alpgraph: Run, tmp_path: Path) -> None:
    done = alpgraph("check", str(tmp_path / "absent"))
    assert done.returncode == 2
    assert "absent" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_key_in_the_configuration_is_wrong_use(alpgraph: Run, folder: Folder) -> None:
    root = folder({"good.md": OTHER, "alpgraph.toml": 'tittle = "x"\n'})
    done = alpgraph("check", str(root))
    assert done.returncode == 2
    assert "did you mean 'title'?" in done.stderr


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"alpgraph.toml": '[[relation_types]]\nid = "x"\nlable = "xs"\n'}, "'label'?"),
        ({"alpgraph.toml": '[[relation_types]]\nid = "x"\nlabel = "xs"\nhue = 1\n'}, "signature"),
        ({"alpgraph.toml": 'url = "example.org"\n'}, "https://"),
        ({"pyproject.toml": "tool = 3\n"}, "pyproject.toml: 'tool' is 3"),
        ({"pyproject.toml": '[tool]\nalpgraph = "x"\n'}, "pyproject.toml: 'alpgraph' is 'x'"),
        ({"alpgraph.toml": "title = " + "[" * 3000}, "alpgraph.toml: cannot be read"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(
    alpgraph: Run, folder: Folder, files: dict[str, str | bytes], said: str
) -> None:
    done = alpgraph("stats", "--notes", str(folder({"good.md": OTHER, **files})))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_wrong_setting_of_the_environment_or_an_option_is_not_laid_on_the_file(
    alpgraph: Run, folder: Folder
) -> None:
    root = folder({"good.md": OTHER, "alpgraph.toml": 'title = "T"\nport = 8000\n'})
    done = alpgraph("check", str(root), env={**os.environ, "ALPGRAPH_PORT": "x"})
    assert done.returncode == 2
    assert "ALPGRAPH_PORT" in done.stderr
    assert "toml" not in done.stderr
    done = alpgraph("serve", str(root), "--url", "example.org", "--no-open", "--port", "0")
    assert done.returncode == 2
    assert "the command line: 'url' is 'example.org'" in done.stderr


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ('allow_hosts = ["https://example.org"]', "it should be like name or name:port"),
        ('allow_hosts = ["notes example"]', "it should be like name or name:port"),
        ('allow_origins = ["example.org"]', "it should begin with https://"),
        ('allow_origins = ["https://me.example.org/notes"]', "without a path"),
    ],
)
def test_a_name_that_no_browser_could_send_is_wrong_use(
    alpgraph: Run, folder: Folder, setting: str, advice: str
) -> None:
    root = folder({"good.md": OTHER, "alpgraph.toml": f"{setting}\n"})
    done = alpgraph("check", str(root))
    assert done.returncode == 2
    assert advice in done.stderr


def test_a_name_means_the_same_in_the_file_and_in_an_option(folder: Folder) -> None:
    rows = 'allow_hosts = ["Notes.Example.org"]\nallow_origins = ["https://Me.example.org/"]\n'
    root = folder({"alpgraph.toml": rows})
    config = load_config(root)
    assert config.allow_hosts == ("notes.example.org",)
    assert config.allow_origins == ("https://me.example.org",)
    flags = {"allow_hosts": ("NOTES.example.org",), "allow_origins": ("https://me.example.org/",)}
    assert load_config(root, flags) == config


def test_parameters_of_no_preset_are_warned_of(alpgraph: Run, folder: Folder) -> None:
    def with_cost(cost: str) -> str:
        params = f"params: {{data: digits, miss_cost: {cost}}}"
        return GOOD.replace(
            "relations:", f"experiment:\n  name: utility-weighted-loss\n  {params}\nrelations:"
        )

    files = {"claim.md": with_cost("3e1"), "own.md": with_cost("31"), "other.md": OTHER}
    done = alpgraph("check", str(folder(files)), "--select", "ALP4", "--output-format", "concise")
    assert done.returncode == 0
    assert re.sub(r".*/", "", done.stdout) == (
        "own.md:10:9: ALP403 no preset of `utility-weighted-loss` has these parameters\n"
    )


def test_explain_tells_a_code_and_a_file(alpgraph: Run, folder: Folder) -> None:
    assert (
        "paralel" in alpgraph("explain", "ALP011").stdout
        or "type" in alpgraph("explain", "ALP011").stdout
    )
    root = folder({"good.md": GOOD, "other.md": OTHER})
    done = alpgraph("explain", "good", "--notes", str(root))
    assert done.returncode == 0, done.stderr
    assert "parallels" in done.stdout
    assert "other" in done.stdout


def test_text_of_notes_does_not_steer_the_terminal(alpgraph: Run, folder: Folder) -> None:
    names = ("a", "b", "c", "d")
    links = {name: [other for other in names if other > name] for name in names}
    notes = {
        f"{name}.md": f'---\ntitle: "{name} \\e[31m"\ntopics: ["red \\e[31m"]\nrelations:\n'
        + "".join(f'  - {{type: extends, to: {to}, why: "why \\e[2J"}}\n' for to in links[name])
        + "---\nSome words \x1b[31m here.\n"
        for name in names
    }
    root = folder(dict(notes))
    for asked in (("search", "words"), ("path", "a", "b"), ("stats",), ("layout",)):
        done = alpgraph(*asked, "--notes", str(root))
        assert done.returncode == 0, done.stderr
        assert done.stdout
        assert "\x1b" not in done.stdout + done.stderr


def test_the_example_of_a_path_leads_somewhere(alpgraph: Run) -> None:
    example = re.search(r"`alpgraph (path [^`]+)`", alpgraph("path", "--help").stdout)
    assert example is not None
    done = alpgraph(*example[1].split(), "--notes", str(ROOT / "notes"))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_search_tells_the_word_that_no_note_has(alpgraph: Run, folder: Folder) -> None:
    root = folder({"good.md": GOOD, "other.md": OTHER})
    done = alpgraph("search", "findigns", "--notes", str(root))
    assert re.fullmatch(r"\d found; no note has 'findigns'\n", done.stderr)


def test_a_search_narrows_by_verdicts_and_says_which_there_are(
    alpgraph: Run, folder: Folder
) -> None:
    notes = str(Path(__file__).resolve().parents[2] / "notes")
    found = json.loads(alpgraph("search", "verdict:supported", "--json", "--notes", notes).stdout)
    assert found["total"] > 0
    done = alpgraph("search", "verdict:maybe", "--notes", str(folder({"good.md": GOOD})))
    assert done.stderr.startswith("A verdict is supported, contradicted,")


def test_a_path_is_told_step_by_step(alpgraph: Run, folder: Folder) -> None:
    root = folder({"good.md": GOOD, "other.md": OTHER})
    output = alpgraph("path", "other", "good", "--notes", str(root)).stdout
    assert output.rstrip().split("\n") == [
        "1. Is this the other note?",
        "   parallels Is this a good note?",
        "      the same form in a second file",
    ]
    same = alpgraph("path", "good", "good.md", "--notes", str(root))
    assert (same.returncode, "are the same note" in same.stderr) == (2, True)


def test_run_prints_the_result_as_json(alpgraph: Run) -> None:
    done = alpgraph("run", "utility-weighted-loss", "--replicates", "4", "-p", "steps=40", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert len(result["replicates"]) == 4
    assert {"name", "unit", "better", "difference", "low", "high"} <= set(result["primary"])


def test_a_parameter_out_of_bounds_is_named_with_its_limit(alpgraph: Run) -> None:
    done = alpgraph("run", "utility-weighted-loss", "-p", "miss_cost=-1")
    assert done.returncode == 2
    assert "miss_cost" in done.stderr
    assert "'miss_cost' must be at least 1, not '-1'" in done.stderr
    done = alpgraph("run", "utility-weighted-loss", "-p", "mis_cost=3")
    assert "'mis_cost' is no parameter of this experiment; its own: data, miss_cost," in done.stderr


def test_an_unknown_experiment_lists_the_known(alpgraph: Run) -> None:
    done = alpgraph("run", "no-such-thing")
    assert done.returncode == 2
    assert "utility-weighted-loss" in done.stderr
    done = alpgraph("run", "utility-weigted-loss")
    assert done.stderr.rstrip().endswith("did you mean 'utility-weighted-loss'?")


def test_ctrl_c_ends_the_server_at_once_and_quietly(start_server: Any, tmp_path: Path) -> None:
    with start_server(str(ROOT / "notes"), "--state", str(tmp_path)) as server:
        host = server.url.removeprefix("http://")
        with socket.create_connection(("127.0.0.1", int(host.rsplit(":", 1)[1]))) as reader:
            reader.sendall(f"GET /events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            reader.recv(64)
            code = server.stop(signal.SIGINT)  # an open stream does not hold it
    assert code in (0, 130, -signal.SIGINT)
    assert "Traceback" not in "".join(server.lines)


def test_a_taken_port_is_wrong_use(alpgraph: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = alpgraph("serve", "--no-open", "--port", port, "--state", str(tmp_path))
    assert done.returncode == 2
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_our_own_fault_ends_with_101(folder: Folder) -> None:
    script = (
        "import alpgraph.config as c\n"
        "def broken(*_, **__): raise RuntimeError('boom')\n"
        "c.locate = broken\n"
        "from alpgraph.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check"],
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "ALPGRAPH_DEBUG"},
    )
    assert done.returncode == 101
    assert "Traceback" not in done.stderr


def test_a_name_that_is_no_utf_8_is_a_finding_and_stops_nothing(
    alpgraph: Run, folder: Folder, tmp_path: Path
) -> None:
    odd = os.fsdecode(b"odd\xff")
    notes = folder({"a.md": GOOD, f"{odd}.md": OTHER, f"{odd}/b.md": OTHER, f"{odd}.png": b"png"})
    state = ("--state", str(tmp_path / "state"))
    for _ in range(2):  # from the files, then from what is kept of them
        done = alpgraph("check", str(notes), "--output-format", "concise", *state)
        assert done.returncode == 1, done.stderr
        assert done.stdout.count("is not UTF-8") == 2
    for words in (("search", "good"), ("build", str(tmp_path / "site"))):
        done = alpgraph(*words, "--notes", str(notes), *state)
        assert done.returncode == 0, done.stderr


def test_a_laid_out_map_counts_notes_as_stats_does(alpgraph: Run, folder: Folder) -> None:
    linking = "# A\n[[b]] and [[c]], [[missing]] and [[gone]]\n"
    root = folder({"a.md": linking, "b.md": "# B\n[[c]]\n", "c.md": "# C\n"})
    done = alpgraph("layout", "--notes", str(root))
    assert (done.returncode, done.stderr) == (0, "3 notes placed in 1 area\n")
    assert json.loads(alpgraph("stats", "--json", "--notes", str(root)).stdout)["notes"] == 3


@pytest.mark.parametrize(
    "words",
    [
        *(("check",), ("diff", "HEAD"), ("explain", "a"), ("export", "dot"), ("fmt",)),
        *(("import", "notes"), ("layout",), ("new", "--title", "New"), ("path", "a", "b")),
        *(("propose", "notes/a.md", "--no-push"), ("rename", "a", "c"), ("run", "b"), ("schema",)),
        *(("search", "words"), ("stats",)),
    ],
    ids=lambda words: words[0],
)
def test_what_is_kept_lies_where_it_is_told(
    alpgraph: Run, repository: Any, tmp_path: Path, words: tuple[str, ...]
) -> None:
    repository.commit({"a.md": "# A\n[[b]]\n", "b.md": "# B\n"})
    repository.write({"a.md": "# A\nwords, [[b]]\n"})
    state = tmp_path / "state"
    done = alpgraph(*words, "--state", str(state), cwd=repository.root)
    assert "No such option" not in done.stderr
    assert (state / "cache").is_dir()
    assert not (repository.root / ".alpgraph").exists()
