"""Findings before and after a change, looked for only where it can make a difference."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from alpgraph.check.checking import in_order, run_rules
from alpgraph.check.near import Names
from alpgraph.check.rule import FaultFinder, Subject
from alpgraph.check.rules.evidence import BACKING, words_of, work_of
from alpgraph.diagnostics import Diagnostic
from alpgraph.graph.build import reasons_of
from alpgraph.graph.model import Reason, ghost_key
from alpgraph.graph.part import Links, Side, linked_groups
from alpgraph.notes import Note
from alpgraph.notes.files import looked_for
from alpgraph.notes.packing import Packed, files_of, whys_of, works_of


def check_change(
    before: Side, after: Side, changed: Collection[str], experiments: Mapping[str, FaultFinder]
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return findings before and after, all those among them of which the other side has none.

    Missing are only findings that both sides have, and in hints the names that come near.
    """
    affected = affected_notes(before, after, changed)
    old, new = (
        _Part(side.notebook, side.graph, experiments, links=side.links, affected=affected)
        for side in (before, after)
    )
    return (
        in_order([*before.notebook.diagnostics, *run_rules(old)]),
        in_order([*after.notebook.diagnostics, *run_rules(new)]),
    )


def affected_notes(before: Side, after: Side, changed: Collection[str]) -> set[str]:
    """Return the changed notes and all of which a rule may now think otherwise.

    These are notes that point at a heading of a changed one, are joined to one by a relation that
    backs claims, give a reason or a work that one gives too, or show a file that came or went.
    """
    slugs, changed_keys = set(changed), set()
    for side in (before, after):
        notes = side.notebook.index.notes
        changed_keys |= {
            key for slug in changed if slug in notes for key in _comparison_keys(notes[slug])
        }
        slugs |= {a for a, _, kind in side.graph.edges(keys=True) if kind in BACKING}
    moved = set(before.notebook.attachments) ^ set(after.notebook.attachments)
    files = set(map(looked_for, moved))
    for slug, note in after.notebook.index.notes.items():
        heads = any(link.heading and link.target in changed for link in after.links[slug])
        shows = files and not files.isdisjoint(_file_names(note))
        if heads or shows or not changed_keys.isdisjoint(_comparison_keys(note)):
            slugs.add(slug)
    return slugs


def _file_names(note: Packed) -> Iterator[str]:
    """Yield the names by which a note's files are looked for: as written, then as in an address."""
    for path in files_of(note):
        for form in (path, unquote(path)):
            yield looked_for(form.replace("\\", "/"))


def _comparison_keys(note: Packed) -> Iterator[object]:
    """Yield what rules compare between notes."""
    yield from filter(None, map(words_of, whys_of(note)))
    yield from filter(None, (work_of(*work) for work in works_of(note)))


@dataclass(frozen=True)
class _Part(Subject):
    """A subject of which only some notes are asked, and the others' links known."""

    links: Links = field(kw_only=True)
    affected: Collection[str] = field(kw_only=True)

    @cached_property
    def notes(self) -> Mapping[str, Note]:
        """The notes by slug, made when they are asked for."""
        return self.notebook.notes

    @cached_property
    def notes_in_scope(self) -> Mapping[str, Note]:
        """The touched notes."""
        return {slug: self.notes[slug] for slug in self.notes if slug in self.affected}

    @cached_property
    def pairs(self) -> Mapping[str, set[tuple[str, str]]]:
        """Ends of the relations of each type, absent notes included."""
        found: dict[str, set[tuple[str, str]]] = {kind: set() for kind in self.notebook.types.by_id}
        readings = self.notebook.types.readings
        for slug in sorted(self.links):
            for link in self.links[slug]:
                reading = readings.get(link.type) if link.type else None
                if reading is not None:
                    other = link.target or ghost_key(link.to)
                    pair = (slug, other) if reading.forward else (other, slug)
                    pairs = found[reading.type.id]
                    if not (reading.type.symmetric and pair[::-1] in pairs):
                        pairs.add(pair)
        return found

    def reasons(self, edge: tuple[str, str, str]) -> Sequence[Reason]:
        """Return what the two notes tell of a relation."""
        *pair, kind = edge
        reasons_by_edge = reasons_of(
            self.notebook, sorted(slug for slug in pair if slug in self.notes)
        )
        same = {edge}
        if self.notebook.types.by_id[kind].symmetric:
            same.add((pair[1], pair[0], kind))
        return tuple(reason for other, reason in reasons_by_edge if other in same)

    @cached_property
    def parts(self) -> list[list[str]]:
        """Connected parts, the largest first."""
        return sorted(linked_groups(self.links, unknown=True), key=lambda part: (-len(part), part))

    @cached_property
    def names(self) -> Names:
        """No names: no note comes near."""
        return Names({})
