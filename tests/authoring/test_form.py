"""What is typed into fields becomes a note, and a note's fields go back without a loss."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpgraph.authoring import (
    Form,
    RelationRow,
    SourceRow,
    form_of,
    read_form,
    rewritten_by_form,
    text_of_form,
    try_draft,
)
from alpgraph.authoring.rewriting import rewritten
from alpgraph.graph import build_graph
from alpgraph.notes import Note, Notebook, notebook_of, parse_note

WHY = "it goes one step further than that"
OTHER = {"b.md": b"---\ntitle: 'Second: a note'\n---\nText.\n"}


def notebook(text: str = "") -> Notebook:
    files = OTHER | ({"a.md": text.encode()} if text else {})
    return notebook_of(files, root=Path())


def read_back(form: Form) -> Note:
    path, text = text_of_form(form, notebook())
    data = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
    return notebook_of(OTHER | {path: data}, root=Path()).notes[path.removesuffix(".md")]


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_any_text_in_any_field_reads_back(
    title: str, claim: str, why: str, cited: str, author: str
) -> None:
    form = Form(
        title=title,
        claim=claim,
        relations=(RelationRow("extends", "Second: a note", why),),
        sources=(SourceRow("arxiv:2511.07699", cited, author),),
    )
    note = read_back(form)
    assert not [one for one in note.diagnostics if one.code == "ALP002"]
    assert note.claim == " ".join(claim.split())
    assert (note.relations[0].target, note.relations[0].why) == ("b", " ".join(why.split()))
    assert note.sources[0].id == "2511.07699"
    assert note.sources[0].title == " ".join(cited.split())
    if title.strip():
        assert note.title == " ".join(title.split())


@pytest.mark.parametrize(
    ("typed", "kind", "id"),
    [
        ("arxiv:2511.07699", "arxiv", "2511.07699"),
        ("https://doi.org/10.1000/182", "doi", "10.1000/182"),
        ("https://example.org/a:b", "url", "https://example.org/a:b"),
        ("978-3-16-148410-0", "other", "978-3-16-148410-0"),
        ("isbn:978-3-16-148410-0", "isbn", "978-3-16-148410-0"),
        ("doi: 77", "doi", "77"),
    ],
)
def test_a_source_is_known_by_its_looks(typed: str, kind: str, id: str) -> None:
    source = read_back(Form(title="T", sources=(SourceRow(typed),))).sources[0]
    assert (source.kind, source.id) == (kind, id)


def test_rows_left_empty_are_none() -> None:
    form = Form(
        title="T", sources=(SourceRow(),), relations=(RelationRow("extends"), RelationRow())
    )
    path, text = text_of_form(form, notebook())
    assert (path, text) == ("t.md", "---\ntitle: T\n---\n\n")
    named = replace(form, sources=(SourceRow("A talk"), SourceRow("A book", year="1987")))
    sources = '  - "A talk"\n  - title: A book\n    year: 1987\n'
    assert text_of_form(named, notebook())[1] == f"---\ntitle: T\nsources:\n{sources}---\n\n"


def test_fields_of_strangers_are_passed_over() -> None:
    form = read_form({"title": "T", "relation-0-id": "x", "relation-N-to": "y", "slug": "../z"})
    assert form == Form(title="T", relations=(RelationRow(),))


def test_a_row_more_than_a_form_has_is_refused_and_not_passed_over() -> None:
    assert len(read_form({f"relation-{i}-to": "x" for i in range(60)}).relations) == 60
    with pytest.raises(ValueError, match="a form holds up to 60 sources; write more"):
        read_form({"title": "T", "source-60-id": "x"})


KEPT = """---
# the file's own comment

title: First  # mine
odd: {a: 1}
# about the claim
claim: It is.
sources:
- "10.1000/182"
- {arxiv: "2511.07699", title: 'A: work', year: 2025}
relations:
  # why this one
  - {type: extends, to: b, why: it goes one step further than that}
experiment: {name: x, scope: half of it}
---

