"""GraphML, written and read back to the same graph."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

from alpgraph.graph.exports.rows import clean, edge_rows, node_rows
from alpgraph.graph.model import MENTION, NoteGraph, Reason, types_of_graph
from alpgraph.notes.relation_table import RelationType
from alpgraph.notes.relation_types import RelationTypes

SPACE = "http://graphml.graphdrawing.org/xmlns"
NODE_KEYS = {
    "title": "string",
    "summary": "string",
    "claim": "string",
    "topics": "string",
    "experiment": "string",
    "ghost": "boolean",
    "verdict": "string",
}
EDGE_KEYS = {
    "type": "string",
    "why": "string",
    "basis": "string",
    "form": "string",
    "reasons": "string",
    "sentence": "string",
    "count": "int",
}


def to_graphml(graph: NoteGraph, verdicts: Mapping[str, str | None], base: str) -> str:
    """Return GraphML; topics, reasons and the table of types are JSON inside strings."""
    return "".join(_lines(graph, verdicts))


def read_graphml(text: str) -> NoteGraph:
    """Return the graph that `to_graphml` wrote, frozen; verdicts are left aside.

    Raises ValueError for anything else.

    >>> from networkx import MultiDiGraph
    >>> graph = MultiDiGraph(types=RelationTypes())
    >>> read_graphml(to_graphml(graph, {}, "")).graph == graph.graph
    True
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities can grow without bound
        msg = "this GraphML declares entities or a document type, which alpgraph does not read"
        raise ValueError(msg)
    try:
        return _read(ElementTree.fromstring(text))
    except (ElementTree.ParseError, KeyError, TypeError, AttributeError) as error:
        msg = f"this is no GraphML of alpgraph: {error}"
        raise ValueError(msg) from error


def _lines(graph: NoteGraph, verdicts: Mapping[str, str | None]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{SPACE}">\n'
    yield '<key id="types" for="graph" attr.name="types" attr.type="string"/>\n'
    for part, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        for name, kind in keys.items():
            head = f'<key id="{part}-{name}" for="{part}"'
            yield f'{head} attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph id="alpgraph" edgedefault="directed">\n'
    rows = [asdict(kind) for kind in types_of_graph(graph).types]
    yield f'<data key="types">{_text(json.dumps(rows))}</data>\n'
    for slug, node in node_rows(graph):
        values = {**node, "topics": json.dumps(node["topics"]), "verdict": verdicts.get(slug)}
        yield f"<node id={_attribute(slug)}>{_data('node', NODE_KEYS, values)}</node>\n"
    for number, (source, target, _, edge) in enumerate(edge_rows(graph)):
        reasons = json.dumps([reason._asdict() for reason in edge["reasons"]])
        data = _data("edge", EDGE_KEYS, edge | {"reasons": reasons})
        ends = f"source={_attribute(source)} target={_attribute(target)}"
        yield f'<edge id="e{number}" {ends}>{data}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _data(part: str, keys: Mapping[str, str], values: Mapping[str, Any]) -> str:
    return "".join(
        f'<data key="{part}-{name}">{_text(_plain(values[name]))}</data>'
        for name in keys
        if values.get(name) not in (None, "")
    )


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(text: str) -> str:
    return escape(clean(text))


def _attribute(text: str) -> str:
    return quoteattr(clean(text))


def _read(root: ElementTree.Element) -> NoteGraph:
    whole = root.find(f"{{{SPACE}}}graph")
    if whole is None:
        raise KeyError("it has no graph")
    table = whole.find(f"{{{SPACE}}}data[@key='types']")
    if table is None:
        raise KeyError("it has no table of relation types")
    graph: NoteGraph = nx.MultiDiGraph(types=RelationTypes(_types(json.loads(table.text or ""))))
    for element in whole.iterfind(f"{{{SPACE}}}node"):
        node = dict.fromkeys(NODE_KEYS, "") | _values(element, "node-")
        del node["verdict"]
        attributes = node | {
            "topics": tuple(json.loads(node["topics"])),
            "ghost": node["ghost"] == "true",
        }
        graph.add_node(element.attrib["id"], **attributes)
    for element in whole.iterfind(f"{{{SPACE}}}edge"):
        edge: dict[str, Any] = dict.fromkeys(EDGE_KEYS, "") | _values(element, "edge-")
        edge["reasons"] = tuple(Reason(**row) for row in json.loads(edge["reasons"]))
        if edge["type"] == MENTION:
            edge["count"] = int(edge["count"])
        else:
            del edge["count"], edge["sentence"]
        ends = element.attrib["source"], element.attrib["target"]
        graph.add_edge(*ends, edge["type"], **edge)
    nx.freeze(graph)
    return graph


def _values(element: ElementTree.Element, prefix: str) -> dict[str, str]:
    return {
        data.attrib["key"].removeprefix(prefix): data.text or ""
        for data in element.iterfind(f"{{{SPACE}}}data")
    }


def _types(rows: list[dict[str, Any]]) -> tuple[RelationType, ...]:
    return tuple(
        RelationType(
            **row | {"words": tuple(row["words"]), "inverse_words": tuple(row["inverse_words"])}
        )
        for row in rows
    )
