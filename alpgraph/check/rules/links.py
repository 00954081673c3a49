"""ALP101 to ALP106: where relations and links lead."""

import re
from collections.abc import Iterator, Sequence

from alpgraph.check.rule import Draft, Rule, Subject, rule
from alpgraph.diagnostics import Fix, Place, Severity
from alpgraph.notes.findings import quoted, rewording
from alpgraph.notes.model import Mention, Relation

_LISTED = 5
_PLAIN = re.compile(r"[^\W_][\w/.-]*")  # what YAML needs no quotes for


def absent_target(subject: Subject) -> Iterator[Draft]:
    """A relation leads to no note, or to more than one.

    ## What it does
    Reports a relation whose `to:` names no note, and one whose name fits several notes equally
    well. An error in alpgraph's own form, a warning in the forms of other tools.

    ## Why it matters
    A relation that leads nowhere cannot be walked. When a name fits several notes, choosing one
    silently would put words in the author's mouth.

    ## Wrong
    ```yaml
    relations:
      - type: parallels
        to: symetric-loss
        why: both give every mistake the same weight
    ```

    ## Right
    ```yaml
    relations:
      - type: parallels
        to: symmetric-loss
        why: both give every mistake the same weight
    ```

    ## How to fix
    Write the slug of the note: the path of its file below the notes folder, without `.md`. Where
    several notes have the name, write the path that tells them apart. A name that differs only
    in case, spaces or punctuation is mended by `alpgraph check --fix`.
    """
    for note in subject.notes_in_scope.values():
        for relation in note.relations:
            if relation.target is None:
                native = relation.form == "native"
                severity = Severity.ERROR if native else Severity.WARNING
                yield _unresolved(subject, relation, relation.to_place, severity)


def self_link(subject: Subject) -> Iterator[Draft]:
    """A relation leads from a note to itself.

    ## What it does
    Reports a relation whose target is the note it stands in.

    ## Why it matters
    A note cannot support, limit or replace itself. The line is nearly always a copy from another
    note in which the target was not changed.

    ## Wrong
    ```yaml
    # in symmetric-loss.md
    relations:
      - type: extends
        to: symmetric-loss
    ```

    ## Right
    ```yaml
    # in symmetric-loss.md
    relations:
      - type: extends
        to: utility-weighted-loss
    ```

    ## How to fix
    Name the other note, or remove the relation. To point at a part of the same note, write
    `[[#heading]]` in its text.
    """
    for note in subject.notes_in_scope.values():
        for relation in note.relations:
            if relation.target == note.slug:
                severity = None if relation.form == "native" else Severity.WARNING
                message = f"{quoted(relation.to)} is this note itself"
                hint = "name the other note, or remove the relation"
                yield Draft(message, hint, relation.to_place, severity)


def repeated_relation(subject: Subject) -> Iterator[Draft]:
    """A note says the same relation to the same note twice.

    ## What it does
    Reports the second of two relations of one note that have the same type and target, also when
    one is written with the plain word and the other with the id.

    ## Why it matters
    Readers see one line between two notes. Of two reasons for the same thing, one is forgotten
    when the other is changed.

    ## Wrong
    ```yaml
    relations:
      - {type: parallels, to: symmetric-loss, why: both ignore what mistakes cost}
      - {type: parallel, to: symmetric-loss, why: the same mechanism in another field}
    ```

    ## Right
    ```yaml
    relations:
      - {type: parallels, to: symmetric-loss, why: both ignore what mistakes cost}
    ```

    ## How to fix
    Keep one of the two and say the whole reason there. Two relations of different types to one
    note are fine.
    """
    for note in subject.notes_in_scope.values():
        first: dict[tuple[str, str], Relation] = {}
        for relation in note.relations:
            if relation.target is None or not relation.type:
                continue
            earlier = first.setdefault((relation.type, relation.target), relation)
            if earlier is not relation:
                line = earlier.place.line
                what = f"`{relation.type}` to {quoted(relation.target)}"
                hint = "keep one of them and say the whole reason there"
                yield Draft(f"{what} is already said on line {line}", hint, relation.to_place)


def dangling_link(subject: Subject) -> Iterator[Draft]:
    """A link in running text leads to no note, or to more than one.

    ## What it does
    Reports `[[name]]` and `[text](name.md)` where no note has that name, and where several notes
    have it equally well. Links in code and in HTML comments are not looked at.

    ## Why it matters
    Readers see a dead link. When a name fits several notes, none is chosen: a link that leads to
    the wrong note is worse than one that leads to none.

    ## Wrong
    ```markdown
    Moving the threshold is [[treshold-for-unequal-costs|enough]].
    ```

    ## Right
    ```markdown
    Moving the threshold is [[thresholds-for-unequal-costs|enough]].
    ```

    ## How to fix
    Write the slug, the title or an alias of a note, or write the note. For a renamed note, add
    its old name to the `aliases:` of the new one; `alpgraph rename OLD NEW` does so and writes
    all links anew. Where several notes have the name, write the path that tells them apart.
    """
    for note in subject.notes_in_scope.values():
        for mention in note.mentions:
            if mention.target is None:
                yield _unresolved(subject, mention, mention.place, None)


