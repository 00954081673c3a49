import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.authoring import import_folder
from alpgraph.notes import Notebook, read_notebook

Folder = Callable[[dict[str, str | bytes]], Path]
NATIVE = "---\nrelations:\n  - type: {}\n    to: b\n{}---\n\n"
WHY = "    why: the same mechanism\n"
FORMS = {
    "key": ("---\nsupports: '[[b]]'\ntags: [x]\n---\nText [[c]].\n", "supports", ""),
    "key unquoted": ("---\ntags: [x]\nsupports: [[b]]\n---\nText [[c]].\n", "supports", ""),
    "map": ("---\nrelations:\n  supports: ['[[b]]']\ntags: [x]\n---\nText.\n", "supports", ""),
    "dataview": ("Text.\n\nsupports:: [[b]]\n", "supports", ""),
    "inline dataview": ("It [supports:: [[b]]] so.\n", "supports", ""),
    "bullet": ("- supports [[b]] (the same mechanism)\n", "supports", "the same mechanism"),
    "bullet with reason": ("- [[b]] — the same mechanism\n", "related", "the same mechanism"),
    "bullet with kind": (
        "- [[b]] — supports: the same mechanism\n",
        "supports",
        "the same mechanism",
    ),
    "cosma": ("Text [[supports:b]] here.\n", "supports", ""),
    "cosma in a table": ("| x |\n|---|\n| [[supports:b\\|w]] |\n", "supports", ""),
    "at": ("Text [[b|that @supports]] here.\n", "supports", ""),
    "link title": ('Text [that](b.md "supports") here.\n', "supports", ""),
}


def relations(notebook: Notebook, slug: str = "a") -> list[tuple[str, str | None, str, str]]:
    return [(r.type, r.target, r.why, r.form) for r in notebook.notes[slug].relations]


@pytest.mark.parametrize("form", FORMS)
def test_typed_links_become_native(form: str, folder: Folder, tmp_path: Path) -> None:
    text, kind, why = FORMS[form]
    root = folder({"a.md": text, "b.md": "Text.", "c.md": "Text."})
    before = read_notebook(root)
    outcome = import_folder(root, before, tmp_path / "out")
    after = read_notebook(tmp_path / "out")
    assert relations(after) == [(kind, "b", why, "native")], (tmp_path / "out/a.md").read_text()
    assert (root / "a.md").read_text() == text
    assert outcome.relations == 1
    assert f"+  - type: {kind}\n" in outcome.diff
    links = [mention.to for mention in before.notes["a"].mentions]
    assert set(links) <= {mention.to for mention in after.notes["a"].mentions}
    again = import_folder(tmp_path / "out", after)
    assert again.files == {}


def test_words_around_a_link_stay(folder: Folder, tmp_path: Path) -> None:
    root = folder({"a.md": "# A\n\n- supports [[b]] (so)\n  - child\n* x\n", "b.md": "Text."})
    import_folder(root, read_notebook(root), tmp_path / "out")
    assert (tmp_path / "out/a.md").read_text() == (
        "---\nrelations:\n  - type: supports\n    to: b\n    why: so\n---\n\n"
        "# A\n\n- [[b]]\n  - child\n* x\n"
    )


@pytest.mark.parametrize("empty", ["relations:", "relations:  # none yet", "relations: []"])
def test_an_empty_list_takes_the_relations(empty: str, folder: Folder, tmp_path: Path) -> None:
    root = folder({"a.md": f"---\ntitle: A\n{empty}\n---\nsupports:: [[b]]\n", "b.md": "Text."})
    import_folder(root, read_notebook(root), tmp_path / "out")
    assert relations(read_notebook(tmp_path / "out")) == [("supports", "b", "", "native")]
    assert ("# none yet" in (tmp_path / "out/a.md").read_text()) == ("#" in empty)


def test_native_relations_stay_first_class(folder: Folder, tmp_path: Path) -> None:
    text = (
        "---\ntitle: A  # mine\nrelations: [{type: up, to: c}]\nsupports: '[[b]]'\n"
        "# at the end\n---\nText.\n"
    )
    root = folder({"a.md": text, "b.md": "Text.", "c.md": "Text."})
    import_folder(root, read_notebook(root), tmp_path / "out")
    new = (tmp_path / "out/a.md").read_text()
    assert "# mine" in new
    assert "# at the end" in new
    assert {(kind, to) for kind, to, _, _ in relations(read_notebook(tmp_path / "out"))} == {
        ("supports", "b"),
        ("part-of", "c"),
    }


