"""Texts that make parsers slow, cmark's and markdown-it's among them: each note's cost is bounded.

https://github.com/commonmark/cmark/blob/master/test/pathological_tests.py and
https://github.com/markdown-it/markdown-it/blob/master/test/pathological.mjs
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alpgraph.notes import RelationTypes, notebook_of, parse_note, render_body
from alpgraph.notes.shown import shown_text

FEW, MANY = 3_000, 40_000
CPU_SECONDS = {FEW: 15, MANY: 60}
"""Far above what any of them takes; a quadratic one would need much longer."""


def texts(n: int) -> dict[str, str]:
    """Return the texts, each of some multiples of `n` characters."""
    return {
        "nested strong emphasis": "*a **a " * (n // 3) + "b" + " a** a*" * (n // 3),
        "closers without openers": "a_ " * n,
        "openers without closers": "_a " * n,
        "link closers without openers": "a]" * n,
        "link openers without closers": "[a" * n,
        "mismatched openers and closers": "*a_ " * n,
        "openers and closers, multiples of three": "a**b" + "c* " * n,
        "link openers and emphasis closers": "[ a_" * n,
        "brackets and parentheses": "[ (](" * n,
        "images in links": "![[]()" * n,
        "a hard case": "**x [a*b**c*](d)" * (n // 8),
        "nested brackets": "[" * n + "a" + "]" * n,
        "nested quotes": "> " * n + "a",
        "nested lists": "".join("  " * depth + "* a\n" for depth in range(n // 57)),
        "NUL": "abc\0xyz\0" * n,
        "backticks": "".join("e" + "`" * count for count in range(1, n // 57)),
        "unclosed links, pointed": "[a](<b" * n,
        "unclosed links": "[a](b" * n,
        "unclosed comments": "</" + "<!--" * n,
        "empty lines in nested lists": "- " * (n // 3) + "x" + "\n" * (n // 3),
        "empty lines in nested lists in a quote": "> " + "- " * (n // 3) + "x\n" + ">\n" * (n // 3),
        "emphasis in a deep quote": ">" * n + "a*" * n,
        "references": "".join(f"[{k}]: u\n" for k in range(n // 5)) + "[0] " * (n // 5),
        "references that do not close": "[a]: <b" * n,
        "tables": "aaa\rbbb\n-\v\n" * (n // 4),
        "a table of many columns": "|x" * (n // 2)
        + "|\n"
        + "|-" * (n // 2)
        + "|\n"
        + "|y" * (n // 2),
        "a table of many rows": "|x|\n|-|\n" + "|[[y]]|\n" * (n // 2),
        "nested inlines": "*" * n + "a" + "*" * n,
        "spaces in a heading": "# a" + " " * n + "#\n" + "#" * n,
        "spaces at the end": ("x" + " " * n + "x  \ny\n") * 4,
        "pointed brackets": "<" * n + "a",
        "pointed brackets that close": "<a " * n + ">",
        "processing instructions": "<?" * n,
        "declarations": "<!A " * n,
        "character data": "<![CDATA[" * n,
        "nested tags": "<b>" * (n // 2) + "x" + "</b>" * (n // 2),
        "attributes": "<b " + "a=b " * n + ">",
        "entities": "&amp;&#x41;&" * (n // 2),
        "escapes": "\\*" * n,
        "wikilinks that open": "[[" * n,
        "wikilinks": "[[a]] " * n,
        "embeds": "![[b]]\n\n" * (n // 8),
        "wikilinks with bars": "[[a|" * n,
        "fields of Dataview": "supports:: " + "[[a]] ) " * (n // 2),
        "open fields of Dataview": "(supports:: " * (n // 4) + "[[a]] " * (n // 4),
        "bullets with reasons": "- [[a]] — because " * (n // 4),
        "formulas that open": "$a " * n,
        "formulas": "$a$ " * (n // 8),
        "displayed formulas": "$$\na\n" * (n // 4),
        "displayed formulas that open": "a\n$$ a\n" * (n // 7),
        "boxes that open": "a\n::: note\n" * (n // 10),
        "boxes that close": "::: note\n" * (n // 13) + ":::\n" * (n // 13),
        "boxes of more and more colons": "".join(":" * k + " tip\n" for k in range(3, n // 57)),
        "boxes in boxes by indent": "".join(" " * 4 * k + "!!! tip\n" for k in range(n // 100)),
        "an indented box far below": "!!! tip\n" + "\n" * n + "    a",
        "attributes that open": "`a`{.a " * (n // 7),
        "many attributes": "`a`{" + ".a " * n,
        "spaces before a heading's brace": "# a" + " " * n + "{}",
        "a deep formula": "$" + "{" * 1900 + "a" + "}" * 1900 + "$",
        "footnotes": "[^1] " * (n // 4) + "\n\n[^1]: x\n",
        "many footnotes": "".join(f"[^{k}] " for k in range(n // 10))
        + "\n\n"
        + "".join(f"[^{k}]: x\n\n" for k in range(n // 10)),
        "footnotes in footnotes": "^[" * n,
        "callouts": "> [!note]- a\n" * (n // 4),
        "definitions": "a\n: b\n\n" * (n // 4),
        "tasks": "- [ ] a\n" * (n // 4),
        "comments of Obsidian": "%% a " * n,
        "comments of Obsidian on lines": "%% a\n" * n,
        "equal headings": "# a\n" * (n // 2),
        "names of blocks": "a ^b\n\n" * (n // 4),
        "one long line": "a " * n * 12,
        "many links on one long line": "[[b]] " * (n + n // 8),
        "one long word": "a" * n * 50,
        "deep YAML": "---\n" + "a: " + "[" * (n // 8) + "\n---\n",
        "deep YAML in blocks": "---\n" + "".join(" " * k + "a:\n" for k in range(300)) + "---\n",
        "much YAML": "---\n" + "a: b\n" * (n // 3) + "---\n",
        "anchors of YAML": "---\na: &a [x, x]\n"
        + "".join(f"b{k}: [*a, *a]\n" for k in range(n // 40))
        + "---\n",
        "relations": "---\nrelations:\n" + "  - {type: up, to: b}\n" * (n // 16) + "---\n",
        "a number of minutes": "---\na: " + "59:" * (n // 4) + "59\n---\n",
        "TOML": "+++\n" + "[a]\n" * (n // 4) + "+++\n",
        "hidden characters": "a\u200b" * n,
        "a row of underscores before a link": "- " + "_" * (n // 2) + "! [[b]] — because\n",
        "rows of underscores behind links": ("- [[b]] — " + "_" * 1900 + "!\n") * (n // 30),
        "rows of underscores in fields": ("_" * 1900 + "! :: [[b]]\n\n") * (n // 30),
        "spaces in the words of a heading": "# a" + " " * n * 80 + "b",
        "an embed that does not close": "![[" + "a" * n * 80,
        "addresses that do not close": "](" * n * 40,
        "scripts that do not close": "<script>" * n * 10,
        "comments in and out of quotes": "> %% a\n\n%% x\n\n" * n * 2,
        "boxes in and out of quotes": "> :::tip\n\n:::tip\nx\n\n" * n * 2,
        "a long kind of a box": "!!! " + "a" * n * 80 + '"x\n',
        "spaces in a list of YAML": "---\ntopics: [a" + " " * n * 20 + "!]\n---\n",
        "spaces in a long title": "---\ntitle: a" + " " * n * 80 + "b\n---\n",
        "an address with a space": "---\nsources:\n  - https://" + "a" * n * 20 + " x\n---\n",
        "deep YAML in lists": "---\nx:\n"
        + "".join("  " * k + "- a:\n" for k in range(250))
        + "---\n",
        "deep TOML": "+++\n" + "a." * n + "a = 1\n+++\n",
        "keys of TOML": "+++\n" + "".join(f"{k:x}=1\n" for k in range(n * 3)) + "+++\n",
        "a great number of TOML": "+++\na = 0x" + "f" * 6000 + "\n+++\n",
    }


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    """Interrupt what takes too many seconds of a processor; waiting does not count."""

    def stop(number: int, frame: object) -> None:
        pytest.fail(f"it took more than {seconds} seconds of a processor")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


SMALL, LARGE = texts(FEW), texts(MANY)


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_cost_of_a_note_is_bounded(text: str, tmp_path: Path) -> None:
    cost(text, tmp_path, CPU_SECONDS[FEW])


@pytest.mark.soak
@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_cost_of_a_large_note_is_bounded(text: str, tmp_path: Path) -> None:
    cost(text, tmp_path, CPU_SECONDS[MANY])


def cost(text: str, tmp_path: Path, seconds: int) -> None:
    data = text.encode()
    with bounded(seconds):
        note = parse_note("a.md", data, types=RelationTypes())
        shown_text(note.body)
        notebook = notebook_of({"a.md": data, "b.md": b"x"}, root=tmp_path)
        html = render_body(
            notebook, "a", note_url=lambda slug, anchor: slug, file_url=lambda path: path
        )
    assert note.title
    assert len(html) < 20_000_000


def test_cost_of_links_to_absent_headings_grows_with_their_number(tmp_path: Path) -> None:
    many = 6_000
    files = {"a.md": b"".join(b"[[b#x%d]]\n" % n for n in range(many)), "b.md": b"# b\n" * many}
    notebook = notebook_of(files, root=tmp_path)
    begun = time.process_time()
    found = [
        notebook.index.anchor("b", mention.heading) for mention in notebook.notes["a"].mentions
    ]
    assert found == [""] * many
    assert time.process_time() - begun < 5
