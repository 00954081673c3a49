"""What a change means, as a page for the person at this machine."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from alpgraph.config import Config, Location
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
    picture = text.split('<svg class="changed"')[1].split("</svg>")[0]
    assert len(re.findall(r'<g class="d-new">', picture)) == 3
    assert len(re.findall(r'<g class="d-gone">', picture)) == 1
    assert "− leads to" in picture
    assert 'href="/n/a"' in picture
    assert "<ins>" in text
    assert "Other text." in text
    assert "<img src=x" not in text
    assert "{{7*7}}" in text


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
    assert "revision" in page.text
    assert 'role="alert"' in page.text


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
        assert browser.get("/diff?base=HEAD&x=1").status_code == 422


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
    assert "git is not installed" in page.text