Text.
"""


def edited(text: str, **changes: object) -> str:
    book = notebook(text)
    note = book.notes["a"]
    form = form_of(note, book)
    for name, value in changes.items():
        form = type(form)(
            **{k: getattr(form, k) for k in form.__dataclass_fields__} | {name: value}
        )
    data = rewritten_by_form(text.encode(), note, form, book)
    assert data is not None
    return data.decode()


def test_an_untouched_form_changes_no_byte() -> None:
    for text in (
        KEPT,
        KEPT.replace("\n", "\r\n"),
        "\ufeff" + KEPT,
        "No front matter.\n",
        "# T\n\nx",
    ):
        assert edited(text) == text


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        ({"title": "New"}, "title: First  # mine\n", "title: New  # mine\n"),
        ({"claim": ""}, "claim: It is.\n", ""),
        ({"summary": "S."}, "title: First  # mine\n", "title: First  # mine\nsummary: S.\n"),
        ({"body": "Other."}, "\nText.\n", "\nOther.\n"),
        ({"topics": "a, b"}, "claim: It is.\n", "claim: It is.\ntopics: [a, b]\n"),
    ],
)
def test_only_what_was_changed_changes(change: dict[str, str], old: str, new: str) -> None:
    assert edited(KEPT, **change) == KEPT.replace(old, new)


def test_a_relation_is_added_to_those_that_are_there() -> None:
    rows = (RelationRow("extends", "b", WHY), RelationRow("related", "b", WHY))
    text = edited(KEPT, relations=rows)
    assert text.count(f"why: {WHY}") == 2
    assert text.endswith(KEPT.split("experiment")[1])
    assert text.startswith(KEPT.split("relations")[0])


@given(st.text())
def test_any_file_is_changed_right_or_not_at_all(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    changed = rewritten(data, {"claim": ["claim: Mine."]})
    if changed is not None:
        assert parse_note("a.md", changed, types=notebook().types).claim == "Mine."


def test_findings_of_the_body_point_into_the_field(folder: Callable[..., Path]) -> None:
    book = notebook()
    form = Form(title="T", body="\n\nOne.\nSee [[nowhere]] there.\n")
    path, text = text_of_form(form, book)
    tried = try_draft(book, build_graph(book), path, text.encode(), form)
    found = next(one for one in tried.findings if one.field == "body")
    shown = form.body.strip("\n")
    assert shown[found.start : found.end] == "[[nowhere]]"
    assert found.line == "See [[nowhere]] there."
    assert found.caret == "    ^^^^^^^^^^^"


def test_a_note_that_nothing_joins_is_told_where_relations_are_written() -> None:
    book = notebook()
    form = Form(title="T", body="Text.")
    path, text = text_of_form(form, book)
    tried = try_draft(book, build_graph(book), path, text.encode(), form)
    fields = {one.finding.code: one.field for one in tried.findings}
    assert fields["ALP201"] == "relations"


def test_findings_keep_to_their_rows_though_rows_between_are_empty() -> None:
    book = notebook()
    rows = (
        RelationRow("extends", "b", WHY),
        RelationRow(),
        RelationRow("extnds", "nope", WHY + "!"),
    )
    form = Form(title="T", relations=rows)
    path, text = text_of_form(form, book)
    tried = try_draft(book, build_graph(book), path, text.encode(), form)
    fields = {one.field for one in tried.findings if one.finding.severity.value == "error"}
    assert fields == {"relation-2-type", "relation-2-to"}


def test_what_a_relation_lacks_is_told_at_the_field_that_is_empty() -> None:
    rows = (
        RelationRow("extends", "", WHY),
        RelationRow("", "b", WHY),
        RelationRow("extends", "", ""),
        RelationRow("", "", WHY),
        RelationRow("extends", "nope", ""),
    )
    form = Form(title="T", relations=rows)
    path, text = text_of_form(form, notebook())
    told = relation_fields(path, text, form)
    assert told == {"0-to", "1-type", "3-type", "3-to", "4-to", "4-why"}
    text = "---\ntitle: First\nrelations: [{to: b}]\n---\n"
    book = notebook(text)
    told = relation_fields("a.md", text, form_of(book.notes["a"], book))
    assert told == {"0-type", "0-why"}


def relation_fields(path: str, text: str, form: Form) -> set[str]:
    """Return the fields of relations at which something is found, without `relation-`."""
    book = notebook()
    tried = try_draft(book, build_graph(book), path, text.encode(), form)
    fields = {one.field for one in tried.findings}
    return {name.removeprefix("relation-") for name in fields if name.startswith("relation-")}
