"""What a change means, as a page for the person at this machine."""

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from alpgraph.config import Config, Location
from alpgraph.notes.parsing import digest
from alpgraph.web import Settings, create_app

HOSTILE = '<img src=x onerror=alert(1)> "]| ]] {{7*7}}'
WHY = "it goes one step further than that"


def note(title: str, *relations: tuple[str, str, str], text: str = "Text.") -> str:
    rows = "".join(f"  - {{type: {t}, to: {to}, why: '{why}'}}\n" for t, to, why in relations)
    told = f"relations:\n{rows}" if rows else ""
    return f"---\ntitle: '{title}'\n{told}---\n{text}\n"


@pytest.fixture
def client(repository: Any) -> Any:
    """Begin a client of a server for the repository's notes; flags are configuration values."""

    def begin(host: str = "127.0.0.1:8000", **flags: Any) -> TestClient:
        place = Location(repository.notes, repository.root / ".alpgraph", bundled=False)
        edit = flags.pop("edit", False)
        settings = Settings(location=place, config=Config(**flags), edit=edit, watch=False)
        return TestClient(create_app(settings), base_url=f"http://{host}")

    return begin


def test_a_change_is_shown_before_and_after(repository: Any, client: Callable[..., Any]) -> None:
    first = {
        "a.md": note("First", ("leads-to", "b", WHY)),
        "b.md": note("Second"),
        "c.md": note("C"),
    }
    repository.commit(first)
    changed = {"a.md": note("First", ("contradicts", "b", WHY), text="Other text."), "c.md": None}
    repository.commit(
        changed | {"d.md": note(HOSTILE, ("extends", "a", WHY), ("related", "gone", WHY))}
    )
    with client() as browser:
        page = browser.get("/diff?base=HEAD~1&head=HEAD")
    assert page.status_code == 200
    text = page.text
    assert "1 added, 1 removed" in text
    assert "new contradiction" in text
    assert "points at nothing" in text
    assert "no note answers to <code>gone</code>" in text
    picture = text.split('<svg class="changed"')[1].split("</svg>")[0]
    assert len(re.findall(r'<g class="d-new">', picture)) == 3
    assert len(re.findall(r'<g class="d-gone">', picture)) == 1
    assert "− leads to" in picture
    assert 'href="/n/a"' in picture
    assert "<ins>" in text
    assert "Other text." in text
    assert "<img src=x" not in text
    assert "{{7*7}}" in text


def test_remarks_of_one_kind_stand_under_its_name(
    repository: Any, client: Callable[..., Any]
) -> None:
    repository.commit({"a.md": note("First"), "b.md": note("Second"), "c.md": note("Third")})
    contradicted = note("First", ("contradicts", "b", WHY), ("contradicts", "c", WHY))
    repository.commit({"a.md": contradicted})
    with client() as browser:
        text = browser.get("/diff?base=HEAD~1&head=HEAD").text
    assert text.count("<b>new contradiction</b>") == 1
    assert text.count("new contradiction") == 2  # each row says it to who does not see the column


def test_what_a_run_no_longer_tests_is_shown(repository: Any, client: Callable[..., Any]) -> None:
    attached = "---\ntitle: A\nexperiment: {name: soft-targets%s}\n---\nText.\n"
    repository.commit({"a.md": attached % ""})
    repository.commit({"a.md": attached % ", scope: half of it"})
    with client() as browser:
        text = browser.get("/diff?base=HEAD~1&head=HEAD").text
    said = "soft-targets, not for the claim but for half of it"
    assert f"<del>soft-targets</del><ins>{said}</ins>" in text


def test_without_a_head_the_notes_on_disk_are_compared(
    repository: Any, client: Callable[..., Any]
) -> None:
    repository.commit({"a.md": note("First")})
    repository.write({"b.md": note("Second", ("extends", "a", WHY))})
    with client() as browser:
        assert "1 added" in browser.get("/diff?base=HEAD").text
        assert "Compare two states" in browser.get("/diff").text


