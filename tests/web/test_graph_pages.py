"""Ways, walks read as one page, the timeline, past maps and standing, asked over HTTP."""

import gzip
import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from alpgraph.config import Config
from alpgraph.graph import layout
from alpgraph.pages import build_collection
from alpgraph.pages.past import collection_at
from alpgraph.pages.state import Places

FIRST = "utility-weighted-loss"
DAYS = ("2026-01-05", "2026-02-10", "2026-03-20")


def note(title: str, *relations: str, claim: str = "") -> str:
    rows = "".join(
        f"  - {{type: {kind}, to: {to}, why: {why}}}\n"
        for kind, to, why in (relation.split("|") for relation in relations)
    )
    claim_line = f"claim: {claim}\n" if claim else ""
    return (
        f"---\ntitle: {title}\n{claim_line}"
        + (f"relations:\n{rows}" if rows else "")
        + "---\nText.\n"
    )


def ask(url: str, **headers: str) -> tuple[int, str, Any]:
    """Return status, body and headers, whatever the status."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=60
        ) as got:
            return got.status, got.read().decode("utf-8", "replace"), got.headers
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode("utf-8", "replace"), fault.headers


def text_of(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository: two notes, then a third with a relation, then one gone and one changed."""
    root = tmp_path_factory.mktemp("grown")
    (root / "notes").mkdir()
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{role}_NAME": "A. Writer", f"GIT_{role}_EMAIL": "writer@example.org"}

    def commit(day: str, files: dict[str, str | None]) -> None:
        for name, text in files.items():
            path = root / "notes" / name
            path.unlink() if text is None else path.write_text(text)
        dated = {f"GIT_{role}_DATE": f"{day}T12:00:00+00:00" for role in ("AUTHOR", "COMMITTER")}
        for command in (["add", "-A"], ["commit", "--quiet", "-m", "Change"]):
            subprocess.run(["git", *command], cwd=root, env=environ | dated, check=True)

    subprocess.run(["git", "init", "--quiet", "-b", "main", str(root)], env=environ, check=True)
    commit(DAYS[0], {"cause.md": note("The cause"), "old.md": note("An old idea")})
    commit(
        DAYS[1],
        {"effect.md": note("The effect", "results-from|cause|the one follows from the other")},
    )
    commit(
        DAYS[2],
        {"old.md": None, "cause.md": note("The cause", claim="It causes.")},
    )
    (root / "notes" / "island.md").write_text(note("An island"))  # never committed
    return root


