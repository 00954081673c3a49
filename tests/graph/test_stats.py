from dataclasses import fields
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.communities import find_areas
from alpgraph.graph.stats import HOW, RelatedPair, Stats, stats, stats_to_text


def test_every_figure_says_how_it_was_computed() -> None:
    assert {field.name for field in fields(Stats)} - {"how"} == set(HOW)


def test_counts_orphans_and_parts(graph: Any) -> None:
    made = graph(
        ("a", "extends", "b"),
        ("b", "parallels", "c"),
        ("d", "mention", "e"),
        ("f", "extends", "gone"),
        notes=["c", "e"],
    )
    found = stats(made)
    assert (found.notes, found.relations, found.mentions, found.missing) == (6, 3, 1, 1)
    assert found.orphans == ("f",)
    assert found.parts == (("a", "b", "c"), ("d", "e"))


def test_a_bridge_joins_two_sides_that_have_more(graph: Any) -> None:
    sides = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z"), ("z", "x")]
    statements = [(one, "extends", other) for one, other in sides]
    found = stats(
        graph(*statements, ("a", "mention", "x"), ("b", "extends", "leaf"), notes=["leaf"])
    )
    assert found.bridges == (("a", "x"),)


def test_the_longest_chain_follows_consequences_round_no_circle(graph: Any) -> None:
    statements = [("a", "leads-to", "b"), ("c", "results-from", "b"), ("c", "leads-to", "gone")]
    assert stats(graph(*statements, notes=["b"])).longest_chain == ("a", "b", "c")
    circle = [("b", "leads-to", "a"), ("c", "leads-to", "d"), ("d", "leads-to", "e")]
    made = graph(*statements, *circle, notes=["b", "e"])
    assert stats(made).longest_chain == ("b", "c", "d", "e")


def test_contradictions_qualifiers_and_lone_sources_are_named(graph: Any) -> None:
    made = graph(
        ("b", "contradicts", "a", "cannot both hold"),
        ("b", "qualifies", "a", "only when cold"),
        claims={"a": "A claim.", "b": "Another."},
        notes=["a"],
    )
    found = stats(made, sources={"a": 1, "b": 2})
    assert found.contradictions == (RelatedPair("b", "a", "cannot both hold"),)
    assert found.qualifiers == (RelatedPair("a", "b", "only when cold"),)
    assert found.single_source == ("a",)


def test_areas_are_told_with_their_centres_and_the_notes_that_join_them(graph: Any) -> None:
    rings = [[f"{name}{i}" for i in range(4)] for name in "xyz"]
    statements = [
        (one, "extends", other) for ring in rings for one in ring for other in ring if one < other
    ]
    links = (("x0", "related", "y0"), ("x0", "related", "z0"))
    made = graph(*statements, *links, notes=[slug for ring in rings for slug in ring])
    found = stats(made, areas=find_areas(made))
    assert [area.notes for area in found.areas] == [4, 4, 4]
    assert {area.central[0][0] for area in found.areas} == set("xyz")
    assert found.go_betweens == (("x0", 2),)


def test_the_most_central_notes_are_those_pointed_at(graph: Any) -> None:
    made = graph(("a", "extends", "c"), ("b", "extends", "c"), ("a", "parallels", "b"), notes=["c"])
    found = stats(made).central
    assert found["extends"] == (("c", 2),)
    assert found["parallels"] == (("a", 1), ("b", 1))


rows = st.tuples(
    st.sampled_from("abcde"),
    st.sampled_from(["leads-to", "results-from", "extends", "contradicts", "mention"]),
    st.sampled_from("abcdex"),
)


@settings(deadline=None)
@given(st.lists(rows, max_size=14))
def test_figures_fit_together_on_any_graph(graph: Any, statements: Any) -> None:
    made = graph(*statements)
    found = stats(made)
    assert len(found.orphans) + sum(map(len, found.parts)) == found.notes
    assert found.relations + found.mentions == made.number_of_edges()
    assert all(f"{name.replace('_', ' ')}: " in stats_to_text(found) for name in HOW)
    chain = found.longest_chain
    assert len(chain) == len(set(chain))
    assert all(made.has_edge(a, b, "leads-to") for a, b in pairwise(chain))
