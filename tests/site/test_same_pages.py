"""A page of a site is the server's page, byte for byte, but for what is stated here."""

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from alpgraph.config import load_config
from alpgraph.pages import build_collection
from alpgraph.pages.files import Files
from alpgraph.pages.policy import content_policy
from alpgraph.site.plan import own_files
from tests.site.crawler import ROOT

POLICY = content_policy().replace("'", "&#39;")
HEAD = f"""  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="{POLICY}">
  <meta name="referrer" content="same-origin">
"""
HOME = "This page is a file and runs nothing; the line below runs it on your machine."
KNOBS = r'  <form class="knobs" method="post" action="/runs">.*?  </form>\n'
FEED = r' *<(link rel="alternate" type="application/atom|li><a href="/feed).*\n'
STATED = [
    ("scripts learn where the root is", r'(<html lang="en")>', r'\1 data-root="/">'),
    ("no server tells of edits", r' data-live="[^"]*"', ""),
    ("the policy stands in the page", r'  <meta charset="utf-8">\n', HEAD),
    ("nothing to write with", r' *<a href="/new">New note</a>\n', ""),
    ("nothing to write with", r'<a href="/(edit|new)[^"]*">(Edit this|Add a note) [\w ]+</a>', ""),
    ("no API", r' *<li><a href="/api">API</a></li>\n', ""),
    ("no feed without a public address", FEED, ""),
    ("runs at home", KNOBS, f'  <p class="hint">{HOME}</p>\n'),
    ("no second depth of a walk", r'  <p class="depth">.*\n', ""),
    ("no filters of a walk", r'(?s)<form class="filters".*?</form>\n', ""),
]
PAGES = ("n", "walk", "topics", "relations", "help", "trail")


def as_file(page: str) -> str:
    """Return a page of a server with all that is stated."""
    for _, written, put in STATED:
        page = re.sub(written, put, page, flags=re.S if ".*?" in written else 0)
    return page


@pytest.mark.parametrize("kind", PAGES)
def test_pages_are_those_of_the_server(kind: str, bundled: Path, server: Any) -> None:
    if (bundled / "n" / "utility-weighted-loss.html").read_text().count("<dt>Written"):
        wait_for_dates(server)
    paths = [*bundled.glob(f"{kind}.html"), *sorted(bundled.glob(f"{kind}/**/*.html"))]
    collection = build_collection(ROOT / "notes", None, load_config(ROOT / "notes"))
    files = Files(collection.notes, own_files(collection))
    compared = 0
    for path in paths:
        lies = path.relative_to(bundled).as_posix()
        if (kind == "trail" and "/" in lies) or "url=" in path.read_text():
            continue  # a walk of many notes has another address, and a former name redirects
        page = as_file(server.get("/" + quote(lies.removesuffix(".html"))))
        assert path.read_text() == files.rewrite_page(page, "../" * lies.count("/")), lies
        compared += 1
    assert compared


def test_data_are_those_of_the_server(bundled: Path, server: Any) -> None:
    for path in bundled.glob("api/walk/*.json"):
        served = json.loads(server.get(f"/api/walk/{quote(path.stem)}"))
        assert json.loads(path.read_text()) == served
    for name in ("graph.json", "graph.ttl", "graph.dot"):
        assert (bundled / "api" / name).read_text() == server.get(f"/api/{name}")


def wait_for_dates(server: Any) -> None:
    """The server asks git after its first page."""
    for _ in range(600):
        if "<dt>Written" in server.get("/n/utility-weighted-loss"):
            return
        time.sleep(0.1)
    raise AssertionError("git was never asked")
