import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.placing import Layout, layout, layout_digest, layout_text
from alpgraph.graph.store import draw_apart, load_layout, save_layout, stored_layout


def clustered(groups: int, size: int, *, extra: int = 0, topics: bool = False) -> Any:
    """A graph of dense groups joined in a ring; `extra` notes hang on the first ones."""
    rng = np.random.default_rng(1)
    graph = nx.MultiDiGraph()
    for group in range(groups):
        for i in range(size):
            theme = (f"topic {group}",) if topics else ()
            title = f"Note {i} of {group}"
            graph.add_node(f"g{group:02}-{i:03}", title=title, topics=theme, ghost=False)
        for i in range(size):
            for j in rng.choice(size, 4, replace=False):
                if i != j:
                    graph.add_edge(f"g{group:02}-{i:03}", f"g{group:02}-{j:03}", "extends")
        graph.add_edge(f"g{group:02}-000", f"g{(group + 1) % groups:02}-000", "related")
    for i in range(extra):
        graph.add_node(f"new-{i}", title="New", topics=(), ghost=False)
        graph.add_edge(f"new-{i}", f"g{i % groups:02}-{i:03}", "extends")
    return graph


def points(drawn: Layout, slugs: Any) -> np.ndarray:
    return np.array([drawn.positions[slug] for slug in slugs])


@pytest.mark.parametrize(
    "shape",
    [
        nx.empty_graph(0),
        nx.empty_graph(1),
        nx.empty_graph(2),
        nx.empty_graph(40),
        nx.path_graph(2),
        nx.star_graph(200),
        nx.disjoint_union(nx.cycle_graph(5), nx.empty_graph(7)),
        nx.complete_graph(12),
    ],
)
def test_any_shape_gives_finite_distinct_positions(shape: Any) -> None:
    graph = nx.MultiDiGraph(nx.relabel_nodes(shape, str))
    nx.set_node_attributes(graph, {n: {"title": n, "topics": (), "ghost": False} for n in graph})
    drawn = layout(graph)
    assert set(drawn.positions) == set(graph)
    assert np.isfinite(np.array(list(drawn.positions.values()))).all()
    assert len(set(drawn.positions.values())) == len(graph)


def test_the_same_graph_gives_the_same_map() -> None:
    assert layout(clustered(4, 20)) == layout(clustered(4, 20))


def test_notes_stand_among_their_own_community() -> None:
    graph = clustered(10, 60)
    slugs = sorted(graph)
    at = points(layout(graph), slugs)
    own = np.array([slug[:3] for slug in slugs])
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :5]
    assert (own[nearest] == own[:, None]).mean() >= 0.9


def test_areas_stand_apart_as_islands() -> None:
    graph = clustered(5, 30)
    drawn = layout(graph)
    centres = {area.id: np.array(area.centre) for area in drawn.areas}
    for area in drawn.areas:
        own = points(drawn, area.slugs)
        reach = np.quantile(np.linalg.norm(own - centres[area.id], axis=1), 0.8)
        others = [at for number, at in centres.items() if number != area.id]
        assert min(np.linalg.norm(at - centres[area.id]) for at in others) > 1.5 * reach


def test_a_map_drawn_anew_is_wider_than_high() -> None:
    for graph in (clustered(5, 30), nx_star()):
        wide, tall = np.ptp(points(layout(graph), sorted(graph)), axis=0)
        assert wide > 1.15 * tall


def test_dots_do_not_overlap() -> None:
    at = points(layout(nx_star()), sorted(nx_star()))
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 0.3 * np.median(apart.min(axis=1))


def nx_star() -> Any:
    graph = nx.MultiDiGraph(nx.relabel_nodes(nx.star_graph(300), str))
    nx.set_node_attributes(graph, {n: {"title": n, "topics": (), "ghost": False} for n in graph})
    return graph


def test_new_notes_move_no_old_one_and_stand_by_their_neighbours() -> None:
    old = layout(clustered(10, 40))
    graph = clustered(10, 40, extra=10)
    new = layout(graph, previous=old)
    slugs = sorted(old.positions)
    assert np.array_equal(points(old, slugs), points(new, slugs))
    width = np.ptp(points(old, slugs), axis=0).max()
    for i in range(10):
        x, y = new.positions[f"new-{i}"]
        near = np.array(new.positions[f"g{i:02}-{i:03}"])
        assert np.linalg.norm(near - (x, y)) < 0.2 * width


def with_strays(graph: Any, count: int) -> Any:
    for i in range(count):
        graph.add_node(f"stray-{i:02}", title="Stray", topics=(), ghost=False)
    return graph


def scale(drawn: Layout, slugs: Any) -> float:
    """Size of a map on a sheet that is 1.4 times as wide as high."""
    return float((np.ptp(points(drawn, slugs), axis=0) / [1.4, 1]).max())


def test_lone_notes_leave_the_scale_of_the_map_and_come_out_the_same_one_by_one() -> None:
    main = sorted(clustered(5, 14))
    fresh = grown = layout(clustered(5, 14))
    for count in (1, 2, 3):
        grown = layout(with_strays(clustered(5, 14), count), previous=grown)
        assert scale(grown, grown.positions) == pytest.approx(scale(fresh, main), rel=0.01)
    assert layout(with_strays(clustered(5, 14), 3)).positions == grown.positions


