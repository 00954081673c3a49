"""Linked data: notes as SKOS concepts, relations as CiTO and SKOS properties with reasons.

Each relation is one direct triple per vocabulary that has a word for it, with the collection's own
property always among them, and one `rdf:Statement` that keeps reasons, bases and their authors.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from alpgraph.graph.exports.rows import clean, edge_rows, node_rows
from alpgraph.graph.model import MENTION, NoteGraph, Reason, type_of, types_of_graph
from alpgraph.notes.relation_table import RelationType

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "cito": "http://purl.org/spar/cito/",
    "dcterms": "http://purl.org/dc/terms/",
    "alp": "urn:alpgraph:",
}
ALSO = {
    "parallels": ("skos:related",),
    "supersedes": ("dcterms:replaces",),
    MENTION: ("dcterms:references",),
}
"""Second words for types whose row of the table has room for one."""
TESTED = {"supported": "cito:confirms", "contradicted": "cito:refutes"}


@dataclass(frozen=True, slots=True)
class Iri:
    """A full address, or a prefixed name when `prefixed`."""

    text: str
    prefixed: bool = False


Term = Iri | str | bool
Subject = tuple[Iri | None, list[tuple[Iri, Term]]]
"""A named resource, or a blank one, with its properties and their values."""


def to_turtle(graph: NoteGraph, verdicts: Mapping[str, str | None], base: str) -> str:
    """Return Turtle."""
    lines = [f"@prefix {name}: <{space}> ." for name, space in PREFIXES.items()]
    for subject, properties in _subjects(graph, verdicts, base):
        statements = " ;\n  ".join(
            f"{_turtle(name)} {_turtle(value)}" for name, value in properties
        )
        lines.append(f"{_turtle(subject)} {statements} ." if subject else f"[ {statements} ] .")
    return "\n".join(lines) + "\n"


def to_jsonld(graph: NoteGraph, verdicts: Mapping[str, str | None], base: str) -> str:
    """Return JSON-LD that can stand in a script element: `<` is written as `\\u003c`."""
    resources = []
    for subject, properties in _subjects(graph, verdicts, base):
        resource: dict[str, Any] = {"@id": subject.text} if subject else {}
        for name, value in properties:
            if name == _curie("rdf:type"):
                resource.setdefault("@type", []).append(_json(value)["@id"])
            else:
                resource.setdefault(name.text, []).append(_json(value))
        resources.append(resource)
    data = {"@context": PREFIXES, "@graph": resources}
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c") + "\n"


def _address(base: str, kind: str, name: str) -> str:
    # everything but letters, digits and -._~/ is escaped, so no name can end the address
    root = f"{_iri_safe(base)}/{kind}/" if base else f"urn:alpgraph:{kind}:"
    return root + quote(clean(name), safe="/")


def _iri_safe(base: str) -> str:
    return re.sub(r"[^A-Za-z0-9:/?#@!$&'()*+,;=._~%\[\]-]", lambda m: quote(m[0]), clean(base))


def _node(graph: NoteGraph, slug: str, base: str) -> Iri:
    if graph.nodes[slug]["ghost"]:
        return Iri(_address("", "ghost", graph.nodes[slug]["title"]))
    return Iri(_address(base, "n", slug))


def _curie(text: str) -> Iri:
    return Iri(text, prefixed=True)


def _subjects(graph: NoteGraph, verdicts: Mapping[str, str | None], base: str) -> Iterator[Subject]:
    for slug, node in node_rows(graph):
        properties: list[tuple[Iri, Term]] = [
            (_curie("rdf:type"), _curie("skos:Concept")),
            (_curie("skos:prefLabel"), clean(node["title"])),
        ]
        texts = [("skos:definition", node["claim"]), ("dcterms:abstract", node["summary"])]
        texts += [("dcterms:subject", topic) for topic in node["topics"]]
        texts += [("alp:verdict", verdicts.get(slug)), ("alp:experiment", node["experiment"])]
        properties += [(_curie(name), clean(text)) for name, text in texts if text]
        properties += [(_curie("alp:ghost"), True)] if node["ghost"] else []
        yield _node(graph, slug, base), properties
    types = types_of_graph(graph)
    for source, target, key, edge in edge_rows(graph):
        a, b = _node(graph, source, base), _node(graph, target, base)
        own = Iri(_address(base, "relations", key))
        yield a, [(own, b)]
        yield from _common(type_of(types, key), a, b, verdicts.get(source) or "")
        for reason in edge["reasons"]:
            yield None, _statement((a, own, b), reason, _node(graph, reason.by, base))


def _common(kind: RelationType, a: Iri, b: Iri, verdict: str) -> Iterator[Subject]:
    """Say a relation in the words of common vocabularies, from both ends."""
    forward = [name for name in (kind.cito, *ALSO.get(kind.id, ())) if _known(name)]
    inverse = kind.cito_inverse or (kind.cito if kind.symmetric else "")
    backward = [inverse] if _known(inverse) else []
    if kind.id == "tested-by" and verdict in TESTED:
        backward.append(TESTED[verdict])
    for subject, names, other in ((a, forward, b), (b, backward, a)):
        if names:
            yield subject, [(_curie(name), other) for name in names]


def _statement(triple: tuple[Iri, Iri, Iri], reason: Reason, by: Iri) -> list[tuple[Iri, Term]]:
    parts = zip(("subject", "predicate", "object"), triple, strict=True)
    properties = [("alp:why", reason.why), ("alp:basis", reason.basis), ("alp:form", reason.form)]
    return [
        (_curie("rdf:type"), _curie("rdf:Statement")),
        *((_curie(f"rdf:{part}"), term) for part, term in parts),
        (_curie("dcterms:source"), by),
        *((_curie(name), clean(text)) for name, text in properties if text),
    ]


def _known(curie: str) -> bool:
    """Whether a collection's own word for a type is a plain name under a known prefix."""
    prefix, _, name = curie.partition(":")
    return (
        prefix in PREFIXES
        and prefix != "alp"
        and re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) is not None
    )


def _turtle(term: Term) -> str:
    if isinstance(term, Iri):
        return term.text if term.prefixed else f"<{term.text}>"
    # JSON's escapes are among Turtle's
    return str(term).lower() if isinstance(term, bool) else json.dumps(term, ensure_ascii=False)


def _json(term: Term) -> dict[str, Any]:
    return {"@id": term.text} if isinstance(term, Iri) else {"@value": term}
