"""An experiment that tests something else than the claim it is attached to."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

SLUG = "reward-hacking-and-emergent-misalignment"
SCOPE = "the step upstream alone"


def section(page: str, name: str) -> str:
    """Return what follows the heading `name` up to the section's end."""
    return page[page.index(f'id="{name}"') :].partition("</section>")[0]


def test_the_claim_bears_no_verdict_and_the_run_keeps_its_own(server: Any) -> None:
    page = server.get(f"/n/{SLUG}")
    claim = section(page, "claim")
    assert "supported" not in claim
    assert "not tested" in claim
    assert SCOPE in claim
    check = section(page, "check")
    assert "This does not test the claim." in check
    assert check.index(SCOPE) < check.index("supported")
    assert "Run again" in check


def test_programs_read_that_the_claim_was_not_tested(server: Any) -> None:
    note = json.loads(server.get(f"/api/notes/{SLUG}"))
    assert note["verdict"] is None
    assert note["experiment"]["scope"].startswith(SCOPE)
    other = json.loads(server.get("/api/notes/reward-overoptimisation"))
    assert other["verdict"] == "supported"
    assert other["experiment"]["scope"] is None
    untested = json.loads(server.get("/api/search?q=verdict:none+misalignment"))["items"]
    assert SLUG in [item["slug"] for item in untested]
    attached = json.loads(server.get("/api/search?q=has:experiment+misalignment"))["items"]
    assert SLUG in [item["slug"] for item in attached]
    markdown = server.get(f"/n/{SLUG}.md")
    assert f"does not test this claim**; it tests {SCOPE}" in markdown
    assert "Verdict" not in markdown


def test_lists_show_no_verdict_beside_its_title(server: Any) -> None:
    walk = json.loads(server.get("/api/walk/utility-weighted-loss"))
    assert {node["slug"]: node["verdict"] for node in walk["nodes"]}[SLUG] is None
    graph = json.loads(server.get("/api/graph.json"))
    assert {node["id"]: node["verdict"] for node in graph["nodes"]}[SLUG] is None


def test_a_site_of_files_says_the_same(folder: Any, tmp_path: Path) -> None:
    matter = (
        "title: A\nclaim: It is so.\nexperiment:\n  name: utility-weighted-loss\n"
        "  params: {data: digits, miss_cost: 30}\n"
    )
    root = folder({"a.md": f"---\n{matter}---\nText.\n"})
    words = ("build", str(tmp_path / "site"), "--notes", str(root), "--state", str(tmp_path / "st"))

    def claim() -> str:
        subprocess.run([sys.executable, "-m", "alpgraph", *words], check=True, capture_output=True)
        return section((tmp_path / "site/n/a.html").read_text(), "claim")

    assert "supported" in claim()
    (root / "a.md").write_text(f"---\n{matter}  scope: a *part* of it\n---\nText.\n")
    assert re.search(r"not tested.*a <em>part</em> of it", claim(), re.S)
