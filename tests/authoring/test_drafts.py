import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alpgraph.authoring import (
    DraftRelation,
    DraftSource,
    new_note,
    parse_relation,
    parse_source,
    write_new,
)
from alpgraph.authoring.drafts import slug_of_title
from alpgraph.check import check_notebook
from alpgraph.graph import build_graph
from alpgraph.notes import Notebook, notebook_of, parse_note, read_notebook

Folder = Callable[[dict[str, str | bytes]], Path]


def notebook(*names: str) -> Notebook:
    text = "---\ntitle: 'T: {}'\n---\n"
    return notebook_of({f"{name}.md": text.format(name).encode() for name in names}, root=Path())


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Can utility-weighted loss harm?", "can-utility-weighted-loss-harm"),
        ("Über Größe & Maß", "uber-grosse-mass"),
        ("Ångström's œuvre", "angstroms-oeuvre"),
        ("校准 是什么?", "校准-是什么"),
        ("???", "note"),
        ("CON", "con-note"),
        ("word " * 40, "-".join(["word"] * 16)),
        ("x" * 200, "x" * 80),
        ("x" * 78 + " y z", "x" * 78 + "-y"),
        ("x" * 77 + " abc d", "x" * 77),
    ],
)
def test_title_gives_a_slug(title: str, slug: str) -> None:
    assert slug_of_title(title) == slug


@given(st.text(min_size=1))
def test_slug_is_safe_for_files_and_addresses(title: str) -> None:
    slug = slug_of_title(title)
    assert slug
    assert len(slug.encode()) <= 255 - 8
    assert not set(slug) & set('/\\.?#%*:|"<>[] \n\0')


def test_new_note_is_valid_and_reads_back(folder: Folder) -> None:
    root = folder({"b.md": "---\ntitle: B\n---\nText."})
    draft = new_note(
        read_notebook(root),
        title='Is "A: b" # true?',
        claim="no",
        summary="two\nlines",
        topics=["costs, and more", "x"],
        sources=[DraftSource("arxiv", "2511.07690", "A: B")],
        relations=[DraftRelation("parallels", "b", "because: the same mechanism", "reading")],
        body="Text.",
    )
    path = write_new(root, draft)
    after = read_notebook(root)
    note = after.notes["is-a-b-true"]
    assert path == root / "is-a-b-true.md"
    assert (note.title, note.claim, note.summary) == ('Is "A: b" # true?', "no", "two lines")
    assert note.topics == ("costs, and more", "x")
    assert note.sources[0].id == "2511.07690"
    assert note.relations[0].target == "b"
    assert note.relations[0].why == "because: the same mechanism"
    found = check_notebook(after, build_graph(after), {})
    assert [one for one in found if one.place.file == note.path] == []


@given(st.text(), st.text(), st.text())
def test_any_text_is_quoted_right(title: str, claim: str, why: str) -> None:
    if not title.split():
        return
    book = notebook("b")
    draft = new_note(book, title=title, claim=claim, relations=[DraftRelation("related", "b", why)])
    data = draft.text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
    note = parse_note(draft.path, data, types=book.types)
    assert not [one for one in note.diagnostics if one.code == "ALP002"]
    assert note.title == " ".join(title.split())
    assert note.claim == " ".join(claim.split())
    assert note.relations[0].why == " ".join(why.split())


def test_slug_is_free_also_where_case_does_not_count() -> None:
    assert new_note(notebook("A", "a-2"), title="a").path == "a-3.md"


def test_note_without_title_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a title"):
        new_note(notebook(), title="  ")


def test_taken_slug_is_refused_when_asked_for() -> None:
    with pytest.raises(ValueError, match="there is a note 'B' already"):
        new_note(notebook("b"), title="t", slug="B")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b:parallel:the same: mechanism", ("parallels", "b", "the same: mechanism")),
        ("b:Instance of", ("instance-of", "b", "")),
        ("T: b:extends:why", ("extends", "b", "why")),
    ],
)
def test_relation_is_read_from_one_word(text: str, expected: tuple[str, str, str]) -> None:
    relation = parse_relation(text, notebook("b"))
    assert (relation.type, relation.to, relation.why) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("b", "not of the form"),
        (" :extends:why", "not of the form"),
        ("symetric:extends", "no note answers to 'symetric'; did you mean 'symmetric'"),
        ("symmetric:extnds:x", "unknown relation type 'extnds'; did you mean 'extends'"),
        ("symmetric:zzz:x", "known: parallels"),
        ("twin:extends:x", "fits several notes: x/twin, y/twin"),
    ],
)
def test_wrong_relation_is_explained(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_relation(text, notebook("symmetric", "x/twin", "y/twin"))


def test_file_that_exists_is_never_overwritten(folder: Folder) -> None:
    root = folder({"t.md": "mine"})
    draft = new_note(notebook(), title="t")
    with pytest.raises(FileExistsError):
        write_new(root, draft)
    assert (root / "t.md").read_text() == "mine"
    assert list(root.iterdir()) == [root / "t.md"]


def test_a_folder_is_made_for_a_note_that_names_one(folder: Folder) -> None:
    root = folder({})
    assert write_new(root, new_note(notebook(), title="T", slug="deep/t")).read_text()


def test_file_outside_the_folder_is_refused(folder: Folder) -> None:
    root = folder({})
    with pytest.raises(ValueError, match="does not lie in the notes folder"):
        write_new(root, new_note(notebook(), title="t", slug="../t"))


def test_draft_is_yaml_for_everybody() -> None:
    draft = new_note(notebook(), title="3.10", claim="2020-01-01", topics=["yes", "a"])
    values = yaml.safe_load(draft.text.split("---")[1])
    assert values == {"title": "3.10", "claim": "2020-01-01", "topics": ["yes", "a"]}


@pytest.mark.parametrize(
    ("text", "kind", "id"),
    [
        ("arxiv:2511.07699", "arxiv", "2511.07699"),
        ("doi: 10.1000/182", "doi", "10.1000/182"),
        ("https://arxiv.org/abs/2511.07699", "arxiv", "2511.07699"),
        ("url:https://example.org/a:b", "url", "https://example.org/a:b"),
        ("https://example.org/a", "url", "https://example.org/a"),
    ],
)
def test_source_is_read_from_one_word(text: str, kind: str, id: str) -> None:
    source = parse_source(text)
    assert (source.kind, source.id) == (kind, id)


@pytest.mark.parametrize(
    ("text", "message"),
    [("a talk in Graz", "KIND:ID"), ("arxiv:77", "one is like 2511.07699"), ("doi:", "is no doi")],
)
def test_wrong_source_is_explained(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_source(text)


def test_a_new_file_has_the_usual_mode_and_no_other_thread_has_another_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, masks = tmp_path / "usual", []
    usual.touch()
    set_mask = os.umask
    monkeypatch.setattr(os, "umask", lambda mask: masks.append(mask) or set_mask(mask))
    path = write_new(tmp_path, new_note(notebook(), title="t"))
    assert path.stat().st_mode == usual.stat().st_mode
    assert masks == []  # it is the whole process's
    assert sorted(tmp_path.iterdir()) == [path, usual]
