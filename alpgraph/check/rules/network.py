"""ALP201 to ALP204: what only the whole graph shows."""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from alpgraph.check.rule import Draft, Rule, Subject, rule
from alpgraph.diagnostics import Place, Severity
from alpgraph.notes.findings import quoted
from alpgraph.notes.model import Note, Relation

if TYPE_CHECKING:
    import networkx as nx

    from alpgraph.graph import Reason

_LISTED = 5
_ROUNDS = 20
Edge = tuple[str, str, str]
"""Source, target and type of a relation."""


def orphan(subject: Subject) -> Iterator[Draft]:
    """No other note is joined to this one.

    ## What it does
    Reports a note that no relation and no link joins to another note, in either direction. A
    link to a note that does not exist joins nothing. A note with a relation that leads nowhere
    is left out, as that is told already (ALP101), and so is one whose front matter cannot be
    read (ALP002).

    ## Why it matters
    Readers walk from note to note. Nobody walks to a note that nothing leads to.

    ## Wrong
    ```yaml
    title: Label smoothing and calibration
    ```

    ## Right
    ```yaml
    title: Label smoothing and calibration
    relations:
      - type: parallels
        to: binary-reward-and-calibration
        why: both change confidence without changing which answer is chosen
    ```

    ## How to fix
    Add a relation with a reason, or link to the note from the text of another. `alpgraph new`
    and the form at `/new` suggest near notes.
    """
    if len(subject.notes) < 2:
        return
    for part in subject.parts:
        if len(part) == 1 and not _is_explained(note := subject.notes[part[0]]):
            message = "no relation or link joins this note to another"
            hint = "add a relation that says why, or link to it from another note"
            yield Draft(message, hint, _title_place(note))


def _is_explained(note: Note) -> bool:
    """Whether another finding tells why nothing joins the note."""
    lost = any(relation.target is None for relation in note.relations)
    return lost or any(one.code == "ALP002" for one in note.diagnostics)


def separate_part(subject: Subject) -> Iterator[Draft]:
    """Some notes are joined to each other, but to no other note of the collection.

    ## What it does
    Finds the connected parts of the graph. The largest is taken as the collection; each other
    part of two notes or more is reported once, at its first note.

    ## Why it matters
    No walk leads from one part to the other. Often a single relation is missing, or one was
    removed without noticing what hung on it.

    ## Wrong
    ```text
    a – b – c      d – e
    ```

    ## Right
    ```text
    a – b – c – d – e
    ```

    ## How to fix
    Relate one note of the part to one of the rest, with a reason.
    """
    parts = [part for part in subject.parts if len(part) > 1]
    for part in parts[1:]:
        listed = ", ".join(map(quoted, part[:_LISTED]))
        more = f" and {len(part) - _LISTED} more" if len(part) > _LISTED else ""
        message = f"{len(part)} notes are joined to each other only: {listed}{more}"
        hint = "relate one of them to a note of the rest"
        yield Draft(message, hint, _title_place(subject.notes[part[0]]))


def relation_contradicts_inverse(subject: Subject) -> Iterator[Draft]:
    """Two notes say the same one-way relation of each other.

    ## What it does
    Reports "A explains B" where there is also "B explains A", for every type that reads
    differently from its two ends. It does not matter which of the two words was written.

    ## Why it matters
    At most one of the two can be meant. The usual cause is a word taken for its inverse:
    `explains` for `explained-by`.

    ## Wrong
    ```yaml
    # in a.md
    relations: [{type: explains, to: b}]
    # in b.md
    relations: [{type: explains, to: a}]
    ```

    ## Right
    ```yaml
    # in a.md
    relations: [{type: explains, to: b}]
    # in b.md
    relations: [{type: explained-by, to: a}]
    ```

    ## How to fix
    Read both sentences aloud, "A *label* B", and turn the wrong one round. What holds in both
    directions is `parallels` or `related`.
    """
    one_way = [kind for kind in subject.notebook.types.types if not kind.symmetric]
    for kind in one_way:
        pairs = subject.pairs[kind.id]
        for source, target in sorted(p for p in pairs if p[0] < p[1] and p[::-1] in pairs):
            yield _contradiction(subject, (source, target, kind.id), (target, source, kind.id))


