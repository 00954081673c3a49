"""`alpgraph build`: what is written, and what is left alone."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from alpgraph.site.folder import (
    MANIFEST,
    SiteError,
    keep_foreign,
    put_in_place,
    read_manifest,
    staged,
)
from tests.benchmarks.corpus import write_notes
from tests.site.crawler import ROOT, Page, broken_links, files_of

Build = Callable[..., str]
Run = Callable[..., Any]
NOTE = """---
title: {title}
summary: About {title}.
claim: {title} is so.
topics: [one topic]
relations:
{relations}---
Text of {title}, which names [[b]].
"""


def note(title: str, *targets: str) -> str:
    rows = (f"  - {{type: extends, to: {to}, why: it carries {to} on}}\n" for to in targets)
    return NOTE.format(title=title, relations="".join(rows))


@pytest.fixture
def small(folder: Callable[..., Path]) -> Path:
    """A chain a, b, c, d, e, f of notes, each extending the next, and one alone."""
    names = "abcdef"
    chain = {
        f"{name}.md": note(name.upper(), *names[i + 1 : i + 2]).replace("[[b]]", "none")
        for i, name in enumerate(names)
    }
    return folder({**chain, "alone.md": "# Alone\n\nText of its own.\n"})


def test_every_link_of_the_bundled_site_leads_somewhere(bundled: Path) -> None:
    assert len(list(bundled.rglob("*.html"))) > 150
    assert broken_links(bundled) == []


def test_every_link_of_a_thousand_notes_leads_somewhere(alpgraph: Run, tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 1000)
    site = tmp_path / "site"
    done = alpgraph("build", str(site), str(tmp_path / "notes"), timeout=600)
    assert done.returncode == 0, done.stderr
    assert (site / "network" / "area-0.html").is_file()  # the map does not name all notes
    assert broken_links(site) == []


def test_a_link_that_leads_nowhere_would_be_found(bundled: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(bundled, site)
    (site / "n" / "utility-weighted-loss.html").unlink()
    (site / "topics.html").write_text('<a href="index.html#nowhere">x</a>')
    found = broken_links(site)
    assert any(line.startswith("index.html: n/utility-weighted-loss.html") for line in found)
    assert "topics.html: index.html#nowhere" in found


def test_two_builds_give_the_same_bytes(build: Build, small: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        build(tmp_path / name, str(small), "--state", str(tmp_path / f"state-{name}"))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_no_file_names_this_machine(bundled: Path) -> None:
    told = {str(ROOT), str(Path.home()), str(bundled.parent), os.uname().nodename}
    for path, data in files_of(bundled).items():
        assert not [name for name in told if len(name) > 5 and name.encode() in data], path


def test_only_what_depends_on_an_edit_is_written_again(
    build: Build, small: Path, tmp_path: Path
) -> None:
    site, state = tmp_path / "site", ("--state", str(tmp_path / "state"))
    build(site, str(small), *state)
    before = {path: (site / path).stat().st_ino for path in files_of(site)}
    text = (small / "a.md").read_text()
    (small / "a.md").write_text(text.replace("title: A", "title: Another"))
    build(site, str(small), *state)
    fresh = {path for path, inode in before.items() if (site / path).stat().st_ino != inode}
    pages = {path for path in fresh if path.startswith(("n/", "walk/"))}
    near = {f"{kind}/{slug}.html" for kind in ("n", "walk") for slug in "abc"}
    assert {"n/a.html", "n/b.html", "walk/a.html", "index.html", "topics/one-topic.html"} <= fresh
    assert pages <= near | {f"n/{slug}.md" for slug in "abc"} | {"n/alone.html"}
    assert not fresh & {"experiments.html", "help.html", "static", "404.html"}


def test_an_edit_of_words_alone_touches_no_other_page(
    build: Build, small: Path, tmp_path: Path
) -> None:
    site, state = tmp_path / "site", ("--state", str(tmp_path / "state"))
    build(site, str(small), *state)
    before = files_of(site)
    (small / "a.md").write_text((small / "a.md").read_text().replace("names none", "says no"))
    build(site, str(small), *state)
    changed = {path for path, data in files_of(site).items() if before.get(path) != data}
    first = "index.html"  # it lists what changed last
    assert changed - {".alpgraph-site.json", first} == {"n/a.html", "n/a.md", "api/search.json"}


EDITS: list[tuple[str, Callable[[Path], object]]] = [
    ("a title", lambda root: _write(root, "b.md", note("Bee", "c"))),
    ("a new note that a text named", lambda root: _write(root, "g.md", note("G", "a"))),
    ("a relation gone", lambda root: _write(root, "c.md", note("C"))),
    ("a note gone", lambda root: (root / "d.md").unlink()),
    ("a link to what is alone", lambda root: _write(root, "f.md", note("F", "alone"))),
    ("an alias", lambda root: _write(root, "e.md", "---\ntitle: E\naliases: [old e]\n---\nE.\n")),
    ("a picture", lambda root: (root / "one.png").write_bytes(b"\x89PNG")),
    ("a folder", lambda root: _write(root, "deep/h.md", note("H", "a", "b"))),
]  # fmt: skip


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_a_site_kept_up_is_the_site_built_anew(build: Build, small: Path, tmp_path: Path) -> None:
    kept = ("--state", str(tmp_path / "state"))
    build(tmp_path / "site", str(small), *kept)
    for name, edit in EDITS:
        edit(small)
        build(tmp_path / "site", str(small), *kept)
        build(tmp_path / "anew", str(small), *kept, "--fresh")
        one, other = files_of(tmp_path / "site"), files_of(tmp_path / "anew")
        assert [path for path in one | other if one.get(path) != other.get(path)] == [], name
    assert broken_links(tmp_path / "site") == []


def test_any_edits_lead_to_the_site_built_anew(build: Build, tmp_path: Path) -> None:
    root, rng = tmp_path / "notes", random.Random(11)
    slugs = write_notes(root, 40)
    kept = ("--state", str(tmp_path / "state"))
    build(tmp_path / "site", str(root), *kept)
    for _ in range(5):
        for slug in rng.sample(slugs, 3):
            _edit(rng, root / f"{slug}.md", slugs)
        build(tmp_path / "site", str(root), *kept)
        build(tmp_path / "anew", str(root), *kept, "--fresh")
        one, other = files_of(tmp_path / "site"), files_of(tmp_path / "anew")
        assert [path for path in one | other if one.get(path) != other.get(path)] == []


def _edit(rng: random.Random, path: Path, slugs: list[str]) -> None:
    """Change a title, a claim, a word, a link or a heading; or take a relation or the note away."""
    text = path.read_text() if path.exists() else NOTE.format(title="Back", relations="")
    edits = [
        lambda: re.sub(r"title: (.*)", r"title: \1 again", text, count=1),
        lambda: re.sub(r"claim: (.*)", r"claim: \1 too", text, count=1),
        lambda: text + "\nOne more sentence.\n",
        lambda: f"{text}\nSee [[{rng.choice(slugs)}]], ![[{rng.choice(slugs)}]].\n",
        lambda: text.replace("\n## ", "\n## Anew "),
        lambda: re.sub(r"  - type: .*\n    to: .*\n    why: .*\n", "", text, count=1),
        lambda: "",
    ]
    path.unlink(missing_ok=True)
    if changed := rng.choice(edits)():
        path.write_text(changed)


def test_files_of_others_stay_and_only_ours_are_removed(
    build: Build, small: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    build(site, str(small))
    (site / "CNAME").write_text("notes.example.org")
    (site / "mine").mkdir()
    (site / "mine" / "page.html").write_text("mine")
    (site / "n" / "extra.html").write_text("mine too")
    (small / "d.md").unlink()
    said = build(site, str(small))
    assert not list(site.rglob("d.html"))
    assert " 0 removed" not in said
    mine = ("CNAME", "mine/page.html", "n/extra.html")
    assert [(site / name).exists() for name in mine] == [True, True, True]


def test_a_folder_that_build_did_not_make_is_refused(
    alpgraph: Run, small: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    for out, says in [
        (other, "alpgraph did not make"),
        (other / "thesis.txt", "is a file"),
        (small / "site", "lie in each other"),
        (small.parent, "lie in each other"),
    ]:
        done = alpgraph("build", str(out), str(small))
        assert done.returncode == 2
        assert says in done.stderr
    assert [path.name for path in other.iterdir()] == ["thesis.txt"]


def test_a_manifest_of_another_format_tells_what_is_ours_and_a_broken_one_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / MANIFEST
    path.write_text('{"format": 0, "parts": {"/": ["k", ["a.html"]], "x": ["l", ["b/c.html"]]}}')
    known = read_manifest(tmp_path)
    assert known.paths == {"a.html", "b/c.html"}
    assert {key for key, _ in known.parts.values()} == {""}  # so that all is made anew
    for broken in (
        "{",
        "[]",
        '{"parts": {}}',
        '{"format": 1, "parts": {"/": 1}}',
        '{"format": 1, "parts": []}',
        "\udcff",
    ):
        path.write_text(broken, errors="surrogateescape")
        with pytest.raises(SiteError, match="empty the folder"):
            read_manifest(tmp_path)


def test_links_of_others_and_the_mode_of_the_folder_stay(tmp_path: Path) -> None:
    out, new = tmp_path / "out", tmp_path / "new"
    (out / "deep").mkdir(parents=True)
    new.mkdir()
    out.chmod(0o750)
    for name, target in (("page", "page.html"), ("deep/folder", ".."), ("lost", "nowhere")):
        (out / name).symlink_to(target)
    (out / "page.html").write_text("ours")
    keep_foreign(out, new, ["page.html"])
    put_in_place(new, out)
    assert {path.name: str(path.readlink()) for path in out.rglob("*") if path.is_symlink()} == {
        "page": "page.html", "folder": "..", "lost": "nowhere",
    }  # fmt: skip
    assert not (out / "page.html").exists()
    assert (new / "page.html").read_text() == "ours"  # the one before is now in its place
    assert out.stat().st_mode & 0o777 == 0o750


def test_a_file_of_others_in_the_way_is_named(alpgraph: Run, small: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert alpgraph("build", str(site), str(small)).returncode == 0
    (site / "n" / "new.html").write_text("mine")
    (small / "new.md").write_text("# New\n")
    before = files_of(site)
    done = alpgraph("build", str(site), str(small))
    assert done.returncode == 2
    assert "n/new.html' is not ours" in done.stderr
    assert files_of(site) == before


def test_an_interrupted_build_leaves_the_old_site_whole(
    build: Build, small: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    build(site, str(small))
    before = files_of(site)
    (small / "a.md").write_text(note("Anew", "b"))
    # a build that never ends by itself, so that it is interrupted however late that is
    program = (
        "import time; from alpgraph.cli import main; from alpgraph.site import building; "
        "building.put_in_place = lambda *paths: time.sleep(600); main()"
    )
    command = [sys.executable, "-c", program, "build", str(site), str(small), "--fresh"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    staging = tmp_path / ".site.alpgraph-new"
    deadline = time.monotonic() + 60
    while not (staging / "site" / "n").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert files_of(site) == before
    wait_for_lock(staging)
    build(site, str(small))
    assert not staging.exists()
    assert b"Anew" in files_of(site)["n/a.html"]


def wait_for_lock(folder: Path) -> None:
    """Workers of a build that was killed hold its lock until they are gone too."""
    if sys.platform != "win32":
        import fcntl

        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        os.close(held)


def test_addresses_may_begin_with_a_path(build: Build, small: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(site, str(small), "--base-path", "x")
    pages = {path: Page(data.decode()) for path, data in files_of(site).items() if "html" in path}
    found = {address for page in pages.values() for address in page.addresses}
    assert found
    assert all(re.match(r"/x/|#|https:", address) for address in found)
    assert broken_links(site, at="https://here.example/x/") == []


def test_feed_and_sitemap_name_pages_that_are_there(
    build: Build, small: Path, tmp_path: Path
) -> None:
    site, url = tmp_path / "site", "https://example.org/notes"
    said = build(site, str(small), "--base-url", f"{url}/")
    assert "no feed" not in said
    named = {
        element.text or element.get("href") or ""
        for name in ("feed.atom", "sitemap.xml")
        for element in ElementTree.parse(site / name).iter()
        if element.tag.endswith(("}loc", "}link"))
    }
    paths = {address.removeprefix(url).strip("/") or "index.html" for address in named}
    assert {f"n/{slug}.html" for slug in "abcdef"} <= paths
    assert all((site / path).is_file() for path in paths)
    page = (site / "n" / "a.html").read_text()
    assert f'<link rel="canonical" href="{url}/n/a.html">' in page
    assert f'"url": "{url}/n/a.html"' in page
    assert 'href="/notes/static/' in (site / "404.html").read_text()


def test_markdown_twins_link_to_each_other(bundled: Path) -> None:
    for twin in [bundled / "llms.txt", *bundled.glob("n/*.md"), *bundled.glob("trail/*.md")]:
        text = twin.read_text()
        told = text if twin.parent.name != "n" else text.split("## Related notes")[-1]
        for address in re.findall(r"\]\(([^)\s]+\.md)\)", told):
            assert (twin.parent / address).is_file(), (twin.name, address)


def test_every_page_has_the_policy_of_the_server(bundled: Path) -> None:
    from alpgraph.pages.policy import content_policy

    meta = f'content="{content_policy()}"'.replace("'", "&#39;")
    pages = list(bundled.rglob("*.html"))
    assert pages
    for path in pages:
        text = path.read_text()
        assert text.index(meta) < text.index("<link")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script>", text), path


def test_without_a_server_a_page_says_how_to_run_at_home(bundled: Path) -> None:
    page = (bundled / "n" / "utility-weighted-loss.html").read_text()
    assert "<code>alpgraph run utility-weighted-loss" in page
    assert 'method="post"' not in page


def test_with_a_server_runs_are_sent_there(build: Build, small: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(site, str(small), "--server", "https://runs.example.org/")
    page = (site / "experiments" / "utility-weighted-loss.html").read_text()
    assert 'method="post" action="https://runs.example.org/runs"' in page
    assert "form-action &#39;self&#39; https://runs.example.org;" in page
    assert '<meta name="referrer" content="strict-origin">' in page


def test_former_names_lead_on_and_none_leads_out(
    build: Build, folder: Callable[..., Path], tmp_path: Path
) -> None:
    text = "---\ntitle: A\naliases: [old name, ../../out, '..']\n---\nA.\n"
    site = tmp_path / "deep" / "site"
    build(site, str(folder({"a.md": text})), "--state", str(tmp_path / "state"))
    assert 'content="0; url=../n/a.html"' in (site / "n" / "old name.html").read_text()
    ours = {site, *tmp_path.glob("state/cache/*/site")}
    outside = {path.name for path in tmp_path.rglob("*.html") if ours.isdisjoint(path.parents)}
    assert outside == set()


def test_the_manifest_lists_every_file(bundled: Path) -> None:
    parts = json.loads((bundled / ".alpgraph-site.json").read_text())["parts"]
    listed = {path for _, paths in parts.values() for path in paths}
    assert listed == files_of(bundled).keys() - {".alpgraph-site.json"}


def test_a_system_that_cannot_exchange_folders_moves_the_old_one_aside(
    build: Build, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    build(site, str(small))
    monkeypatch.setattr("alpgraph.site.folder.exchange_folders", lambda one, other: False)
    (small / "a.md").write_text(note("Anew", "b"))
    build(site, str(small))
    assert "Anew" in (site / "n" / "a.html").read_text()
    assert [path.name for path in tmp_path.iterdir() if "alpgraph-" in path.name] == []


def test_a_site_that_was_moved_aside_is_put_back(build: Build, small: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(site, str(small))
    (site / "CNAME").write_text("notes.example.org")
    site.rename(tmp_path / ".site.alpgraph-old")  # as when a build is killed between two renames
    said = build(site, str(small))
    assert ": 0 files written" in said
    assert (site / "CNAME").exists()


def test_the_next_build_begins_with_the_site_before_the_last(
    build: Build, small: Path, tmp_path: Path
) -> None:
    site, kept = tmp_path / "site", ("--state", str(tmp_path / "state"))
    build(site, str(small), *kept)
    spare = next(tmp_path.glob("state/cache/*")) / "site"
    assert files_of(spare) == files_of(site)
    assert (spare / "n" / "e.html").samefile(site / "n" / "e.html")
    (site / "CNAME").write_text("notes.example.org")
    before = files_of(site)
    for title in ("One", "Two", "Three"):
        (small / "a.md").write_text(note(title, "b"))
        build(site, str(small), *kept)
        assert files_of(spare) == before
        assert (spare / "n" / "e.html").samefile(site / "n" / "e.html")
        before = files_of(site)
        assert "CNAME" in before
    (site / "CNAME").unlink()
    (spare / "n" / "odd.html").write_text("nobody asked for it")
    (spare / "odd").symlink_to(site / "n")
    (spare / "n" / "d.html").unlink()
    (small / "a.md").write_text(note("Four", "b"))
    build(site, str(small), *kept)
    build(tmp_path / "anew", str(small), "--state", str(tmp_path / "other"))
    assert files_of(site) == files_of(tmp_path / "anew")
    assert not (site / "odd").is_symlink()


def test_a_spare_that_is_no_site_is_not_used(build: Build, small: Path, tmp_path: Path) -> None:
    kept = ("--state", str(tmp_path / "state"))
    build(tmp_path / "site", str(small), *kept)
    spare = next(tmp_path.glob("state/cache/*")) / "site"
    shutil.rmtree(spare)
    (spare / "n").mkdir(parents=True)
    (spare / "n" / "a.html").write_text("odd")
    (small / "a.md").write_text(note("Anew", "b"))
    build(tmp_path / "site", str(small), *kept)
    build(tmp_path / "anew", str(small), *kept, "--fresh")
    assert files_of(tmp_path / "site") == files_of(tmp_path / "anew")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no locks on folders")
def test_two_builds_do_not_write_one_site_at_once(
    alpgraph: Run, small: Path, tmp_path: Path
) -> None:
    import fcntl

    staging = tmp_path / ".site.alpgraph-new"
    staging.mkdir()
    held = os.open(staging, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = alpgraph("build", str(tmp_path / "site"), str(small))
    finally:
        os.close(held)
    assert done.returncode == 2
    assert "another build" in done.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [("--base-url", "example.org"), ("--base-path", "/a/../b/"), ("--server", "javascript:x")],
)
def test_odd_addresses_are_refused(
    alpgraph: Run, small: Path, tmp_path: Path, option: str, value: str
) -> None:
    done = alpgraph("build", str(tmp_path / "site"), str(small), option, value)
    assert done.returncode == 2
    assert f"{option} is {value!r}" in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_build_that_comes_while_another_goes_is_refused_in_a_sentence(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def make_and_lose(path: Path, *args: Any, **options: Any) -> None:
        make(path, *args, **options)
        if path.name == ".site.alpgraph-new":  # the other is ready, and removes it
            path.rmdir()

    monkeypatch.setattr(Path, "mkdir", make_and_lose)
    with (
        pytest.raises(SiteError, match="another build writes"),
        staged(tmp_path / "site", tmp_path / "spare"),
    ):
        raise AssertionError("it has no folder")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_disk_that_takes_no_more_is_said_and_nothing_is_half_written(
    alpgraph: Run, small: Path, tmp_path: Path
) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    args = ("build", str(tmp_path / "site"), str(small), "--state", str(tmp_path / "state"))
    done = alpgraph(*args, preexec_fn=limit)
    assert done.returncode == 2
    assert "too large; the site is as it was before" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "site").exists()
    assert [path.name for path in tmp_path.iterdir() if "alpgraph-" in path.name] == []
