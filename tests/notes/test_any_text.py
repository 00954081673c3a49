"""Whatever the text, parsing and rendering go through, and every link keeps its line."""

import re
import tempfile
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alpgraph.authoring import format_note
from alpgraph.notes import Note, RelationTypes, notebook_of, parse_note, render_body
from alpgraph.notes.packing import (
    Packed,
    experiment_of,
    findings_of,
    links_of,
    outline_of,
    pack,
    packed_links,
    packed_outline,
    targets_of,
    unpack,
    whys_of,
    works_of,
)

TYPES = RelationTypes()
PIECES = st.sampled_from(
    [
        "---\n",
        "+++\n",
        "title: a\n",
        "title = 'a'\n",
        "title: {{date}}\n",
        "aliases: [x, y]\n",
        "tags: null\n",
        "summary: >\n  one\n  two\n",
        "relations: [{type: up, to: b, why: x}]\n",
        "relations:\n  - type: extends\n    to: '[[b]]'\n    why: a reason of some length\n",
        "supports: [[b]]\n",
        "sources: [{arxiv: '1'}, x]\n",
        "experiment: {name: x, params: {a: [1]}, scope: a part}\n",
        "\n",
        "\n\n",
        "# H\n",
        "H\n=\n",
        "- ",
        "1. ",
        "    ",
        "\t",
        "> ",
        "| a | b |\n|-|-|\n| ",
        " | ",
        "```\n",
        "~~~ py\n",
        "`",
        "$",
        "$$\n",
        "[^1]",
        "[^1]: ",
        ": ",
        "%%",
        "<div>",
        "</div>",
        "<!--",
        "-->",
        "![",
        "](",
        ")",
        "\\",
        "\r\n",
        "\r",
        "\0",
        "\u2028",
        "\u202e",
        "&amp;",
        "*",
        "_",
        "extends:: ",
        "(supports:: ",
        "- limit [[c]] (so)\n",
        "[x](b.md 'supports: y')",
        "[[a|b @fix]]",
        "[[test:b]]",
        "^id\n",
    ]
)
LINKS = st.integers(0, 99).map(lambda number: f"[[n{number}]]")
TEXTS = st.lists(PIECES | LINKS | st.text(max_size=4), max_size=24).map("".join)


def parse(data: bytes) -> Note:
    return parse_note("a.md", data, types=TYPES)


@settings(deadline=None, max_examples=300)
@given(TEXTS)
@example("> [[n1]]\n[[n2]]\n")
@example("| [[n1]] | [[n1]] |\n|-|-|\n| \\| [[n2]] | |\n")
@example("- a\n  - b [[n1]]\n\n      [[n2]]\n")
def test_every_place_lies_in_the_file_and_links_keep_their_lines(text: str) -> None:
    data = text.encode("utf-8", "replace")
    note = parse(data)
    lines = re.sub("\r\n?", "\n", data.decode()).split("\n")
    links = (*note.relations, *note.mentions)
    places = [one.place for one in (*links, *note.diagnostics)]
    places += [source.place for source in note.sources] + list(note.places.values())
    for place in places:
        assert 1 <= place.line <= place.end_line <= len(lines) + 1
        assert (place.line, place.column) <= (place.end_line, place.end_column)
        if place.line <= len(lines):
            assert 1 <= place.column <= len(lines[place.line - 1]) + 2
    for link in links:
        if re.fullmatch(r"n\d+", link.to):
            span = lines[link.place.line - 1 : link.place.end_line]
            assert any(link.to in line for line in span)
    for heading in note.headings:
        assert 1 <= heading.line <= len(lines)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300) | TEXTS.map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_a_note(data: bytes) -> None:
    note = parse(data)
    assert note.title
    packed = pack(note)
    told = packed_facts(packed)
    assert told[:2] == (outline_of(note), list(links_of(note)))
    assert unpack(packed, 0.0, lambda to, label: (None, "", ())) == note
    assert packed_facts(packed) == told
    found = ("there", "path", ("there", "here"))  # what the links mean in another notebook
    assert unpack(packed, 1.0, lambda to, _: found) == unpack(pack(note), 1.0, lambda to, _: found)


def packed_facts(packed: Packed) -> tuple[object, ...]:
    links = list(packed_links(packed, lambda to, label: (None, "", ())))
    whole = (list(targets_of(packed)), list(whys_of(packed)), list(works_of(packed)))
    return packed_outline(packed), links, *whole, experiment_of(packed), findings_of(packed)


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_a_note_that_was_tidied_reads_as_before(text: str) -> None:
    data = text.encode("utf-8", "replace")
    before, after = parse(data), parse(format_note(data))
    assert said(before) == said(after)
    assert format_note(format_note(data)) == format_note(data)


def said(note: Note) -> object:
    """All that a note says, without where."""
    relations = [(one.type, one.written, one.to, one.why, one.basis) for one in note.relations]
    mentions = [(one.to, one.text, one.heading, one.embed) for one in note.mentions]
    return (
        *(note.title, note.summary, note.claim, note.topics, note.aliases, note.body),
        *(sorted(relations), sorted(mentions), [source.id for source in note.sources]),
        *(sorted(note.extra), [(item.level, item.text) for item in note.headings]),
        note.experiment and attrgetter("name", "params", "scope")(note.experiment),
    )


@settings(deadline=None, max_examples=150)
@given(TEXTS, TEXTS)
def test_any_body_is_rendered_without_what_may_not_stand_in_a_page(a: str, b: str) -> None:
    files = {"a.md": a.encode("utf-8", "replace"), "b.md": b.encode("utf-8", "replace")}
    with tempfile.TemporaryDirectory() as folder:
        notebook = notebook_of(files, root=Path(folder))
        html = render_body(
            notebook, "a", note_url=lambda slug, anchor: "/n/x", file_url=lambda path: "/f"
        )
    assert not re.search(r"<(?:script|style|iframe|object|form|base|meta|link|svg)\b", html)
    assert not re.search(r"<[^>]*\s(?:on\w+|style|srcdoc|data-[\w-]+)\s*=", html)
    assert not re.search(r"alp[0-9a-f]{24}[xa]\d+z", html)


def test_the_digest_is_that_of_the_bytes() -> None:
    note = parse(b"x")
    assert replace(note, digest="") == replace(parse(b"\xef\xbb\xbfx"), digest="")
    assert note.digest != parse(b"\xef\xbb\xbfx").digest
