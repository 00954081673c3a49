"""Pages that lead to notes: home, topics, relation types, experiments, search, errors, help."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alpgraph.check import RULES, explain
from alpgraph.experiments import all_experiments, references
from alpgraph.graph import degree
from alpgraph.notes import Note, RelationType
from alpgraph.pages.addresses import experiment_url, help_url, relation_url, topic_key, topic_url
from alpgraph.pages.frame import frame
from alpgraph.pages.network import map_svg
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection, VerdictInfo
from alpgraph.search import Hit

SAYS = {
    "supported": "the check agrees",
    "contradicted": "the check says the opposite",
    "no effect": "too small to matter",
    "inconclusive": "the check cannot tell",
    "not tested": "a check is welcome",
}


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note in a list."""

    slug: str
    title: str
    summary: str
    verdict: VerdictInfo | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link with a count."""

    name: str
    url: str
    count: int | str
    says: str = ""


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """One relation as a sentence."""

    a: str
    a_title: str
    label: str
    b: str
    b_title: str
    why: str
    basis: str
    kind: RelationType


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """Claims of one verdict."""

    name: str
    says: str
    notes: tuple[Note, ...]


def rows(collection: Collection, slugs: Iterable[str]) -> list[NoteRow]:
    """Return notes as rows of a list."""
    return [
        NoteRow(slug, note.title, note.summary, collection.verdicts.get(slug))
        for slug in slugs
        if (note := collection.notes.get(slug))
    ]


def topics(collection: Collection) -> list[tuple[str, list[str]]]:
    """Return each topic with its notes, the largest first; spellings of one address are one."""
    found: dict[str, tuple[str, list[str]]] = {}
    for slug, note in collection.notes.items():
        for topic in dict.fromkeys(note.topics):
            found.setdefault(topic_key(topic), (topic, []))[1].append(slug)
    return sorted(found.values(), key=lambda pair: (-len(pair[1]), pair[0]))


def most_linked(collection: Collection, count: int = 6) -> list[str]:
    """Return the notes with most neighbours."""
    slugs = sorted(collection.notes, key=lambda slug: (-degree(collection.graph, slug), slug))
    return slugs[:count]


def edges(collection: Collection, type_ids: Iterable[str]) -> list[EdgeRow]:
    """Return every relation of the given types between notes."""
    wanted, found = set(type_ids), []
    graph = collection.graph
    for a, b, data in graph.edges(data=True):
        if data["type"] in wanted and not (graph.nodes[a]["ghost"] or graph.nodes[b]["ghost"]):
            kind = collection.notebook.types.by_id[data["type"]]
            titles = graph.nodes[a]["title"], graph.nodes[b]["title"]
            found.append(
                EdgeRow(a, titles[0], kind.label, b, titles[1], data["why"], data["basis"], kind)
            )
    return sorted(found, key=lambda row: (row.a_title.casefold(), row.b_title.casefold()))


def start_note(collection: Collection) -> str:
    """Return the note to begin with: configured, else an entry note, else the most linked."""
    if collection.config.start in collection.notes:
        return collection.config.start
    entries = [slug for slug in collection.notes if slug.rsplit("/", 1)[-1].startswith("start-")]
    return next(iter(entries or most_linked(collection, 1)), "")


def verdict_rows(collection: Collection) -> list[VerdictRow]:
    """Return the claims by verdict; what speaks against a claim comes before silence."""
    by_name: dict[str, list[Note]] = {name: [] for name in SAYS}
    for slug, note in collection.notes.items():
        if note.claim:
            verdict = collection.verdicts.get(slug)
            by_name[verdict.verdict if verdict else "not tested"].append(note)
    return [VerdictRow(name, SAYS[name], tuple(notes)) for name, notes in by_name.items() if notes]


def home_page(collection: Collection) -> str:
    """Return the first page."""
    first = start_note(collection)
    entries = [slug for slug in collection.notes if slug.rsplit("/", 1)[-1].startswith("start-")]
    found = topics(collection)
    claims = verdict_rows(collection)
    return render(
        "home.html",
        **frame(collection, "/"),
        map=map_svg(collection, labels=0, linked=False),
        start=collection.notes.get(first),
        claims=sum(len(row.notes) for row in claims),
        verdict_rows=claims,
        starts=rows(collection, dict.fromkeys([first, *entries])),
        linked=rows(collection, most_linked(collection)),
        tensions=edges(collection, ["contradicts", "qualified-by"])[:8],
        topics=[{"name": name, "count": len(slugs)} for name, slugs in found],
    )


def list_page(collection: Collection, heading: str, here: str = "", **data: Any) -> str:
    """Return a page with links, notes, relations or prose under a heading."""
    parts = {"lead": "", "links": (), "rows": (), "edges": (), "prose": ""} | data
    return render("list.html", **frame(collection, here), heading=heading, **parts)


def topics_page(collection: Collection) -> str:
    """Return the list of topics."""
    links = [LinkRow(name, topic_url(name), len(slugs)) for name, slugs in topics(collection)]
    types = [
        LinkRow(kind.label, relation_url(kind.id), len(edges(collection, [kind.id])), kind.meaning)
        for kind in collection.notebook.types.types
    ]
    used = [row for row in types if row.count]
    lead = "What the notes are about, and below it the kinds of links between them."
    return list_page(collection, "Topics", "/topics", lead=lead, links=[*links, *used])


def topic_page(collection: Collection, key: str) -> str | None:
    """Return the page of a topic, or None when no note has it."""
    for name, slugs in topics(collection):
        if topic_key(name) == key:
            ordered = sorted(slugs, key=lambda slug: -degree(collection.graph, slug))
            lead = f"{len(slugs)} note{'s' if len(slugs) != 1 else ''}, the best connected first."
            heading = name[:1].upper() + name[1:]
            return list_page(
                collection, heading, "/topics", lead=lead, rows=rows(collection, ordered)
            )
    return None


def relation_page(collection: Collection, type_id: str) -> str | None:
    """Return the page of a relation type, by its id or its inverse."""
    reading = collection.notebook.types.read(type_id)
    if reading is None:
        return None
    kind = reading.type
    found = edges(collection, [kind.id])
    inverse = f" Read from B: “{kind.inverse_label}”." if kind.inverse_label else ""
    lead = f"“A {kind.label} B”: {kind.meaning}.{inverse} {len(found)} in this collection."
    return list_page(collection, kind.label.capitalize(), lead=lead, edges=found)


def experiments_page(collection: Collection) -> str:
    """Return the list of experiments with their stored verdicts."""
    links = []
    for name, experiment in all_experiments().items():
        stored = references(name).get("claim")
        verdict = stored["result"]["verdict"] if stored else "no stored result"
        links.append(
            LinkRow(experiment.title, experiment_url(name), verdict, experiment.hypothesis)
        )
    lead = "Small experiments that test claims of the notes. The result is shown before any click."
    return list_page(collection, "Experiments", "/experiments", lead=lead, links=links)


def search_page(collection: Collection, query: str, total: int, hits: Sequence[Hit]) -> str:
    """Return the results of a search."""
    data = {"query": query, "total": total, "hits": hits, "verdicts": collection.verdicts}
    return render("search.html", **frame(collection), **data)


def error_page(
    collection: Collection, heading: str, detail: str, near: Sequence[NoteRow] = ()
) -> str:
    """Return a page that says what is wrong and where one may go."""
    return render("error.html", **frame(collection), heading=heading, detail=detail, near=near)


def near_titles(collection: Collection, wrong: str) -> list[NoteRow]:
    """Return notes whose slug or title is like a wrong address."""
    names = {slug: slug for slug in collection.notes}
    names |= {note.title.lower(): slug for slug, note in collection.notes.items()}
    found = difflib.get_close_matches(wrong.lower(), names, 5, 0.5)
    return rows(collection, dict.fromkeys(names[name] for name in found))


def help_index(collection: Collection) -> str:
    """Return the list of findings and relation types."""
    links = [
        LinkRow(f"{code} {rule.name}", help_url(code), str(rule.severity))
        for code, rule in RULES.items()
    ]
    types = [
        LinkRow(kind.id, relation_url(kind.id), kind.inverse, kind.meaning)
        for kind in collection.notebook.types.types
    ]
    lead = "What `alpgraph check` can find, and the types of relations."
    return list_page(collection, "Help", lead=lead, links=[*links, *types])


def help_page(collection: Collection, code: str) -> str | None:
    """Return the help page of a finding."""
    if code.upper() not in RULES:
        return None
    rule = RULES[code.upper()]
    return render(
        "help.html",
        **frame(collection),
        heading=f"{code.upper()} {rule.name}",
        text=explain(code.upper()),
    )


def graph_json_verdicts(collection: Collection) -> Mapping[str, str | None]:
    """Return verdicts by slug as exports take them."""
    return {slug: info.verdict for slug, info in collection.verdicts.items()}
