"""Renaming a note: every link goes on meaning what it meant, written as it was written."""

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpgraph.authoring import RenamingError, apply_renaming, plan_renaming
from alpgraph.notes import Notebook, notebook_of, read_notebook

Folder = Callable[[dict[str, str | bytes]], Path]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
TITLED = "---\ntitle: The title\naliases: [nick]\n---\nText.\n"
NATIVE = "---\ntitle: A\nrelations:\n  - type: supports\n    to: {}\n    why: so\n---\nText.\n"
# what is written in a/a.md before `x/old.md` becomes `y/new name.md`, and after
FORMS = {
    "slug": ("[[x/old]]", "[[y/new name]]"),
    "name": ("[[old]]", "[[new name]]"),
    "words": ("[[old|these words]] and old", "[[new name|these words]] and old"),
    "heading": ("![[old#Part]]", "![[new name#Part]]"),
    "title": ("[[The title]]", "[[The title]]"),
    "alias": ("[[nick]]", "[[nick]]"),
    "relative": ("[old](../x/old.md#part)", "[old](../y/new%20name.md#part)"),
    "relative in brackets": ("[old](<../x/old.md>)", "[old](<../y/new name.md>)"),
    "without ending": ("[old](../x/old)", "[old](../y/new%20name)"),
    "root": ("[old](/x/old.md)", "[old](/y/new%20name.md)"),
    "above the root": ("[old](/notes/x/old.md)", "[old](/notes/y/new%20name.md)"),
    "reference": ("See [it][r].\n\n[r]: ../x/old.md", "See [it][r].\n\n[r]: ../y/new%20name.md"),
    "in a table": ("|a|\n|-|\n|[[old\\|b]]|", "|a|\n|-|\n|[[new name\\|b]]|"),
    "in code": ("`[[old]]` [[old]]", "`[[old]]` [[new name]]"),
    "dataview": ("supports:: [[old]]", "supports:: [[new name]]"),
    "bullet": ("- supports [[old]] (old)", "- supports [[new name]] (old)"),
    "cosma": ("[[supports:old]]", "[[supports:new name]]"),
    "link title": ('[old](../x/old.md "supports old")', '[old](../y/new%20name.md "supports old")'),
    "native": (NATIVE.format("x/old"), NATIVE.format("y/new name")),
    "native, quoted": (NATIVE.format("'x/old'"), NATIVE.format("'y/new name'")),
    "key": ("---\nsupports: '[[old]]'\n---\nText.", "---\nsupports: '[[new name]]'\n---\nText."),
}


def renamed(root: Path, old: str, new: str) -> Notebook:
    """Rename a note on disk; return the notes as they are read then."""
    plan = plan_renaming(read_notebook(root), {old: new}, lambda path: (root / path).read_bytes())
    assert apply_renaming(root, plan) == []
    return read_notebook(root)


@pytest.mark.parametrize("form", FORMS)
def test_a_link_is_written_as_it_was_written(form: str, folder: Folder) -> None:
    before, after = FORMS[form]
    root = folder({"a/a.md": before, "x/old.md": TITLED + "\n## Part\n"})
    first = read_notebook(root).notes["a/a"]
    notebook = renamed(root, "x/old.md", "y/new name.md")
    assert (root / "a/a.md").read_text() == after
    note = notebook.notes["a/a"]
    links = [*note.relations, *note.mentions]
    assert {link.target for link in links} == {"y/new name"}
    assert len(links) == len([*first.relations, *first.mentions])


@pytest.mark.parametrize(
    ("files", "old", "new", "text"),
    [
        ({"a.md": "[[sub]]", "sub/README.md": "# S"}, "sub/README.md", "b/README.md", "[[b]]"),
        ({"a.md": "[[sub]]", "sub/README.md": "# S"}, "sub/README.md", "b/c.md", "[[c]]"),
        ({"a.md": "[[p/q]]", "p___q.md": "Text."}, "p___q.md", "p___r.md", "[[p/r]]"),
        (
            {"a.md": "[[words|some.note]]", "some.note.md": "Text."},
            "some.note.md",
            "other.note.md",
            "[[words|other.note]]",
        ),
        ({"a.md": "[[b]]", "b.md": "Text.", "x/c.md": "Text."}, "b.md", "c.md", "[[c]]"),
        ({"s/a.md": "[[b]]", "b.md": "T.", "x/c.md": "T.", "y/c.md": "T."}, "b.md", "z/c.md",
         "[[z/c]]"),
    ],
)  # fmt: skip
def test_the_new_name_is_one_that_means_the_note(
    files: dict[str, str | bytes], old: str, new: str, text: str, folder: Folder
) -> None:
    root = folder(files)
    notebook = renamed(root, old, new)
    (linking,) = (path for path in files if path.endswith("a.md"))
    assert (root / linking).read_text() == text
    assert notebook.notes[linking[:-3]].mentions[0].target == new[:-3]