@pytest.mark.parametrize("base", ["absent", "--output=x", "-h", "HEAD:notes", "a\nb"])
def test_what_is_no_revision_is_said_on_the_page(
    repository: Any, client: Callable[..., Any], base: str
) -> None:
    repository.commit({"a.md": note("First")})
    with client() as browser:
        page = browser.get("/diff", params={"base": base})
    assert page.status_code == 422
    assert re.search(r'role="alert">[^a-z][^<]*revision', page.text)


def test_a_large_change_is_cut_and_counted(repository: Any, client: Callable[..., Any]) -> None:
    repository.commit({"a.md": note("First")})
    many = {f"n{i}.md": note(f"N {i}", ("extends", "a", f"{WHY} {i}")) for i in range(310)}
    repository.commit(many)
    with client() as browser:
        text = browser.get("/diff?base=HEAD~1&head=HEAD").text
    assert "and 10 more relations" in text
    assert "and 250 more notes" in text
    assert "and 270 more that are not drawn" in text
    assert text.count('<g class="d-new">') == 40


def test_others_than_the_person_at_the_machine_do_not_get_it(
    repository: Any, client: Callable[..., Any]
) -> None:
    repository.commit({"a.md": note("First")})
    with client(host="notes.example.org", allow_hosts=("notes.example.org",)) as proxied:
        assert proxied.get("/").status_code == 200
        assert proxied.get("/diff?base=HEAD").status_code == 404
    with client() as browser:
        foreign = {"sec-fetch-site": "cross-site"}
        assert browser.get("/diff?base=HEAD", headers=foreign).status_code == 404
        assert browser.get(f"/diff?base={'a' * 201}").status_code == 422


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded"])
def test_a_visitor_whose_words_a_proxy_passes_on_is_not_at_home(
    repository: Any, client: Callable[..., Any], header: str
) -> None:
    repository.commit({"a.md": note("First")})
    passed_on = {header: "for=192.0.2.1"}
    with client(allow_hosts=("notes.example.org",)) as browser:  # the Host is the visitor's choice
        assert browser.get("/diff?base=HEAD").status_code == 200
        assert browser.get("/diff?base=HEAD", headers=passed_on).status_code == 404
    with client(edit=True) as browser:
        assert "writes no files" in browser.post("/new", data=WRITE, headers=passed_on).text


def test_a_server_for_everybody_does_not_show_revisions(
    repository: Any,
) -> None:
    repository.commit({"a.md": note("First")})
    place = Location(repository.notes, repository.root / ".alpgraph", bundled=False)
    settings = Settings(location=place, config=Config(host="0.0.0.0"), watch=False)
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000") as browser:
        assert browser.get("/diff?base=HEAD").status_code == 404