@pytest.mark.parametrize("known", [True, False])
def test_as_many_lone_notes_as_linked_ones_leave_them_most_of_the_sheet(known: bool) -> None:
    main = sorted(clustered(5, 14))
    previous = layout(clustered(5, 14)) if known else None
    drawn = layout(with_strays(clustered(5, 14), 70), previous=previous)
    assert scale(drawn, main) > 0.75 * scale(drawn, drawn.positions)
    strays = points(drawn, sorted(set(drawn.positions) - set(main)))
    apart = np.linalg.norm(strays[:, None] - points(drawn, main)[None], axis=2)
    closest = np.linalg.norm(points(drawn, main)[:, None] - points(drawn, main)[None], axis=2)
    assert apart.min() > closest[closest > 0].min()


def test_a_hub_with_many_leaves_is_no_blot_among_lone_notes() -> None:
    drawn = layout(with_strays(nx_star(), 12))
    assert scale(drawn, nx_star()) > 0.85 * scale(drawn, drawn.positions)


def test_parts_stand_beside_one_another_and_fill_the_sheet() -> None:
    sizes = (40, 25, 14, 8, 3, 2)
    graph = nx.MultiDiGraph()
    for part, size in enumerate(sizes):
        graph.update(
            nx.relabel_nodes(nx.cycle_graph(size), {i: f"{part}-{i}" for i in range(size)})
        )
    nx.set_node_attributes(graph, {n: {"title": n, "topics": (), "ghost": False} for n in graph})
    drawn = layout(graph)
    boxes = [
        (at.min(axis=0), at.max(axis=0))
        for at in (points(drawn, [f"{p}-{i}" for i in range(n)]) for p, n in enumerate(sizes))
    ]
    for i, (low, high) in enumerate(boxes):
        assert all((low > far).any() or (high < near).any() for near, far in boxes[:i])
    sheet = 1.4 * scale(drawn, sorted(graph)) ** 2
    assert sum((high - low).prod() for low, high in boxes) > 0.45 * sheet


def test_new_notes_in_a_row_follow_the_one_that_is_known() -> None:
    old = layout(clustered(5, 14))
    graph = with_strays(clustered(5, 14), 3)
    for a, b in (("stray-00", "stray-01"), ("stray-01", "stray-02"), ("stray-02", "g00-000")):
        graph.add_edge(a, b, "extends")
    new = layout(graph, previous=old)
    x, y = new.positions["stray-02"]
    assert np.linalg.norm(np.array(new.positions["g00-000"]) - (x, y)) < 0.3 * scale(
        old, sorted(old.positions)
    )


def test_ghosts_get_a_place_and_move_nobody(graph: Any) -> None:
    statements = [("a", "extends", "b"), ("b", "extends", "c"), ("c", "extends", "a")]
    plain = layout(graph(*statements))
    haunted = layout(graph(*statements, ("a", "mention", "to come")))
    assert haunted.communities["ghost://to come"] == -1
    assert dict(haunted.positions) == dict(plain.positions) | {
        "ghost://to come": haunted.positions["ghost://to come"]
    }


def test_areas_are_the_groups_named_by_their_common_topic() -> None:
    drawn = layout(clustered(4, 30, topics=True))
    assert sorted(area.name for area in drawn.areas) == [f"topic {i}" for i in range(4)]
    assert all(len({slug[:3] for slug in area.slugs}) == 1 for area in drawn.areas)


def test_areas_without_a_common_topic_are_named_by_their_most_central_note() -> None:
    graph = clustered(2, 12)
    for i in range(1, 12):
        graph.add_edge(f"g00-{i:03}", "g00-007", "supports")
    names = {area.name for area in layout(graph).areas}
    assert "Note 7 of 0" in names


def test_areas_keep_their_number_across_edits() -> None:
    before = layout(clustered(6, 20))
    graph = clustered(6, 20, extra=6)
    graph.remove_nodes_from([slug for slug in graph if slug.startswith("g00")])
    after = layout(graph, previous=before)
    kept = [slug for slug in before.communities if slug in after.communities]
    assert all(before.communities[slug] == after.communities[slug] for slug in kept)


def test_a_new_note_changes_no_other_notes_area() -> None:
    before = layout(clustered(8, 25))
    after = layout(clustered(8, 25, extra=5), previous=before)
    assert all(after.communities[slug] == area for slug, area in before.communities.items())
    assert all(
        after.communities[f"new-{i}"] == before.communities[f"g{i:02}-{i:03}"] for i in range(5)
    )


def test_a_new_island_becomes_an_area_of_its_own() -> None:
    before = layout(clustered(4, 25))
    graph = clustered(4, 25)
    for a, b in (("x", "y"), ("y", "z"), ("z", "x")):
        for slug in (a, b):
            graph.add_node(slug, title=slug, topics=("island",), ghost=False)
        graph.add_edge(a, b, "extends")
    after = layout(graph, previous=before)
    assert len(after.areas) == len(before.areas) + 1
    assert {area.slugs for area in after.areas if area.name == "island"} == {("x", "y", "z")}