@pytest.fixture(scope="module")
def history(
    grown: Path, start_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    state = tmp_path_factory.mktemp("state")
    with start_server(str(grown / "notes"), "--state", str(state)) as started:
        yield started


def test_a_way_is_told_with_its_reasons_and_leads_to_the_map(server: Any) -> None:
    status, html, _ = ask(f"{server.url}/path?from={FIRST}&to=goodhart-variants")
    assert status == 200
    text = text_of(html)
    assert "The strongest way" in text
    assert "leads to Where nobody notices that the paid quantity" in text
    addresses = re.findall(r'href="(/network\?path=[^"]+)"', html)
    assert addresses[0].startswith(f"/network?path={FIRST}&amp;path=")
    page = server.get(addresses[0].replace("&amp;", "&"))
    assert '<path class="m-way" d="M' in page


def test_ends_may_be_titles_and_the_form_keeps_them(server: Any) -> None:
    title = "In how many ways can a measure fail?"
    query = urlencode({"from": FIRST, "to": title})
    status, html, _ = ask(f"{server.url}/path?{query}")
    assert status == 200
    assert html.count('class="way"') == 3
    assert f'value="{title}"' in html


def test_an_unknown_end_is_404_and_names_what_was_perhaps_meant(server: Any) -> None:
    status, html, _ = ask(f"{server.url}/path?from={FIRST}&to=goodhart-variant")
    assert status == 404
    assert f"/path?from={FIRST}&amp;to=goodhart-variants" in html


def test_the_empty_form_suggests_titles(server: Any) -> None:
    status, html, _ = ask(f"{server.url}/path")
    assert status == 200
    assert html.count("<option value=") >= 70


def test_too_long_a_question_is_422(server: Any) -> None:
    assert ask(f"{server.url}/path?from={'a' * 401}")[0] == 422


def test_no_path_says_where_the_parts_are(history: Any) -> None:
    status, html, _ = ask(f"{history.url}/path?from=cause&to=island")
    assert status == 200
    assert "“The cause” stands in a part of 2 notes" in text_of(html)


def test_a_note_is_not_led_to_itself(history: Any) -> None:
    assert "Both ends are the same note" in ask(f"{history.url}/path?from=cause&to=cause")[1]


def test_a_walk_is_retold_with_claims_verdicts_and_what_leads_on(server: Any) -> None:
    walk = [FIRST, "reward-models-ignore-the-prompt", "goodhart-variants"]
    status, html, _ = ask(f"{server.url}/trail?" + urlencode([("note", slug) for slug in walk]))
    assert status == 200
    text = text_of(html)
    assert "A walk of 3 notes" in text
    assert "parallels One score mixes a prompt-free judgement" in text
    assert re.search(r"supported [a-z][a-z ]+ [+−]0\.\d+, 95 % interval", text)
    assert [text.index(title) for title in ("Can utility", "Do reward models", "In how many")]


def test_a_walk_is_also_markdown(server: Any) -> None:
    address = f"{server.url}/trail?note={FIRST}&note=reward-models-ignore-the-prompt"
    status, text, headers = ask(f"{address}&format=md")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/markdown")
    assert text.startswith("# A walk of 2 notes\n\n## 1. [Can utility-weighted")
    assert "↓ *parallels* the next, because: One score mixes" in text
    assert ask(address, accept="text/markdown")[1] == text
    assert "<html" in ask(f"{address}&format=html", accept="text/markdown")[1]


def test_unknown_notes_of_a_walk_are_named_and_the_rest_is_told(server: Any) -> None:
    status, html, _ = ask(f"{server.url}/trail?note={FIRST}&note=no-such&note=goodhart-variants")
    assert status == 404
    assert "No note answers to <code>no-such</code>" in html
    assert "In how many ways can a measure fail?" in html
    assert "## 2. no-such" in ask(f"{server.url}/trail?note={FIRST}&note=no-such&format=md")[1]


def test_a_walk_has_at_most_fifty_notes(server: Any) -> None:
    assert ask(f"{server.url}/trail?" + "&".join([f"note={FIRST}"] * 51))[0] == 422
    assert ask(f"{server.url}/trail?note={FIRST}&format=pdf")[0] == 422


def test_notes_without_a_link_are_joined_by_the_way_round(server: Any) -> None:
    html = ask(f"{server.url}/trail?note=reasoning-tuning-and-abstention&note=goodhart-variants")[1]
    assert "No link joins the two. The way round leads by" in text_of(html)


def test_entry_notes_are_tours_in_the_order_of_their_parts(server: Any) -> None:
    html = ask(f"{server.url}/trail")[1]
    found = re.search(r'href="(/trail\?note=start-abstention[^"]*)"', html)
    assert found
    slugs = re.findall("note=([a-z-]+)", found[1])
    assert slugs[:3] == ["start-abstention", "reject-option", "reasoning-tuning-and-abstention"]
    retold = server.get(found[1].replace("&amp;", "&"))
    assert "<h1>Knowing when not to answer</h1>" in retold


def test_tours_of_the_configuration_come_first(
    folder: Callable[..., Path], start_server: Callable[..., Any], tmp_path: Path
) -> None:
    root = folder({"a.md": note("A"), "b.md": note("B", "extends|a|a fine reason for it")})
    (root.parent / "alpgraph.toml").write_text(
        'tours = [["b", "a", "gone"], {title = "Both ways", notes = ["a", "b"]}]\n'
    )
    with start_server(str(root), "--state", str(tmp_path / "state")) as started:
        html = started.get("/trail")
    assert re.findall(r'href="(/trail\?note[^"]*)">([^<]*)', html) == [
        ("/trail?note=b&amp;note=a", "2 notes, from “B” to “A”"),
        ("/trail?note=a&amp;note=b", "Both ways"),
    ]


def test_the_timeline_tells_what_appeared_changed_and_went(history: Any) -> None:
    text = text_of(ask(f"{history.url}/timeline")[1])
    assert "2 notes written: An old idea , The cause" in text or (
        "2 notes written: The cause , An old idea" in text
    )
    assert "1 relation drawn The effect results from The cause" in text
    assert "1 note removed: An old idea" in text
    assert text.index("1 note removed") < text.index("1 relation drawn") < text.index("2 notes wr")


def test_a_page_of_the_timeline_begins_before_a_known_commit(history: Any, grown: Path) -> None:
    ids = subprocess.run(
        ["git", "log", "--format=%H"], cwd=grown, capture_output=True, text=True, check=True
    ).stdout.split()
    text = text_of(ask(f"{history.url}/timeline?before={ids[1]}")[1])
    assert "2 notes written" in text
    assert "1 note removed" not in text
    assert ask(f"{history.url}/timeline?before=abcdef")[0] == 404
    assert ask(f"{history.url}/timeline?before=--all")[0] == 422


def test_dates_of_all_zones_and_none_have_an_order(
    repository: Any, start_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in a commit may be any text: one of a zone of 518 hours is known."""
    dates = {"early": "2026-11-24T00:30:00+02:00", "late": "2026-11-23T23:00:00+00:00"}
    for name, date in dates.items():
        monkeypatch.setenv("GIT_AUTHOR_DATE", date)
        repository.commit({f"{name}.md": note(f"The {name} one")})
    repository.write({"odd.md": note("The odd one")})
    repository.git("add", "-A")
    tree, parent = repository.git("write-tree"), repository.git("rev-parse", "HEAD")
    (repository.root / "made").write_text(
        f"tree {tree}\nparent {parent}\nauthor A <a@example.org> 1795651200 +51800\n"
        "committer A <a@example.org> 1795651200 +0000\n\nChange\n"
    )
    made = ("hash-object", "-t", "commit", "-w", "--literally", "made")
    repository.git("update-ref", "HEAD", repository.git(*made))
    with start_server(str(repository.notes), "--state", str(tmp_path / "state")) as server:
        text = ask(f"{server.url}/timeline")
        assert text[0] == 200
        assert text_of(text[1]).count("1 note written") == 3
        while "Written" not in server.get("/n/odd"):  # git is asked after the first page
            time.sleep(0.05)
        assert "1 January 1970" in server.get("/n/odd")
        feed = server.get("/feed.atom")
        assert re.findall("<id>[^<]*/n/([a-z]+)</id>", feed) == ["late", "early", "odd"]
        assert "<updated>2026-11-23T23:00:00+00:00</updated><entry>" in feed
        newest = server.get("/").partition("Newest")[2]
        assert newest.index("The late one") < newest.index("The early one")


def titles_at(server: Any, day: str) -> set[str]:
    text = ask(f"{server.url}/api/network/titles?at={day}")[1]
    return {line.split("\t")[0] for line in text.splitlines()}


def test_the_map_of_a_past_day_holds_what_was_there_then(history: Any, grown: Path) -> None:
    before = sorted(grown.rglob("*.md"))
    assert titles_at(history, "2026-01-31") == {"cause", "old"}
    assert titles_at(history, "2026-02-28") == {"cause", "old", "effect"}
    assert titles_at(history, "2026-12-31") == {"cause", "effect"}
    page = text_of(ask(f"{history.url}/network?at=2026-01-31")[1])
    assert page.startswith("The whole network 2 notes, 0 relations")
    assert "This is the map of 31 January 2026" in page
    walk = json.loads(ask(f"{history.url}/api/walk/old?at=2026-01-31")[1])
    assert walk["centre"]["title"] == "An old idea"
    assert sorted(grown.rglob("*.md")) == before


def test_a_past_map_follows_that_of_today_wherever_that_lies_in_memory(grown: Path) -> None:
    today = build_collection(grown / "notes", None, Config())
    drawn = today.layout
    for far in range(1, 20):  # so often that a later one lies where an earlier one was
        moved = {slug: (x + far, y) for slug, (x, y) in drawn.positions.items()}
        places = Places(today.graph, None, replace(drawn, positions=moved))
        past = collection_at(replace(today, places=places), DAYS[0])
        assert past.layout == layout(past.graph, previous=places.layout())
        del places, past


def test_a_day_before_all_notes_is_404_and_no_day_is_422(history: Any) -> None:
    status, html, _ = ask(f"{history.url}/network?at=2020-01-01")
    assert status == 404
    assert "2020-01-01" in html
    for day in ("yesterday", "2026-13-01", "2026-1-1", quote("2026-01-01; rm")):
        assert ask(f"{history.url}/network?at={day}")[0] == 422
        assert ask(f"{history.url}/api/network?at={day}")[0] == 422


def test_without_git_the_pages_say_so(
    folder: Callable[..., Path],
    start_server: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    root = folder({"a.md": note("A")})
    with start_server(str(root), "--state", str(tmp_path / "state")) as started:
        assert "Git knows nothing of these notes" in started.get("/timeline")
        status, html, _ = ask(f"{started.url}/network?at=2026-01-31")
    assert status == 404
    assert "in no git repository" in html


def test_dates_of_notes_are_asked_of_git_after_the_start(history: Any) -> None:
    deadline = time.monotonic() + 60
    while "5 January 2026" not in (html := history.get("/n/cause")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "20 March 2026" in html


def test_without_history_files_tell_when_notes_changed(
    folder: Any, start_server: Any, tmp_path: Path
) -> None:
    root = folder({"old.md": "---\ntitle: Old\n---\nx\n", "new.md": "---\ntitle: New\n---\ny\n"})
    for name, day in {"old": 1_700_000_000, "new": 1_710_000_000}.items():
        os.utime(root / f"{name}.md", (day, day))
    with start_server(str(root), "--state", str(tmp_path / "state")) as started:
        deadline = time.monotonic() + 60
        while "Changed" not in (html := started.get("/n/old")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        home = text_of(started.get("/"))
    assert "Changed 14 November 2023" in text_of(html)
    assert "Written" not in html
    assert re.search(r"Changed last New .*Old ", home)


def test_standing_says_how_each_figure_was_computed(server: Any) -> None:
    text = text_of(server.get("/standing"))
    assert "5 Areas Groups of notes more linked inside" in text
    assert "Contradictions Pairs of notes joined by contradicts ." in text
    assert "Claims that rest on one source Notes with a claim that name exactly one source." in text


def test_the_packed_network_is_sent_once_and_then_known(server: Any) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/network", headers={"accept-encoding": "gzip"}
    )
    with urllib.request.urlopen(request, timeout=30) as got:
        assert got.headers["content-encoding"] == "gzip"
        data, tag = gzip.decompress(got.read()), got.headers["etag"]
    with urllib.request.urlopen(f"{server.url}/api/network", timeout=30) as plain:
        assert plain.headers["content-encoding"] is None
        assert plain.read() == data
    assert ask(f"{server.url}/api/network", **{"if-none-match": tag})[0] == 304


@pytest.mark.parametrize(
    "query",
    ["color=red", "area=300", "at=now", "ghosts=2", "path=" + "a" * 301, "area=-1"],
)
def test_a_map_asked_for_badly_is_422(server: Any, query: str) -> None:
    assert ask(f"{server.url}/network?{query}")[0] == 422


def test_the_map_without_scripts_follows_the_legend(server: Any) -> None:
    whole = server.get("/network")
    some = server.get("/network?type=contradicts&color=area&topic=abstention")
    assert whole.count('class="r r-parallels s-double') > some.count(
        'class="r r-parallels s-double'
    )
    assert some.count('class="r r-contradicts') == 1 + 2
    assert "faint" in some
    assert re.search(r'class="d a-\d+', some)


def test_the_legend_is_ticked_as_the_map_is_drawn(server: Any) -> None:
    def ticked(query: str) -> set[str]:
        legend = server.get(f"/network{query}").partition('id="legend"')[2]
        return set(re.findall(r'type="checkbox" name="\w+" value="([^"]*)" checked', legend))

    usual = ticked("")
    assert "mention" not in usual
    assert {"contradicts", "parallels", "supported", "not tested", "unsaid"} <= usual
    asked = ticked("?type=contradicts&type=mention&verdict=supported&basis=paper")
    assert asked == {"contradicts", "mention", "supported", "paper"}


def test_an_area_lists_all_its_notes(server: Any) -> None:
    html = server.get("/network?area=0")
    opened = html[html.index('id="area-0" open') :]
    listed = opened[: opened.index("</details>")]
    assert listed.count("data-slug=") == int(re.search(r'class="n">(\d+)<', listed)[1])  # type: ignore[index]
