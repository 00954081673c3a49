import io
import json
import re
import subprocess
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from alpgraph.graph.exports import FORMATS, export, read_graphml

# rdflib's own JSON-LD reader uses its own deprecated class
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")

HOSTILE = 'a"b\\N <b>&amp; ]]> \u2028 {$} ☃ \\" </script> @x\nsecond \x01 line\\'
ALP = "urn:alpgraph:"
BASE = "https://example.org"
DOT_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(->|[\[\]{};=,])|([A-Za-z_]\w*))', re.DOTALL)


@pytest.fixture
def small(graph: Any) -> Any:
    return graph(
        ("a", "leads-to", "b", "first why", "paper"),
        ("b", "results-from", "a", "second why", "reading"),
        ("a", "parallels", "b", "both"),
        ("b", "extends", "a", "third why"),
        ("b", "tested-by", "a", "a test"),
        ("b", "mention", "to come", "See to come."),
        topics={"a": ["one", "two"]},
        claims={"a": "A claim."},
    )


@pytest.fixture
def hostile(graph: Any) -> Any:
    return graph(
        (HOSTILE, "leads-to", "b", HOSTILE, "paper"),
        ("b", "mention", HOSTILE + "!", HOSTILE),
        titles={HOSTILE: HOSTILE},
        topics={HOSTILE: [HOSTILE]},
        claims={HOSTILE: HOSTILE},
    )


def dot_tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        match = DOT_TOKEN.match(text, at)
        assert match, text[at : at + 60]
        tokens.append(match[0].strip())
        at = match.end()
    return tokens


def test_networkx_reads_the_node_link_json(small: Any) -> None:
    data = json.loads(export(small, "json", verdicts={"a": "supported"}))
    assert set(data["edges"][0]) >= {"source", "target", "type", "why", "basis", "form"}
    assert set(data["nodes"][0]) >= {"id", "title", "topics", "verdict", "ghost"}
    read = nx.node_link_graph(data, edges="edges")
    assert set(read.edges(keys=True)) == set(small.edges(keys=True))
    assert read.nodes["a"]["verdict"] == "supported"
    assert [r["why"] for r in read.edges["a", "b", "leads-to"]["reasons"]] == [
        "first why",
        "second why",
    ]


def test_networkx_reads_the_graphml(small: Any) -> None:
    text = export(small, "graphml", verdicts={"a": "supported"})
    read = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    assert set(read) == set(small)
    kinds = {(s, t, d["type"], d.get("basis", "")) for s, t, d in read.edges(data=True)}
    assert ("a", "b", "leads-to", "paper") in kinds
    assert len(kinds) == small.number_of_edges()
    assert read.nodes["a"]["verdict"] == "supported"
    assert read.nodes["ghost://to come"]["ghost"] is True


def test_graphml_comes_back_as_the_same_graph(small: Any) -> None:
    assert nx.utils.graphs_equal(read_graphml(export(small, "graphml")), small)


@pytest.mark.parametrize(
    "text", ["", "<a/>", "no", '<!DOCTYPE x [<!ENTITY a "b">]><x/>', "<graphml><graph/></graphml>"]
)
def test_other_xml_is_refused_with_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="GraphML"):
        read_graphml(text)


def test_networkx_reads_the_gexf(small: Any) -> None:
    text = export(small, "gexf", verdicts={"a": "supported"})
    read = nx.read_gexf(io.BytesIO(text.encode()))
    assert read.nodes["a"]["label"] == "A"
    assert read.nodes["a"]["verdict"] == "supported"
    edges = {(s, t, d["type"], d["why"]) for s, t, d in read.edges(data=True)}
    assert ("a", "b", "leads-to", "first why") in edges
    assert len(edges) == small.number_of_edges()