def _contradiction(subject: Subject, here: Edge, there: Edge) -> Draft:
    latest = [(max(subject.reasons(edge), key=_line), edge) for edge in (here, there)]
    (other, _), (last, edge) = sorted(latest, key=lambda pair: _line(pair[0]))
    relation = _relation(subject, edge, last)
    names = " and ".join(map(quoted, sorted((last.by, relation.target or ""))))
    message = f"{names} each say `{relation.type}` of the other"
    hint = f"{other.file}:{other.line} says the opposite; turn one of the two round"
    return Draft(message, hint, relation.type_place)


def ordering_cycle(subject: Subject) -> Iterator[Draft]:
    """A relation that orders notes goes round in a circle.

    ## What it does
    Reports circles of three notes or more in the types that put notes in an order: `leads-to`,
    `extends`, `depends-on`, `part-of`, `supersedes`, and those that a collection marks with
    `orders = true`. Each knot of circles is reported once, at its shortest circle.

    ## Why it matters
    What is part of itself, replaces itself or needs itself first cannot be ordered, so a reader
    who follows the relation never arrives.

    ## Wrong
    ```text
    a depends-on b, b depends-on c, c depends-on a
    ```

    ## Right
    ```text
    a depends-on b, b depends-on c
    ```

    ## How to fix
    Find the relation that is not meant and remove it, turn it round, or give it another type.
    """
    for kind in subject.notebook.types.types:
        if kind.orders:
            for circle in _circles(subject, kind.id):
                edge = circle[0], circle[1], kind.id
                relation = _relation(subject, edge, min(subject.reasons(edge), key=_line))
                way = " → ".join(map(quoted, [*circle, circle[0]]))
                message = f"`{kind.id}` goes round in a circle: {way}"
                hint = "remove or turn round the one that is not meant"
                yield Draft(message, hint, relation.type_place)


def _circles(subject: Subject, kind: str) -> Iterator[list[str]]:
    """Yield the shortest circle through the first note of each knot."""
    import networkx as nx

    pairs = subject.pairs[kind]
    # pairs that point at each other are ALP203
    order: nx.DiGraph[str] = nx.DiGraph(_in_circles({p for p in pairs if p[::-1] not in pairs}))
    for knot in nx.strongly_connected_components(order):
        if len(knot) > 1:
            yield _shortest_circle(order, min(knot))


def _in_circles(pairs: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out, in rounds, pairs that begin where none ends: most collections have no circle.

    A long chain would take as many rounds as it has notes; what is left of it does no harm.
    """
    for _ in range(_ROUNDS):
        ends = {target for _, target in pairs}
        remaining = {pair for pair in pairs if pair[0] in ends}
        if len(remaining) == len(pairs):
            break
        pairs = remaining
    return sorted(pairs)


def _shortest_circle(order: "nx.DiGraph[str]", start: str) -> list[str]:
    came: dict[str, str] = {}
    queue = deque([start])
    while start not in came:
        here = queue.popleft()
        for there in sorted(order[here]):
            if there not in came:
                came[there] = here
                queue.append(there)
    circle = [came[start]]
    while circle[-1] != start:
        circle.append(came[circle[-1]])
    return circle[::-1]


def _line(reason: "Reason") -> tuple[str, int]:
    return reason.file, reason.line


def _title_place(note: Note) -> Place:
    return note.places.get("title") or Place(note.path)


def _relation(subject: Subject, edge: Edge, reason: "Reason") -> Relation:
    """Return the relation as its author wrote it that a reason of an edge belongs to."""
    source, target, kind = edge
    forward = reason.by == source
    other, readings = target if forward else source, subject.notebook.types.readings
    return next(
        relation
        for relation in subject.notes[reason.by].relations
        if relation.place.line == reason.line
        and relation.why == reason.why
        and relation.target in (other, None)  # an absent note's node is not named as it is written
        and (reading := readings.get(relation.type))
        and (reading.type.id, reading.forward) == (kind, forward)
    )


RULES: tuple[Rule, ...] = (
    rule("ALP201", Severity.WARNING, orphan),
    rule("ALP202", Severity.WARNING, separate_part),
    rule("ALP203", Severity.WARNING, relation_contradicts_inverse),
    rule("ALP204", Severity.WARNING, ordering_cycle),
)