def test_links_to_others_keep_their_meaning_when_a_namesake_comes(folder: Folder) -> None:
    root = folder({"a.md": "[[b]] [[c]]", "x/b.md": "Text.", "c.md": "Text."})
    notebook = renamed(root, "c.md", "y/b.md")
    assert (root / "a.md").read_text() == "[[x/b]] [[y/b]]"
    assert [m.target for m in notebook.notes["a"].mentions] == ["x/b", "y/b"]


def test_what_a_moved_note_links_to_is_still_found(folder: Folder) -> None:
    text = "[n](n.md) [[n]] ![p](p.png) ![q](../q.png) [self](old.md#part) [[#part]]\n\n## Part\n"
    files: dict[str, str | bytes] = {"x/old.md": text, "x/n.md": "N.", "n.md": "Another."}
    root = folder(files | {"x/p.png": b"p", "q.png": b"q", "p.png": b"other"})
    notebook = renamed(root, "x/old.md", "new.md")
    assert (
        "[n](x/n.md) [[n]] ![p](x/p.png) ![q](q.png) [self](new.md#part) [[#part]]"
        in (root / "new.md").read_text()
    )
    found = [notebook.files_meant(file.to, "new.md") for file in notebook.notes["new"].files]
    assert found == [("x/p.png",), ("q.png",)]


def test_the_former_address_leads_on(folder: Folder) -> None:
    root = folder({"a.md": "---\r\ntitle: A # so\r\naliases: x  # mine\r\n---\r\nText.\r\n"})
    notebook = renamed(root, "a.md", "b.md")
    data = (root / "b.md").read_bytes()
    assert data == b"---\r\ntitle: A # so\r\naliases: [x, a]  # mine\r\n---\r\nText.\r\n"
    assert notebook.redirects == {"x": "b", "a": "b"}
    again = renamed(root, "b.md", "a.md")
    assert again.redirects == {"x": "a", "b": "a"}


def test_of_a_file_that_cannot_hold_it_the_lost_address_is_told(folder: Folder) -> None:
    root = folder({"a.md": "+++\ntitle = 'A'\n+++\nText.\n", "b.md": "[[a]]"})
    read = read_notebook(root)
    plan = plan_renaming(read, {"a.md": "c.md"}, lambda path: (root / path).read_bytes())
    assert plan.remarks == ("a: `aliases:` could not be added, so this address is gone",)
    assert apply_renaming(root, plan) == []
    assert (root / "b.md").read_text() == "[[c]]"
    assert (root / "c.md").read_text() == "+++\ntitle = 'A'\n+++\nText.\n"


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("b.md", "there is a note at 'b.md' already"),
        ("B.md", "there is a note at 'b.md' already"),
        ("../c.md", "no path of a note below the notes folder"),
        ("/c.md", "no path of a note below the notes folder"),
        (".x/c.md", "no path of a note below the notes folder"),
        ("c.txt", "no name of a note"),
        ("a.md", "is its name already"),
        ("", "no name of a note"),
    ],
)
def test_a_name_that_cannot_be_is_refused(new: str, why: str, folder: Folder) -> None:
    root = folder({"a.md": "Text.", "b.md": "[[a]]"})
    with pytest.raises(RenamingError, match=why.replace(".", r"\.")):
        renamed(root, "a.md", new)


def test_nothing_is_written_where_a_link_would_be_lost(folder: Folder) -> None:
    latin = "A [link](./a.md) in caf\xe9.\n".encode("latin-1")  # no text that can be written back
    root = folder({"x/a.md": "Text.", "x/b.md": latin, "c.md": "[[a]]"})
    lost = r"1 link would lead elsewhere.*\n  x/b\.md:1:3: '\./a\.md'"
    with pytest.raises(RenamingError, match=lost):
        renamed(root, "x/a.md", "d.md")
    assert not (root / "d.md").exists()
    assert (root / "c.md").read_text() == "[[a]]"


def test_what_changed_or_came_meanwhile_is_left_alone(folder: Folder) -> None:
    root = folder({"a.md": "Text.", "b.md": "[[a]]"})
    plan = plan_renaming(
        read_notebook(root), {"a.md": "c.md"}, lambda path: (root / path).read_bytes()
    )
    (root / "b.md").write_text("[[a]] typed meanwhile")
    (root / "c.md").write_text("new meanwhile")
    assert apply_renaming(root, plan) == [
        "b.md: left alone, it changed meanwhile",
        "a.md: not moved to c.md: File exists",
    ]
    assert (root / "b.md").read_text() == "[[a]] typed meanwhile"
    assert (root / "c.md").read_text() == "new meanwhile"
    assert (root / "a.md").exists()


