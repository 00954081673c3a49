"""The bundled notes keep what the collection promises of itself."""

import re
from collections import Counter, defaultdict

import networkx as nx
import pytest

from alpgraph.experiments import reference_for
from alpgraph.graph import build_graph
from alpgraph.notes import Note, Notebook, read_notebook
from alpgraph.resources import resource_dir

FIRST = "utility-weighted-loss"
SHAPES = {
    "arxiv": re.compile(r"\d{4}\.\d{4,5}"),
    "doi": re.compile(r"10\.\d{4,9}/\S+"),
    "url": re.compile(r"https://\S+"),
}


@pytest.fixture(scope="module")
def bundled() -> Notebook:
    return read_notebook(resource_dir("notes"))


def findings(notebook: Notebook) -> list[Note]:
    return [note for slug, note in notebook.notes.items() if not slug.startswith("start-")]


def test_every_finding_names_a_source_by_an_id_of_the_right_shape(bundled: Notebook) -> None:
    titles = defaultdict(set)
    for note in findings(bundled):
        assert note.sources, note.slug
        for source in note.sources:
            assert SHAPES[source.kind].fullmatch(source.id), (note.slug, source.id)
            titles[source.kind, source.id].add(source.title)
    assert [key for key, found in titles.items() if len(found) > 1] == []


def test_every_note_is_reached_from_the_first_in_four_steps(bundled: Notebook) -> None:
    graph = build_graph(bundled)
    told = [(a, b) for a, b, kind in graph.edges(keys=True) if kind != "mention"]
    steps = nx.single_source_shortest_path_length(nx.Graph(told), FIRST)
    assert {slug for slug in bundled.notes if steps.get(slug, 5) > 4} == set()


def test_every_relation_gives_a_reason_of_its_own_and_its_basis(bundled: Notebook) -> None:
    told = [relation for note in bundled.notes.values() for relation in note.relations]
    assert [relation.place for relation in told if not relation.basis] == []
    assert [relation.why for relation in told if len(relation.why) < 20] == []
    times = Counter(relation.why for relation in told)
    assert [why for why, count in times.items() if count > 1] == []


def test_every_note_has_three_relations_and_a_body_of_200_to_500_words(bundled: Notebook) -> None:
    few = [slug for slug, note in bundled.notes.items() if len(note.relations) < 3]
    words = {slug: len(note.body.split()) for slug, note in bundled.notes.items()}
    assert few == []
    assert {slug: count for slug, count in words.items() if not 200 <= count <= 500} == {}


def test_limits_and_contradictions_are_told_and_every_area_has_an_entry(bundled: Notebook) -> None:
    kinds = Counter(kind for _, _, kind in build_graph(bundled).edges(keys=True))
    assert len(findings(bundled)) >= 50
    assert kinds["qualified-by"] + kinds["contradicts"] >= 12
    entered = {
        topic
        for slug, note in bundled.notes.items()
        if slug.startswith("start-")
        for topic in note.topics
    }
    assert {topic for note in findings(bundled) for topic in note.topics} == entered


def test_at_least_twenty_notes_rest_on_a_stored_result(bundled: Notebook) -> None:
    named = {slug: note.experiment for slug, note in bundled.notes.items() if note.experiment}
    assert len(named) >= 20
    results = {slug: reference_for(chosen.name, chosen.params) for slug, chosen in named.items()}
    assert [slug for slug, result in results.items() if result is None] == []