def test_without_git_the_page_says_so(
    repository: Any, client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write({"a.md": note("First")})
    monkeypatch.setenv("PATH", "/nonexistent")
    with client() as browser:
        page = browser.get("/diff?base=HEAD")
    assert page.status_code == 422
    assert "Git is not installed" in page.text


# ---- the form ----

GOOD = {
    "title": "Do costs belong in a loss?",
    "claim": "They do not.",
    "summary": "About costs.",
    "topics": "costs, losses",
    "source-0-id": "arxiv:2511.07699",
    "source-0-title": "Misaligned by design",
    "source-0-authors": "A. One, B. Two",
    "source-0-year": "2025",
    "relation-0-type": "explains",
    "relation-0-to": "First",
    "relation-0-why": WHY,
    "relation-0-basis": "reading",
    "relation-1-type": "",
    "relation-1-to": "",
    "relation-1-why": "",
    "body": "A first line.\r\n\r\nA second one.\r\n",
}
FIRST = {"a.md": note("First")}


def file_of(browser: TestClient, values: dict[str, str], path: str = "/new") -> str:
    answer = browser.post(path, data=values | {"action": "file"})
    assert answer.headers["content-type"].startswith("text/markdown")
    return answer.text


def shown(page: str, field: str) -> str:
    """Return what stands below a field, as text."""
    part = page.split(f'data-part="e-{field}">')[1].split("</div>")[0]
    return re.sub(r"<[^>]*>", "", part)


def test_a_form_becomes_a_file_that_checks_clean(
    repository: Any, client: Callable[..., Any]
) -> None:
    repository.write(FIRST)
    with client() as browser:
        assert file_of(browser, GOOD) == (
            "---\n"
            "title: Do costs belong in a loss?\n"
            "summary: About costs.\n"
            "claim: They do not.\n"
            "topics: [costs, losses]\n"
            "sources:\n"
            '  - arxiv: "2511.07699"\n'
            "    title: Misaligned by design\n"
            "    authors: [A. One, B. Two]\n"
            "    year: 2025\n"
            "relations:\n"
            "  - type: explains\n"
            "    to: a\n"
            f"    why: {WHY}\n"
            "    basis: reading\n"
            "---\n\nA first line.\n\nA second one.\n"
        )
        page = browser.post("/new", data=GOOD)
    assert page.status_code == 200
    assert "No errors" in page.text
    assert list(repository.notes.iterdir()) == [repository.notes / "a.md"]


def test_findings_stand_at_their_fields_in_the_words_of_check(
    repository: Any, client: Callable[..., Any]
) -> None:
    repository.write(FIRST)
    bad = GOOD | {
        "title": "",
        "claim": "",
        "source-0-id": "arxiv:77",
        "relation-0-to": "Frst",
        "relation-2-type": "parallels",
        "relation-2-to": "First",
        "relation-2-why": "short",
        "body": "One line.\n\nSee [[nowhere at all]] there.",
    }
    with client() as browser:
        page = browser.post("/new", data=bad).text
        text = file_of(browser, bad)
        findings = browser.post("/api/check", json={"path": "untitled.md", "text": text}).json()
    assert "title" in shown(page, "title")
    assert "77" in shown(page, "source-0-id")
    assert "No note answers to Frst" in shown(page, "relation-0-to")
    assert "Take “First”" in shown(page, "relation-0-to")
    assert "5 characters" in shown(page, "relation-2-why")
    assert "nowhere at all" in shown(page, "body")
    assert "See [[nowhere at all]] there.\n    ^^^^^^^^^^^^^^^^^^" in shown(page, "body")
    start, end = re.search(r'data-start="(\d+)" data-end="(\d+)"', page).groups()
    assert bad["body"][int(start) : int(end)] == "[[nowhere at all]]"
    assert shown(page, "claim").endswith(": The note has no claim. ALP013")  # not: add `claim:`
    codes = sorted(one["code"] for one in findings if one["severity"] != "info")
    assert sorted(re.findall(r'class="code">(ALP\d+)<', page)) == codes


@pytest.mark.parametrize(
    ("line", "excerpt"),
    [
        ("a\tb [[nowhere]].", "a    b [[nowhere]].\n       ^^^^^^^^^^^"),
        ("説明 [[nowhere]]", "説明 [[nowhere]]\n     ^^^^^^^^^^^"),
        (
            "word " * 80 + "[[nowhere]] " + "more " * 80,
            "…" + "word " * 4 + "[[nowhere]] " + "more " * 5 + "mor…\n" + " " * 21 + "^" * 11,
        ),
        ("a\u202e [[nowhere]]", "a&lt;U+202E&gt; [[nowhere]]\n          ^^^^^^^^^^^"),
    ],
)
def test_marks_stand_under_what_is_meant_as_at_a_terminal(
    repository: Any, client: Callable[..., Any], line: str, excerpt: str
) -> None:
    repository.write(FIRST)
    with client() as browser:
        page = browser.post("/new", data=GOOD | {"body": f"One.\n\n{line}"}).text
    assert excerpt in shown(page, "body")


def test_hostile_text_stays_text(repository: Any, client: Callable[..., Any]) -> None:
    repository.write(FIRST)
    bad = dict.fromkeys(GOOD, HOSTILE + "</textarea><script>x</script>") | {
        "relation-0-type": "<b>"
    }
    with client() as browser:
        page = browser.post("/new", data=bad).text
        text = file_of(browser, bad)
    assert "<script>x" not in page
    assert "<img src=x" not in page
    assert "{{7*7}}" in page
    assert "49" not in re.sub(r"[0-9a-f]{10}", "", page.split("<main")[1])
    assert text.startswith("---\ntitle: ")


def test_a_new_note_may_begin_with_a_link(repository: Any, client: Callable[..., Any]) -> None:
    repository.write(FIRST)
    with client() as browser:
        page = browser.get("/new?from=a").text
        assert 'name="relation-0-to" value="First"' in page
        assert browser.get("/new?from=absent").status_code == 200
        assert browser.get(f"/new?from={'a' * 301}").status_code == 422


def test_rows_are_added_without_scripts(repository: Any, client: Callable[..., Any]) -> None:
    repository.write(FIRST)
    with client() as browser:
        page = browser.post("/new", data=GOOD | {"action": "add-relation"}).text
    assert 'name="relation-2-to" value=""' in page
    assert f"{WHY}</textarea>" in page


def test_the_note_is_shown_as_it_would_stand(repository: Any, client: Callable[..., Any]) -> None:
    repository.write(FIRST)
    with client() as browser:
        page = browser.post("/new", data=GOOD | {"body": "See **[[a]]** and $x^2$."}).text
    preview = page.split('data-part="preview"')[1].split("</aside>")[0]
    assert '<p class="pt">Do costs belong in a loss?</p>' in preview
    assert '<svg class="fan"' in preview
    assert "explains" in preview
    assert "<strong>" in preview
    assert "<math" in preview


def test_near_notes_are_named(repository: Any, client: Callable[..., Any]) -> None:
    repository.write({"a.md": note("Do costs belong in a loss function?")})
    with client() as browser:
        page = browser.post("/new", data=GOOD).text
    assert "Do costs belong in a loss function?" in page.split("Is it here already?")[1]


@pytest.mark.parametrize(
    ("repository_url", "starts"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/new/main?filename=notes%2F"),
        ("https://codeberg.org/a/b", "https://codeberg.org/a/b/_new/main?filename=notes%2F"),
        ("https://gitlab.com/a/b", "https://gitlab.com/a/b/-/new/main?file_name=notes%2F"),
    ],
)
def test_a_clean_form_leads_to_the_forge_with_its_text(
    repository: Any, client: Callable[..., Any], repository_url: str, starts: str
) -> None:
    repository.write(FIRST)
    with client(repository=repository_url) as browser:
        page = browser.post("/new", data=GOOD).text
        address = html.unescape(
            re.search(r'href="([^"]+)" target="_blank" rel="noopener">Open', page)[1]
        )
        assert address.startswith(starts)
        query = dict(parse_qsl(urlsplit(address).query))
        assert query.get("value", query.get("content")) == file_of(browser, GOOD)
        long = browser.post("/new", data=GOOD | {"body": "word " * 3000}).text
        assert "Copy the text and open" in long
        assert "too long for an address" in long
        bad = browser.post("/new", data=GOOD | {"relation-0-to": "nowhere"}).text
        assert "1 error left" in bad
        assert 'target="_blank" rel="noopener">Open' not in bad


EDITED = """---
# kept above
title: First  # mine
aliases: [one]
experiment: {name: utility-weighted-loss}   # kept
relations:
  - {type: extends, to: b, why: it goes one step further than that}
odd: [1, 2]
---
Text.
"""


def fields(page: str) -> dict[str, str]:
    """Return the fields of a page's form, as a browser would send them."""
    inside = page.split('<form class="form"')[1].split("</form>")[0]
    found = {}
    for name, value in re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', inside):
        found[name] = html.unescape(value)
    for name, value in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', inside, re.S
    ):
        found[name] = html.unescape(value)
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', inside, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_an_edit_changes_what_was_changed_and_nothing_else(
    repository: Any, client: Callable[..., Any]
) -> None:
    repository.write({"a.md": EDITED, "b.md": note("Second")})
    with client() as browser:
        values = fields(browser.get("/edit/a").text)
        assert values["relation-0-to"] == "Second"
        assert file_of(browser, values, "/edit/a") == EDITED
        claimed = file_of(browser, values | {"claim": "It holds: always."}, "/edit/a")
        assert claimed == EDITED.replace(
            "title: First  # mine\n", 'title: First  # mine\nclaim: "It holds: always."\n'
        )
        reworded = file_of(browser, values | {"body": "Other.", "title": "New"}, "/edit/a")
    assert reworded == EDITED.replace("First  # mine", "New  # mine").replace(
        "---\nText.", "---\n\nOther."
    )