def test_the_command_renames_and_tells_what_it_did(alpgraph: Run, folder: Folder) -> None:
    root = folder({"a.md": TITLED, "b.md": "[[a]] [[The title]] [[a]]", "c.md": "Text."})
    shown = alpgraph("rename", "a", "x/new", "--diff", cwd=root.parent)
    assert shown.returncode == 0
    assert "rename a.md => x/new.md\n" in shown.stdout
    assert "-[[a]] [[The title]] [[a]]\n" in shown.stdout
    assert "+[[x/new]] [[The title]] [[x/new]]\n" in shown.stdout
    assert (root / "a.md").exists()
    done = alpgraph("rename", "notes/a.md", "x/", cwd=root.parent)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "a.md to x/a.md\n"  # links by its name alone lead there still
    )
    moved = alpgraph("rename", "The title", "notes/", cwd=root.parent)
    assert moved.stderr.startswith("x/a.md to a.md\n")
    assert not (root / "x").exists()
    back = alpgraph("rename", "x/a", "notes/z.md", cwd=root.parent)
    assert back.stderr.startswith("a.md to z.md; 2 links written anew\n")
    wrong = alpgraph("rename", "nobody", "z", cwd=root.parent)
    assert wrong.returncode == 2
    assert "no note answers to 'nobody'" in wrong.stderr


def test_a_folder_is_renamed_note_by_note_as_is_said(alpgraph: Run, folder: Folder) -> None:
    texts = {"sub/a.md": "# A", "sub/b c/d.md": "[[sub/a]]", "both.md": "# Both", "both/z.md": "x"}
    root = folder(texts)
    for named in ("sub", "sub/", "notes/sub", str(root / "sub")):
        done = alpgraph("rename", named, "new", cwd=root.parent)
        assert done.returncode == 2
        advice = "is a folder, with 2 notes; rename them one by one: "
        assert f"{advice}alpgraph rename sub/a.md new/a.md\n" in done.stderr
    for _ in texts.keys() - {"both.md", "both/z.md"}:
        advice = alpgraph("rename", "sub", "notes/new/", cwd=root.parent).stderr
        command = shlex.split(advice.rpartition(": alpgraph ")[2])
        assert alpgraph(*command, cwd=root.parent).returncode == 0
    assert sorted(read_notebook(root).notes) == ["both", "both/z", "new/a", "new/b c/d"]
    assert read_notebook(root).notes["new/b c/d"].mentions[0].to == "new/a"
    assert "is a folder" in alpgraph("rename", "both/", "c", cwd=root.parent).stderr
    assert alpgraph("rename", "both", "c", cwd=root.parent).returncode == 0


NAMES = ["a", "b", "a b", "c.d", "README", "ä"]
PATHS = [f"{folder}{name}.md" for folder in ("", "x/", "x/y/", "b/") for name in NAMES]


@st.composite
def collections(draw: st.DrawFn) -> tuple[dict[str, bytes], str, str]:
    """Draw files that link to each other in many ways, and a renaming of one of them."""
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=2, max_size=7, unique=True))
    links = st.sampled_from(paths).flatmap(
        lambda path: st.sampled_from(
            [
                f"[[{path[:-3]}]]",
                f"[[{path[:-3].rpartition('/')[2]}|words]]",
                f"[w]({path.replace(' ', '%20')})",
                f"[w](/{path.replace(' ', '%20')})",
                f"[w](../{path.replace(' ', '%20')})",
                f"![[./{path[:-3]}#h]]",
                f"- supports [[{path[:-3]}]] (so)",
            ]
        )
    )
    bodies = st.lists(links, max_size=4).map("\n\n".join)
    files = {path: draw(bodies).encode() for path in paths}
    new = draw(st.sampled_from([path for path in PATHS if path not in paths]))
    return files, draw(st.sampled_from(paths)), new


@given(drawn=collections())
def test_every_link_means_what_it_meant(drawn: tuple[dict[str, bytes], str, str]) -> None:
    files, old, new = drawn
    before = notebook_of(files, root=Path("notes"))
    plan = plan_renaming(before, {old: new}, files.__getitem__)
    after = notebook_of(
        {
            plan.moves.get(path, path): plan.texts.get(path, (b"", data))[1]
            for path, data in files.items()
        },
        root=Path("notes"),
    )
    for slug, note in before.notes.items():
        now = after.notes[slug if note.path != old else new[:-3]]
        for link, other in zip(
            (*note.relations, *note.mentions), (*now.relations, *now.mentions), strict=True
        ):
            wanted = new[:-3] if link.target == old[:-3] else link.target
            assert wanted in (None, other.target)
