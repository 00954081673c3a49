"""Reading plain front matter line by line says what YAML says, or nothing."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alpgraph.notes.frontmatter import read_by_parser
from alpgraph.notes.plain_matter import read_plain

PIECES = st.sampled_from(
    [
        "title: a",
        "title: one: two",
        "title: 'it is'",
        'title: "x" # y',
        "claim: a  ",
        "tags: [a, b c, \"d\", 'e']",
        "tags: [a,b , ]",
        "tags: []",
        "aliases:",
        "empty: ",
        "- a",
        "-  a",
        "  - b c",
        "  -",
        "- to: x",
        "  - type: extends",
        "    to: b",
        "    why: some # reason",
        "    why: a#b c:d",
        "   odd: 1",
        "  name: x",
        "    more text",
        "# comment",
        "  # comment",
        "",
        "a-b_c: -1",
        "x: [[y]]",
        "x: {a: b}",
        "x: {a: b, c-d: 'e f',g: 0.5}",
        "x: {a: b, a: c}",
        "x: { a: b }  ",
        "x: {a: b, }",
        "x: {a: b, c}",
        "x: {a:b}",
        "x: {a : b}",
        "x: {a: }",
        "x: {}",
        "x: {{a}}",
        "x: {a: [b]}",
        "x: {a: b # c}",
        "x: {a: b} # c",
        "x: {a: 'b}, {c: d'}",
        'x: [{a: b}, {c: "d"}, e]',
        "x: [{a: '}, {b: c'}]",
        "x: [[a], {b: {c: d}}]",
        "- {type: extends, to: b}",
        "  - {type: extends, to: b, why: no more than this}",
        "x: &a b",
        "x: *a",
        "x: |",
        "x: @y",
        "x: ~",
        "x: é 漢 🙂",
        "x:\ty",
        "x : y",
        "? x",
        "date: 2024-01-31",
        "...",
        "x: a\u2028b",
        "url: http://x.y/?a=b&c=d#e",
        "x: [a: b]",
        "x: [-1, ?]",
        "x: [a\u00a0]",
    ]
)
LINES = st.lists(PIECES | st.text(" -:ab#'\"[]{},\u00e9", max_size=9), max_size=9)


@settings(deadline=None, max_examples=400)
@given(LINES.map(lambda lines: "".join(f"{line}\n" for line in lines)))
@example("a:\n- b\n- c: d\n  e:\n  - f\n  g: h\ni:\n  j: k\n")
@example("a:\n-  b\n")
@example("a: {b: c, d: e}\nf: [{g: 'h'}]\n")
@example("a: [b, c]  \n\n# x\nb:\n\n  - c\n")
def test_what_is_read_line_by_line_is_what_yaml_says(raw: str) -> None:
    quick = read_plain("a.md", raw)
    if quick is not None:
        found = []
        assert quick == read_by_parser("a.md", raw, found)
        assert not found


def test_the_form_that_alpgraph_writes_is_plain() -> None:
    raw = (
        "title: Can it harm?\nsummary: Two lines.\ntopics: [one, two words]\nsources:\n"
        '  - arxiv: "2511.07699"\n    title: A work\nrelations:\n  - type: parallel\n    to: b\n'
        "    why: one line, in short\naliases: [old]\nexperiment: {name: x, params: y}\n"
    )
    assert read_plain("a.md", raw) is not None