@pytest.mark.parametrize(("format", "reader"), [("ttl", "turtle"), ("jsonld", "json-ld")])
def test_rdflib_reads_linked_data_with_reasons(small: Any, format: str, reader: str) -> None:
    text = export(small, format, verdicts={"b": "contradicted"}, base=BASE)
    read = rdflib.Graph().parse(data=text, format=reader)
    a, b = rdflib.URIRef(f"{BASE}/n/a"), rdflib.URIRef(f"{BASE}/n/b")
    cito = rdflib.Namespace("http://purl.org/spar/cito/")
    assert (b, cito.extends, a) in read
    assert (a, cito.isExtendedBy, b) in read
    assert (a, cito.refutes, b) in read
    assert (a, rdflib.SKOS.related, b) in read
    assert (a, rdflib.URIRef(f"{BASE}/relations/leads-to"), b) in read
    assert (a, rdflib.SKOS.definition, rdflib.Literal("A claim.")) in read
    assert {str(topic) for topic in read.objects(a, rdflib.DCTERMS.subject)} == {"one", "two"}
    assert str(read.value(b, rdflib.URIRef(ALP + "verdict"))) == "contradicted"
    reasons = {str(why) for why in read.objects(None, rdflib.URIRef(ALP + "why"))}
    assert reasons >= {"first why", "second why", "third why"}
    paper = read.value(None, rdflib.URIRef(ALP + "basis"), rdflib.Literal("paper"))
    assert str(read.value(paper, rdflib.URIRef(ALP + "why"))) == "first why"
    assert read.value(paper, rdflib.DCTERMS.source) == a


def test_both_linked_data_formats_say_the_same(small: Any) -> None:
    graphs = [
        rdflib.Graph().parse(data=export(small, format), format=reader)
        for format, reader in (("ttl", "turtle"), ("jsonld", "json-ld"))
    ]
    assert isomorphic(*graphs)


def test_dot_is_made_of_dot_tokens_only(small: Any, hostile: Any) -> None:
    for made in (small, hostile):
        tokens = dot_tokens(export(made, "dot"))
        assert tokens.count("->") == made.number_of_edges()
        assert (tokens[:3], tokens[-1]) == (["digraph", "alpgraph", "{"], "}")


def test_dot_keeps_types_reasons_bases_and_verdicts(small: Any) -> None:
    text = export(small, "dot", verdicts={"a": "no effect"})
    for said in ('type="leads-to"', 'tooltip="first why"', 'basis="paper"', 'verdict="no effect"'):
        assert said in text


def test_graphviz_reads_the_dot(small: Any, hostile: Any, dot: str) -> None:
    def read(text: str) -> Any:
        command = [dot, "-Tdot_json"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    strange = read(export(hostile, "dot"))
    assert (len(strange["objects"]), len(strange["edges"])) == (3, 2)
    plain = read(export(small, "dot", verdicts={"a": "no effect"}))
    names = {node["_gvid"]: node["name"] for node in plain["objects"]}
    edges = {(names[edge["tail"]], names[edge["head"]], edge["type"]) for edge in plain["edges"]}
    assert edges == {(a, b, kind) for a, b, kind in small.edges(keys=True)}
    assert {edge.get("basis") for edge in plain["edges"]} == {"paper", None}
    assert {node["verdict"] for node in plain["objects"] if "verdict" in node} == {"no effect"}


@pytest.mark.parametrize("format", list(FORMATS))
def test_hostile_text_stays_text_in_every_format(hostile: Any, format: str) -> None:
    text = export(hostile, format, verdicts={}, base=BASE)
    assert "\x01" not in text
    text.encode()
    if format in ("graphml", "gexf"):
        tags = {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(text).iter()}
        assert not tags & {"b", "script"}
    if format == "jsonld":
        assert "</script" not in text
    if format in ("jsonld", "ttl"):
        read = rdflib.Graph().parse(data=text, format={"ttl": "turtle"}.get(format, "json-ld"))
        claims = [str(claim) for claim in read.objects(None, rdflib.SKOS.definition)]
        assert claims == [HOSTILE.replace("\x01", "�")]


def test_the_same_graph_gives_the_same_text(notebook: Any, graph: Any) -> None:
    rows = [("a", "extends", "b"), ("b", "parallels", "c"), ("c", "mention", "a")]
    for format in FORMATS:
        assert export(graph(*rows), format) == export(graph(*reversed(rows)), format)


def test_an_unknown_format_is_quoted_in_the_error(small: Any) -> None:
    with pytest.raises(ValueError, match="'pdf'"):
        export(small, "pdf")


words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
rows = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["extends", "parallels", "mention"]), words, words
)


@settings(deadline=None)
@given(st.lists(rows, max_size=6))
def test_graphml_keeps_any_text(graph: Any, statements: Any) -> None:
    made = graph(*statements)
    assert nx.utils.graphs_equal(read_graphml(export(made, "graphml")), made)
