"""What a form cannot show stays in the file through an edit, or the file is edited whole."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alpgraph.authoring import (
    Form,
    RelationRow,
    SourceRow,
    fits_form,
    form_of,
    retyped,
    rewritten_by_form,
    shown_whole,
)
from alpgraph.notes import Note, Notebook, notebook_of

WHY = "it goes one step further than that"


def read(data: bytes) -> tuple[Note, Notebook]:
    book = notebook_of({"a.md": data, "b.md": b"---\ntitle: Second\n---\nText.\n"}, root=Path())
    return book.notes["a"], book


def told(data: bytes) -> dict[str, Any]:
    return yaml.load(data.decode().split("---\n")[1], Loader=yaml.BaseLoader) or {}


def file_of(matter: str) -> bytes:
    return f"---\n{matter}---\nText.\n".encode()


def form(data: bytes) -> Form:
    return form_of(*read(data))


def edited(data: bytes, new: Form) -> str:
    note, book = read(data)
    assert fits_form(data, note, book)
    after = rewritten_by_form(data, note, new, book)
    assert after is not None
    return after.decode()


RELATIONS = f"""title: First
relations:
  # about the first
  - type: extends  # of a kind
    to: b
    # about the reason
    why: {WHY}
    basis: hearsay
    extra: kept
  - b
  - multi: because of something
  - {{type: related, to: [b, multi], why: {WHY}}}

  - {{type: related, to: b, why: {WHY}, extra: {{c: [d]}}}}  # behind
  # at the end
sources: []
"""


def test_a_changed_reason_changes_one_line() -> None:
    data = file_of(RELATIONS)
    first, second = form(data).relations
    new = replace(form(data), relations=(replace(first, why="New words."), second))
    after = edited(data, new)
    assert after == data.decode().replace(f"    why: {WHY}\n", "    why: New words.\n")


def test_a_changed_row_in_braces_keeps_its_other_keys_and_comments() -> None:
    data = file_of(RELATIONS)
    first, second = form(data).relations
    new = replace(form(data), relations=(first, replace(second, basis="paper")))
    old = f"  - {{type: related, to: b, why: {WHY}, extra: {{c: [d]}}}}  # behind\n"
    assert edited(data, new) == data.decode().replace(
        old,
        f"  # behind\n  - type: related\n    to: b\n    why: {WHY}\n    basis: paper\n"
        "    extra: {c: [d]}\n",
    )


def test_removed_rows_take_nothing_else_along() -> None:
    data = file_of(RELATIONS)
    after = edited(data, replace(form(data), relations=(RelationRow("extends", "b", "Added."),)))
    assert after == (
        "---\ntitle: First\nrelations:\n  # about the first\n  # of a kind\n  # about the reason\n"
        "  - b\n  - multi: because of something\n"
        f"  - {{type: related, to: [b, multi], why: {WHY}}}\n\n"
        "  # behind\n  # at the end\n  - type: extends\n    to: b\n    why: Added.\n"
        "sources: []\n---\nText.\n"
    )


SOURCES = """sources:
  - doi: "10.1000/1"  # mine
    note: mine
    authors: ["Doe, Jane", "Roe, Rick"]
    year: 2020
  # between
  - https://arxiv.org/abs/2511.07699v2
  - A talk  # in Graz
  - url: https://doi.org/10.1000/2
