"""Hostile texts become harmless pages: by what stands in the HTML, and in a real browser."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from alpgraph.notes import notebook_of, render_body
from alpgraph.notes.sanitize import TAGS

HERE = Path(__file__).parent / "fixtures"
# ways that are known to start a script, each calling `alert`; the second file's take several lines
HOSTILE = (HERE / "hostile.txt").read_text(encoding="utf-8").splitlines()
BLOCKS = (HERE / "hostile_blocks.txt").read_text(encoding="utf-8").split("\n=====\n")

_MATHML = """
math mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover
mtable mtr mtd mpadded mstyle merror mphantom menclose semantics annotation
"""
MATHML = set(_MATHML.split())
OURS = {"input", "section"}
_ATTRIBUTES = """
href title rel src alt width height loading dir lang cite datetime open value start reversed
colspan rowspan scope id class role type disabled checked aria-label aria-hidden tabindex
"""
ATTRIBUTES = set(_ATTRIBUTES.split())
CLASSES = re.compile(
    r"(?:dangling|no-image|anchor|callout|callout-title|callout-[\w-]+|math|formula-fault|task"
    r"|footnotes|footnote-ref|footnote-back|embed|embed-title|limit|language-[\w+#-]+|k-\w+"
    r"|left|right|center|scroll|m-[\w-]+)"
)


class Judge(HTMLParser):
    """Collects what may not stand in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in MATHML:
            attrs = [pair for pair in attrs if pair[0] in ("href", "style") or pair[0][:2] == "on"]
        elif tag not in TAGS | OURS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            text = value or ""
            if name not in ATTRIBUTES:
                self.faults.append(f"{name}={text}")
            elif name == "tabindex" and (tag, text) != ("div", "0"):
                self.faults.append(f"tabindex={text} of <{tag}>")
            elif name in ("href", "src", "cite"):
                bare = re.sub(r"[\x00-\x20]", "", text)
                scheme = re.match(r"[\w+.-]*:", bare)
                if scheme and scheme[0].lower() not in ("http:", "https:", "mailto:"):
                    self.faults.append(f"{name}={text}")
            elif name == "id" and not re.match(r"(?:e\d+-)?(?:h|b|fn|fnref)-", text):
                self.faults.append(f"id={text}")
            elif name == "class" and not all(map(CLASSES.fullmatch, text.split())):
                self.faults.append(f"class={text}")

    handle_startendtag = handle_starttag


def page(text: str, root: Path) -> str:
    notebook = notebook_of({"a.md": text.encode(), "b.md": b"# B"}, root=root)
    return render_body(notebook, "a", note_url=lambda s, a: f"/n/x#{a}", file_url=lambda p: "/f")


WAYS: dict[str, Callable[[str], str]] = {
    "alone": lambda text: text,
    "in text": lambda text: f"before {text} after [[b]]",
    "in a list": lambda text: f"- {text}\n- [[b]]",
    "in a quote": lambda text: f"> {text}\n\n[[b]]",
    "in a table": lambda text: f"| a |\n|-|\n| {text} |\n",
    "in words of a link": lambda text: f"[{text}](b.md)",
    "in a heading": lambda text: f"## {text}\n",
    "in emphasis": lambda text: f"**{text}**",
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_runs_is_left(way: str, tmp_path: Path) -> None:
    texts = [*HOSTILE, *BLOCKS] if way in ("alone", "in a quote") else HOSTILE
    for text in texts:
        judge = Judge()
        judge.feed(page(WAYS[way](text), tmp_path))
        assert not judge.faults, text


PRESS = """document.querySelectorAll("main *").forEach((it) => {
  it.focus?.();
  const leads = /^(https?:|mailto:|about:|file:|:|)$/.test(it.protocol ?? "none");
  if (!leads && !it.closest("a[href]:not([href^='java'])")) it.click?.();
})"""
"""Focus everything; press what does not lead to another page."""


def test_nothing_runs_in_a_browser(chromium: Any, tmp_path: Path) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    ran: list[str] = []
    tab.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    tab.route("**/*", lambda route: route.abort())
    tab.set_content("<script>alert('the test can fail')</script>")
    assert ran == ["the test can fail"]
    ran.clear()
    for text in (*HOSTILE, *BLOCKS):
        html = page(f"{text}\n\n[[b]]\n", tmp_path)
        # without the content policy of our pages, which is the second wall
        tab.set_content(f"<!doctype html><main>{html}</main>", wait_until="domcontentloaded")
        tab.evaluate(PRESS)
        assert not ran, text
    context.close()
