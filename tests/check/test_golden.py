"""One bad note for each code: what is found in it, word for word and caret for caret.

A bad note `golden/ALP….md` may hold several files, each begun by a line `=== name.md`. After a
change that is meant, running this file with `GOLDEN=write` writes the texts anew.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from alpgraph.check import RULES, ParamFault, check_notebook, chosen, to_full
from alpgraph.graph import build_graph
from alpgraph.notes import read_notebook

GOLDEN = Path(__file__).parent / "golden"
GOOD = {
    "good.md": b"""---
title: A good note
summary: It stands beside the bad ones.
claim: there is nothing wrong with this note
sources:
  - arxiv: "1906.02629"
    title: When Does Label Smoothing Help?
relations:
  - type: parallels
    to: other
    why: Both are here so that the bad note has something to link to.
---

# A proof in two lines

A sentence.
""",
    "other.md": b"""---
title: Another good note
summary: It stands beside the bad ones too.
claim: there is nothing wrong with this note either
sources: [{arxiv: "1906.02629"}]
---

A sentence.
""",
}


def judge(params: Mapping[str, object]) -> list[ParamFault]:
    faults = [ParamFault(name, "no such parameter") for name in params if name != "miss_cost"]
    cost = float(str(params.get("miss_cost", 30)))
    if cost < 1:
        faults.append(ParamFault("miss_cost", f"{cost:g} is below the least value, 1"))
    elif not faults and cost != 30:
        faults.append(ParamFault("", "no preset of `toy` has these parameters", "ALP403"))
    return faults


def files_of(data: bytes) -> dict[str, bytes]:
    parts = re.split(rb"^=== (.+)\n", data, flags=re.M)
    files = {parts[i].decode(): parts[i + 1] for i in range(1, len(parts), 2)}
    return files if len(parts) > 1 and not parts[0] else {"bad.md": parts[0], **files}


@pytest.mark.parametrize("code", RULES)
def test_bad_note_gives_its_golden_text(code: str, folder: Callable[..., Path]) -> None:
    files = files_of((GOLDEN / f"{code}.md").read_bytes())
    root = folder(GOOD | files)
    notebook = read_notebook(root)
    found = check_notebook(notebook, build_graph(notebook), {"toy": judge})

    def source(file: str) -> str:
        return (GOOD | files)[file].decode("utf-8", "replace")

    text = to_full([one for one in chosen(found, select=[code]) if one.place.file in files], source)
    assert text, f"nothing is found; other findings: {[one.code for one in found]}"
    if os.environ.get("GOLDEN") == "write":
        (GOLDEN / f"{code}.txt").write_text(text, encoding="utf-8", newline="\n")
    assert text == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8")


def test_golden_folder_holds_nothing_else() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(RULES)


def test_good_notes_have_no_findings(folder: Callable[..., Path]) -> None:
    notebook = read_notebook(folder(GOOD))
    assert check_notebook(notebook, build_graph(notebook), {"toy": judge}) == []
