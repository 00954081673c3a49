"""ALP205 to ALP207: what claims and relations rest on."""

from collections.abc import Iterator

from alpgraph.check.rule import Draft, Rule, Subject, rule
from alpgraph.diagnostics import Place, Severity
from alpgraph.notes.findings import quoted
from alpgraph.notes.model import Note, Relation, Source

_LONG_ENOUGH = 20
BACKING = ("supported-by", "tested-by")
"""Types of relations that back a claim."""


def copied_reason(subject: Subject) -> Iterator[Draft]:
    """The reason of a relation is copied from another relation.

    ## What it does
    Reports a `why:` of 20 characters or more that stands, but for spaces and case, in another
    relation too. The two ends of one relation may say the same.

    ## Why it matters
    The reason is what a reader walks by. One that fits two relations says what neither of them
    means here.

    ## Wrong
    ```yaml
    relations:
      - {type: parallels, to: a, why: they are about the same thing}
      - {type: extends, to: b, why: they are about the same thing}
    ```

    ## Right
    ```yaml
    relations:
      - {type: parallels, to: a, why: both pay for an answer and not for the way to it}
      - {type: extends, to: b, why: adds the case in which the costs are unknown}
    ```

    ## How to fix
    Say what this link means between these two notes.
    """
    first: dict[str, tuple[Note, Relation]] = {}
    for note in subject.notes_in_scope.values():
        for relation in note.relations:
            words = words_of(relation.why)
            if not words:
                continue
            original = note, relation
            earlier = first.setdefault(words, original)
            if earlier is not original and _ends(subject, *earlier) != _ends(subject, *original):
                place = earlier[1].place
                message = f"this reason stands at {place.file}:{place.line} too"
                hint = "say what this link means between these two notes"
                yield Draft(message, hint, relation.why_place or relation.place)


def words_of(why: str) -> str:
    """Return a reason without case and spacing; nothing where it is too short to be compared."""
    words = " ".join(why.casefold().split())
    return words if len(words) >= _LONG_ENOUGH else ""


def work_of(kind: str, name: str, title: str) -> tuple[str, str] | None:
    """Return by what a source is known; nothing where there is no title to compare."""
    return None if kind == "other" or not name or not title else (kind, name.casefold())


def _ends(subject: Subject, note: Note, relation: Relation) -> tuple[str, frozenset[str]]:
    reading = subject.notebook.types.readings.get(relation.type)
    kind = reading.type.id if reading else relation.written
    return kind, frozenset((note.slug, relation.target or relation.to))


def claim_without_source(subject: Subject) -> Iterator[Draft]:
    """A note claims something and leaves its sources empty, and nothing else backs the claim.

    ## What it does
    Reports a note with a `claim:` whose `sources:` is empty, whose claim no experiment tests and
    which no relation `supported-by` or `tested-by` joins to another note. Where the key
    `sources:` is missing altogether, ALP013 says so instead.

    ## Why it matters
    A claim that could be false needs a place where a reader can look.

    ## Wrong
    ```yaml
    claim: label smoothing always improves calibration
    sources: []
    ```

    ## Right
    ```yaml
    claim: label smoothing always improves calibration
    sources:
      - arxiv: "1906.02629"
    ```

    ## How to fix
    Give a source, attach an experiment that tests the claim, or relate the note to one that
    supports it.
    """
    backed = {source for kind in BACKING for source, _ in subject.pairs.get(kind, ())}
    for note in subject.notes_in_scope.values():
        left_empty = "sources" in note.places and not note.sources
        if note.claim and left_empty and not note.claim_test and note.slug not in backed:
            message = "nothing backs this claim: no source, no experiment, no supporting note"
            hint = "give a source, or relate it to a note that supports or tests it"
            yield Draft(message, hint, note.places.get("claim") or Place(note.path))


def source_title_differs(subject: Subject) -> Iterator[Draft]:
    """Two notes give the same work different titles.

    ## What it does
    Compares the sources of all notes by their identifier and reports a title that differs, but
    for case, spaces and punctuation, from the one given first.

    ## Why it matters
    One of the two identifiers or titles is wrong, and a reader who follows it lands at another
    work than the one that was read.

    ## Wrong
    ```yaml
    # in a.md
    sources: [{arxiv: "2511.07699", title: Misaligned by Design}]
    # in b.md
    sources: [{arxiv: "2511.07699", title: Attention Is All You Need}]
    ```

    ## Right
    ```yaml
    # in a.md and in b.md
    sources: [{arxiv: "2511.07699", title: Misaligned by Design}]
    ```

    ## How to fix
    Look the identifier up and write its title as the work has it, or leave the title out.
    """
    first: dict[tuple[str, str], Source] = {}
    for note in subject.notes_in_scope.values():
        for source in note.sources:
            work = work_of(source.kind, source.id, source.title)
            if work is None:
                continue
            earlier = first.setdefault(work, source)
            if _letters(earlier.title) != _letters(source.title):
                place = earlier.place
                message = f"{quoted(source.id)} has another title at {place.file}:{place.line}"
                hint = f"it is {quoted(earlier.title)} there; look the work up"
                yield Draft(message, hint, source.place)


def _letters(title: str) -> str:
    # a subtitle left out is no other title
    main = title.split(":")[0]
    return "".join(char for char in main.casefold() if char.isalnum())


RULES: tuple[Rule, ...] = (
    rule("ALP205", Severity.WARNING, copied_reason),
    rule("ALP206", Severity.WARNING, claim_without_source),
    rule("ALP207", Severity.WARNING, source_title_differs),
)
