"""GEXF 1.2, as Gephi reads it."""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from alpgraph.graph.exports.rows import clean, edge_rows, node_rows
from alpgraph.graph.model import NoteGraph, type_of, types_of_graph

SPACE = "http://www.gexf.net/1.2draft"
NODE_FIELDS = ("summary", "claim", "topics", "experiment", "verdict")
EDGE_FIELDS = ("type", "why", "basis", "form", "reasons")


def to_gexf(graph: NoteGraph, verdicts: Mapping[str, str | None], base: str) -> str:
    """Return GEXF; several topics or reasons stand in one value, divided by ` | `."""
    return "".join(_lines(graph, verdicts))


def _lines(graph: NoteGraph, verdicts: Mapping[str, str | None]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="{SPACE}" version="1.2">\n'
    yield '<graph mode="static" defaultedgetype="directed">\n'
    for part, fields in (("node", NODE_FIELDS), ("edge", EDGE_FIELDS)):
        yield f'<attributes class="{part}" mode="static">'
        for name in fields:
            yield f'<attribute id="{part}-{name}" title="{name}" type="string"/>'
        if part == "node":
            yield '<attribute id="node-ghost" title="ghost" type="boolean"/>'
        yield "</attributes>\n"
    yield "<nodes>\n"
    for slug, node in node_rows(graph):
        values = {**node, "topics": " | ".join(node["topics"]), "verdict": verdicts.get(slug) or ""}
        values["ghost"] = str(node["ghost"]).lower()
        yield f"<node id={_quoted(slug)} label={_quoted(node['title'])}>"
        yield f"{_values('node', (*NODE_FIELDS, 'ghost'), values)}</node>\n"
    yield "</nodes>\n<edges>\n"
    types = types_of_graph(graph)
    for number, (source, target, key, edge) in enumerate(edge_rows(graph)):
        label = " | ".join(f"{reason.by}: {reason.why}" for reason in edge["reasons"])
        ends = f"source={_quoted(source)} target={_quoted(target)}"
        yield f'<edge id="{number}" {ends} label={_quoted(type_of(types, key).label)}>'
        yield f"{_values('edge', EDGE_FIELDS, edge | {'reasons': label})}</edge>\n"
    yield "</edges>\n</graph>\n</gexf>\n"


def _values(part: str, fields: tuple[str, ...], values: Mapping[str, str]) -> str:
    inside = "".join(
        f'<attvalue for="{part}-{name}" value={_quoted(values[name])}/>'
        for name in fields
        if values[name]
    )
    return f"<attvalues>{inside}</attvalues>"


def _quoted(text: str) -> str:
    return quoteattr(clean(text))
