"""Pages over HTTP: what each says, for people and programs, and sensible pages where little is."""

import html
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

import pytest
from markdown_it import MarkdownIt

from alpgraph.config import Config, Location
from alpgraph.experiments import all_experiments, references
from alpgraph.web.hub import Hub
from alpgraph.web.settings import Settings

NOTE = "/n/utility-weighted-loss"
Folder = Callable[[dict[str, str | bytes]], Path]


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return _response(answer.status, answer)
    except urllib.error.HTTPError as fault:
        return _response(fault.code, fault)


def _response(status: int, answer: Any) -> tuple[int, dict[str, str], str]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return status, headers, answer.read().decode()


def text_of(page: str) -> str:
    """Return what a page shows, without its marks."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_note_has_its_parts_in_the_order_of_meaning(server: Any) -> None:
    page = server.get(NOTE)
    marks = ["<h1", 'class="plate"', 'class="body"', 'id="check"', 'id="related"',
             'class="rels against"', 'id="linked-from"', 'id="sources"', 'id="next"',
             'class="fan"']  # fmt: skip
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)


def test_a_relation_reads_from_both_ends(server: Any) -> None:
    there = text_of(server.get("/n/binary-reward-and-calibration"))
    why = "Right-or-wrong reward serves the choice of an answer"
    assert why in text_of(server.get(NOTE))
    assert "is a case of Can utility-weighted training loss" in there
    assert why in there


def test_a_topic_is_found_by_its_name_as_notes_write_it(server: Any) -> None:
    text = server.get("/topics/Costs%20and%20thresholds")
    assert "<h1>Costs and thresholds" in text
    assert text == server.get("/topics/costs-and-thresholds")


def test_a_note_is_markdown_for_who_asks_for_it(server: Any) -> None:
    _, _, twin = get(server.url + NOTE + ".md")
    _, headers, same = get(server.url + NOTE, Accept="text/markdown")
    assert twin == same
    assert headers["content-type"].startswith("text/markdown")
    assert "accept" in headers["vary"]
    assert twin.startswith("# Can utility-weighted training loss")
    assert "- has the case [Does binary reward training hurt model calibration?](" in twin
    assert "## Sources" in twin


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/markdown, text/html, */*", "text/markdown"),
        ("text/html;q=0.5, Text/Markdown", "text/markdown"),
        ("text/html, text/markdown;q=0.5", "text/html"),
        ("text/markdown;q=0", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_a_note_comes_in_the_form_that_is_rather_taken(server: Any, accept: str, kind: str) -> None:
    trail = "/trail?note=utility-weighted-loss"
    for address in (NOTE, trail, NOTE):  # made, and from the cache
        _, headers, _ = get(server.url + address, Accept=accept)
        assert headers["content-type"].startswith(kind)


def test_a_walk_is_narrowed_by_any_word_for_a_type(server: Any) -> None:
    walk = "/walk/utility-weighted-loss?type="
    assert server.get(walk + "instance-of") == server.get(walk + "has-instance")
    assert server.get("/api" + walk + "case") == server.get("/api" + walk + "has-instance")
    assert json.loads(server.get("/api" + walk + "case"))["edges"]
    status, _, body = get(server.url + "/api" + walk + "zz")
    assert status == 422
    assert "there is no relation type 'zz'; known: parallels" in json.loads(body)["detail"]


def test_a_path_to_itself_is_no_matter_of_parts(server: Any) -> None:
    one = "utility-weighted-loss"
    text = json.loads(server.get(f"/api/path?from={one}&to={one}"))
    assert text == {"paths": [], "detail": "No path: both ends are the same note."}


def test_where_only_forms_are_sent_a_reader_gets_a_page(server: Any) -> None:
    status, headers, body = get(server.url + "/runs", Accept="text/html")
    assert (status, headers["content-type"]) == (405, "text/html; charset=utf-8")
    assert headers["allow"] == "POST"
    assert 'href="/search"' in body


def test_sources_are_served_for_reference_managers(server: Any) -> None:
    _, headers, text = get(server.url + NOTE + ".bib")
    assert headers["content-type"].startswith("text/x-bibtex")
    assert "eprint = {2511.07699}" in text
    items = json.loads(get(server.url + NOTE + ".csl.json")[2])
    assert items[0]["author"][0]["family"] == "Autor"


def test_a_source_cannot_leave_its_entry(folder: Folder, start_server: Any, tmp_path: Path) -> None:
    source = {
        "doi": r"10.1/x}, note = {\input{/etc/passwd}",
        "title": "A } lone brace",
        "year": "1" * 5000,
        "authors": ["}} @misc(other, title = {x}"],
    }
    address = {"url": r"https://example.org/}\input{/etc/passwd}"}
    text = f"---\ntitle: A\nsources: {json.dumps([source, address])}\n---\nText.\n"
    state = ("--state", str(tmp_path / "state"))
    with start_server(str(folder({"a.md": text})), *state) as own:
        told = own.get("/n/a.bib")
        assert len(json.loads(own.get("/n/a.csl.json"))) == 2
    assert "\\input" not in told
    depths = [0]
    for brace in re.findall("[{}]", told):  # BibTeX counts those behind a backslash too
        depths.append(depths[-1] + (1 if brace == "{" else -1))
    assert depths.count(0) == 3
    assert depths[-1] == 0


def test_sources_that_are_alike_have_ids_of_their_own(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    sources = "[{arxiv: '1812.03372'}, {arxiv: '1812.03373'}, {doi: 10.1/x}]"
    text = f"---\ntitle: A\nsources: {sources}\n---\nText.\n"
    with start_server(str(folder({"a.md": text})), "--state", str(tmp_path / "s")) as own:
        ids = [item["id"] for item in json.loads(own.get("/n/a.csl.json"))]
        assert ids == re.findall(r"@\w+\{([^,]+),", own.get("/n/a.bib"))
    assert len(set(ids)) == 3


ODD = "Ends ] here (`code <b> \\"


def test_titles_end_no_link_of_a_text_for_programs(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    related = "relations: [{type: leads-to, to: c(d, why: it goes on from here to there}]"
    root = folder(
        {
            "a.md": f"---\ntitle: A `b\n{related}\n---\nText.\n",
            "c(d.md": f"---\ntitle: {json.dumps(ODD)}\ntopics: [one]\n---\nTo [[a]].\n",
        }
    )

    def links(text: str) -> list[tuple[str, str]]:
        inline = [one for one in MarkdownIt().parse(text) if one.type == "inline"]
        parts = [part for one in inline for part in one.children or ()]
        return [
            (after.content, str(part.attrs["href"]))
            for part, after in pairwise(parts)
            if part.type == "link_open"
        ]

    there, back = (ODD, "/n/c%28d.md"), ("A `b", "/n/a.md")
    with start_server(str(root), "--state", str(tmp_path / "s")) as own:
        assert links(own.get("/n/a.md")) == [there, there]  # a relation, and a mention
        assert links(own.get("/trail?format=md&note=a&note=c%28d")) == [back, there]
        assert links(own.get("/llms.txt"))[-2:] == [there, back]


def test_a_topic_of_signs_alone_has_a_page(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    root = folder(
        {
            f"{name}.md": f"---\ntitle: {name}\ntopics: ['{sign}']\n---\nText.\n"
            for name, sign in (("young", "\N{SEEDLING}"), ("old", "\N{EVERGREEN TREE}"))
        }
    )
    with start_server(str(root), "--state", str(tmp_path / "s")) as own:
        pages = re.findall(r'href="(/topics/[^"]*)"', own.get("/topics"))
        assert len(set(pages)) == 2
        titles = {re.findall(r'href="/n/(\w+)"', own.get(page))[0] for page in pages}
        assert titles == {"young", "old"}
        young = json.loads(own.get("/api/search?q=" + quote("topic:\N{SEEDLING}")))
        assert [item["slug"] for item in young["items"]] == ["young"]


def test_linked_data_can_be_read(server: Any) -> None:
    page = server.get(NOTE)
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert match is not None
    data = json.loads(match[1])
    assert data["headline"] == "Can utility-weighted training loss actually harm model performance?"
    assert data["citation"][0]["url"] == "https://arxiv.org/abs/2511.07699"


def test_feed_sitemap_and_list_for_agents_name_every_note(server: Any) -> None:
    slugs = {item["slug"] for item in json.loads(server.get("/api/notes?limit=1000"))["items"]}
    atom = Xml.fromstring(server.get("/feed.atom"))
    assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == min(50, len(slugs))
    site_map = server.get("/sitemap.xml")
    llms = server.get("/llms.txt")
    for slug in slugs:
        assert f"/n/{slug}<" in site_map
        assert f"(/n/{slug}.md)" in llms


def test_the_stored_result_of_a_page_is_computed_again_by_its_own_line(
    server: Any, alpgraph: Any
) -> None:
    stored = references("utility-weighted-loss")["claim"]
    line = f"alpgraph run utility-weighted-loss --seed {stored['seed']}"
    for page in map(server.get, ("/experiments/utility-weighted-loss", NOTE)):
        assert f"<code>{line}</code>" in page
        assert f"of {stored['replicates']} replicates on base seed {stored['seed']}" in page
        assert stored["code"] in page
        assert stored["versions"]["numpy"] in page
    again = json.loads(alpgraph(*line.split()[1:], "--json").stdout)
    assert again["verdict"] == stored["result"]["verdict"]
    # to the digit with the same NumPy
    assert again["primary"]["difference"] == pytest.approx(
        stored["result"]["primary"]["difference"], rel=1e-3
    )


def test_every_experiment_says_on_which_side_its_verdict_lies(server: Any) -> None:
    sides = {"higher": ("above", "below"), "lower": ("below", "above")}
    for name, experiment in all_experiments().items():
        expected, opposite = sides[experiment.direction]
        page = server.get(f"/experiments/{name}")
        assert f"supported</i> when the interval lies {expected} zero" in page
        assert f"contradicted</i> when the interval lies {opposite} zero" in page
        assert "minibatches are drawn" not in page


def test_a_wrong_address_leads_to_near_titles(server: Any) -> None:
    status, _, page = get(server.url + "/n/utility-weigthed-los")
    assert status == 404
    assert "Can utility-weighted training loss actually harm model performance?" in page
    assert "utility-weigthed-los" not in page  # what was asked is not repeated


def test_who_reads_markdown_gets_it_at_a_wrong_address_too(server: Any) -> None:
    status, headers, text = get(server.url + "/n/utility-weigthed-los.md")
    assert status == 404
    assert headers["content-type"].startswith("text/markdown")
    assert text.startswith("# There is no such page\n")
    assert "](/n/utility-weighted-loss.md)" in text
    same = get(server.url + "/n/utility-weigthed-los", Accept="text/markdown")[2]
    assert same == text
    assert "accept" in headers["vary"]


@pytest.mark.parametrize(
    ("tail", "accept", "kind"),
    [
        ("", "text/html", "text/html"),
        ("", "application/json", "application/problem+json"),
        (".bib", "*/*", "application/problem+json"),
        (".csl.json", "*/*", "application/problem+json"),
    ],
)
def test_a_wrong_address_is_told_in_the_form_that_was_asked_for(
    server: Any, tail: str, accept: str, kind: str
) -> None:
    address = f"{server.url}/n/utility-weigthed-los{tail}"
    status, headers, _ = get(address, Accept=accept)
    assert status == 404
    assert headers["content-type"].startswith(kind)
    assert "accept" in headers["vary"]


def test_a_wrong_address_leads_to_titles_as_they_are_now(
    folder: Folder, tmp_path: Path, complete: Callable[[Any], Any]
) -> None:
    root = folder({"a.md": "# Symmetric losses", "b.md": "# Calibration"})

    async def rename() -> None:
        hub = Hub(
            Settings(Location(root, tmp_path / "state", bundled=False), Config(), watch=False)
        )
        await hub.start()
        assert hub.derived.names().search("calibratoin") == ("b",)
        (root / "a.md").write_text("# Calibrated prose", encoding="utf-8")
        await hub.refresh([root / "a.md"])
        assert hub.derived.names().search("calibrated proes") == ("a",)
        assert all(hub.derived.names().search(f"nothing {n}") == () for n in range(600))
        assert hub.derived.names().search("calibratoin") == ("b",)
        await hub.stop()

    complete(rename())


def test_a_search_without_hits_leads_on(server: Any) -> None:
    page = text_of(server.get("/search?q=qwrtzuio"))
    assert "Nothing found" in page
    assert "Topics" in page


def test_a_search_says_which_word_no_note_has(server: Any) -> None:
    assert "No note has “calibraton”; these come nearest." in text_of(
        server.get("/search?q=calibraton")
    )
    assert "No note has" not in text_of(server.get("/search?q=calibration"))


def test_a_search_says_which_values_a_filter_takes(server: Any) -> None:
    page = text_of(server.get("/search?q=has:foo"))
    assert "“has:” knows experiment, claim, source, relation and finding; not “foo”." in page
    assert "Nothing found" not in page


def test_a_search_box_takes_as_many_characters_as_a_search(server: Any) -> None:
    box = re.search(r'<input id="q"[^>]* maxlength="(\d+)"', server.get("/search"))
    assert box
    length = int(box[1])
    assert get(f"{server.url}/search?q={'x' * length}")[0] == 200
    assert get(f"{server.url}/search?q={'x' * (length + 1)}")[0] == 422


def test_unknown_parameters_are_named_to_programs(server: Any) -> None:
    status, headers, body = get(server.url + "/api/walk/utility-weighted-loss?dept=2")
    assert status == 422
    assert headers["content-type"] == "application/problem+json"
    known = "depth, type, basis, trail, at"
    message = f"unknown parameter; known: {known}"
    assert json.loads(body)["errors"] == [{"field": "dept", "message": message}]
    assert get(server.url + "/api/search?q=a&utm_source=x")[0] == 422


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("/api/notes/utility-weigthed-los", "ask for one of utility-weighted-loss"),
        ("/api/walk/utility-weigthed-los", "ask for one of utility-weighted-loss"),
        ("/api/path?from=utility-weigthed-los&to=x", "ask for one of utility-weighted-loss"),
        ("/api/notes/zzzz", "/api/search finds notes by words"),
        ("/api/note", "/openapi.json lists what there is"),
    ],
)
def test_a_program_is_told_what_to_ask_instead(server: Any, path: str, advice: str) -> None:
    status, _, body = get(server.url + path)
    assert status == 404
    assert advice in json.loads(body)["detail"]


@pytest.mark.parametrize(
    "path",
    ["/", NOTE, "/walk/utility-weighted-loss", "/links/utility-weighted-loss", "/network",
     "/search", "/path", "/trail", "/topics", "/experiments", "/timeline", "/standing", "/new",
     "/experiments/utility-weighted-loss"],
)  # fmt: skip
def test_pages_pass_over_what_others_append_to_links(server: Any, path: str) -> None:
    status, headers, body = get(f"{server.url}{path}?fbclid=x&utm_source=y")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body.split("</h1>")[0] == server.get(path).split("</h1>")[0]


UNUSABLE = {
    "/walk/utility-weighted-loss?depth=": "“depth” is empty, but must be a whole number from 1",
    "/walk/utility-weighted-loss?depth=7": "is “7”, but must be a whole number from 1 to 2.",
    "/walk/utility-weighted-loss?basis=x": "“basis” is “x”, but must be one of “paper”,",
    "/network?area=abc": "“area” is “abc”, but must be a whole number from 0 to 255.",
    "/network?at=now": "“at” is “now”, but must be a date such as 2026-01-31.",
    "/network?at=2026-13-01": "“2026-13-01” is no day",
    "/timeline?before=--all": "“before” is “--all”, but must be the hash of a commit.",
    "/search?q=" + "ab+" * 134: "…”, but must be at most 400 letters long.",
    "/trail?" + "note=a&" * 51: "“note” must be at most 300 letters long; at most 50 of them.",
    "/network?" + "path=a&" * 51: "“path” must be at most 300 letters long; at most 50 of them.",
    "/network?area=%3Cscript%3Ealert(1)": "“area” is “<script>alert(1)”",
}


@pytest.mark.parametrize("address", UNUSABLE)
def test_a_page_says_which_value_is_unusable_and_what_is_allowed(server: Any, address: str) -> None:
    status, headers, body = get(server.url + address)
    assert (status, headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert UNUSABLE[address] in text_of(body)
    assert "<script>alert" not in body
    assert 'href="/network"' in body
    if "at=2026" not in address:
        bare = address.partition("?")[0]
        assert f'<a href="{bare}">This page without' in body
        assert get(server.url + bare)[0] == 200
    page = get(server.url + address, Accept="application/json")
    if "at=2026" not in address:
        assert page[1]["content-type"] == "application/problem+json"


def test_a_former_name_leads_to_the_note(folder: Folder, start_server: Any, tmp_path: Path) -> None:
    root = folder({"new.md": "---\ntitle: New\naliases: [old-name]\n---\nText.\n"})
    with start_server(str(root), "--state", str(tmp_path / "s")) as own:
        assert "<h1" in own.get("/n/old-name")


def test_settings_may_name_a_note_by_a_former_slug(
    folder: Folder, start_server: Any, tmp_path: Path
) -> None:
    root = folder({"new.md": "---\ntitle: New\naliases: [old]\n---\nT.\n", "a.md": "# First\n"})
    settings = 'start = "old"\ntours = [["a", "old"]]\n'
    (root.parent / "alpgraph.toml").write_text(settings)
    with start_server(str(root), "--state", str(tmp_path / "s")) as own:
        home = own.get("/")
    assert '<a class="btn" href="/n/new">' in home
    assert '<a href="/trail?note=a&amp;note=new">' in home


@pytest.mark.parametrize("files", [{}, {"one.md": "# Only one\n\nText.\n"}], ids=["none", "one"])
def test_every_page_is_sensible_with_hardly_any_note(
    folder: Folder, start_server: Any, tmp_path: Path, files: dict[str, str | bytes]
) -> None:
    with start_server(str(folder(files)), "--state", str(tmp_path / "s")) as own:
        for path in ("/", "/network", "/topics", "/experiments", "/search?q=x", "/help", "/api",
                     "/feed.atom", "/sitemap.xml", "/llms.txt", "/timeline", "/standing", "/path",
                     "/new", "/api/notes", "/api/graph.json"):  # fmt: skip
            status, _, body = get(own.url + path)
            assert status == 200, path
            assert body
        for slug in ("one",) if files else ():
            assert "Only one" in own.get(f"/n/{slug}")
            assert "One step from here" not in own.get(f"/n/{slug}")  # there is none
            walk = own.get(f"/walk/{slug}")
            assert "Nothing is linked here" in walk
            assert walk.count(">Open the note</a>") == 1
            assert "<fieldset>\n    <legend>" not in walk  # nothing to filter
            assert "1 note, walked by links" in own.get("/")
            assert ">1 note</span>" in own.get("/standing")
        assert ("No notes yet" in own.get("/")) is not bool(files)
        assert ('href="/new">Write the first note</a>' in own.get("/")) is not bool(files)
        assert ('href="/new">write the first note</a>' in own.get("/network")) is not bool(files)


HOSTILE = {
    "title": "<script>alert(1)</script> & \"quotes\" 'apostrophe' ]]> {{ 7*7 }} \ufffe",
    "summary": "<img src=x onerror=alert(2)> </script><script>alert(3)</script>",
    "claim": "javascript:alert(4) <svg onload=alert(5)>",
}


def test_texts_of_notes_are_text_everywhere(
    folder: Folder, start_server: Any, page: Any, tmp_path: Path
) -> None:
    front = "".join(f"{key}: {json.dumps(value)}\n" for key, value in HOSTILE.items())
    why = json.dumps(HOSTILE["summary"] + " and a reason that is long enough")
    root = folder(
        {
            "bad.md": f"---\n{front}topics: ['<b>topic</b>']\nsources:\n  - url: "
            f"'javascript:alert(6)'\n    title: {json.dumps(HOSTILE['title'])}\nrelations:\n"
            f"  - {{type: parallels, to: good, why: {why}}}\n---\n[x](javascript:alert(7)) "
            "<iframe src=x></iframe> <a href='JaVaScRiPt:alert(8)' onclick=alert(9)>y</a>\n",
            "good.md": "---\ntitle: Good\n---\nSee [[bad]].\n",
        }
    )
    opened: list[str] = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    with start_server(str(root), "--state", str(tmp_path / "s")) as own:
        for path in ("/", "/n/bad", "/n/good", "/walk/good", "/links/good", "/network", "/topics",
                     "/topics/b-topic-b", "/relations/parallels", "/search?q=quotes", "/standing",
                     "/path?from=good&to=bad", "/trail?note=good&note=bad"):  # fmt: skip
            page.goto(own.url + path)
            page.wait_for_timeout(100)
            links = page.locator("a[href^='javascript' i], [onclick], [onerror], [onload]")
            assert links.count() == 0, path
            assert page.locator("iframe, main script:not([type])").count() == 0, path
        Xml.fromstring(own.get("/feed.atom"))
        Xml.fromstring(own.get("/sitemap.xml"))
        Xml.fromstring(own.get("/api/graph.graphml"))
    assert opened == []
