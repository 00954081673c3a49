"""What a rule is, and what rules look at."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from alpgraph.check.near import Names
from alpgraph.diagnostics import Diagnostic, Fix, Place, Severity
from alpgraph.notes import Note, Notebook

if TYPE_CHECKING:
    from alpgraph.graph import NoteGraph, Reason


class Fault(Protocol):
    """What is wrong with one parameter of an experiment."""

    @property
    def field(self) -> str:
        """Name of the parameter; empty when several are meant."""

    @property
    def message(self) -> str:
        """What is wrong, with the limits it passes."""

    @property
    def code(self) -> str:
        """ALP402, or ALP403 where all is well but no verdict is expected."""


@dataclass(frozen=True, slots=True)
class ParamFault:
    """A fault of one parameter; `code` ALP403 says that no verdict is expected of them all."""

    field: str
    message: str
    code: str = "ALP402"


FaultFinder = Callable[[Mapping[str, object]], Sequence[Fault]]
"""Says what is wrong with the parameters a note gives to one experiment."""


@dataclass(frozen=True)
class Subject:
    """What rules look at: a notebook, its graph, and the experiments there are."""

    notebook: Notebook
    graph: "NoteGraph"
    experiments: Mapping[str, FaultFinder] = field(default_factory=dict)

    @cached_property
    def notes(self) -> Mapping[str, Note]:
        """The notes by slug, all made."""
        return dict(self.notebook.notes)

    @cached_property
    def notes_in_scope(self) -> Mapping[str, Note]:
        """The notes whose own faults are looked for, in order of path: all of them."""
        return self.notes

    @cached_property
    def pairs(self) -> Mapping[str, set[tuple[str, str]]]:
        """Ends of the relations of each type, absent notes included."""
        found: dict[str, set[tuple[str, str]]] = {kind: set() for kind in self.notebook.types.by_id}
        # plain dictionaries: networkx's views of edges take ten times longer
        for source, neighbours in self.graph.adjacency():
            for target, kinds in neighbours.items():
                for kind in kinds:
                    if kind in found:  # no mention
                        found[kind].add((source, target))
        return found

    def reasons(self, edge: tuple[str, str, str]) -> "Sequence[Reason]":
        """Return what is told of a relation, given as source, target and type."""
        told: Sequence[Reason] = self.graph.edges[edge]["reasons"]
        return told

    @cached_property
    def parts(self) -> list[list[str]]:
        """Connected parts, the largest first; an absent note that two link to joins nothing."""
        # a relation whose type is misspelt is no edge, but its author meant to join the two
        misspelt: dict[str, list[str]] = {}
        for slug, note in self.notes.items():
            for relation in note.relations:
                if relation.target and not relation.type:
                    misspelt.setdefault(slug, []).append(relation.target)
                    misspelt.setdefault(relation.target, []).append(slug)
        after, before = self.graph.successors, self.graph.predecessors
        left, parts = set(self.notes), []
        while left:
            part = [left.pop()]
            for slug in part:  # it grows as it is walked
                for other in chain(after(slug), before(slug), misspelt.get(slug, ())):
                    if other in left:
                        left.remove(other)
                        part.append(other)
            parts.append(sorted(part))
        return sorted(parts, key=lambda part: (-len(part), part))

    @cached_property
    def names(self) -> Names:
        """Slugs and titles, for saying which note was probably meant."""
        return Names({slug: note.title for slug, note in self.notes.items()})

    @cached_property
    def file_names(self) -> Names:
        """Paths and names of the other files, for saying which was probably meant."""
        return Names({path: path.rsplit("/", 1)[-1] for path in self.notebook.attachments})


Find = Callable[[Subject], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code and name, how much it weighs, its help page, how it finds faults."""

    code: str
    name: str
    severity: Severity
    page: str
    """Markdown: one line, then What it does, Why it matters, Wrong, Right, How to fix."""
    find: Find | None = None
    """Nothing for rules that reading a file already applies."""

    @property
    def summary(self) -> str:
        """First line of the page."""
        return self.page.split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding that does not know its rule yet."""

    message: str
    hint: str
    place: Place
    severity: Severity | None = None
    fix: Fix | None = None


def rule(code: str, severity: Severity, find: Callable[[Subject], Iterator[Draft]]) -> Rule:
    """Make a rule of a function: its name is the rule's, its docstring the help page."""
    name = find.__name__.replace("_", "-")

    def findings(subject: Subject) -> Iterator[Diagnostic]:
        for draft in find(subject):
            weight = draft.severity or severity
            yield Diagnostic(code, name, weight, draft.message, draft.hint, draft.place, draft.fix)

    return Rule(code, name, severity, inspect.cleandoc(find.__doc__ or ""), findings)
