from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.ego import degree, degrees, ego
from alpgraph.graph.links import links


def test_links_read_from_both_ends_with_the_inverse_label(graph: Any) -> None:
    made = graph(("a", "leads-to", "b", "because"), notes=["b"])
    (here,), (there,) = links(made, "a"), links(made, "b")
    assert (here.label, here.forward, here.authored, here.side) == ("leads to", True, True, "right")
    assert (there.label, there.forward, there.authored, there.side) == (
        "results from",
        False,
        False,
        "left",
    )
    assert here.why == there.why == "because"


def test_each_end_shows_its_own_reason_first(graph: Any) -> None:
    made = graph(("a", "leads-to", "b", "from a"), ("b", "results-from", "a", "from b"))
    assert links(made, "a")[0].why == "from a"
    assert links(made, "b")[0].why == "from b"


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        ("framed-by", "left"),
        ("frames", "right"),
        ("leads-to", "right"),
        ("results-from", "left"),
        ("parallels", "right"),
        ("extends", "left"),
    ],
)
def test_ground_stands_left_and_what_follows_right(graph: Any, kind: str, side: str) -> None:
    assert links(graph(("a", kind, "b"), notes=["b"]), "a")[0].side == side


def test_links_follow_the_table_and_then_the_author(graph: Any) -> None:
    made = graph(
        ("a", "leads-to", "z"), ("a", "leads-to", "b"), ("a", "parallels", "b"), notes=["b", "z"]
    )
    assert [(link.type, link.other) for link in links(made, "a")] == [
        ("parallels", "b"),
        ("leads-to", "z"),
        ("leads-to", "b"),
    ]


def test_mentions_come_last_and_only_when_asked_for(graph: Any) -> None:
    made = graph(("a", "mention", "b", "See b."), ("a", "related", "b"), notes=["b"])
    assert [link.type for link in links(made, "a")] == ["related"]
    assert [link.label for link in links(made, "b", mentions=True)] == [
        "is related to",
        "is mentioned by",
    ]


def test_a_self_link_reads_once(graph: Any) -> None:
    assert len(links(graph(("a", "leads-to", "a")), "a")) == 1


def test_links_of_an_absent_note_are_a_key_error(graph: Any) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        links(graph(), "nowhere")


def test_the_ego_groups_neighbours_and_names_edges_among_them(graph: Any) -> None:
    made = graph(
        ("a", "leads-to", "b"), ("a", "parallels", "c"), ("b", "extends", "c"), notes=["c"]
    )
    seen = ego(made, "a")
    assert [neighbour.slug for neighbour in seen.neighbours] == ["c", "b"]
    assert seen.cross == (("b", "c", "extends"),)
    assert seen.hidden == 0


def test_two_relations_to_one_neighbour_are_one_card(graph: Any) -> None:
    made = graph(("a", "framed-by", "b"), ("a", "explains", "b"), notes=["b"])
    (neighbour,) = ego(made, "a").neighbours
    assert [link.type for link in neighbour.links] == ["framed-by", "explained-by"]


def test_a_mention_counts_only_where_no_relation_joins(graph: Any) -> None:
    statements = [("a", "mention", "b"), ("a", "related", "b"), ("a", "mention", "c")]
    seen = ego(graph(*statements, notes=["b", "c"]), "a")
    assert [[link.type for link in n.links] for n in seen.neighbours] == [["related"], ["mention"]]
    assert [
        n.slug for n in ego(graph(*statements, notes="bc"), "a", mentions=False).neighbours
    ] == ["b"]


def test_filters_keep_types_and_bases(graph: Any) -> None:
    made = graph(
        ("a", "leads-to", "b", "", "paper"),
        ("a", "parallels", "c", "", "reading"),
        notes=["b", "c"],
    )
    assert [n.slug for n in ego(made, "a", types=["leads-to"]).neighbours] == ["b"]
    assert [n.slug for n in ego(made, "a", bases=["reading"]).neighbours] == ["c"]


def test_over_the_limit_every_group_keeps_a_share(graph: Any) -> None:
    many = [(f"n{i:03}", "parallels", "hub") for i in range(40)]
    made = graph(*many, ("hub", "leads-to", "x"), notes=["hub", "x"])
    seen = ego(made, "hub", limit=10)
    assert len(seen.neighbours) == 10
    assert seen.hidden == 31
    assert "x" in {neighbour.slug for neighbour in seen.neighbours}


def test_depth_two_names_what_stands_behind(graph: Any) -> None:
    made = graph(
        ("a", "leads-to", "b"), ("b", "leads-to", "c"), ("b", "leads-to", "gone"), notes="c"
    )
    assert ego(made, "a").neighbours[0].onward == ()
    assert ego(made, "a", depth=2).neighbours[0].onward == ("c",)


rows = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from(["extends", "explains", "parallels", "mention"]),
    st.sampled_from("abcdx"),
)


@settings(deadline=None)
@given(st.lists(rows, max_size=14))
def test_all_degrees_at_once_are_those_one_by_one(graph: Any, statements: Any) -> None:
    made = graph(*statements, notes="abcd")
    assert degrees(made) == {slug: degree(made, slug) for slug in made}