def test_front_matter_that_is_not_plain_is_edited_whole(
    repository: Any, client: Callable[..., Any]
) -> None:
    broken = "---\ntitle: a: b\n---\nText.\n"
    repository.write({"a.md": broken})
    with client() as browser:
        values = fields(browser.get("/edit/a").text)
        assert values["text"] == broken
        page = browser.post("/edit/a", data=values).text
        assert "ALP002" in page
        assert "Line 2" in page
        mended = values | {"text": broken.replace("a: b", "'a: b'")}
        assert file_of(browser, mended, "/edit/a") == mended["text"]
        assert browser.get("/edit/absent").status_code == 404


# ---- writing ----

TOKEN = "t0ken"


@pytest.fixture
def writer(repository: Any) -> Callable[..., TestClient]:
    """Begin a client of a server that was started with --edit."""

    def begin(host: str = "127.0.0.1:8000", **flags: Any) -> TestClient:
        place = Location(repository.notes, repository.root / ".alpgraph", bundled=False)
        config = Config(**flags)
        settings = Settings(location=place, config=config, edit=True, token=TOKEN, watch=False)
        return TestClient(create_app(settings), base_url=f"http://{host}")

    return begin


WRITE = GOOD | {"action": "write", "token": TOKEN}


def test_the_form_writes_the_file_and_offers_the_commit(
    repository: Any, writer: Callable[..., TestClient]
) -> None:
    repository.commit(FIRST)
    with writer() as browser:
        page = browser.post("/new", data=WRITE)
        assert page.status_code == 200
        assert "is written" in page.text
        path = repository.notes / "do-costs-belong-in-a-loss.md"
        assert path.read_text() == file_of(browser, GOOD).replace("-2.md", ".md")
        assert (
            "explains" in browser.get("/n/a").text or "is explained by" in browser.get("/n/a").text
        )
        values = fields(page.text)
        assert 'action="/edit/do-costs-belong-in-a-loss"' in page.text
        done = browser.post("/edit/do-costs-belong-in-a-loss", data=values | {"action": "propose"})
    assert "note/do-costs-belong-in-a-loss" in done.text
    assert repository.git(
        "show", "--format=%s", "--name-only", "note/do-costs-belong-in-a-loss"
    ) == ("Add note: Do costs belong in a loss?\n\nnotes/do-costs-belong-in-a-loss.md")
    assert repository.git("branch", "--show-current") == "main"


