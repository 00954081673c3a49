import json
from pathlib import Path

import jsonschema
import yaml

from alpgraph.authoring import explain_file, note_schema
from alpgraph.notes import notebook_of, read_notebook

NOTES = Path(__file__).parents[2] / "notes"


def test_schema_accepts_every_bundled_note() -> None:
    notebook = read_notebook(NOTES)
    names = [note.experiment.name for note in notebook.notes.values() if note.experiment]
    schema = note_schema(notebook, names)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(json.loads(json.dumps(schema)))
    for note in notebook.notes.values():
        raw = (NOTES / note.path).read_text().split("---\n")[1]
        assert list(validator.iter_errors(yaml.safe_load(raw))) == [], note.path


def test_schema_completes_types_targets_and_experiments() -> None:
    notebook = notebook_of({"a.md": b"---\ntitle: The A\n---\n"}, root=Path())
    properties = note_schema(notebook, ["toy"])["properties"]
    relation = properties["relations"]["items"]["properties"]
    assert {"const": "a", "title": "The A"} in relation["to"]["anyOf"]
    types = {word["const"]: word["title"] for word in relation["type"]["anyOf"]}
    assert types["instance-of"] == "this note is a case of the other"
    assert set(types) == set(notebook.types.readings)
    assert {"enum": ["toy"]} in properties["experiment"]["anyOf"]


def test_schema_refuses_slips() -> None:
    notebook = notebook_of({"a.md": b"Text."}, root=Path())
    validator = jsonschema.Draft7Validator(note_schema(notebook, ["toy"]))
    for bad in (
        {},
        {"title": "t", "relations": [{"type": "paralel", "to": "a"}]},
        {"title": "t", "relations": [{"type": "parallel"}]},
        {"title": "t", "relations": [{"type": "parallel", "to": "a", "wy": "x"}]},
        {"title": "t", "experiment": {"name": "other"}},
        {"title": "t", "experiment": {"name": "toy", "scope": ["x"]}},
        {"title": "t", "experiment": {"name": "toy", "scope": ""}},
    ):
        assert list(validator.iter_errors(bad)), bad


def test_every_line_is_explained() -> None:
    files = {
        "a.md": b"""---
title: A
odd: 1
supports: "[[b]]"
relations:
  - {type: up, to: The B, why: it is told there in full}
  - {type: upp, to: nowhere}
experiment: {name: toy, params: {x: 1}, scope: half of it}
---

- [[twin]] and [[b#h]]
- example [[x/twin]] (a case)
\x1b[31m ![[b]]
""",
        "b.md": b"---\ntitle: The B\n---\n# h",
        "x/twin.md": b"",
        "y/twin.md": b"",
    }
    text = explain_file(notebook_of(files, root=Path()), "a")
    lines = text.splitlines()
    assert lines[:2] == ["a.md: A", "slug a"]
    assert [line[4:] for line in lines if line.startswith("   2")] == ["  title: A"]
    for said in (
        "odd: kept, not used by alpgraph",
        "relation from a key of the front matter: this note supports b (“The B”, written “b”, "
        "found by path)",
        "relation: this note is part of b (“The B”, written “The B”, found by title), because: "
        "it is told there in full",
        "“upp” (no known type) “nowhere”, to which no note answers",
        "experiment toy with x=1, not for the claim but for half of it",
        "mentions “twin”, which fits several notes: x/twin, y/twin",
        "at #h",
        "relation from a list item that begins with its type: this note has the case x/twin",
        "embeds b",
        "error ALP011",
    ):
        assert said in text, f"{said}\n\n{text}"
    assert "supports: kept" not in text
    assert "\x1b" not in text
