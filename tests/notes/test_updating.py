"""A notebook patched after changes is the notebook that a fresh reading gives."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph import build_graph, patch_graph
from alpgraph.notes import Note, Notebook, changed_slugs, notebook_of, state_digest, with_files
from alpgraph.notes.lazy import LazyNotes

PATHS = ["a.md", "a.markdown", "A.md", "b.md", "x/b.md", "x/index.md", "c.d.md", "x/a.md"]
TARGETS = ["a", "A", "b", "x/b", "x", "c.d", "One", "Two", "also", "a.md", "nowhere", "a#h"]


def note(title: str, alias: str, targets: tuple[str, str], word: str) -> bytes:
    one, other = targets
    return (
        f"---\ntitle: {title}\naliases: [{alias}]\nrelations:\n  - type: parallels\n"
        f"    to: {one}\n    why: {word}\n---\n# h\n\nSee [[{other}|{word}]].\n"
    ).encode()


texts = st.builds(
    note,
    st.sampled_from(["One", "Two", "Three"]),
    st.sampled_from(["also", "b", "Two", "other"]),
    st.tuples(st.sampled_from(TARGETS), st.sampled_from(TARGETS)),
    st.sampled_from(["first", "second", "a"]),
)
files = st.dictionaries(st.sampled_from(PATHS), texts)
changes = st.dictionaries(st.sampled_from(PATHS), st.none() | texts, min_size=1, max_size=2)


def said(notebook: Notebook) -> object:
    return list(notebook.notes.items()), notebook.diagnostics, dict(notebook.redirects)


@settings(deadline=None, max_examples=60)
@given(files, st.lists(changes, min_size=1, max_size=4))
def test_a_patched_notebook_is_that_of_a_fresh_reading(
    there: dict[str, bytes], steps: list[dict[str, bytes | None]]
) -> None:
    notebook = notebook_of(there, root=Path("notes"))
    graph = build_graph(notebook)
    for change in steps:
        there = {path: data for path, data in (there | change).items() if data is not None}
        fresh, patched = notebook_of(there, root=Path("notes")), with_files(notebook, change)
        assert said(patched) == said(fresh)
        slugs = notebook.notes.keys() | fresh.notes.keys()
        assert changed_slugs(notebook.notes, patched.notes) == {
            slug for slug in slugs if notebook.notes.get(slug) != fresh.notes.get(slug)
        }
        graph = patch_graph(graph, notebook, patched)
        expected = build_graph(fresh)
        assert dict(graph.nodes.items()) == dict(expected.nodes.items())
        assert sorted(graph.edges(keys=True)) == sorted(expected.edges(keys=True))
        notebook = patched


def test_a_name_that_is_a_title_and_no_more_an_alias_is_meant_otherwise() -> None:
    other = note("One", "also", ("b", "Two"), "first")
    before = {"b.md": note("Two", "Two", ("a", "a"), "first"), "c.md": other}
    change: dict[str, bytes | None] = {"b.md": note("Two", "b", ("a", "a"), "first")}
    notebook = notebook_of(before, root=Path("notes"))
    assert [link.how for link in notebook.notes["c"].mentions] == ["alias"]
    patched = with_files(notebook, change)
    assert [link.how for link in patched.notes["c"].mentions] == ["title"]


@pytest.mark.parametrize("alias", ["", "also"])
def test_a_text_that_comes_back_brings_its_state_back(alias: str) -> None:
    before = {path: note("One", alias or path, ("b", "x"), "first") for path in ("a.md", "b.md")}
    notebook = notebook_of(before, root=Path("notes"))
    edited = with_files(notebook, {"a.md": before["a.md"] + b"More.\n"})
    assert state_digest(edited) != state_digest(notebook)
    assert state_digest(with_files(edited, {"a.md": before["a.md"]})) == state_digest(notebook)


def test_a_note_that_gets_its_own_address_leaves_the_other() -> None:
    there = {"a.markdown": b"# One", "a.md": b"# Two", "b.md": b"[[a.md]]"}
    notebook = notebook_of(there, root=Path("notes"))
    list(notebook.notes.items())
    alone = with_files(notebook, {"a.markdown": None})
    assert list(alone.notes) == ["a", "b"]
    assert alone.index.notes.keys() == {"a", "b"}
    assert alone.notes["b"].mentions[0].target == "a"


def test_what_links_show_names_no_note_once_few_are_named_with_dots() -> None:
    there = {"a.md": b"# A", "c.d.md": b"[[nowhere|a]]", "e.f.md": b"# E"}
    notebook = notebook_of(there, root=Path("notes"))
    assert notebook.notes["c.d"].mentions[0].target == "a"
    fewer = with_files(notebook, {"b.md": b"# B"})
    assert fewer.notes["c.d"].mentions[0].target is None
    assert changed_slugs(notebook.notes, fewer.notes) == {"b", "c.d"}


def test_notes_made_while_two_states_are_compared_do_no_harm() -> None:
    names = [f"n{number}" for number in range(50)]
    there = {f"{name}.md": note(name, "also", ("b", "x"), "first") for name in names}
    after = notebook_of(there, root=Path("notes"))
    before = with_files(after, {"n0.md": note("Another", "other", ("b", "x"), "first")})
    assert isinstance(before.notes, LazyNotes)
    left = iter(names)

    class Meanwhile(dict[str, Note]):
        """Notes already made; while they are asked for, a page in another thread makes one more."""

        def get(self, slug: str, default: Any = None) -> Any:
            after.notes[next(left)]
            return super().get(slug, default)

    after.notes["n3"], after.notes["n4"]
    before.notes.made = Meanwhile()
    assert changed_slugs(before.notes, after.notes) == {"n0"}


def test_the_collector_is_off_until_the_last_who_paused_it_goes_on() -> None:
    told = """
import gc
from alpgraph.notes.reading import collector_paused
first, second = collector_paused(), collector_paused()
first.__enter__(), second.__enter__(), first.__exit__(None, None, None)
assert not gc.isenabled()
second.__exit__(None, None, None)
assert gc.isenabled()
"""
    # in a process of its own: what another test left behind may pause it here
    subprocess.run([sys.executable, "-c", told], check=True, timeout=120)


def test_another_text_leaves_what_is_said_of_names_and_what_lies_beside_the_notes() -> None:
    files = {"a.md": b"# A", "A.md": b"# B", "c.md": b"# C"}
    before = replace(notebook_of(files, root=Path()), others=["p.svg"])
    for change in ({"a.md": b"# A\n\nmore"}, {"new.md": b"# New"}):
        after = with_files(before, change)
        assert after.diagnostics == notebook_of(files | change, root=Path()).diagnostics
        assert {one.place.file for one in after.diagnostics if one.code == "ALP005"} == {
            "a.md", "A.md",
        }  # fmt: skip
        assert after.attachments == ["p.svg"]


def test_names_that_differ_by_case_alone_are_told_in_order() -> None:
    there = {"AB.md": b"# My VAULT", "Ab.md": b"# my vault", "c.md": b"[[ab]]"}
    notebook = notebook_of(there, root=Path("notes"))
    assert notebook.index.titled("My Vault") == ("AB", "Ab")
    after = with_files(notebook, {"AB.md": b"---\naliases: [Ab, old]\n---\n# Another"})
    assert after.notes["c"].mentions[0].candidates == ("AB", "Ab")
    assert after.redirects == {"old": "AB"}  # an alias that is a note's slug leads nowhere else