def test_a_note_with_errors_is_not_proposed(
    repository: Any, writer: Callable[..., TestClient]
) -> None:
    repository.commit(FIRST)
    repository.write({"wrong.md": note("Wrong", ("extends", "nowhere", WHY))})
    with writer() as browser:
        sent = fields(browser.get(f"/edit/wrong?token={TOKEN}").text)
        done = browser.post("/edit/wrong", data=sent | {"action": "propose", "token": TOKEN})
    assert done.status_code == 409
    assert "errors left; nothing was proposed" in done.text
    assert repository.git("branch", "--format=%(refname:short)") == "main"


@pytest.mark.parametrize(
    ("change", "reason", "status"),
    [
        ({"token": ""}, "token is missing or wrong", 403),
        ({"token": "t0keN"}, "token is missing or wrong", 403),
        ({"relation-0-to": "nowhere"}, "errors left; nothing was written", 409),
    ],
)
def test_what_may_not_be_written_is_not(
    repository: Any,
    writer: Callable[..., TestClient],
    change: dict[str, str],
    reason: str,
    status: int,
) -> None:
    repository.write(FIRST)
    with writer() as browser:
        page = browser.post("/new", data=WRITE | change)
    assert page.status_code == status
    assert reason in page.text
    assert "They do not." in page.text
    assert list(repository.notes.iterdir()) == [repository.notes / "a.md"]


def test_without_edit_nothing_is_ever_written(repository: Any, client: Callable[..., Any]) -> None:
    repository.write(FIRST)
    with client() as browser:
        for token in ("", TOKEN):
            page = browser.post("/new", data=WRITE | {"token": token})
            assert "starts with" in page.text or "alpgraph serve --edit" in page.text
            assert page.status_code == 409
    assert list(repository.notes.iterdir()) == [repository.notes / "a.md"]


