"""Fixes of findings that reading a file makes without one."""

from dataclasses import replace

from alpgraph.diagnostics import Diagnostic, Edit, Fix, Place
from alpgraph.notes import Notebook


def with_fix(one: Diagnostic, notebook: Notebook) -> Diagnostic:
    """Add the fix of a finding where the whole notebook is needed to know it."""
    if one.code != "ALP302" or one.fix is not None:
        return one
    note = next(note for note in notebook.notes.values() if note.path == one.place.file)
    lines = note.body.split("\n")
    first = one.place.line - note.body_line
    # a heading may be underlined instead of marked with `#`
    last = first + (1 if lines[first].lstrip().startswith("#") else 2)
    last += last < len(lines) and not lines[last].strip()
    place = Place(note.path, one.place.line, 1, one.place.line + last - first, 1)
    return replace(one, fix=Fix("remove the heading", (Edit(place, ""),)))
