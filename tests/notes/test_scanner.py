"""The quick pass over a body's lines finds what Markdown's tokens hold, or refuses the body."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alpgraph.notes.links import parse_body
from alpgraph.notes.scanner import scan_body

EXAMPLES = json.loads(
    (Path(__file__).parent / "data" / "commonmark.json").read_text(encoding="utf-8")
)
PIECES = st.sampled_from(
    [
        "words ",
        "[[a]]",
        "![[a#b|c]]",
        "[[a|b]] [[c]]",
        "[x](y.md)",
        '[x](y.md "t")',
        "![x](y.png)",
        "![](y)",
        "[x]",
        "[!note]",
        "[ ] ",
        "\n",
        "\n\n",
        "- ",
        "  - ",
        "* ",
        "1. ",
        "2. ",
        "10) ",
        "   ",
        "  ",
        " ",
        "# ",
        "## h ",
        "#",
        "> ",
        ">",
        "> [!tip]- ",
        "```\n",
        "```py\n",
        "````\n",
        "`",
        "`[[a]]`",
        "---",
        "===",
        "***",
        "|a|b|\n|-|-|\n",
        ": ",
        "*so* ",
        "_so_",
        "^id",
        " ^id\n",
        "[^1]",
        "[^1]: ",
        "[a]: b\n",
        "<b>",
        "<!--",
        "-->",
        "\\",
        "$x$",
        "%%",
        "~~~\n",
        "\t",
        "é漢🙂",
        "\u2028",
        "supports:: ",
        "(extends:: ",
        "!",
        "]",
        "[",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=16).map("".join)


def same(text: str) -> None:
    quick = scan_body("a.md", text, 1)
    if quick is None:
        return
    slow = parse_body("a.md", text, 1)
    assert quick.headings == slow.headings
    assert quick.block_names == slow.block_names
    assert quick.blocks == slow.blocks
    assert quick.findings == slow.findings == []


@settings(deadline=None, max_examples=1000)
@given(TEXTS)
@example("1. [[a]]\n2. [[b]]\n\n   [[c]]\n\n  [[d]]\n")
@example("\xa0[[a]]")
@example("- \xa0[[a]]")
@example("words\n2. [[a]]\n")
@example("> [!note] [[a]]\n> - [[b]]\n>\n> [[c]]\n\n[[d]]\n")
@example("> [[a]]\n[[b]]\n")
@example("- [[a]]\n```\n[[b]]\n```\n  [[c]]\n")
@example("```\n[[a]]\n ```\n[[b]]\n```\n")
def test_scanner_finds_what_the_tokens_hold(text: str) -> None:
    same(text)


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: str(case["example"]))
def test_scanner_agrees_on_the_examples_of_commonmark(case: dict[str, str]) -> None:
    same(case["markdown"])


@pytest.mark.parametrize(
    "text",
    [
        "Words with [[a]], *emphasis* and `code [[b]]`.\n\n## A heading\n\n- one\n- two [[c]]\n",
        "1. one\n2. two [[a]]\n   goes on\n",
        "> [!note] Title\n> with [[a]]\n\nand on\n",
        "```python\nx = [[1]]\n```\n\nafter [[a]]\n",
        "![a curve](curve.png) and [words](b.md)\n",
    ],
)
def test_plain_notes_take_the_quick_way(text: str) -> None:
    assert scan_body("a.md", text, 1) is not None