def test_only_this_machine_and_this_page_may_write(
    repository: Any, writer: Callable[..., TestClient]
) -> None:
    repository.write(FIRST)
    with writer(host="notes.example.org", allow_hosts=("notes.example.org",)) as proxied:
        assert "writes no files" in proxied.post("/new", data=WRITE).text
        assert TOKEN not in proxied.get(f"/new?token={TOKEN}").text
    with writer() as browser:
        for header in (
            {"origin": "http://evil.example"},
            {"sec-fetch-site": "cross-site"},
            {"origin": "null"},
        ):
            assert browser.post("/new", data=WRITE, headers=header).status_code == 403
        assert browser.post("/new", data=WRITE, headers={"host": "evil.example"}).status_code == 421
        assert TOKEN not in browser.get("/new").text
        assert TOKEN not in browser.get("/new?token=wrong").text
        assert TOKEN in browser.get(f"/new?token={TOKEN}").text
    assert list(repository.notes.iterdir()) == [repository.notes / "a.md"]


def test_an_edit_of_a_file_that_changed_meanwhile_is_refused(
    repository: Any, writer: Callable[..., TestClient]
) -> None:
    repository.write({"a.md": EDITED, "b.md": note("Second")})
    with writer() as browser:
        values = fields(browser.get("/edit/a").text) | {"token": TOKEN, "action": "write"}
        (repository.notes / "a.md").write_text(EDITED + "More.\n")
        page = browser.post("/edit/a", data=values | {"claim": "Mine."})
        assert page.status_code == 409
        assert "changed meanwhile" in page.text
        assert "Mine." in page.text
        assert (repository.notes / "a.md").read_text() == EDITED + "More.\n"
        values = fields(browser.get("/edit/a").text) | {"token": TOKEN, "action": "write"}
        assert browser.post("/edit/a", data=values | {"claim": "Mine."}).status_code == 200
    assert "claim: Mine." in (repository.notes / "a.md").read_text()


def opened(browser: TestClient, slug: str) -> dict[str, str]:
    """Return the fields of a form that may write, ready to be sent by its button."""
    page = browser.get(f"/edit/{slug}?token={TOKEN}")
    assert page.status_code == 200
    return fields(page.text) | {"action": "write"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_toml_is_edited_whole_and_keeps_its_line_ends(
    repository: Any, writer: Callable[..., TestClient], end: str
) -> None:
    text = '+++\ntitle = "Hugo note"\nsummary = "keep me"\ntags = ["x"]\n+++\n\nBody of it\n'
    repository.write(FIRST)
    file = repository.notes / "q6.md"
    file.write_bytes(text.replace("\n", end).encode())
    with writer() as browser:
        values = opened(browser, "q6")
        assert values["text"] == text
        page = browser.post("/edit/q6", data=values | {"text": f"{text}More.\n"})
        assert page.status_code == 200
    assert file.read_bytes() == f"{text}More.\n".replace("\n", end).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"---\ntitle: Caf\xe9\n---\nBody \xe9\n", "Line 2 of <code>a.md</code>: the byte"),
        (b"---\ntitle: T\n---\nBody.\n\x00", "Line 5 of <code>a.md</code>: control character"),
        ("---\ntitle: T\n---\n".encode("utf-16"), "the file is UTF-16"),
    ],
)
def test_a_file_that_a_form_would_spoil_is_not_edited(
    repository: Any, writer: Callable[..., TestClient], data: bytes, message: str
) -> None:
    repository.write(FIRST)
    file = repository.notes / "a.md"
    with writer() as browser:
        values = opened(browser, "a")
        file.write_bytes(data)
        page = browser.get(f"/edit/a?token={TOKEN}")
        assert page.status_code == 409
        assert message in page.text
        assert "save the file as UTF-8" in page.text
        assert 'name="digest"' not in page.text
        sent = values | {"digest": digest(data), "claim": "Typed."}
        page = browser.post("/edit/a", data=sent)
        assert page.status_code == 409
        assert message in page.text
        assert fields(page.text)["claim"] == "Typed."
        page = browser.post("/edit/a", data=sent | {"text": "Typed whole."})
        assert fields(page.text)["text"] == "Typed whole."
    assert file.read_bytes() == data


