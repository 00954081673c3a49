"""Fixes of findings that reading a file makes without one."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from alpgraph.diagnostics import Diagnostic, Edit, Fix, Place
from alpgraph.notes import Note, Notebook
from alpgraph.notes.anchors import block_anchor, block_name

_MARKED = re.compile(r" {0,3}#[ \t]")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*")
_TO_OWN_PART = re.compile(r"\[\[#|\]\(\s*<?#|\]:\s*<?#|href", re.I)


def with_fixes(findings: Iterable[Diagnostic], notebook: Notebook) -> list[Diagnostic]:
    """Add fixes where other notes' texts are needed to know them: headings that repeat titles."""
    findings = list(findings)
    paths = {one.place.file for one in findings if one.code == "ALP302" and one.fix is None}
    notes = (
        {note.path: note for note in notebook.notes.values() if note.path in paths} if paths else {}
    )
    linked = _linked_anchors(notebook, {note.slug for note in notes.values()})
    return [
        replace(one, fix=_without_heading(note, one.place.line, linked.get(note.slug, ())))
        if one.code == "ALP302" and (note := notes.get(one.place.file))
        else one
        for one in findings
    ]


def _linked_anchors(notebook: Notebook, slugs: Collection[str]) -> Mapping[str, set[str]]:
    """Return the anchors in these notes that links lead to; an empty one stands for any.

    Of a typed link's address only the note is kept, not the part after `#`.
    """
    linked: defaultdict[str, set[str]] = defaultdict(set)
    for note in notebook.notes.values() if slugs else ():
        for mention in note.mentions:
            if mention.heading and mention.target and mention.target in slugs:
                anchor = notebook.index.anchor(mention.target, mention.heading)
                linked[mention.target].update(filter(None, [anchor]))
        for relation in note.relations:
            if (
                relation.target
                and relation.target in slugs
                and "#" in _written(note, relation.place)
            ):
                linked[relation.target].add("")
    return linked


def _written(note: Note, place: Place) -> str:
    """Return the lines of the body that a link stands on; none for one in front matter."""
    first, end = (max(0, line - note.body_line) for line in (place.line, place.end_line + 1))
    return "\n".join(note.body.split("\n")[first:end])


def _without_heading(note: Note, line: int, linked: Collection[str]) -> Fix | None:
    """Remove a heading that begins the body, as long as no link leads to it."""
    lines = note.body.split("\n")
    first = line - note.body_line
    below = lines[first + 1] if first + 1 < len(lines) else ""
    text = note.headings[0].text
    if _MARKED.match(lines[first]):
        after = first + 1
    elif lines[first].strip() == text and _UNDERLINE.fullmatch(below):
        after = first + 2
    else:
        return None
    lost_anchors = {"", block_anchor(block_name(lines[first]))}
    # the anchors of later headings with the same words are counted on from it
    numbered = re.compile(re.escape(note.headings[0].anchor) + r"(-\d+)?")
    if any(anchor in lost_anchors or numbered.fullmatch(anchor) for anchor in linked):
        return None
    if any(map(str.strip, lines[:first])) or _TO_OWN_PART.search(note.body):
        return None
    after += after < len(lines) and not lines[after].strip()
    if after < len(lines):
        end = note.body_line + after, 1
    else:
        end = note.body_line + len(lines) - 1, len(lines[-1]) + 1
    old = "\n".join(lines[first:after]) + "\n" * (after < len(lines))
    return Fix("remove the heading", (Edit(Place(note.path, line, 1, *end), "", old),))
