import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.build import build_graph, patch_graph

KINDS = ["leads-to", "results-from", "parallels", "explains", "mention"]
rows = st.tuples(
    st.sampled_from("abcde"), st.sampled_from(KINDS), st.sampled_from("abcdex"), st.text(max_size=3)
)
tellings = st.lists(rows, max_size=12)


def content(graph: Any) -> tuple[Any, Any]:
    """Nodes and edges with all they hold; a symmetric edge is the same from either end."""
    edges = {
        (*(sorted(ends) if key == "parallels" else ends), key): data
        for *ends, key, data in graph.edges(keys=True, data=True)
    }
    return dict(graph.nodes(data=True)), edges


def test_a_relation_told_from_both_ends_is_one_edge_with_two_reasons(graph: Any) -> None:
    made = graph(("a", "leads-to", "b", "from a"), ("b", "results-from", "a", "from b"))
    assert list(made.edges(keys=True)) == [("a", "b", "leads-to")]
    edge = made.edges["a", "b", "leads-to"]
    assert [(reason.by, reason.why) for reason in edge["reasons"]] == [
        ("a", "from a"),
        ("b", "from b"),
    ]
    assert edge["why"] == "from a"


def test_the_reason_of_the_other_end_stands_in_for_a_silent_author(graph: Any) -> None:
    made = graph(("a", "leads-to", "b"), ("b", "results-from", "a", "from b", "paper"))
    edge = made.edges["a", "b", "leads-to"]
    assert (edge["why"], edge["basis"]) == ("from b", "paper")


def test_a_symmetric_relation_is_one_edge_whoever_tells_it(graph: Any) -> None:
    made = graph(("b", "parallels", "a", "from b"), ("a", "parallels", "b", "from a"))
    assert list(made.edges(keys=True)) == [("a", "b", "parallels")]
    assert {reason.by for reason in made.edges["a", "b", "parallels"]["reasons"]} == {"a", "b"}


def test_several_relations_between_two_notes_are_kept(graph: Any) -> None:
    made = graph(("a", "framed-by", "b"), ("a", "explains", "b"), notes=["b"])
    assert set(made.edges(keys=True)) == {("a", "b", "framed-by"), ("b", "a", "explained-by")}


def test_mentions_are_one_edge_with_the_first_sentence_and_a_count(graph: Any) -> None:
    made = graph(("a", "mention", "b", "First."), ("a", "mention", "b", "Second."), notes=["b"])
    edge = made.edges["a", "b", "mention"]
    assert (edge["sentence"], edge["count"], edge["type"]) == ("First.", 2, "mention")


def test_a_mention_of_the_note_itself_is_no_edge(graph: Any) -> None:
    assert graph(("a", "mention", "a", "See above.")).number_of_edges() == 0


def test_a_target_without_a_note_is_one_ghost_titled_as_written(graph: Any) -> None:
    made = graph(("a", "leads-to", "To come"), ("b", "mention", "To come"))
    ghost = made.nodes["ghost://To come"]
    assert (ghost["ghost"], ghost["title"]) == (True, "To come")
    assert made.degree("ghost://To come") == 2


def test_an_unknown_type_is_no_edge(graph: Any) -> None:
    assert graph(("a", "", "b"), notes=["b"]).number_of_edges() == 0


def test_the_graph_is_frozen(graph: Any) -> None:
    with pytest.raises(nx.NetworkXError):
        graph().add_node("b")


@settings(deadline=None)
@given(tellings, st.randoms())
def test_the_order_of_notes_does_not_matter(notebook: Any, statements: Any, random: Any) -> None:
    made = notebook(*statements)
    shuffled = list(made.notes.items())
    random.shuffle(shuffled)
    again = build_graph(type(made)(dict(shuffled)))
    assert nx.utils.graphs_equal(build_graph(made), again)
    assert list(again) == list(build_graph(made))


@settings(deadline=None)
@given(tellings, tellings, st.sets(st.sampled_from("abcde")))
def test_patching_gives_what_building_gives(
    notebook: Any, statements: Any, later: Any, kept: Any
) -> None:
    before = notebook(*statements, notes="abcd")
    fresh = notebook(*later, notes="bcde")
    # a notebook keeps the objects of notes that an edit does not touch
    same = kept & before.notes.keys() & fresh.notes.keys()
    resolved = {
        slug: note
        for slug, note in before.notes.items()
        if slug in same
        and all((r.target or "b") in fresh.notes for r in note.relations)
        and all((m.target or "b") in fresh.notes for m in note.mentions)
        and not {r.to for r in note.relations if r.target is None} & fresh.notes.keys()
        and not {m.to for m in note.mentions if m.target is None} & fresh.notes.keys()
    }
    after = type(before)(fresh.notes | resolved)
    graph = build_graph(before)
    untouched = content(graph)
    assert content(patch_graph(graph, before, after)) == content(build_graph(after))
    assert content(graph) == untouched == content(build_graph(before))


def test_a_note_named_as_ghosts_are_takes_none_of_their_links(
    alpgraph: Callable[..., Any], folder: Callable[..., Path]
) -> None:
    names = ["ghost:x", "ghost:/x", "ghost/x"]
    notes = {f"{name}.md": f"# A note\n\nno links: {name}" for name in names}
    root = folder({**notes, "a.md": "# A\n\nsee [[x]]"})
    made = json.loads(alpgraph("export", "json", "--notes", str(root)).stdout)
    notes_told = {node["id"] for node in made["nodes"] if not node["ghost"]}
    assert notes_told == {"a", *names}
    assert [edge["source"] for edge in made["edges"]] == ["a"]
    assert made["edges"][0]["target"] not in notes_told
