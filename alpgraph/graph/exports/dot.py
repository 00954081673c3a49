"""DOT, the language of Graphviz."""

from collections.abc import Mapping

from alpgraph.graph.exports.rows import clean, edge_rows, node_rows
from alpgraph.graph.model import NoteGraph, type_of, types_of_graph

STYLES = {
    "solid": "solid",
    "double": "solid",
    "heavy": "bold",
    "dots": "dotted",
    "short": "dashed",
    "long": "dashed",
    "dashdot": "dashed",
    "ticks": "solid",
}


def to_dot(graph: NoteGraph, verdicts: Mapping[str, str | None], base: str) -> str:
    """Return a digraph; reasons are tooltips, and `basis`, `verdict` attributes of their own."""
    lines = ["digraph alpgraph {", 'node [shape=box, fontname="sans-serif"];']
    for slug, node in node_rows(graph):
        attributes = {"label": node["title"], "tooltip": node["claim"]}
        attributes |= {"style": "dashed"} if node["ghost"] else {}
        attributes |= {"verdict": verdicts.get(slug) or "", "topics": ", ".join(node["topics"])}
        lines.append(f"{_quoted(slug)} [{_list(attributes)}];")
    types = types_of_graph(graph)
    for source, target, key, edge in edge_rows(graph):
        kind = type_of(types, key)
        attributes = {"label": kind.label, "type": key, "tooltip": edge["why"]}
        attributes |= {"basis": edge["basis"], "color": kind.light, "fontcolor": kind.light}
        attributes |= {"style": STYLES.get(kind.signature, "solid")}
        if kind.symmetric:
            attributes["dir"] = "none"
        lines.append(f"{_quoted(source)} -> {_quoted(target)} [{_list(attributes)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _list(attributes: Mapping[str, str]) -> str:
    shown = ("label", "tooltip")
    return ", ".join(
        f"{name}={_quoted(text.replace('&', '&amp;') if name in shown else text)}"
        for name, text in attributes.items()
        if text
    )


def _quoted(text: str) -> str:
    r"""Quote a string so that `\N`, `\l` and a closing quote inside it stay plain text."""
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
