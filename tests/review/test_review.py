import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from alpgraph.check import check_change
from alpgraph.graph import changed_sides
from alpgraph.notes import changed_slugs, notebook_of, read_notebook
from alpgraph.review import (
    Review,
    compare_revisions,
    review_change,
    to_json,
    to_markdown,
    to_text,
)
from alpgraph.review.markdown import EDGES, LIMIT

HOSTILE = (
    "a|b\n| c | `d` <img src=x> @team #1 https://evil.example "
    ']] "]; end %% ::error::\x1b[31m \u202e$x$'
)


def note(title: str, *relations: tuple[str, str, str], text: str = "Text.", claim: str = "") -> str:
    rows = "".join(
        f"  - type: {kind}\n    to: {json.dumps(to)}\n    why: {json.dumps(why)}\n"
        for kind, to, why in relations
    )
    body = f"relations:\n{rows}" if rows else ""
    return f"---\ntitle: {json.dumps(title)}\nclaim: {json.dumps(claim)}\n{body}---\n{text}\n"


KEPT = note("Kept under another name", ("related", "c", "somehow like it, as it seems"))


def review(before: dict[str, str], after: dict[str, str], **options: Any) -> Review:
    books = [
        notebook_of({f"{slug}.md": text.encode() for slug, text in files.items()}, root=Path())
        for files in (before, after)
    ]
    changed = changed_slugs(*(book.notes for book in books))
    sides = changed_sides(*books, changed)
    return review_change(*sides, changed, findings=check_change(*sides, changed, {}), **options)


@pytest.fixture
def change() -> Review:
    shared = {"c": note("Third", ("extends", "a", "it carries the first further"))}
    return review(
        shared
        | {
            "a": note("First", ("leads-to", "b", "one follows from the other")),
            "b": note("Second"),
            "old": note(
                "Kept under another name", ("related", "c", "somehow like it, as it seems")
            ),
        },
        shared
        | {
            "a": note("First", ("contradicts", "b", "they cannot both hold at once")),
            "b": note("Second", text="Rewritten."),
            "new": note(
                "Kept under another name", ("related", "c", "somehow like it, as it seems")
            ),
            "lost": note("Lost", ("leads-to", "nowhere", "a target that is not there")),
        },
        verdicts=({"b": "supported"}, {"b": "no effect"}),
    )


def test_the_markdown_says_what_a_reviewer_wants_to_know(change: Review) -> None:
    text = to_markdown(change)
    assert text.startswith("**Notes: 1 added, 1 moved, 1 rewritten; relations: ")
    assert "- verdict changed: Second: supported → no effect" in text
    assert "- new contradiction: First ↔ Second" in text
    assert "- points at nothing: Lost leads to nowhere" in text
    assert "- `~` Kept under another name: moved from old to new" in text
    assert "| `~` | First | leads to → contradicts | Second | they cannot" in text
    assert "ALP101" in text
    assert text.count("stroke:#b3261e") == 1


def test_the_terminal_says_the_same(change: Review) -> None:
    text = to_text(change)
    assert "! new contradiction: First ↔ Second" in text
    assert "~ First leads to → contradicts Second" in text
    assert "\x1b[33m" in to_text(change, colour=True)
    assert "\x1b" not in text


def test_the_json_leaves_nothing_out(change: Review) -> None:
    data = json.loads(json.dumps(to_json(change)))
    assert data["moved"] == [{"from": "old", "to": "new"}]
    assert data["rewritten"] == ["b"]
    assert data["verdicts"] == [{"slug": "b", "before": "supported", "after": "no effect"}]
    kinds = sorted(relation["kind"] for relation in data["relations"])
    assert kinds == ["added", "retyped"]
    assert "ALP101" in {finding["code"] for finding in data["new_findings"]}


def test_a_note_that_only_moves_takes_its_relations_and_findings_along() -> None:
    others = {
        "b": note("Second"),
        "c": note("Third", ("extends", "old", "it carries the first further")),
    }
    moves = others | {"c": others["c"].replace('"old"', '"new"')}
    made = review({"old": KEPT, **others}, {"new": KEPT, **moves})
    assert made.moved == (("old", "new"),)
    assert made.diff.relations == ()
    assert {one.code for one in made.new_findings} == set()
    changed = KEPT.replace("somehow like it", "so much like it")
    made = review({"old": KEPT, **others}, {"new": changed, **moves})
    assert sorted(change.kind for change in made.diff.relations) == ["added", "removed"]


