"""A draft as it would stand among the notes, checked as any note; findings at their fields."""

from collections.abc import Iterator
from dataclasses import dataclass

from alpgraph import experiments
from alpgraph.authoring.form import Form
from alpgraph.check import check_notebook
from alpgraph.check.terminal import excerpt
from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.graph import NoteGraph, patch_graph
from alpgraph.notes import Note, Notebook, with_file

_WIDEST = 60
"""Characters of a line that are shown below the text, where a page has no more room."""
_FIELDS = ("title", "summary", "claim", "topics", "sources", "relations")


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """A finding and the field it belongs to."""

    finding: Diagnostic
    field: str
    """As `title`, `relation-0-to`, `source-1-id`, `body`; empty for the whole note."""
    start: int = 0
    end: int = 0
    """Span in the body's characters, for findings there."""
    line: str = ""
    caret: str = ""
    """For the body: the line as shown, and marks that stand under what is meant."""


@dataclass(frozen=True, slots=True)
class DraftedNote:
    """A note as it would be."""

    path: str
    slug: str
    text: str
    notebook: Notebook
    graph: NoteGraph
    findings: tuple[FieldFinding, ...]

    @property
    def note(self) -> Note:
        """The note among the others."""
        return self.notebook.notes[self.slug]


def try_draft(
    notebook: Notebook, graph: NoteGraph, path: str, data: bytes, form: Form | None = None
) -> DraftedNote:
    """Return what a file would be at a path among the notes; nothing is written.

    `graph` is that of `notebook`. With a form, findings are placed at its fields.
    """
    after = with_file(notebook, path, data)
    slug = next(slug for slug, note in after.notes.items() if note.path == path)
    patched = patch_graph(graph, notebook, after)
    findings = check_notebook(after, patched, experiments.fault_finders())
    note, text = after.notes[slug], data.decode("utf-8", "replace")
    located = tuple(_located(one, note, form) for one in findings if one.place.file == path)
    return DraftedNote(path, slug, text, after, patched, located)


def _located(one: Diagnostic, note: Note, form: Form | None) -> FieldFinding:
    if one.place.line >= note.body_line and note.body.strip():
        return _in_body(one, note)
    return FieldFinding(one, _field(one, note, form))


def _in_body(one: Diagnostic, note: Note) -> FieldFinding:
    """Place a finding in the text as the field shows it, without blank lines at its ends."""
    lines = note.body.split("\n")
    blank = next((n for n, line in enumerate(lines) if line), 0)
    shown = note.body.strip("\n").split("\n")
    first = one.place.line - note.body_line - blank
    if not 0 <= first < len(shown):
        return FieldFinding(one, "body")
    last = min(one.place.end_line - note.body_line - blank, len(shown) - 1)
    start = _offset(shown, first) + one.place.column - 1
    end = max(start + 1, _offset(shown, last) + one.place.end_column - 1)
    line, before, width = excerpt(shown[first], one.place, _WIDEST)
    return FieldFinding(one, "body", start, end, line, " " * before + "^" * width)


def _offset(lines: list[str], number: int) -> int:
    return sum(len(line) + 1 for line in lines[:number])


def _field(one: Diagnostic, note: Note, form: Form | None) -> str:
    if one.code == "ALP201":
        return "relations"  # it is told at the title, but mended there
    for name, place in _places(note, form):
        if _inside(one.place, place):
            lacks = next((key for key in ("type", "to") if f"has no `{key}`" in one.message), "why")
            return name.replace("-why", f"-{lacks}")
    missing = next((key for key in _FIELDS if f"`{key}`" in one.message), "")
    return {"sources": "source-0-id", "relations": "relation-0-to"}.get(missing, missing)


def _places(note: Note, form: Form | None) -> Iterator[tuple[str, Place]]:
    """Yield fields with their places, the narrowest first."""
    typed = [(n, row) for n, row in enumerate(form.relations) if not row.empty] if form else []
    rows = [n for n, row in typed if row.to.strip()]
    astray = [n for n, row in typed if not row.to.strip()]  # no relation is read from these
    told = (one.place for one in note.diagnostics if "has no `to`" in one.message)
    for number, place in zip(astray, told, strict=False):
        yield f"relation-{number}-why", place
    native = [one for one in note.relations if one.form == "native"]
    for number, relation in zip(rows, native, strict=False):
        if relation.type_place != relation.place:
            yield f"relation-{number}-type", relation.type_place
        yield f"relation-{number}-to", relation.to_place
        if relation.why_place:
            yield f"relation-{number}-why", relation.why_place
    for number, relation in zip(rows, native, strict=False):
        yield f"relation-{number}-why", relation.place
    cited = [n for n, row in enumerate(form.sources) if not row.empty] if form else []
    for number, source in zip(cited, note.sources, strict=False):
        yield f"source-{number}-id", source.place
    for key in _FIELDS:
        if key in note.places:
            yield key, note.places[key]


def _inside(one: Place, other: Place) -> bool:
    start, end = (other.line, other.column), (other.end_line, other.end_column)
    return start <= (one.line, one.column) < end or (one.line, one.column) == start