def test_links_that_lead_nowhere_stay_as_they_are(folder: Folder) -> None:
    root = folder({"a.md": "supports:: [[nowhere]]\n", "b.md": "Text."})
    outcome = import_folder(root, read_notebook(root))
    assert outcome.files == {}
    assert "1 left" in outcome.summary


def test_several_links_of_a_field(folder: Folder, tmp_path: Path) -> None:
    root = folder({"a.md": "supports:: [[b]], [[c]]\n", "b.md": "Text.", "c.md": "Text."})
    import_folder(root, read_notebook(root), tmp_path / "out")
    assert [to for _, to, _, _ in relations(read_notebook(tmp_path / "out"))] == ["b", "c"]
    assert "supports: [[b]], [[c]]\n" in (tmp_path / "out/a.md").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "+++\ntitle = 'A'\n+++\nsupports:: [[b]]\n",
        "+++\ndate = 2020-01-01\n+++\nsupports:: [[b]]\n",
        "---\nsupports: ['[[b]]', '[[absent]]']\n---\nText.\n",
    ],
)
def test_what_cannot_be_rewritten_is_left_and_named(text: str, folder: Folder) -> None:
    root = folder({"a.md": text, "b.md": "Text."})
    outcome = import_folder(root, read_notebook(root))
    assert outcome.files == {}
    assert "a.md: left as it is" in outcome.summary


def test_copy_holds_every_file_but_no_links_out(folder: Folder, tmp_path: Path) -> None:
    root = folder(
        {"a.md": "Text.", "pics/p.png": b"\x89PNG", ".hidden": "", ".obsidian/app.json": "{}"}
    )
    (tmp_path / "secret").write_text("secret")
    (root / "link.md").symlink_to(tmp_path / "secret")
    outcome = import_folder(root, read_notebook(root), tmp_path / "out")
    out = tmp_path / "out"
    found = {path.relative_to(out).as_posix() for path in out.rglob("*")}
    assert found == {"a.md", "pics", "pics/p.png"}
    assert "not copied: 1 symbolic link" in outcome.summary


@pytest.mark.parametrize("where", ["notes/out", "notes", "."])
def test_output_inside_or_around_is_refused(folder: Folder, tmp_path: Path, where: str) -> None:
    root = folder({"a.md": "Text."})
    with pytest.raises(ValueError, match="neither inside"):
        import_folder(root, read_notebook(root), tmp_path / where)


def test_output_that_is_not_empty_is_refused(folder: Folder, tmp_path: Path) -> None:
    root = folder({"a.md": "Text."})
    (tmp_path / "out").mkdir()
    import_folder(root, read_notebook(root), tmp_path / "out")
    with pytest.raises(FileExistsError, match="not empty"):
        import_folder(root, read_notebook(root), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", "out"]


PIECES = st.sampled_from(
    [
        "---\n",
        "title: a\n",
        "# note\n",
        "relations:\n",
        "  - {type: extends, to: b, why: a}\n",
        "  supports: ['[[c]]', '[[b]]']\n",
        "supports: [[b]]\n",
        "explains:\n  - '[[c]]'\n  - '[[absent]]'\n",
        "\n",
        "- explains [[c]] (why) and [[b]]\n",
        "  - [[b]] -- up: a reason with [[c]]\n",
        "- [ ] [[c|x]] : because\n",
        "supports:: [[c]], [[b]]\n",
        "x [supports:: [[c]]] (up:: [[b]])\n",
        '[t](b.md "supports it") [[up:c]] [[c|x @extends]]\n',
        "> - [[b]] — reason\n",
        "| a |\n|-|\n| [[up:b\\|x]] |\n",
        "\r\n",
    ]
)


@settings(deadline=None, max_examples=50)
@given(st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join))
def test_import_keeps_what_any_note_says(text: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root, out = Path(scratch) / "notes", Path(scratch) / "out"
        root.mkdir()
        for name, content in {"a.md": text, "b.md": "B", "c.md": "C"}.items():
            (root / name).write_bytes(content.encode("utf-8", "replace"))
        before = read_notebook(root)
        outcome = import_folder(root, before, out)
        after = read_notebook(out)
        said = [
            sorted((r.type, r.target or r.to, r.why) for r in book.notes["a"].relations)
            for book in (before, after)
        ]
        assert said[0] == said[1]
        if outcome.files:
            assert sum(r.form == "native" for r in after.notes["a"].relations) >= outcome.relations