def test_links_that_follow_a_moved_note_are_no_change_of_a_text() -> None:
    linking = "[[old]] and [[old#part|its words]], [again](old.md), - supports [[old]] (so)\n"
    before = {"old": KEPT, "b": linking, "c": "[[old]]\n"}
    after = {"new": KEPT, "b": linking.replace("old", "new"), "c": "[[new]]\n"}
    made = review(before, after)
    assert (made.moved, made.rewritten) == ((("old", "new"),), ())
    assert (made.diff.mentions_added, made.diff.mentions_removed) == ((), ())
    assert to_text(made).startswith("notes: 1 moved\n")
    for other in ("[[new|other words]]\n", "[[new#part]]\n", "[[new]] more\n"):
        assert review(before, after | {"c": other}).rewritten == ("c",)
    elsewhere = review(before, after | {"c": "[[b]]\n"})
    assert elsewhere.diff.mentions_added == (("c", "b"),)
    assert elsewhere.diff.mentions_removed == (("c", "old"),)


def test_a_claim_that_loses_its_source_is_said() -> None:
    before = note("First", claim="It holds.").replace(
        "---\nT", 'sources: [{url: "https://a.example"}]\n---\nT'
    )
    made = review({"a": before}, {"a": note("First", claim="It holds."), "b": note("No claim")})
    assert made.unsourced == ("a",)
    assert "- claim without a source: First" in to_markdown(made)


def test_no_change_says_so() -> None:
    same = {"a": note("First")}
    nothing = review(same, same)
    assert nothing.empty
    assert to_markdown(nothing) == "**Nothing changes for the graph.**\n"
    assert to_text(nothing) == "nothing changes for the graph\n"


def test_moved_lines_are_no_new_findings() -> None:
    told = ("leads-to", "nowhere", "a target that is not there")
    above = ("extends", "b", "it stands above the other")
    book = {"b": note("Second")}
    found = review({"a": note("First", told), **book}, {"a": note("First", above, told), **book})
    assert not found.new_findings
    assert [change.kind for change in found.diff.relations] == ["added"]


def test_hostile_text_stays_in_its_cell() -> None:
    made = review(
        {"b": note("Second")},
        {"a": note(HOSTILE, ("leads-to", "b", HOSTILE * 2), claim="x"), "b": note("Second")},
    )
    text = to_markdown(made)
    html = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(text)
    assert "<img" not in html
    table = html.split("because</th>")[1].split("</table>")[0]
    assert table.count("<tr>") == 1
    assert table.count("<td>") == 5
    shown = re.sub(r"<[^>]*>", "", html)
    assert not re.search(r"@\w|#\d+\b(?!;)|://|\x1b|\u202e", shown.split("flowchart")[0])
    assert not any(line.startswith("::") for line in text.splitlines())
    assert "\x1b" not in to_text(made)
    assert "\u202e" not in to_text(made)


def test_mermaid_labels_hold_no_syntax() -> None:
    made = review(
        {"b": note("B")}, {"a": note(HOSTILE, ("leads-to", "b", "x" * 30)), "b": note("B")}
    )
    picture = to_markdown(made).split("```mermaid\n")[1].split("\n```")[0]
    lines = picture.splitlines()
    assert lines[0] == "flowchart LR"
    safe = r'"(?:[\w ,.?+…-]|#\d+;)*"'
    for line in lines[1:]:
        assert re.fullmatch(rf"  (n\d+\[{safe}\]|n\d+ -- {safe} --> n\d+|linkStyle \d+ .*)", line)


def test_a_large_change_is_capped_and_the_rest_counted() -> None:
    many = {
        f"n{i}": note(HOSTILE + str(i), ("leads-to", f"n{(i + 1) % 700}", HOSTILE * 3))
        for i in range(700)
    }
    text = to_markdown(review({}, many))
    assert len(text) <= LIMIT
    assert text.count(" --> ") <= EDGES
    drawn = int(re.search(r"and (\d+) more relations not drawn", text)[1])
    assert drawn + text.count(" --> ") == 700
    rows = len(re.findall(r"^\| `\+` ", text, re.MULTILINE))
    assert int(re.search(r"and (\d+) more relations\n", text)[1]) + rows == 700
    assert text.count("```") == 2


def test_a_change_is_read_from_git(
    tmp_path: Path, folder: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A. Writer")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "writer@example.org")
    root = folder({"a.md": note("First"), "b.md": note("Second")})
    git = shutil.which("git") or "git"
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        subprocess.run([git, *command], cwd=root, check=True)
    (root / "a.md").write_text(note("First", ("extends", "b", "it goes one step further")))
    subprocess.run([git, "commit", "-qam", "Link"], cwd=root, check=True)
    made = compare_revisions(read_notebook(root), "HEAD~1", "HEAD").review
    assert to_json(made)["summary"] == "relations: 1 added"
    assert made.diff.mended_orphans == ("a", "b")
