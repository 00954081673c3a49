"""Whatever stands in notes, checking and reporting go through, and fixes do what they say."""

import json
import tempfile
import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.check import (
    apply_fixes,
    check_notebook,
    to_concise,
    to_full,
    to_github,
    to_json,
    to_sarif,
    to_summary,
)
from alpgraph.diagnostics import Diagnostic
from alpgraph.graph import build_graph
from alpgraph.notes import Notebook, read_notebook

PIECES = st.sampled_from(
    [
        "---\n",
        "title: a\n",
        "titel: a\n",
        "title: 'x: y'\n",
        "claim: c\nsources: []\n",
        "sources: [{arxiv: '1'}, {doi: x, title: t}]\n",
        "relations:\n",
        "  - {type: extends, to: b, why: one reason for several of them}\n",
        "  - {type: extends, to: a}\n",
        "  - {type: extend, to: C!}\n",
        "  - type: up\n    to: [[c]]\n    why: one reason for several of them\n",
        "supports: [[b]]\n",
        "experiment: {name: toy, params: {x: [1]}}\n",
        "\n# a\n\n",
        "a\n=\n",
        "[[b#a]] [[absent]] ![[c]] [x](b.md#^y)\n",
        "- explains [[a]] (why)\n",
        "supports:: [[c]]\n",
        "\r\n",
        "\t\u202e漢\u0301\n",
        "$\\frac{$ ![](x.png) <b onclick=x>\n",
    ]
)
NOTES = st.lists(PIECES | st.text(max_size=9), max_size=14).map("".join)


def read(root: Path) -> tuple[Notebook, list[Diagnostic]]:
    notebook = read_notebook(root)
    return notebook, check_notebook(notebook, build_graph(notebook), {"toy": lambda _: []})


@settings(deadline=None)
@given(NOTES, NOTES, NOTES)
def test_any_notes_are_checked_reported_and_mended(a: str, b: str, c: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        texts = {"a.md": a, "b.md": b, "c.md": c}
        for name, text in texts.items():
            (root / name).write_bytes(text.encode("utf-8", "replace"))
        notebook, found = read(root)
        full = to_full(found, lambda file: texts[file], colour=False)
        printed = [full, to_concise(found), to_github(found), to_summary(found)]
        kinds = {unicodedata.category(char) for text in printed for char in text if char != "\n"}
        assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
        assert len(json.loads(to_json(found))) == len(found)
        assert json.loads(to_sarif(found))["version"] == "2.1.0"
        for one in found:
            start = (one.place.line, one.place.column)
            assert (1, 1) <= start <= (one.place.end_line, one.place.end_column)
        outcome = apply_fixes(notebook, found)
        again = read(root)[1]
        before, after = ([(o.code, o.message) for o in report] for report in (found, again))
        for one in outcome.fixed:
            assert after.count((one.code, one.message)) < before.count((one.code, one.message))
