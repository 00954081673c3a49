"""What was typed into the form: fields to a note's text, and a note to fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alpgraph.authoring.drafts import (
    DraftRelation,
    DraftSource,
    field_lines,
    free_slug,
    note_text,
)
from alpgraph.authoring.rewriting import rewritten
from alpgraph.notes import Note, Notebook
from alpgraph.notes.identifiers import bare_identifier, guess_kind

MOST_ROWS = 60
"""Relations, and sources, of one form."""
_ROW = re.compile(r"(relation|source)-(\d{1,3})-(\w+)")
_TEXTS = ("title", "summary", "claim", "topics", "body")


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation as typed: the target by its title or its slug."""

    type: str = ""
    to: str = ""
    why: str = ""
    basis: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.to.strip() or self.why.strip())


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as typed: its identifier or address, and what is known of it."""

    id: str = ""
    title: str = ""
    authors: str = ""
    """Separated by commas."""
    year: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.id.strip() or self.title.strip())


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the fields."""

    title: str = ""
    summary: str = ""
    claim: str = ""
    topics: str = ""
    """Separated by commas."""
    body: str = ""
    sources: tuple[SourceRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()


def read_form(values: Mapping[str, str]) -> Form:
    """Read the fields of a form that was sent; names that are none of ours are passed over.

    >>> read_form({"title": "T", "relation-0-to": "a", "relation-0-shoe": "x"}).relations[0].to
    'a'
    """
    texts = {name: values.get(name, "").replace("\r\n", "\n") for name in _TEXTS}
    rows: dict[str, dict[int, dict[str, str]]] = {"relation": {}, "source": {}}
    for name, value in values.items():
        match = _ROW.fullmatch(name)
        if match and int(match[2]) < MOST_ROWS:
            rows[match[1]].setdefault(int(match[2]), {})[match[3]] = value
    return Form(
        **texts,
        sources=tuple(
            SourceRow(**_known(given, SourceRow)) for _, given in sorted(rows["source"].items())
        ),
        relations=tuple(
            RelationRow(**_known(given, RelationRow))
            for _, given in sorted(rows["relation"].items())
        ),
    )


def _known(given: Mapping[str, str], row: Any) -> dict[str, str]:
    return {name: given[name] for name in row.__dataclass_fields__ if name in given}


def form_of(note: Note, notebook: Notebook) -> Form:
    """Return the fields of a note; relations in other tools' forms stay in the file alone."""
    native = [one for one in note.relations if one.form == "native"]
    return Form(
        title=note.title,
        summary=note.summary,
        claim=note.claim,
        topics=", ".join(note.topics),
        body=note.body.strip("\n"),
        sources=tuple(
            SourceRow(
                "" if one.kind == "other" and one.title == one.id else _address(one.kind, one.id),
                one.title,
                ", ".join(one.authors),
                one.year,
            )
            for one in note.sources
        ),
        relations=tuple(
            RelationRow(
                one.type or one.written,
                notebook.notes[one.target].title if one.target else one.to,
                one.why,
                one.basis,
            )
            for one in native
        ),
    )


def _address(kind: str, id: str) -> str:
    return id if kind in ("url", "other") else f"{kind}:{id}"


def text_of_form(form: Form, notebook: Notebook) -> tuple[str, str]:
    """Return the path and the text of the new note that a form makes.

    A form without a title has the path of an untitled note; `check` says what is missing.
    """
    slug = free_slug(form.title.strip() or "untitled", notebook.notes)
    return f"{slug}.md", note_text(_lines(form, notebook), form.body.strip("\n"))


def rewritten_by_form(data: bytes, note: Note, form: Form, notebook: Notebook) -> bytes | None:
    """Return the bytes of an existing note with what the form changed, and nothing else changed.

    None when its front matter is not plain enough to be sure.
    """
    old = form_of(note, notebook)
    changed = {
        key: lines
        for key, lines in _lines(form, notebook).items()
        if getattr(form, key) != getattr(old, key)
    }
    body = form.body if form.body.strip("\n") != old.body else None
    return data if not changed and body is None else rewritten(data, changed, body)


def _lines(form: Form, notebook: Notebook) -> dict[str, list[str]]:
    """Return the lines of each field; none for an empty one."""
    return field_lines(
        title=form.title,
        summary=form.summary,
        claim=form.claim,
        topics=_parts(form.topics),
        sources=[_source(row) for row in form.sources if not row.empty],
        relations=[_relation(row, notebook) for row in form.relations if not row.empty],
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for one in text.split(",") if (part := " ".join(one.split())))


def _source(row: SourceRow) -> DraftSource:
    text = " ".join(row.id.split())
    kind: str = guess_kind(text) if text else "other"
    named = text.partition(":")[0].strip().lower()
    if kind == "other" and named in ("arxiv", "doi", "isbn", "url"):
        kind, text = named, text.partition(":")[2].strip()  # kept, so that `check` can explain it
    id = bare_identifier(kind, text)
    return DraftSource(kind, id, " ".join(row.title.split()), _parts(row.authors), row.year.strip())


def _relation(row: RelationRow, notebook: Notebook) -> DraftRelation:
    to = " ".join(row.to.split())
    return DraftRelation(row.type.strip(), notebook.resolve(to, "").slug or to, row.why, row.basis)
