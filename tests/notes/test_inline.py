"""Short texts: most are plain, and need no parser."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alpgraph.notes import inline, render_inline

MARKS = "*_`\\&$<>\"'#[]()!~^=+-|{}:/.@ \t\r\n\x00\u00a0aZ0é知😀"
TEXTS = st.text(st.one_of(st.sampled_from(MARKS), st.characters(codec="utf-8")), max_size=80)


@settings(max_examples=300)
@given(TEXTS)
@example("a  \nb")
@example("https://example.org")
@example('1 < 2 > "0"')
def test_a_text_without_marks_is_what_the_parser_makes_of_it(text: str) -> None:
    assert render_inline(text) == inline.inline_parser().renderInline(text)
