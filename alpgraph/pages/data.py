"""Notes and walks as plain data: what the API says."""

import json
from typing import Any

from alpgraph.check import to_json
from alpgraph.graph import MENTION, Ego, links
from alpgraph.notes import render_body
from alpgraph.pages.addresses import file_url, note_url
from alpgraph.pages.state import Collection


def note_item(collection: Collection, slug: str) -> dict[str, Any]:
    """Return a note as it stands in a list."""
    note = collection.notes[slug]
    verdict = collection.verdicts.get(slug)
    return {
        "slug": slug,
        "title": note.title,
        "summary": note.summary,
        "claim": note.claim,
        "topics": list(note.topics),
        "verdict": verdict.verdict if verdict else None,
    }


def note_detail(collection: Collection, slug: str) -> dict[str, Any]:
    """Return a note whole, its relations read from it."""
    note = collection.notes[slug]
    note_links = links(collection.graph, slug, mentions=True)
    relations = [
        {
            "type": link.type,
            "label": link.label,
            "to": link.other,
            "title": link.title,
            "why": link.why,
            "basis": link.basis or None,
            "direction": "out" if link.forward else "in",
        }
        for link in note_links
        if link.type != MENTION
    ]
    mentions = [
        {"slug": link.other, "title": link.title, "direction": "out" if link.forward else "in"}
        for link in note_links
        if link.type == MENTION
    ]
    findings = collection.notebook.findings_by_file.get(note.path, ())
    attached = note.experiment
    return note_item(collection, slug) | {
        "body": note.body,
        "html": render_body(collection.notebook, slug, note_url=note_url, file_url=file_url),
        "sources": [
            {
                "kind": source.kind,
                "id": source.id,
                "title": source.title,
                "authors": list(source.authors),
                "year": source.year,
            }
            for source in note.sources
        ],
        "relations": relations,
        "mentions": mentions,
        "experiment": {
            "name": attached.name,
            "params": dict(attached.params),
            "scope": attached.scope or None,
        }
        if attached
        else None,
        "diagnostics": json.loads(to_json(findings)),
    }


def walk_data(collection: Collection, view: Ego) -> dict[str, Any]:
    """Return a walk as centre, nodes and edges."""
    nodes = [
        {
            "slug": neighbour.slug,
            "title": neighbour.title,
            "ghost": neighbour.ghost,
            "degree": neighbour.degree,
            "side": neighbour.side,
            "onward": list(neighbour.onward),
            "verdict": info.verdict if (info := collection.verdicts.get(neighbour.slug)) else None,
        }
        for neighbour in view.neighbours
    ]
    edges = [
        {
            "from": view.centre,
            "to": neighbour.slug,
            "type": link.type,
            "label": link.label,
            "why": link.why,
            "basis": link.basis or None,
            "direction": "out" if link.forward else "in",
        }
        for neighbour in view.neighbours
        for link in neighbour.links
    ]
    edges += [{"from": a, "to": b, "type": kind} for a, b, kind in view.cross]
    return {
        "centre": note_item(collection, view.centre),
        "nodes": nodes,
        "edges": edges,
        "hidden": view.hidden,
    }
