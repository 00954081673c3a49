"""An experiment that tests something else than the claim it is attached to."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from alpgraph.config import Config, Location
from alpgraph.web import Settings, create_app

SLUG = "reward-hacking-and-emergent-misalignment"
SCOPE = "the step upstream alone"
MATTER = """---
title: A
claim: It is so.
experiment:
  name: utility-weighted-loss
  params: {data: digits, miss_cost: 30}
%s---
Text.
"""


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


def test_the_experiment_names_it_apart_from_the_claims_that_it_checks(server: Any) -> None:
    page = server.get("/experiments/proxy-reward-overoptimisation")
    assert f'href="/n/{SLUG}"' not in section(page, "claims")
    assert 'href="/n/reward-overoptimisation"' in section(page, "claims")
    beside = section(page, "beside")
    assert f'href="/n/{SLUG}"' in beside
    assert "does not test" in beside


@pytest.mark.parametrize(
    ("scope", "told"), [("half of it.", "half of it."), ("['half', 'more']", "something else.")]
)
def test_a_run_without_a_readable_scope_tests_no_claim_either(
    folder: Any, tmp_path: Path, scope: str, told: str
) -> None:
    place = Location(folder({"a.md": MATTER % f"  scope: {scope}\n"}), tmp_path, bundled=False)
    app = create_app(Settings(place, Config(), watch=False))
    with TestClient(app, base_url="http://127.0.0.1:8000") as browser:
        page = browser.get("/n/a").text
        assert browser.get("/api/notes/a").json()["verdict"] is None
    assert "supported" not in section(page, "claim")
    assert f"It tests {told}</p>" in section(page, "check")


def test_a_site_of_files_says_the_same(folder: Any, tmp_path: Path) -> None:
    root = folder({"a.md": MATTER % ""})
    words = ("build", str(tmp_path / "site"), "--notes", str(root), "--state", str(tmp_path / "st"))

    def claim() -> str:
        subprocess.run([sys.executable, "-m", "alpgraph", *words], check=True, capture_output=True)
        return section((tmp_path / "site/n/a.html").read_text(), "claim")

    assert "supported" in claim()
    (root / "a.md").write_text(MATTER % "  scope: a *part* of it\n")
    assert re.search(r"not tested.*a <em>part</em> of it", claim(), re.S)
