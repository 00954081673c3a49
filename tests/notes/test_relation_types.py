"""The relation types that a collection adds or changes in its configuration."""

import pytest
from rdflib import Graph
from rdflib.namespace import SKOS

from alpgraph.config import Config, ConfigError, load_config
from alpgraph.graph import build_graph, export
from alpgraph.notes import RelationTypes, read_notebook, types_of

NOTE = (
    "---\ntitle: {0}\nrelations:\n  - {{type: {1}, to: b, why: a reason of enough letters}}\n---\n"
)


def table(*rows):
    return types_of(Config.model_validate({"relation_types": rows}).relation_types)


def test_a_changed_type_keeps_what_its_row_leaves_out() -> None:
    kind = table({"id": "leads-to", "label": "brings about"}).by_id["leads-to"]
    was = RelationTypes().by_id["leads-to"]
    assert kind.label == "brings about"
    assert (kind.inverse, kind.words, kind.signature) == ("results-from", was.words, was.signature)
    assert (kind.light, kind.dark, kind.orders) == (was.light, was.dark, was.orders)


def test_no_two_types_are_drawn_alike() -> None:
    own = [{"id": f"own-{name}", "label": f"owns {name}"} for name in "abcdefg"]
    drawn = [(kind.light, kind.signature) for kind in table(*own).types]
    assert len(drawn) == 22
    assert len(set(drawn)) == len(drawn)
    with pytest.raises(ConfigError, match="'own-h' and 'related' are drawn alike"):
        table(*own, {"id": "own-h", "label": "owns h", "signature": "dots"})
    dotted = {"label": "owns", "signature": "dots", "dark": "#ABCDEF"}
    rows = [{"id": "own-i", "light": "#111111"}, {"id": "own-k", "light": "#222222"}]
    assert table(rows[0] | dotted).by_id["own-i"].signature == "dots"
    with pytest.raises(ConfigError, match="'own-k' and 'own-i' are drawn alike"):
        table(*(row | dotted for row in rows))


def test_a_word_for_the_other_end_of_a_symmetric_type_means_the_type() -> None:
    read = table({"id": "twin", "label": "is twin of", "inverse_words": ["double"]}).read("double")
    assert read is not None
    assert (read.id, read.label) == ("twin", "is twin of")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"inverse": "explains", "inverse_label": "x"}, "'explains' of 'own' means one end of"),
        ({"id": "explains"}, "'explains' of 'explains' means one end of 'explained-by'"),
        ({"id": "mention"}, "links in running text"),
        ({"inverse": "owned-by"}, "'own' needs `inverse_label`"),
    ],
)
def test_a_table_with_doubts_is_refused(row, said) -> None:
    with pytest.raises(ConfigError, match=said):
        table({"id": "own", "label": "owns"} | row)


def test_a_symmetric_type_is_exported_from_both_ends(folder) -> None:
    toml = '[[relation_types]]\nid = "twin"\nlabel = "is twin of"\ncito = "skos:exactMatch"\n'
    root = folder({"a.md": NOTE.format("a", "twin"), "b.md": "b", "alpgraph.toml": toml})
    types = types_of(load_config(root).relation_types)
    data = export(build_graph(read_notebook(root, types=types)), "ttl")
    told = Graph().parse(data=data, format="turtle").subject_objects(SKOS.exactMatch)
    names = {(str(a).rpartition(":")[2], str(b).rpartition(":")[2]) for a, b in told}
    assert names == {("a", "b"), ("b", "a")}
