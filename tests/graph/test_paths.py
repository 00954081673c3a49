from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.paths import (
    explain_no_path,
    find_paths,
    find_ways,
    path_to_json,
    step_between,
)


def walks(found: Any) -> list[list[str]]:
    return [[path.steps[0].from_, *(step.to for step in path.steps)] for path in found]


def test_the_best_paths_come_first_and_read_in_walking_direction(graph: Any) -> None:
    made = graph(
        ("a", "leads-to", "b", "it follows."),
        ("c", "explained-by", "b", "that is why"),
        ("a", "related", "c", "somehow"),
        notes=["b"],
    )
    short, long = find_paths(made, "a", "c")
    assert [(step.label, step.to) for step in long.steps] == [("leads to", "b"), ("explains", "c")]
    assert (short.score, long.score) == (0.5, 0.5)
    assert long.sentence == (
        "“A” leads to “B”, because: it follows; “B” explains “C”, because: that is why."
    )


def test_relations_come_before_a_direct_mention(graph: Any) -> None:
    made = graph(
        ("a", "mention", "c", "See c."), ("a", "extends", "b"), ("b", "extends", "c"), notes=["c"]
    )
    first, second = find_paths(made, "a", "c")
    assert len(first.steps) == 2
    assert second.sentence == "“A” mentions “C”: “See c”."


def test_the_strongest_of_several_relations_is_told(graph: Any) -> None:
    made = graph(("a", "related", "b"), ("b", "extends", "a"))
    (path,) = find_paths(made, "a", "b")
    assert path.steps[0].label == "is extended by"


def test_the_strongest_link_between_two_notes_carries_its_reason_and_basis(graph: Any) -> None:
    made = graph(
        ("a", "related", "b", "loosely"), ("b", "explains", "a", "that is why", "paper"), notes="c"
    )
    step = step_between(made, "a", "b")
    assert step is not None
    assert (step.label, step.why, step.basis) == ("is explained by", "that is why", "paper")
    assert path_to_json(find_paths(made, "a", "b")[0])["steps"][0]["basis"] == "paper"
    assert step_between(made, "a", "c") is None


def test_no_path_says_how_large_the_parts_are(graph: Any) -> None:
    made = graph(("a", "extends", "b"), ("c", "extends", "gone"), ("b", "extends", "gone"))
    assert find_paths(made, "a", "c") == []
    assert explain_no_path(made, "a", "c") == (
        "No path: “A” stands in a part of 2 notes, and “C” in another of 1 note."
    )


def test_a_note_has_no_path_to_itself(graph: Any) -> None:
    assert find_paths(graph(("a", "extends", "a")), "a", "a") == []


@pytest.mark.parametrize("slug", ["nowhere", "ghost://gone"])
def test_absent_notes_and_ghosts_are_a_key_error(graph: Any, slug: str) -> None:
    with pytest.raises(KeyError, match=slug):
        find_paths(graph(("a", "extends", "gone")), "a", slug)


rows = st.tuples(
    st.sampled_from("abcde"),
    st.sampled_from(["extends", "explains", "related", "parallels", "mention"]),
    st.sampled_from("abcdex"),
)


@settings(deadline=None)
@given(st.lists(rows, max_size=14), st.randoms())
def test_paths_are_loopless_ranked_and_the_first_is_the_shortest(
    graph: Any, statements: Any, random: Any
) -> None:
    made = graph(*statements, notes="abcde")
    found = find_paths(made, "a", "b", k=4)
    assert all(len(walk) == len(set(walk)) for walk in walks(found))
    assert [path.score for path in found] == sorted((p.score for p in found), reverse=True)
    assert len({tuple(walk) for walk in walks(found)}) == len(found)
    shuffled = random.sample(statements, len(statements))
    assert walks(find_paths(graph(*shuffled, notes="abcde"), "a", "b", k=4)) == walks(found)
    ways = find_ways(made)
    assert bool(found) == nx.has_path(ways, "a", "b")
    if found:
        length = nx.dijkstra_path_length(ways, "a", "b")
        assert found[0].score == round(1 / length, 4)
