"""The JSON Schema of a note's front matter, from which editors complete."""

from collections.abc import Iterable
from typing import Any, get_args

from alpgraph.notes import Basis, Notebook, RelationTypes
from alpgraph.notes.identifiers import EXAMPLES, KINDS


def note_schema(notebook: Notebook, experiments: Iterable[str]) -> dict[str, Any]:
    """Return the schema for a collection: its types with labels, its slugs with titles.

    It follows draft 7, which editors' YAML servers understand. Titles and aliases are allowed as
    targets too, so a target is completed but not judged; `alpgraph check` does that.
    """
    topics = sorted({topic for note in notebook.notes.values() for topic in note.topics})
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Front matter of a note",
        "type": "object",
        "required": ["title"],
        "properties": {
            "title": _text("The question or statement the note is about.", most=200),
            "summary": _text("Two or three lines for under the title and cards.", most=600),
            "claim": _text("One sentence that could be false.", most=500),
            "topics": _list({"anyOf": [{"enum": topics}, _text("")]} if topics else _text("")),
            "sources": _list({"anyOf": [_source(), _text("")]}),
            "relations": _list(_relation(notebook)),
            "experiment": _experiment(sorted(experiments)),
            "aliases": _list(_text("Another name that links to this note may use.")),
        },
    }


def _text(description: str, *, least: int = 1, most: int | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": ["string", "number"], "minLength": least}
    return (
        schema
        | ({"description": description} if description else {})
        | ({"maxLength": most} if most else {})
    )


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _source() -> dict[str, Any]:
    named = {kind: _text(f"As {EXAMPLES[kind]}") for kind in KINDS}
    about = {"title": _text(""), "authors": _list(_text("")), "year": _text("")}
    return {"type": "object", "properties": named | about, "additionalProperties": False}


def _relation(notebook: Notebook) -> dict[str, Any]:
    slugs = [{"const": slug, "title": note.title} for slug, note in notebook.notes.items()]
    bases = [base for base in get_args(Basis) if base]
    return {
        "type": "object",
        "required": ["type", "to"],
        "additionalProperties": False,
        "properties": {
            "type": {"anyOf": _words(notebook.types), "description": "What the link means."},
            "to": {"anyOf": [*slugs, _text("The slug, title or alias of the other note.")]},
            "why": _text("What the link means here, in a sentence.", least=20, most=500),
            "basis": {"enum": bases, "description": "What the reason rests on."},
        },
    }


def _words(types: RelationTypes) -> list[dict[str, str]]:
    """Every word an author may write, ids first, each with the sentence it makes."""
    ids = {kind.id for kind in types.types} | {kind.inverse for kind in types.types}
    words = sorted(types.readings.items(), key=lambda pair: pair[0] not in ids)
    return [
        {
            "const": word,
            "title": f"this note {reading.label} the other",
            "description": reading.type.meaning,
        }
        for word, reading in words
    ]


def _experiment(names: list[str]) -> dict[str, Any]:
    name: dict[str, Any] = {"enum": names} if names else _text("")
    about = "What the run tests where that is not the claim, which then bears no verdict."
    table = {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {"name": name, "params": {"type": "object"}, "scope": _text(about, most=300)},
    }
    return {"anyOf": [table, name]}