def test_lists_written_in_a_form_of_their_own_lose_nothing(
    repository: Any, writer: Callable[..., TestClient]
) -> None:
    text = (
        "---\ntitle: First\ntopics: [a, 'b, c']\nsources:\n  - doi: '10.1000/1'\n    note: mine\n"
        '    authors: ["Doe, Jane", "Roe, Rick"]  # two\n    year: 2020\n'
        "relations:\n  - b\n  - type: extends\n    to: b\n"
        f"    why: {WHY}\n    extra: kept\n  # mine\n  - multi: because\n---\n\nText.\n"
    )
    repository.write({"a.md": text, "b.md": note("Second")})
    with writer() as browser:
        values = opened(browser, "a") | {"source-0-year": "2021", "relation-0-why": WHY + "!"}
        assert browser.post("/edit/a", data=values).status_code == 200
        after = text.replace("2020", "2021").replace(WHY, WHY + "!")
        assert (repository.notes / "a.md").read_text() == after
        values = opened(browser, "a") | {"topics": values["topics"] + ", d"}
        assert browser.post("/edit/a", data=values).status_code == 200
    topical = after.replace("topics: [a, 'b, c']", 'topics: [a, "b, c", d]')
    assert (repository.notes / "a.md").read_text() == topical


@pytest.mark.parametrize("noticed", [False, True])
def test_what_was_typed_outlives_the_file(
    repository: Any, writer: Callable[..., TestClient], noticed: bool
) -> None:
    repository.write({"a.md": EDITED, "b.md": note("Second")})
    file = repository.notes / "a.md"
    with writer() as browser:
        values = opened(browser, "a") | {"claim": "Typed."}
        file.unlink()
        if noticed:
            browser.portal.call(browser.app.state.hub.refresh, [file])
        assert browser.get("/edit/a").status_code == 404
        page = browser.post("/edit/a", data=values)
        assert page.status_code == 409
        assert "<code>a</code> is gone" in page.text
        assert "write what is below as a new note" in page.text
        assert 'action="/new"' in page.text
        again = fields(page.text) | {"action": "write"}
        assert again["claim"] == "Typed."
        assert browser.post("/new", data=again).status_code == 200
    assert "claim: Typed.\n" in (repository.notes / "first.md").read_text()


def test_a_text_typed_whole_outlives_the_file(
    repository: Any, writer: Callable[..., TestClient]
) -> None:
    repository.write({"a.md": "---\ntitle: a: b\n---\nText.\n"})
    with writer() as browser:
        values = opened(browser, "a") | {"text": "Typed whole."}
        (repository.notes / "a.md").unlink()
        page = browser.post("/edit/a", data=values)
    assert page.status_code == 409
    assert "copy the text below into a new file" in page.text
    assert fields(page.text)["text"] == "Typed whole."


def test_a_form_shows_the_file_as_it_is_though_the_notes_were_read_before(
    repository: Any, writer: Callable[..., TestClient]
) -> None:
    repository.write({"a.md": EDITED, "b.md": note("Second")})
    with writer() as browser:
        browser.get("/n/a")
        (repository.notes / "a.md").write_text(EDITED.replace("Text.", "Text of another hand."))
        values = opened(browser, "a") | {"claim": "Mine."}
        assert values["body"] == "Text of another hand."
        assert browser.post("/edit/a", data=values).status_code == 200
    assert "Text of another hand." in (repository.notes / "a.md").read_text()


def test_a_link_in_the_way_is_not_followed(
    repository: Any, writer: Callable[..., TestClient], tmp_path: Any
) -> None:
    repository.write(FIRST)
    target = tmp_path / "elsewhere.md"
    (repository.notes / "do-costs-belong-in-a-loss.md").symlink_to(target)
    with writer() as browser:
        page = browser.post("/new", data=WRITE)
    assert page.status_code == 409
    assert not target.exists()


def test_a_form_too_large_is_refused(repository: Any, client: Callable[..., Any]) -> None:
    repository.write(FIRST)
    with client() as browser:
        assert browser.post("/new", data={"body": "x" * 600_000}).status_code == 413
        many = {f"relation-{i}-to": "x" for i in range(700)}
        assert browser.post("/new", data=many).status_code == 422