def test_areas_are_found_anew_where_the_old_ones_fit_badly() -> None:
    graph = clustered(6, 20)
    mixed = {slug: i % 2 for i, slug in enumerate(graph)}
    positions = layout(graph).positions
    assert len(layout(graph, previous=Layout(positions, mixed)).areas) == 6


def test_areas_are_searched_for_when_more_than_a_few_links_are_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = layout(clustered(20, 30))
    searched: list[int] = []
    louvain = nx.community.louvain_communities
    monkeypatch.setattr(
        nx.community, "louvain_communities", lambda *a, **k: searched.append(1) or louvain(*a, **k)
    )
    graph = clustered(20, 30)
    nx.set_node_attributes(graph, "Other", "title")
    graph.add_edge("g00-001", "g01-001", "extends")
    once = layout(graph, previous=drawn)
    assert (searched, once.communities) == ([], drawn.communities)
    for i in range(2, 6):  # a few at a time are many in the end
        graph.add_edge(f"g00-{i:03}", f"g01-{i:03}", "extends")
        once = layout(graph, previous=once)
    assert searched
    del searched[:]
    graph.remove_edges_from(list(graph.edges(keys=True)))
    layout(graph, previous=once)
    assert searched


def test_a_pair_is_no_area(graph: Any) -> None:
    assert layout(graph(("a", "extends", "b"), notes=["b"])).areas == ()


def test_a_stored_map_comes_back_and_is_drawn_on_from(tmp_path: Path) -> None:
    graph = clustered(3, 20)
    first = stored_layout(graph, tmp_path)
    assert load_layout(tmp_path) == first
    assert stored_layout(graph, tmp_path) == first
    longer = stored_layout(clustered(3, 20, extra=1), tmp_path)
    assert all(longer.positions[slug] == at for slug, at in first.positions.items())


def test_another_process_draws_the_same_map(tmp_path: Path) -> None:
    graph = clustered(3, 20)
    first = stored_layout(graph, tmp_path, apart=True)
    assert first == layout(graph) == load_layout(tmp_path)
    longer = clustered(3, 20, extra=1)
    longer.add_node("ghost://to come", title="to come", topics=(), ghost=True)
    longer.add_edge("new-0", "ghost://to come", "extends")
    assert draw_apart(longer, tmp_path) == layout(longer, previous=first) == load_layout(tmp_path)


def test_a_map_that_no_other_process_can_keep_is_drawn_here(tmp_path: Path) -> None:
    (tmp_path / "layout.json").mkdir()
    assert draw_apart(clustered(1, 5), tmp_path) is None


def test_what_a_layout_depends_on_is_one_json_list() -> None:
    graph = clustered(4, 200)
    rows = json.loads("".join(layout_text(graph)))
    nodes = sorted((s, d["title"], list(d["topics"]), d["ghost"]) for s, d in graph.nodes.items())
    assert rows == [list(row) for row in [*nodes, *sorted(graph.edges(keys=True))]]
    whole = sha256(json.dumps(rows).encode()).hexdigest()
    assert layout_digest(graph) == whole


def test_a_map_kept_by_another_version_is_drawn_anew(tmp_path: Path) -> None:
    graph = clustered(3, 20)
    save_layout(Layout(dict.fromkeys(graph, (1.0, 1.0)), digest=layout_digest(graph)), tmp_path)
    file = tmp_path / "layout.json"
    file.write_text(file.read_text().replace('"version":2', '"version":1'))
    assert stored_layout(graph, tmp_path).positions == layout(graph).positions


def test_fresh_starts_over(tmp_path: Path) -> None:
    graph = clustered(3, 20)
    moved = Layout(dict.fromkeys(graph, (1.0, 1.0)))
    save_layout(moved, tmp_path)
    assert stored_layout(graph, tmp_path).positions == moved.positions
    assert stored_layout(graph, tmp_path, fresh=True).positions == layout(graph).positions


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"version": 2}', '{"version": 2, "positions": 3}', "\0"]
)
def test_a_damaged_file_counts_as_absent(tmp_path: Path, text: str) -> None:
    (tmp_path / "layout.json").write_text(text)
    assert load_layout(tmp_path) is None
    assert stored_layout(clustered(1, 5), tmp_path).positions


rows = st.tuples(
    st.sampled_from("abcdef"), st.sampled_from(["extends", "mention"]), st.sampled_from("abcdexy")
)


@settings(deadline=None, max_examples=15)
@given(st.lists(rows, max_size=12), st.lists(rows, max_size=12))
def test_any_growth_keeps_every_node_on_the_map(graph: Any, statements: Any, later: Any) -> None:
    first = layout(graph(*statements))
    grown = graph(*statements, *later)
    second = layout(grown, previous=first)
    assert set(second.positions) == set(second.communities) == set(grown)
    assert np.isfinite(np.array(list(second.positions.values()))).all()
