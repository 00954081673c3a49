"""What real collections hold: each is parsed, served and checked, and no link is guessed."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from starlette.testclient import TestClient

from alpgraph.check import check_notebook
from alpgraph.config import Config, Location
from alpgraph.graph import build_graph
from alpgraph.notes import Notebook, notebook_of, read_notebook
from alpgraph.pages import collect
from alpgraph.pages.note import note_page
from alpgraph.web import Settings, create_app

Folder = Callable[[dict[str, str | bytes]], Path]
# findings about the collection as such, which tiny ones always have
COMMON = ("ALP001", "ALP013", "ALP201", "ALP202")


@dataclass
class Odd:
    """One oddity: files, what is found in them, where links lead, what pages show."""

    files: dict[str, str | bytes]
    finds: list[str] = field(default_factory=list)
    """`file:line:column CODE` of every finding but the common ones."""
    links: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """From the slug of a note and a target as written to the slug it means."""
    shows: dict[str, str] = field(default_factory=dict)
    """From a slug to a piece of its page."""


CAFE = unicodedata.normalize("NFD", "Café")
LIST = "\n".join(f"{'  ' * level}- level {level}" for level in range(12))
ODDITIES = {
    "a template's placeholder": Odd(
        {"a.md": "---\ntitle: {{date}}\ntags: [x]\n---\nWords and [[b]].\n", "b.md": "# B\n"},
        ["a.md:2:8 ALP002"],
        {("a", "b"): "b"},
        {"a": "line 2: a template"},
    ),
    "an unquoted name": Odd(
        {"a.md": "---\ntitle: A\nauthor: @name\n---\nWords.\n"},
        ["a.md:3:9 ALP002"],
        shows={"a": '<h1 dir="auto">A</h1>'},
    ),
    "a second colon": Odd(
        {"a.md": "---\ntitle: One: two\n---\nWords.\n"},
        ["a.md:2:8 ALP002"],
        shows={"a": '<h1 dir="auto">One: two</h1>'},
    ),
    "values of the wrong kind": Odd(
        {
            "a.md": "---\ntitle: 2024-01-31\ntags: null\naliases: {one: two}\n---\nx\n",
            "b.md": "---\ntitle: [a, b]\naliases:\n- {c: d}\n- e\ndraft: no\n---\nx\n",
        },
        ["a.md:4:10 ALP016", "b.md:2:8 ALP016", "b.md:4:3 ALP016"],
        {},
        {"a": '<h1 dir="auto">2024-01-31</h1>'},
    ),
    "the same name in many folders": Odd(
        {
            "ja/x.md": "",
            "en/x.md": "",
            "en/deep/x.md": "",
            "ja/deep/from.md": "[[x]]",
            "en/deep/from.md": "[[x]]",
            "de/from.md": "[[x]] [[en/x]]",
        },
        ["de/from.md:1:1 ALP104", *(f"{x}/x.md:1:1 ALP301" for x in ("en/deep", "en", "ja"))],
        {
            ("ja/deep/from", "x"): "ja/x",
            ("en/deep/from", "x"): "en/deep/x",
            ("de/from", "x"): None,
            ("de/from", "en/x"): "en/x",
        },
        {"de/from": "several notes: en/deep/x, en/x, ja/x"},
    ),
    "names equal but for case": Odd(
        {"Note.md": "one", "note.md": "two", "a.md": "[[Note]] [[note]] [[NOTE]]"},
        ["Note.md:1:1 ALP005", "a.md:1:19 ALP104", "note.md:1:1 ALP005"],
        {("a", "Note"): "Note", ("a", "note"): "note", ("a", "NOTE"): None},
        {"Note": "one", "note": "two"},
    ),
    "names that addresses choke on": Odd(
        {
            "what is it?.md": "q",
            "C#.md": "sharp",
            "100%25.md": "percent",
            "it's & so.md": "and",
            "...md": "dots",
            "a.md": "[[what is it?]] [[C#]] [[100%25]] [[it's & so]] [x](what%20is%20it%3F.md)",
        },
        [f"{name}.md:1:1 ALP003" for name in ("..", "100%25", "C#", "what is it?")],
        {
            ("a", "what is it?"): "what is it?",
            ("a", "C#"): "C#",
            ("a", "100%25"): "100%25",
            ("a", "it's & so"): "it's & so",
            ("a", "what is it?.md"): "what is it?",
        },
        {"C#": "sharp", "...md": "dots", "100%25": "percent", "what is it?": "<p>q</p>"},
    ),
    "an escaped bar in a table": Odd(
        {
            "a.md": "| x | y |\n|---|---|\n| [[b\\|words]] | 1 \\| [[c\\|d]] [[e]] |\n",
            "b.md": "x",
        },
        ["a.md:3:23 ALP104", "a.md:3:32 ALP104"],
        links={("a", "b"): "b"},
        shows={"a": '<a href="/n/b">words</a>'},
    ),
    "aliases as targets": Odd(
        {"a.md": "[[old name]] [[Older]]", "b.md": "---\naliases: [old name, Older]\n---\nx"},
        links={("a", "old name"): "b", ("a", "Older"): "b"},
        shows={"old name": "<p>x</p>"},
    ),
    "links from the root without a slash": Odd(
        {"x/a.md": "[one](y/b.md) [two](../y/b.md) [three](/y/b.md)", "y/b.md": "x"},
        links={("x/a", name): "y/b" for name in ("y/b.md", "../y/b.md", "/y/b.md")},
    ),
    "label first, as Dendron writes": Odd(
        {
            "vault.a.md": "[[Words|vault.b.c]] [[Other words|dendron://x/vault.b.c]] [[Top|top]]"
            "\n\n- supports: [[Reload|vault.b.c#part]]\n",
            "vault.b.c.md": "## Part",
            "top.md": "x",
        },
        links={
            ("vault.a", "Words"): "vault.b.c",
            ("vault.a", "Other words"): "vault.b.c",
            ("vault.a", "Top"): "top",
            ("vault.a", "Reload"): "vault.b.c",
        },
    ),
    "words that happen to be a name are no target": Odd(
        {
            "a.md": "[[nowhere|YouTube]] [[nowhere/else|b]] [[none|v2.0]] [[words|dendron://x/b]]",
            "YouTube.md": "x",
            "b.md": "---\naliases: [v2.0]\n---\nx",
        },
        ["a.md:1:1 ALP104", "a.md:1:21 ALP104", "a.md:1:40 ALP104"],
        {
            ("a", "nowhere"): None,
            ("a", "nowhere/else"): None,
            ("a", "none"): None,
            ("a", "words"): "b",
        },
    ),
    "namespaces by dots and by low bars": Odd(
        {
            "a___b.md": "x",
            "c.d.md": "x",
            "New%3F.md": "x",
            "e.md": "[[a/b]] [[c.d]] [[New?]] [words]([[a/b]])",
        },
        ["New%3F.md:1:1 ALP003"],
        {("e", "a/b"): "a___b", ("e", "c.d"): "c.d", ("e", "New?"): "New%3F"},
    ),
    "embedded HTML": Odd(
        {"a.md": "<div onclick=x><iframe src=//h>\n\n[[b]]\n\n</div>\n<!-- <https://x> -->"},
        ["a.md:1:1 ALP306", "a.md:1:16 ALP306", "a.md:3:1 ALP104"],
        shows={"a": "no note b"},
    ),
    "NUL bytes": Odd(
        {"a.md": b"one\0two [[b]]", "b.md": "x"}, ["a.md:1:4 ALP004"], {("a", "b"): "b"}
    ),
    "CRLF": Odd(
        {"a.md": b"---\r\ntitle: A\r\ntitel: B\r\n---\r\none\r\n\r\n[[b]]\r\n", "b.md": "x"},
        ["a.md:1:1 ALP004", "a.md:3:1 ALP012"],
        {("a", "b"): "b"},
        {"a": '<h1 dir="auto">A</h1>'},
    ),
    "a byte-order mark": Odd(
        {"a.md": b"\xef\xbb\xbf---\ntitle: A\n---\n[[b]]", "b.md": "x"},
        links={("a", "b"): "b"},
        shows={"a": '<h1 dir="auto">A</h1>'},
    ),
    "other encodings": Odd(
        {"a.md": b"Caf\xe9 [[b]]", "b.md": "été [[a]]".encode("utf-16")},
        ["a.md:1:4 ALP004", "b.md:1:1 ALP004"],
        {("a", "b"): "b", ("b", "a"): "a"},
        {"b": "été"},
    ),
    "names in decomposed Unicode": Odd(
        {f"{CAFE}.md": "x", "a.md": f"[[Café]] [x]({quote(CAFE)}.md)"},
        links={("a", "Café"): "Café", ("a", f"{CAFE}.md"): "Café"},
        shows={"Café": "<p>x</p>"},
    ),
    "empty files": Odd({"a.md": "", "b.md": "---\n---\n"}, ["a.md:1:1 ALP301", "b.md:3:1 ALP301"]),
    "a fence that never closes": Odd(
        {"a.md": "[[b]]\n\n```\n[[c]]\n\ntext", "b.md": "x"},
        links={("a", "b"): "b"},
        shows={"a": "<pre><code>[[c]]"},
    ),
    "half a megabyte of JSON": Odd(
        {"a.md": '{"key": "[[b]]", ' + '"more": [1, 2, 3], ' * 27_000 + '"end": 1}', "b.md": "x"},
        ["a.md:1:1 ALP017"],
        links={("a", "b"): "b"},
        shows={"a": "Only the first 256 kB are rendered"},
    ),
    "folders that begin with a dot": Odd(
        {"a.md": "[[b]]", ".obsidian/b.md": "x", ".hidden.md": "x", "x/.trash/b.md": "x"},
        ["a.md:1:1 ALP104"],
        {("a", "b"): None},
    ),
    "many READMEs": Odd(
        {
            "README.md": "[x](x/) [y](y) [[x]]",
            "x/README.md": "[up](../README.md) [y](../y/)",
            "y/README.md": "",
            "y/index.md": "",
        },
        ["y/README.md:1:1 ALP301", "y/index.md:1:1 ALP301"],
        {
            ("README", "x/"): "x/README",
            ("README", "x"): "x/README",
            ("README", "y"): "y/index",
            ("x/README", "../README.md"): "README",
            ("x/README", "../y/"): "y/index",
        },
        {"y/README": '<h1 dir="auto">y</h1>'},
    ),
    "embeds": Odd(
        {"a.md": "![[b]]\n\n![[b#Part]]\n\n![[a]]\n\n![[p.png|30]]", "b.md": "x\n\n## Part\n\ny"},
        ["a.md:7:1 ALP106"],
        shows={"a": 'class="embed"'},
        links={("a", "b"): "b"},
    ),
    "callouts": Odd(
        {"a.md": "> [!note]- Title\n> body [[b]]\n> > [!tip] inner\n> > x", "b.md": "x"},
        links={("a", "b"): "b"},
        shows={"a": '<details class="callout callout-note">'},
    ),
    "comments of Obsidian": Odd(
        {
            "a.md": "%% [[x]] %%\n\none %% [[y]] %% two, 50%% of [[b]] 5%%\n\n%%\n[[z]]\n%%",
            "b.md": "x",
        },
        links={("a", "b"): "b"},
        shows={"a": "<p>one  two, 50%% of"},
    ),
    "writing from right to left, and without spaces": Odd(
        {
            "حول.md": "---\ntitle: حول هذا\n---\nانظر [[ملاحظة#عنوان فرعي]].",
            "ملاحظة.md": "## عنوان فرعي\n",
            "概要.md": "概要は[[日本語/メモ|こちら]]。次へ。",
            "日本語/メモ.md": "# メモ",
        },
        links={("حول", "ملاحظة"): "ملاحظة", ("概要", "日本語/メモ"): "日本語/メモ"},
        shows={"حول": "#h-%D8%B9", "日本語/メモ": '<h1 dir="auto">メモ</h1>'},
    ),
    "lists twelve levels deep": Odd(
        {"a.md": f"{LIST}\n\nafter [[b]]\n", "b.md": "x"},
        links={("a", "b"): "b"},
        shows={"a": "level 11"},
    ),
    "deeper than anything is read": Odd(
        {"a.md": ">" * 500 + " x\n\nafter [[b]]\n", "b.md": "x"},
        ["a.md:1:1 ALP308"],
        {("a", "b"): "b"},
        {"a": "after"},
    ),
    "headings with an anchor of their own, and asked for in other marks": Odd(
        {
            "a.md": "# Watching {#watch}\n\n## _Lemma:_ on $x_1$, twice\n\n## Two-one\n\n"
            "## Twoo ne\n\n## Two (one)\n\n## Used for\n",
            "b.md": "[w](a.md#watch) [[a#_Lemma _ on $ x_1 $, twice]] [[a#Used_for]]\n"
            "[[a#two: one -]]\n\n!!! note\n\n    [[a#used-for-]] [[a#unused for]]\n",
        },
        ["b.md:2:1 ALP105", "b.md:6:21 ALP105"],
        {("b", "a"): "a"},
        {"a": '<h1 dir="auto">Watching</h1>', "b": 'href="/n/a#h-lemma-on-x_1-twice"'},
    ),
    "aliases among the properties of a Logseq page": Odd(
        {
            "pages/Iron___Work.md": "alias:: [[Smithing, old]], wrought\ntags:: [[a]]\n\n- x\n",
            "pages/a.md": "- [[Iron/Work]] [[smithing, old]] [[Wrought]] [[alias]]\n",
        },
        ["pages/a.md:1:47 ALP104"],
        {
            ("pages/a", "smithing, old"): "pages/Iron___Work",
            ("pages/a", "Wrought"): "pages/Iron___Work",
        },
    ),
    "notes that are called as files are": Odd(
        {
            "Node.js.md": "# Node.js\n",
            "v1.2/log.md": "# Log\n\n## One\n",
            "a.md": "[[Node.js]] [[v1.2/log]] [l](/v1.2/log.html#one) [m](v1.2/log.html)\n"
            "[g](gone.html) [[b.js]]\n",
        },
        ["a.md:2:1 ALP106", "a.md:2:16 ALP106"],
        {("a", "v1.2/log"): "v1.2/log"},
        {"a": '<a href="/n/v1.2/log#h-one">l</a> <a href="/n/v1.2/log">m</a>'},
    ),
    "addresses from a root above the folder": Odd(
        {
            "_guides/tides.md": "# Tides\n",
            "deep/spring.md": "# Spring\n",
            "start.md": "# Start\n",
            "a.md": "[t](/guides/tides/) [s](/notes/start) [S](/notes/start.md)\n"
            "[d](/notes/spring)\n",
        },
        ["a.md:2:1 ALP104"],
        {
            ("a", "/guides/tides/"): "_guides/tides",
            ("a", "/notes/start"): "start",
            ("a", "/notes/start.md"): "start",
            ("a", "/notes/spring"): None,
        },
    ),
    "days of a Logseq journal": Odd(
        {
            "journals/2026_03_22.md": "- # Filed\n- x\n",
            "journals/2026_13_40.md": "- x\n",
            "pages/a.md": "[[Mar 22nd, 2026]] [[2026-03-22 Sun]]\n"
            "[[2026-03-23 Mon]] [[2026-03-22 Mon]]\n",
        },
        ["pages/a.md:2:1 ALP104", "pages/a.md:2:20 ALP104"],
        {("pages/a", "Mar 22nd, 2026"): "journals/2026_03_22"},
        {"journals/2026_03_22": '<h1 dir="auto">2026_03_22</h1>'},
    ),
}


def found_in(notebook: Notebook) -> list[str]:
    found = check_notebook(notebook, build_graph(notebook), {})
    places = [(one.place.file, one.place.line, one.place.column, one.code) for one in found]
    return [f"{file}:{line}:{at} {code}" for file, line, at, code in places if code not in COMMON]


@pytest.mark.parametrize("odd", ODDITIES.values(), ids=ODDITIES)
def test_oddity_is_read_linked_checked_and_served(odd: Odd, folder: Folder, tmp_path: Path) -> None:
    root = folder(odd.files)
    notebook = read_notebook(root)
    kept = {path for path in odd.files if not re.search(r"(?:^|/)\.\w", path)}
    assert {note.path for note in notebook.notes.values()} == kept
    links = {
        (slug, link.to): link.target
        for slug, note in notebook.notes.items()
        for link in (*note.mentions, *note.relations)
    }
    assert {pair: links.get(pair, "no such link") for pair in odd.links} == odd.links
    assert found_in(notebook) == sorted(odd.finds)
    location = Location(root, tmp_path / "state", bundled=False)
    app = create_app(Settings(location, Config(), watch=False))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        for slug in [*notebook.notes, *odd.shows]:
            # the test client decodes addresses twice
            answer = client.get(f"/n/{quote(slug).replace('%25', '%2525')}")
            assert answer.status_code == 200, slug
            assert odd.shows.get(slug, "") in answer.text
        assert client.get("/").status_code == client.get("/network").status_code == 200


def test_an_address_may_begin_with_the_folder_itself_and_a_file_comes_before_a_note(
    folder: Folder,
) -> None:
    text = "![p](/notes/deep/p.png) ![q](/notes/p.png) [r](report.html)"
    files = {"a.md": text, "report.md": "# Report\n", "report.html": "", "deep/p.png": ""}
    notebook = read_notebook(folder(files))
    assert found_in(notebook) == ["a.md:1:25 ALP106"]
    page = note_page(collect(notebook, Config()), "a")
    assert '<img src="/files/deep/p.png"' in page
    assert '<a href="/files/report.html">r</a>' in page


def test_a_picture_that_is_a_symbolic_link_is_not_served_and_so_not_there(
    folder: Folder,
) -> None:
    root = folder({"a.md": "![x](p.svg) ![y](q.svg)", "p.svg": "<svg/>"})
    (root / "q.svg").symlink_to(root / "p.svg")
    assert found_in(read_notebook(root)) == ["a.md:1:13 ALP106"]


def test_only_what_is_nearly_a_key_is_taken_for_it(folder: Folder) -> None:
    keys = "title: A\ntags: [x]\nlinkTitle: B\nlocation: c\nSummary: d\naliasses: e\ntitel: f\n"
    notebook = read_notebook(folder({"a.md": f"---\n{keys}---\nx\n"}))
    hints = {one.message.split("`")[1]: one.hint for one in notebook.diagnostics}
    assert {key for key, hint in hints.items() if "did you mean" in hint} == {
        "Summary",
        "aliasses",
        "titel",
    }


def test_of_pictures_with_one_name_the_nearest_is_shown_and_none_of_equals(
    folder: Folder, tmp_path: Path
) -> None:
    files = {"ja/n/a.md": "![[p.png]] ![Q](q.png) ![R](r.png)", "b.md": "![[p.png]]"}
    pictures = ["ja/x/p.png", "de/p.png", "de/q.png", "ja/y/r.png", "ja/z/r.png"]
    root = folder({**files, **dict.fromkeys(pictures, b"")})
    notebook = read_notebook(root)
    assert found_in(notebook) == ["b.md:1:1 ALP106", "ja/n/a.md:1:24 ALP106"]
    location = Location(root, tmp_path / "state", bundled=False)
    app = create_app(Settings(location, Config(), watch=False))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        page = client.get("/n/ja/n/a").text
        shown = re.findall(r'<img src="([^"]+)"', page)
        assert shown == ["/files/ja/x/p.png", "/files/de/q.png"]
        assert client.get(shown[0]).status_code == 200


def test_a_wikilink_means_a_picture_as_it_is_called_and_an_address_is_read_as_one(
    folder: Folder, tmp_path: Path
) -> None:
    shows = "![A](a%20b.png?raw) ![[a b.png]] ![[a%20b.png]] ![[50%20.png]] ![[q?.png]]"
    root = folder(
        {"a.md": f"{shows} ![Q](q?.png)", **dict.fromkeys(["a b.png", "50%20.png", "q?.png"], b"")}
    )
    notebook = read_notebook(root)
    assert found_in(notebook) == ["a.md:1:76 ALP106"]
    page = note_page(collect(notebook, Config()), "a")
    names = [unquote(name) for name in re.findall(r'<img src="/files/([^"]+)"', page)]
    assert names == ["a b.png", "a b.png", "a b.png", "50%20.png", "q?.png"]


def test_a_hub_with_thousands_of_backlinks_is_one_page_of_bounded_size(tmp_path: Path) -> None:
    files = {f"n{number}.md": b"see [[hub]] here" for number in range(5800)}
    notebook = notebook_of(files | {"hub.md": b"# Hub"}, root=tmp_path)
    collection = collect(notebook, Config())
    assert collection.graph.in_degree("hub") == 5800
    page = note_page(collection, "hub")
    assert "5,800" in page or "5800" in page
    assert len(page) < 200_000


def test_tens_of_thousands_of_dangling_links_are_ghosts_that_are_counted(tmp_path: Path) -> None:
    files = {
        f"n{number}.md": "\n".join(f"[[ghost {number} {i}]]" for i in range(4000)).encode()
        for number in range(3)
    }
    notebook = notebook_of(files, root=tmp_path)
    graph = build_graph(notebook)
    assert sum(ghost for _, ghost in graph.nodes(data="ghost")) == 12_000
    found = [one for one in check_notebook(notebook, graph, {}) if one.code == "ALP104"]
    assert len(found) == 12_000
    assert found[4001].place.line == 2
