"""What each key of the front matter becomes, and what is said of one that does not fit."""

from operator import attrgetter

import pytest

from alpgraph.notes import Note, RelationTypes, parse_note

WHOLE = "title: A\nsummary: s\nclaim: c\nsources: [https://example.org]\n"
fields_of = attrgetter("summary", "claim", "topics", "aliases", "relations", "experiment")


def read(matter: str) -> Note:
    return parse_note("a.md", f"---\n{matter}---\nText.\n".encode(), types=RelationTypes())


def said(note: Note) -> list[str]:
    found = (f"{one.place.line}:{one.place.column} {one.code}" for one in note.diagnostics)
    return [one for one in found if one != "1:1 ALP013"]


@pytest.mark.parametrize(
    "key",
    ["summary", "claim", "topics", "aliases", "sources", "relations", "experiment", "tags",
     "description", "alias"],
)  # fmt: skip
def test_a_key_without_a_value_is_as_if_it_were_not_there(key: str) -> None:
    without = "".join(line for line in WHOLE.splitlines(True) if not line.startswith(key))
    note = read(f"{without}{key}: null\n")
    assert (fields_of(note), note.sources) == (fields_of(read(without)), read(without).sources)
    assert note.diagnostics == ()


@pytest.mark.parametrize(
    ("matter", "summary", "topics", "aliases"),
    [
        ("description: d  e\ndesc: f\ntags: '#x, y,, '\n", "d e", ("x", "y"), ()),
        ("description:\ndesc: f\ntags:\nkeywords: z\n", "f", ("z",), ()),
        ("tags: []\ntag: ['#p', ~, ' ', [q]]\nkeywords: z\n", "", ("p",), ()),
        ("summary: s\ndesc: f\ntopics: [t]\ntags: [x]\n", "s", ("t",), ()),
        ("alias: [x, ~, ' ']\n", "", (), ("x",)),
        ("alias: [x]\naliases: [y]\n", "", (), ("y",)),
        ("alias: [x]\naliases:\n", "", (), ("x",)),
    ],
)
def test_keys_of_other_tools_speak_where_ours_are_silent(
    matter: str, summary: str, topics: tuple[str, ...], aliases: tuple[str, ...]
) -> None:
    note = read(matter)
    assert (note.summary, note.topics, note.aliases, said(note)) == (summary, topics, aliases, [])


@pytest.mark.parametrize(
    ("matter", "found"),
    [
        ("claim: [x]\n", ["2:8 ALP016"]),
        ("topics: {a: b}\n", ["2:9 ALP016"]),
        ("sources: [[x], {arxiv: [1]}, {title: ~}]\n",
         ["2:11 ALP016", "2:16 ALP013", "2:24 ALP016", "2:30 ALP013"]),
        ("sources: {title: T, year: [1], authors: [a, {b: c}], doii: x}\n",
         ["2:27 ALP016", "2:45 ALP016", "2:54 ALP012"]),
        ("experiment: [x]\n", ["2:13 ALP016"]),
        ("experiment: {nam: x}\n", ["2:13 ALP013", "2:14 ALP012"]),
        ("experiment: {name: ~}\n", ["2:13 ALP013"]),
        ("experiment: {name: x, params: y}\n", ["2:31 ALP016"]),
        ("experiment: {name: x, params: ~}\n", []),
        ("experiment: {name: x, scope: [y]}\n", ["2:30 ALP016"]),
        ("experiment: {name: x, scope: {y: z}}\n", ["2:30 ALP016"]),
        ("experiment: {name: x, scope: ' '}\n", ["2:30 ALP016"]),
        ("experiment: {name: x, scope: ~}\n", []),
        ("experiment: {name: x, scope: 2025}\n", []),  # a text, as everywhere
        (f"experiment: {{name: x, scope: {'y' * 301}}}\n", ["2:30 ALP014"]),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_found_where_it_stands(matter: str, found: list[str]) -> None:
    assert said(read(matter)) == found


@pytest.mark.parametrize("scope", ["[y]", "{y: z}", "''", "[]"])
def test_a_scope_that_cannot_be_read_still_keeps_the_verdict_from_the_claim(scope: str) -> None:
    note = read(f"experiment: {{name: x, scope: {scope}}}\n")
    assert note.experiment is not None
    assert note.experiment.scope == "something else"
    assert note.claim_test is None


def test_an_unknown_key_weighs_less_in_a_note_of_another_tool() -> None:
    for matter, weights in (("wat: 1\ntitel: x\n", "IW"), ("claim: c\nwat: 1\n", "W")):
        unknown = [one for one in read(matter).diagnostics if one.code == "ALP012"]
        assert "".join(one.severity.name[0] for one in unknown) == weights