def absent_heading(subject: Subject) -> Iterator[Draft]:
    """A link names a heading that its note does not have.

    ## What it does
    Reports `[[note#heading]]`, `[[note#^block]]` and `[text](note.md#heading)`
    where the note is there but the heading or block is not.

    ## Why it matters
    The link opens the top of the page, and the reader has to look for what was meant.

    ## Wrong
    ```markdown
    See [[symmetric-loss#proof]].     <!-- the heading there is "A proof in two lines" -->
    ```

    ## Right
    ```markdown
    See [[symmetric-loss#A proof in two lines]].
    ```

    ## How to fix
    Write the heading as it stands in the other note, or leave `#…` out.
    """
    for note in subject.notes_in_scope.values():
        for mention in note.mentions:
            other = subject.notes.get(mention.target or "") if mention.heading else None
            if other is None:
                continue
            if subject.notebook.index.anchor(other.slug, mention.heading):
                continue
            headings = [heading.text for heading in other.headings if heading.text]
            message = f"{quoted(other.slug)} has no heading {quoted(mention.heading)}"
            hint = (
                "its headings: " + ", ".join(map(quoted, headings[:_LISTED]))
                if headings
                else ("it has no headings; leave `#…` out")
            )
            yield Draft(message, hint, mention.place)


def absent_file(subject: Subject) -> Iterator[Draft]:
    """A picture, or a file that a link leads to, is not there.

    ## What it does
    Reports `![words](plot.svg)`, `[words](data.csv)`, `![[plot.svg]]` and `[[data.csv]]` where the
    notes folder has no such file: beside the note, at that path from the root, or by that name
    in the nearest folder that has one. Addresses of other sites are not looked at.

    ## Why it matters
    Readers see words in place of the picture, or a link that leads nowhere. Often the file was
    not added to the commit.

    ## Wrong
    ```markdown
    ![Cost against the threshold](plots/treshold.svg)
    ```

    ## Right
    ```markdown
    ![Cost against the threshold](plots/threshold.svg)
    ```

    ## How to fix
    Add the file to the notes folder, or write its path from the note's own folder. Files that
    lie outside the notes folder, or below a folder whose name begins with a dot, are not served,
    and symbolic links are not followed: put the file itself there.
    """
    for note in subject.notes_in_scope.values():
        for link in note.files:
            candidates = subject.notebook.files_meant(link.to, note.path)
            if len(candidates) != 1 and not subject.notebook.note_of_file(link.to, note.slug):
                yield Draft(*_absent_file(subject, link.to, candidates), link.place)


def _absent_file(subject: Subject, to: str, candidates: Sequence[str]) -> tuple[str, str]:
    """Return message and hint for a file that is not there, or of whose name there are several."""
    if candidates:
        listed = ", ".join(map(quoted, candidates[:_LISTED]))
        return f"{quoted(to)} fits {len(candidates)} files equally well", f"write one of {listed}"
    hint = "add the file to the notes folder, or write its path from the note's own folder"
    if near := subject.file_names.near(to.rsplit("/", 1)[-1]):
        hint = f"did you mean {' or '.join(map(quoted, near))}?"
    return f"no file answers to {quoted(to)}", hint


def _unresolved(
    subject: Subject, link: Relation | Mention, place: Place, severity: Severity | None
) -> Draft:
    """Say that a link leads nowhere, or among which notes it cannot decide."""
    if link.candidates:
        count = len(link.candidates)
        listed = ", ".join(map(quoted, link.candidates[:_LISTED]))
        more = f" and {count - _LISTED} more" if count > _LISTED else ""
        message = f"{quoted(link.to)} fits {count} notes equally well"
        return Draft(message, f"write one of {listed}{more}", place, severity)
    message = f"no note answers to {quoted(link.to)}"
    if same := subject.names.same(link.to):
        return Draft(message, f"write {quoted(same)}", place, severity, _fix(link, same))
    if near := subject.names.near(link.to):
        titles = (f"{quoted(slug)} ({subject.notes[slug].title})" for slug in near)
        return Draft(message, f"did you mean {' or '.join(titles)}?", place, severity)
    hint = "write the slug, the title or an alias of a note, or write that note"
    return Draft(message, hint, place, severity)


def _fix(link: Relation | Mention, slug: str) -> Fix | None:
    """Replace a target of the front matter; running text stays as its author wrote it."""
    if isinstance(link, Mention) or link.form != "native" or not _PLAIN.fullmatch(slug):
        return None
    return rewording(link.to_place, link.to, slug)


RULES: tuple[Rule, ...] = (
    rule("ALP101", Severity.ERROR, absent_target),
    rule("ALP102", Severity.ERROR, self_link),
    rule("ALP103", Severity.WARNING, repeated_relation),
    rule("ALP104", Severity.WARNING, dangling_link),
    rule("ALP105", Severity.WARNING, absent_heading),
    rule("ALP106", Severity.WARNING, absent_file),
)
