"""What stands around a link, as other pages quote it."""

import pytest

from alpgraph.notes import read_notebook

LONG = "hidden words " * 40


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ("See [[b]] and <!-- hidden [[c]] --> more `<!-- x -->`.", "See b and more <!-- x -->."),
        ("Before <!-- hidden. Hidden --> see [[b]].", "Before see b."),
        ("Do <!-- hidden. Hidden\nstill --> see [[b]] %% hidden %% here.", "Do see b here."),
        (f"A <!-- {LONG}--> see [[b]] <!-- {LONG}--> end.", "…see b…"),
        ("Grows from 5 %% to 6 --> [[b]] by 7%%.", "Grows from 5 %% to 6 --> b by 7%%."),
    ],
)
def test_a_mention_is_quoted_without_comments(folder, body: str, quoted: str) -> None:
    root = folder({"a.md": f"---\ntitle: A\n---\n{body}\n", "b.md": "B"})
    (mention,) = read_notebook(root).notes["a"].mentions
    assert mention.sentence == quoted


def test_a_reason_in_a_list_holds_no_comment(folder) -> None:
    text = "---\ntitle: A\n---\n- parallels [[b]]: because <!-- hidden --> of this\n"
    (relation,) = read_notebook(folder({"a.md": text, "b.md": "B"})).notes["a"].relations
    assert relation.why == "because of this"
