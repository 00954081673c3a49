"""CommonMark's own examples through our renderer."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from alpgraph.notes import notebook_of, render_body
from alpgraph.notes.sanitize import Placeholders, TagRewriter

EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "commonmark.json").read_text(encoding="utf-8")
)
# meant to differ: HTML that could swallow the rest of a page is shown as text, a picture of another
# folder is its address, and wikilinks are our addition
DIFFERENT = {156, 157, 171, 173, 581, 590}


def ours(text: str, root: Path) -> str:
    notebook = notebook_of({"a.md": b"---\ntitle: none\n---\n" + text.encode()}, root=root)
    html = render_body(notebook, "a", note_url=lambda slug, anchor: "", file_url=lambda path: path)
    return plain(html)


def theirs(html: str) -> str:
    if "<h1" in html:  # the page's title is its only first-level heading
        html = re.sub(r"(</?h)(\d)", lambda match: match[1] + str(min(6, int(match[2]) + 1)), html)
    return plain(Placeholders().sanitised(html, TagRewriter()))


def plain(html: str) -> str:
    """Remove what our pages add, and the addresses of links that no note answers."""
    html = re.sub(r' <a class="anchor".*?</a>', "", html)
    html = re.sub(r'<span class="dangling" title="no file[^"]*">(.*?)</span>', r"\1", html)
    html = re.sub(r'<img [^>]*?alt="([^"]*)"[^>]*>', r"\1", html)
    html = re.sub(r'<span class="no-image">(.*?)</span>', r"\1", html)
    html = re.sub(r'<span class="dangling"[^>]*>(.*?)</span>', r"<a>\1</a>", html, flags=re.S)
    html = re.sub(r'<a href="(?!https?:)[^>]*>', "<a>", html)
    html = re.sub(r"</?span[^>]*>", "", html)
    html = re.sub(r"<figure>(.*?)<figcaption>.*?</figcaption></figure>", r"<p>\1</p>", html)
    html = re.sub(r' (?:id|class|rel|title)="[^"]*"', "", html)
    html = re.sub(r"\s+", " ", html)
    block = r"</?(?:p|ul|ol|li|blockquote|h\d|hr|pre|div|table|tr|td|th)\b[^>]*>"
    return re.sub(rf" ?({block}) ?", r"\1", html).strip()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["example"]))
def test_example_is_rendered_as_the_specification_says(
    example: dict[str, Any], tmp_path: Path
) -> None:
    same = ours(example["markdown"], tmp_path) == theirs(example["html"])
    assert same is (example["example"] not in DIFFERENT)
