"""The words by which a note is found are those that its page shows."""

import pytest

from alpgraph.notes.shown import shown_text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("!!! note\n\n    See [[b|this]].\n", "Note See this."),
        ('!!! tip "Mind *it*"\n\n    so\n', "Mind it so"),
        (":::warning\nhot\n:::\n", "Warning hot"),
        (":::info See [b](b.md)\nhot\n:::\n", "See b hot"),
        ("::: code-group\nalone\n:::\n", "alone"),
        ('=== "Here"\n\n    there\n', "Here there"),
        ("[sum](stats/sum(x).md), [b](b.md) and (so)\n", "sum , b and (so)"),
        ("## Watching {#watch}\n\n[b](b.md){ .button } {this}\n", "Watching b {this}"),
    ],
)
def test_a_box_and_attributes_are_known_by_what_is_shown_of_them(body: str, words: str) -> None:
    assert " ".join(shown_text(body).split()) == words