topics: [a, "b, c"]
"""


@pytest.mark.parametrize(
    ("number", "change", "old", "new"),
    [
        (0, {"year": "2021"}, "year: 2020", "year: 2021"),
        (
            0,
            {"authors": '"Doe, Jane", Poe'},
            '["Doe, Jane", "Roe, Rick"]',
            '["Doe, Jane", Poe]',
        ),
        (0, {"id": "arxiv:2511.07699"}, '- doi: "10.1000/1"', '- arxiv: "2511.07699"'),
        (
            1,
            {"year": "2025"},
            "- https://arxiv.org/abs/2511.07699v2\n",
            "- arxiv: https://arxiv.org/abs/2511.07699v2\n    year: 2025\n",
        ),
        (
            2,
            {"year": "2025"},
            "  - A talk  # in Graz\n",
            "  # in Graz\n  - title: A talk\n    year: 2025\n",
        ),
        (
            3,
            {"id": "https://doi.org/10.1000/3"},
            "- url: https://doi.org/10.1000/2\n",
            '- doi: "10.1000/3"\n',
        ),
    ],
)
def test_a_changed_source_changes_alone(
    number: int, change: dict[str, str], old: str, new: str
) -> None:
    data = file_of(SOURCES)
    rows = list(form(data).sources)
    rows[number] = replace(rows[number], **change)
    after = edited(data, replace(form(data), sources=tuple(rows)))
    moved = data.decode().replace('"10.1000/1"  # mine', '"10.1000/1"') if "id" in change else ""
    if moved and number == 0:  # the comment on a key that went stays above the new one
        assert told(after.encode())["sources"][0]["arxiv"] == "2511.07699"
        assert "# mine" in after
        assert "note: mine" in after
    else:
        assert after == data.decode().replace(old, new)


def test_a_form_shows_what_rows_mean() -> None:
    targets = "relations:\n  - {type: extends, to: b}\n  - {type: extends, to: no  where}\n"
    data = file_of(SOURCES + targets)
    assert [row.to for row in form(data).relations] == ["Second", "no where"]
    assert [row.id for row in form(data).sources] == [
        "doi:10.1000/1", "arxiv:2511.07699v2", "A talk", "https://doi.org/10.1000/2",
    ]  # fmt: skip


def test_a_row_below_other_keys_is_changed_and_no_other() -> None:
    data = file_of(
        "title: A\n# about it\nclaim: It is.  # surely\nsources: # two\n"
        "  - https://example.org/1\n  - https://example.org/2\n  - https://example.org/3\n"
    )
    first, *others = form(data).sources
    after = edited(
        data,
        replace(form(data), claim="It was.", sources=(replace(first, year="2020"), *others)),
    )
    row = "  - https://example.org/1\n"
    assert after == data.decode().replace("It is.", "It was.").replace(
        row, "  - url: https://example.org/1\n    year: 2020\n"
    )


def test_the_first_row_of_a_list_that_is_named_stands_below_its_name() -> None:
    data = file_of("title: A\nrelations:  # none yet\ntags: [x]\n")
    after = edited(data, replace(form(data), relations=(RelationRow("extends", "Second"),)))
    assert after == data.decode().replace("none yet\n", "none yet\n  - type: extends\n    to: b\n")
    data = file_of("relations: nothing\n")
    assert rewritten_by_form(data, read(data)[0], Form(relations=(RelationRow("", "b"),)),
                             read(data)[1]) is None  # fmt: skip


def test_a_topic_is_added_to_one_that_holds_a_comma() -> None:
    data = file_of(SOURCES)
    assert form(data).topics == 'a, "b, c"'
    after = edited(data, replace(form(data), topics='a, "b, c", d'))
    assert told(after.encode())["topics"] == ["a", "b, c", "d"]


WHOLE = [
    "relations: {extends: [b]}\n",
    "relations: b\n",
    "title: [a, b]\n",
    "claim: {a: b}\n",
    "topics: [a, [b]]\n",
    'topics: ["a  b"]\n',
    "sources: {doi: 10.1000/1}\n",
    "sources: 10.1000/1\n",
    "sources:\n  - doi: 10.1000/1\n    year: [2020]\n",
    "sources:\n  - doi: 10.1000/1\n    arxiv: [a]\n",
    "relations:\n  - type: extends\n    to: b\n    why: [a]\n",
    "relations:\n  - type: extends\n    to: b\n    basis: {a: b}\n",
    "relations:\n  - {type: extends, to: b, # why\n     why: x}\n",
    "relations:\n" + "  - {type: extends, to: b}\n" * 61,
    "title: x\nlong: " + "x" * 70_000 + "\n",
]


@pytest.mark.parametrize("matter", WHOLE)
def test_what_fields_cannot_hold_is_edited_whole(matter: str) -> None:
    data = file_of(matter)
    assert not fits_form(data, *read(data))


@pytest.mark.parametrize(
    "data",
    [
        b"+++\ntitle = 'T'\n+++\n\nText.\n",
        b"---\ntitle: T\nText without an end.\n",
        b"---\n# only a comment\n---\nText.\n",
        b"---\ntitle: T\n---\nText.\rMore.\n",
    ],
)
def test_front_matter_that_is_no_plain_yaml_is_edited_whole(data: bytes) -> None:
    assert not fits_form(data, *read(data))


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_bom_stay_without_front_matter(bom: bytes, end: bytes) -> None:
    data = bom + b"# T\n\nText.\n".replace(b"\n", end)
    titled = edited(data, replace(form(data), title="U"))
    assert titled.encode() == bom + b"---\ntitle: U\n---\n# T\n\nText.\n".replace(b"\n", end)
    reworded = edited(data, replace(form(data), body="# T\n\nMore.\n"))
    assert reworded.encode() == bom + b"# T\n\nMore.\n".replace(b"\n", end)


@given(st.text(st.sampled_from("a\r\n\ufeff"), max_size=12), st.booleans())
def test_a_file_edited_whole_keeps_its_line_ends(text: str, bom: bool) -> None:
    data = ("\ufeff" * bom + text).encode()
    shown = shown_whole(data)
    assert retyped(data, shown) == data
    changed = retyped(data, f"{shown}new\n")
    assert shown_whole(changed) == f"{shown}new\n"
    assert changed.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")


# ---- any front matter of odd pieces ----

TEXTS = st.sampled_from(
    ["b", "x: y", '"Doe, Jane"', "no", "3.10", "it's", "'a # b'", "|", "", "a  b", "[[b]]", '""']
)
PLAIN = st.sampled_from(["b", "plain words", "no", "3.10", "it's", "'a # b'", '"x: y"', '"[[b]]"'])
COMMENT = st.sampled_from(["", "", "", "  #c"])
EXTRA = st.sampled_from(
    ["", "", "extra: kept", "extra: [a, {b: c}]", "basis: hearsay", "'odd': |-\n  x\n  #text"]
)
BLOCKED = st.sampled_from(["why: >-\n  one\n\n  #two", 'why: "one\n  two"', "why: one\n  two"])


@st.composite
def items(draw: Any, keys: tuple[str, ...]) -> str:
    """Draw the lines of a mapping, from the column where it stands."""
    lines = []
    for key in draw(st.permutations(keys))[: draw(st.integers(1, len(keys)))]:
        if draw(st.integers(0, 7)) == 0:
            lines.append("#c")
        lines.append(f"{key}: {draw(PLAIN)}{draw(COMMENT)}")
    if extra := draw(EXTRA):
        lines.append(extra)
    if "why" in keys and not any(line.startswith("why") for line in lines) and draw(st.booleans()):
        lines.append(draw(BLOCKED))
    return "\n".join(lines)


FLOW = st.sampled_from(
    [
        "{type: extends, to: b, why: x}",
        "{to: b, extra: kept}",
        "{doi: 10.1000/1, title: 'a, b', authors: [a, 'b, c']}",
        "{title: T}",
        "b",
        "multi: because of it",
        "https://arxiv.org/abs/2511.07699v2",
        "{type: extends, to: [b, c]}",
        "[a, b]",
        '"10.1000/2"',
    ]
)


@st.composite
def lists(draw: Any, key: str, keys: tuple[str, ...]) -> str:
    """Draw a key with a list of items, in block style or within brackets."""
    if draw(st.integers(0, 4)) == 0:
        return f"{key}: [{', '.join(draw(st.lists(FLOW, max_size=3)))}]{draw(COMMENT)}\n"
    indent = draw(st.sampled_from(["", "  "]))
    lines = [f"{key}:{draw(COMMENT)}"]
    for part in draw(st.lists(items(keys) | FLOW, max_size=3)):
        if draw(st.integers(0, 5)) == 0:
            lines.append(f"{indent}#c" if indent else "")
        first, *rest = part.split("\n")
        lines += [f"{indent}- {first}", *(f"{indent}  {line}" if line else "" for line in rest)]
    return "\n".join(lines) + "\n"


MATTERS = st.tuples(
    st.sampled_from(["", "title: T  #c\n", "#c\ntitle: 'T'\n"]),
    st.sampled_from(["", "topics: [a, 'b, c']\n", "topics:\n  - a  #c\n  - b\n", "tags: x, y\n"]),
    lists("relations", ("type", "to", "why", "basis")),
    st.sampled_from(["", "odd: {a: 1}\n", "aliases: [x, 'y, z']\n"]),
    lists("sources", ("doi", "title", "authors", "year", "url")),
).map("".join)


@given(MATTERS, st.data())
def test_one_edit_leaves_all_else_equal(matter: str, data: st.DataObject) -> None:
    file = file_of(matter)
    note, book = read(file)
    if not fits_form(file, note, book):
        return
    old = form_of(note, book)
    assert rewritten_by_form(file, note, old, book) == file
    key = data.draw(st.sampled_from(["title", "topics", "relations", "sources"]))
    if key in ("title", "topics"):
        after = rewritten_by_form(file, note, replace(old, **{key: "New"}), book)
    else:
        after = row_edit(file, key, data)
    assert after is not None
    was, now = told(file), told(after)
    assert {**was, key: 0} == {**now, key: 0}
    assert after.count(b"#c") == file.count(b"#c")


def row_edit(file: bytes, key: str, data: st.DataObject) -> bytes | None:
    """Change a key of a row, remove a row, or add one, and look at all the others."""
    note, book = read(file)
    old = form_of(note, book)
    rows = list(getattr(old, key))
    blank = RelationRow("extends", "b") if key == "relations" else SourceRow("doi:10.1000/9")
    number = data.draw(st.integers(0, len(rows)))
    name = data.draw(st.sampled_from(["why", "basis"] if key == "relations" else ["title", "year"]))
    gone = number < len(rows) and data.draw(st.booleans())
    if number == len(rows):
        rows.append(blank)
    elif gone:
        del rows[number]
    else:
        rows[number] = replace(rows[number], **{name: "New"})
    after = rewritten_by_form(file, note, replace(old, **{key: tuple(rows)}), book)
    assert after is not None
    was, now = told(file)[key] or [], told(after).get(key) or []
    if number == len(getattr(old, key)):
        assert now[:-1] == was
    elif gone:
        assert any(was[:n] + was[n + 1 :] == now for n in range(len(was)))
    else:
        differ = [n for n, (one, other) in enumerate(zip(was, now, strict=True)) if one != other]
        assert len(differ) <= 1
        for n in differ:
            assert now[n][name] == "New"
            if isinstance(was[n], dict):
                assert {**was[n], name: 0} == {**now[n], name: 0}
        assert getattr(getattr(form(after), key)[number], name) in ("New", "")
    return after
