"""Where the links of many notes lead, found without making the notes."""

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from alpgraph.notes.notebook import Notebook
from alpgraph.notes.packing import targets_of


class End(NamedTuple):
    """Where one link leads."""

    kind: str | None
    """The relation's type read from its author's end, empty for an unknown word; None for a link
    in running text."""
    to: str
    """The target as written."""
    heading: str
    target: str | None
    """Slug of the note that is meant, if there is one."""


Ends = Mapping[str, list[End]]
"""The links of each note, by its slug."""


def ends_of(notebook: Notebook, slugs: Iterable[str]) -> dict[str, list[End]]:
    """Return where the links of these notes lead."""
    found = {}
    for slug in slugs:
        resolve = notebook.index.resolver(slug)
        links = targets_of(notebook.index.notes[slug])
        found[slug] = [
            End(kind, to, part, resolve(to, words)[0]) for kind, to, words, part in links
        ]
    return found


def ends_of_both(before: Notebook, after: Notebook, changed: Container[str]) -> tuple[Ends, Ends]:
    """Return where all links lead, before and after, looked up once for notes that did not change.

    `changed` names, as `changed_slugs` does, those that came, went or became others.
    """
    new = ends_of(after, after.notes)
    old = ends_of(before, (slug for slug in before.notes if slug in changed))
    return {slug: old[slug] if slug in old else new[slug] for slug in before.notes}, new
