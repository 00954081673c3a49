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
        "[x](y.pdf#p)",
        "[[a.png]] ![[b.svg|20]]",
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
        "## `h` ",
        "## `h ` of ` [[a]]`\n",
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
        "\n\n| a | b |\n|---|:-:|\n",
        "| c | `d` |\n",
        "|`[[a]]|b`|\n",
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
        "$x$ ",
        "$\\frac{a}{b}$",
        "$\\frac{a$",
        "$a [[b]] c$",
        "$",
        "\n$x$",
        "5\n",
        "\n---\n",
        "%%",
        "~~~\n",
        "\t",
        "é漢🙂",
        "\u2028",
        "supports:: ",
        " {#a}",
        "{.b}",
        "## h\n{: #c}\n",
        "## h {#a-b}\n",
        "## `h`{.b} c\n",
        "\n:::note t\n",
        "\n:::\n",
        '\n!!! tip "t"\n\n    ',
        '\n=== "t"\n    ',
        "\n$$\n",
        "$$x$$",
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
    assert quick.files == slow.files
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
@example("$x$y [[a]]$z$ 5")
@example("- $x$y{$z$ 5")
@example("$a `b$ c` d$")
@example("`a $b` c$")
@example("| a |\n|---|\n| `[[a]]|b` |\n")
@example("| a |\n|---|\n| b ^c |\n")
@example("| [[a]] |\n|---|\n")
@example("## `h` |\n---\n[[a]]\n")
@example("0.5 of [[a]]\n1.5 [[b]]\n")
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
        "The loss $L_{i} = \\frac{1}{n}$ of ($x$) and [[a]] is 3.\n\n- $y$ and `z`\n",
        "| case | cost |\n|---|--:|\n| `a` | 3 |\n\n---\n\nAfter [[a]] by\n0.5 points.\n",
    ],
)
def test_plain_notes_take_the_quick_way(text: str) -> None:
    assert scan_body("a.md", text, 1) is not None
