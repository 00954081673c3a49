from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.diff import diff_graphs


def kinds(found: Any) -> list[tuple[str, str, str]]:
    return [
        (
            c.kind,
            f"{c.before.by} {c.before.label} {c.before.other}" if c.before else "",
            f"{c.after.by} {c.after.label} {c.after.other}" if c.after else "",
        )
        for c in found.relations
    ]


def test_notes_added_removed_and_changed_are_named(graph: Any) -> None:
    before = graph(notes=["a", "b"], titles={"a": "Old"}, claims={"a": "It is so."})
    found = diff_graphs(before, graph(notes=["a", "c"], titles={"a": "New"}))
    assert (found.notes_added, found.notes_removed) == (("c",), ("b",))
    (change,) = found.notes_changed
    assert change.fields == ("title", "claim")
    assert (change.title_before, change.title) == ("Old", "New")


def test_notes_are_told_in_the_order_of_their_names(graph: Any) -> None:
    old, new = "ihgfedcba", "ponmlkihg"
    before = graph(notes=old, titles=dict.fromkeys("ihg", "Old"))
    found = diff_graphs(before, graph(notes=new))
    assert [change.slug for change in found.notes_changed] == ["g", "h", "i"]
    assert (found.notes_added, found.notes_removed) == (tuple("klmnop"), tuple("abcdef"))
    assert found.new_orphans == found.notes_added


def test_relations_added_and_removed_read_from_their_author(graph: Any) -> None:
    before = graph(("a", "leads-to", "b", "one"), notes="bc")
    after = graph(("b", "explains", "c", "two"), notes="ac")
    assert kinds(diff_graphs(before, after)) == [
        ("removed", "a leads to b", ""),
        ("added", "", "b explains c"),
    ]


def test_another_type_between_the_same_notes_is_retyped(graph: Any) -> None:
    before = graph(("a", "leads-to", "b", "one"), notes="b")
    after = graph(("a", "explained-by", "b", "one"), notes="b")
    assert kinds(diff_graphs(before, after)) == [("retyped", "a leads to b", "a is explained by b")]


def test_the_same_reason_for_another_target_is_redirected(graph: Any) -> None:
    before = graph(("a", "leads-to", "b", "one"), notes="bc")
    after = graph(("a", "leads-to", "c", "one"), notes="bc")
    assert kinds(diff_graphs(before, after)) == [("redirected", "a leads to b", "a leads to c")]


def test_a_changed_reason_shows_both(graph: Any) -> None:
    before = graph(("a", "leads-to", "b", "one", "paper"), notes="b")
    after = graph(("a", "leads-to", "b", "two", "paper"), notes="b")
    (change,) = diff_graphs(before, after).relations
    assert (change.kind, change.before.why, change.after.why) == ("reason changed", "one", "two")


def test_a_second_voice_on_an_edge_is_a_changed_reason(graph: Any) -> None:
    before = graph(("a", "leads-to", "b", "one"), notes="b")
    after = graph(("a", "leads-to", "b", "one"), ("b", "results-from", "a", "too"))
    (change,) = diff_graphs(before, after).relations
    assert (change.kind, change.after.by, change.after.why) == ("reason changed", "b", "too")


def test_who_tells_a_symmetric_relation_does_not_matter(graph: Any) -> None:
    before = graph(("a", "parallels", "b", "one"), ("b", "parallels", "a", "two"))
    after = graph(("b", "parallels", "a", "two"), notes="a")
    (change,) = diff_graphs(before, after).relations
    assert change.kind == "reason changed"


def test_orphans_contradictions_and_missing_targets_are_told(graph: Any) -> None:
    before = graph(("a", "extends", "b"), ("c", "mention", "d"), notes="bde")
    after = graph(("a", "contradicts", "c"), ("c", "extends", "gone"), notes="bcde")
    found = diff_graphs(before, after)
    assert found.new_orphans == ("b", "d")
    assert [(statement.by, statement.other) for statement in found.new_contradictions] == [
        ("a", "c")
    ]
    assert [statement.other for statement in found.new_missing] == ["ghost://gone"]
    assert (found.mentions_added, found.mentions_removed) == ((), (("c", "d"),))


def test_parts_that_join_and_split_are_told_by_a_note_of_each(graph: Any) -> None:
    apart = graph(("a", "extends", "b"), ("c", "extends", "d"), notes="bd")
    whole = graph(("a", "extends", "b"), ("c", "extends", "d"), ("b", "extends", "c"), notes="d")
    joining, splitting = diff_graphs(apart, whole), diff_graphs(whole, apart)
    assert (joining.joined, joining.split) == ((("a", "c"),), ())
    assert (splitting.joined, splitting.split) == ((), (("a", "c"),))
    assert (joining.parts_before, joining.parts_after) == (2, 1)


rows = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from(["extends", "explains", "parallels", "contradicts", "mention"]),
    st.sampled_from("abcdx"),
    st.sampled_from(["", "one", "two"]),
)
tellings = st.lists(rows, max_size=8)


@settings(deadline=None)
@given(tellings)
def test_a_graph_does_not_differ_from_itself(graph: Any, statement: Any) -> None:
    assert diff_graphs(graph(*statement), graph(*statement)).empty


@settings(deadline=None)
@given(tellings, tellings)
def test_every_edge_that_came_or_went_is_told_once(graph: Any, statement: Any, later: Any) -> None:
    before, after = graph(*statement), graph(*later)
    found = diff_graphs(before, after)

    def edges(made: Any) -> set[Any]:
        named = {key: (key == "parallels" or key == "contradicts") for _, _, key in made.edges}
        return {
            (*(sorted((a, b)) if named[key] else (a, b)), key)
            for a, b, key in made.edges
            if key != "mention"
        }

    moved = [change for change in found.relations if change.kind != "reason changed"]
    assert len([c for c in moved if c.before]) == len(edges(before) - edges(after))
    assert len([c for c in moved if c.after]) == len(edges(after) - edges(before))
