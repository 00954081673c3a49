"""Fixes of findings that reading a file makes without one."""

from collections.abc import Iterable
from dataclasses import replace

from alpgraph.diagnostics import Diagnostic, Edit, Fix, Place
from alpgraph.notes import Note, Notebook


def with_fixes(found: Iterable[Diagnostic], notebook: Notebook) -> list[Diagnostic]:
    """Add fixes where the note's text is needed to know them: headings that repeat the title."""
    found = list(found)
    paths = {one.place.file for one in found if one.code == "ALP302" and one.fix is None}
    notes = (
        {note.path: note for note in notebook.notes.values() if note.path in paths} if paths else {}
    )
    return [
        replace(one, fix=_without_heading(notes[one.place.file], one.place.line))
        if one.code == "ALP302" and one.place.file in notes
        else one
        for one in found
    ]


def _without_heading(note: Note, line: int) -> Fix:
    lines = note.body.split("\n")
    first = line - note.body_line
    # a heading may be underlined instead of marked with `#`
    after = first + (1 if lines[first].lstrip().startswith("#") else 2)
    after += after < len(lines) and not lines[after].strip()
    if after < len(lines):
        place = Place(note.path, line, 1, note.body_line + after, 1)
    else:
        place = Place(note.path, line, 1, note.body_line + len(lines) - 1, len(lines[-1]) + 1)
    return Fix("remove the heading", (Edit(place, ""),))
