"""What was typed into the form: fields to a note's text, and a note to fields."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from alpgraph.authoring.drafts import (
    DraftRelation,
    DraftSource,
    field_lines,
    free_slug,
    note_text,
    relation_item,
    relation_lines,
    source_item,
    source_lines,
)
from alpgraph.authoring.formatting import RELATION_KEYS
from alpgraph.authoring.matter import meaning, split_file
from alpgraph.authoring.replacing import Rows
from alpgraph.authoring.rewriting import rewritten
from alpgraph.diagnostics import Place
from alpgraph.notes import Note, Notebook
from alpgraph.notes.fields import SOURCE_KEYS
from alpgraph.notes.identifiers import KINDS, bare_identifier, guess_kind
from alpgraph.notes.model import Relation

MAX_ROWS = 60
"""Relations, and sources, of one form."""
_ROW = re.compile(r"(relation|source)-(\d{1,3})-(\w+)")
_TEXTS = ("title", "summary", "claim", "topics", "body")
# a name in quotes may hold commas, and quotes written twice
_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=,|\Z)|([^,]*))(?:,|\Z)')


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation as typed: the target by its title or its slug."""

    type: str = ""
    to: str = ""
    why: str = ""
    basis: str = ""
    origin: str = ""
    """Number of this row in the note as it was; empty for one that is new."""

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
    """Separated by commas; a name that holds one is in quotes."""
    year: str = ""
    origin: str = ""
    """Number of this row in the note as it was; empty for one that is new."""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.id.strip() or self.title.strip())


Row = TypeVar("Row", RelationRow, SourceRow)


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the fields."""

    title: str = ""
    summary: str = ""
    claim: str = ""
    topics: str = ""
    """Separated by commas, as authors are."""
    body: str = ""
    sources: tuple[SourceRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()


def read_form(values: Mapping[str, str]) -> Form:
    """Read the fields of a form that was sent; names that are none of ours are passed over.

    Raises ValueError for more rows than a form has.

    >>> read_form({"title": "T", "relation-0-to": "a", "relation-0-shoe": "x"}).relations[0].to
    'a'
    """
    texts = {name: values.get(name, "").replace("\r\n", "\n") for name in _TEXTS}
    rows: dict[str, dict[int, dict[str, str]]] = {"relation": {}, "source": {}}
    for name, value in values.items():
        match = _ROW.fullmatch(name)
        if match and int(match[2]) >= MAX_ROWS:
            raise ValueError(
                f"a form holds up to {MAX_ROWS} {match[1]}s; write more of them in the file itself"
            )
        if match:
            rows[match[1]].setdefault(int(match[2]), {})[match[3]] = value
    return Form(
        **texts,
        sources=tuple(
            SourceRow(**_known_fields(given, SourceRow))
            for _, given in sorted(rows["source"].items())
        ),
        relations=tuple(
            RelationRow(**_known_fields(given, RelationRow))
            for _, given in sorted(rows["relation"].items())
        ),
    )


def _known_fields(values: Mapping[str, str], row: Any) -> dict[str, str]:
    return {name: values[name] for name in row.__dataclass_fields__ if name in values}


def form_of(note: Note, notebook: Notebook) -> Form:
    """Return the fields of a note; relations in other tools' forms stay in the file alone."""
    return Form(
        title=note.title,
        summary=note.summary,
        claim=note.claim,
        topics=_joined(note.topics),
        body=note.body.strip("\n"),
        sources=tuple(
            SourceRow(
                ""
                if one.kind == "other" and one.title == one.id
                else " ".join(_address(one.kind, one.id).split()),
                one.title,
                _joined(one.authors),
                one.year,
                str(number),
            )
            for number, one in enumerate(note.sources)
        ),
        relations=tuple(
            RelationRow(
                one.type or " ".join(one.written.split()),
                notebook.notes[one.target].title if one.target else " ".join(one.to.split()),
                one.why,
                one.basis,
                str(number),
            )
            for number, one in enumerate(_native(note))
        ),
    )


def _native(note: Note) -> list[Relation]:
    return [one for one in note.relations if one.form == "native"]


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
    lines = _lines(form, notebook)
    texts = ("title", "summary", "claim", "topics")
    changed: dict[str, Sequence[str] | Rows] = {
        key: lines[key] for key in texts if getattr(form, key) != getattr(old, key)
    }
    for key, rows in (
        ("sources", _source_rows(note, old, form)),
        ("relations", _relation_rows(note, old, form, notebook)),
    ):
        if rows.changed or rows.added:
            changed[key] = rows
    body = form.body if form.body.strip("\n") != old.body else None
    if not changed and body is None:
        return data
    new = rewritten(data, changed, body)
    matter = split_file(data)
    # where no key was read, as where front matter is too long, none is known to be replaced
    read = matter and (meaning(matter.raw) or {}).keys() == note.places.keys()
    return new if read else None


def fits_form(data: bytes, note: Note, notebook: Notebook) -> bool:
    """Tell whether any field can be changed with nothing else lost: all are, to find out."""
    form = form_of(note, notebook)
    parts = ((form.topics, note.topics), *_authors(form, note))
    if max(len(form.sources), len(form.relations)) > MAX_ROWS:
        return False
    if any(_parts(text) != names for text, names in parts):
        return False
    relations = [RelationRow("-", "-", "-", "-", row.origin) for row in form.relations]
    changed = replace(
        form,
        title=f"{form.title}.",
        summary=f"{form.summary}.",
        claim=f"{form.claim}.",
        topics=f"{form.topics}, -",
        relations=(*relations, RelationRow(to="-")),
    )
    for kind in KINDS:
        sources = [SourceRow(f"{kind}:-", "-", "-", "-", row.origin) for row in form.sources]
        changed = replace(changed, sources=(*sources, SourceRow(title="-")))
        if rewritten_by_form(data, note, changed, notebook) is None:
            return False
    return True


def _authors(form: Form, note: Note) -> list[tuple[str, tuple[str, ...]]]:
    both = zip(form.sources, note.sources, strict=True)
    return [(row.authors, source.authors) for row, source in both]


def _source_rows(note: Note, old: Form, form: Form) -> Rows:
    def lines(row: SourceRow) -> dict[str, str]:
        source, number = _source(row), int(row.origin)
        was = note.sources[number]
        if row.id == old.sources[number].id and was.kind != "other":
            source = replace(source, kind=was.kind, id=was.id)  # it stays under its key
        return source_lines(source)

    added, pairs = _paired(old.sources, form.sources)
    return Rows(
        SOURCE_KEYS,
        _changes(pairs, [source.place for source in note.sources], lines),
        [line for row in added for line in source_item(_source(row))],
        _key_of,
    )


def _key_of(text: str) -> str:
    """Return the key that a source means which is a text alone."""
    kind = guess_kind(text)
    return "title" if kind == "other" else kind


def _relation_rows(note: Note, old: Form, form: Form, notebook: Notebook) -> Rows:
    def lines(row: RelationRow) -> dict[str, str]:
        return relation_lines(_relation(row, notebook))

    added, pairs = _paired(old.relations, form.relations)
    return Rows(
        RELATION_KEYS,
        _changes(pairs, [relation.place for relation in _native(note)], lines),
        [line for row in added for line in relation_item(_relation(row, notebook))],
    )


def _paired(
    old: Sequence[Row], new: Sequence[Row]
) -> tuple[list[Row], list[tuple[Row, Row | None]]]:
    """Return the rows that are new, and each old one with what became of it."""
    known = {row.origin for row in old}
    now: dict[str, Row] = {}
    added = []
    for row in new:
        if row.origin in known and row.origin not in now:
            now[row.origin] = row
        elif not row.empty:
            added.append(row)
    return added, [(row, now.get(row.origin)) for row in old]


def _changes(
    pairs: Iterable[tuple[Row, Row | None]],
    places: Iterable[Place],
    lines: Callable[[Row], Mapping[str, str]],
) -> dict[tuple[int, int], Mapping[str, Sequence[str]] | None]:
    """Return the keys that changed in each row, by where it stands in the front matter."""
    changed: dict[tuple[int, int], Mapping[str, Sequence[str]] | None] = {}
    for (old, new), place in zip(pairs, places, strict=True):
        if new == old:
            continue
        at = (place.line - 2, place.column - 1)  # front matter begins on the second line
        if new is None or new.empty:
            changed[at] = None
            continue
        was, now = lines(old), lines(new)
        keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
        if keys:
            changed[at] = {key: [now[key]] if key in now else [] for key in keys}
    return changed


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
    """Divide a text by its commas.

    >>> _parts('One, "Two, A.", ')
    ('One', 'Two, A.')
    """
    found = _PART.finditer(" ".join(text.split()))
    parts = (part[2] if part[1] is None else part[1].replace('""', '"') for part in found)
    return tuple(filter(None, (part.strip() for part in parts)))


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(map(_part, parts))


def _part(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if "," in text or text.startswith('"') else text


def _source(row: SourceRow) -> DraftSource:
    text = " ".join(row.id.split())
    kind: str = guess_kind(text) if text else "other"
    named = text.partition(":")[0].strip().lower()
    if kind == "other" and named in KINDS:
        kind, text = named, text.partition(":")[2].strip()  # kept, so that `check` can explain it
    title = " ".join(row.title.split())
    if kind == "other" and text and title:
        kind = "url"  # it is none, and `check` says so
    return DraftSource(
        kind, bare_identifier(kind, text), title, _parts(row.authors), " ".join(row.year.split())
    )


def _relation(row: RelationRow, notebook: Notebook) -> DraftRelation:
    to = " ".join(row.to.split())
    return DraftRelation(row.type.strip(), notebook.resolve(to, "").slug or to, row.why, row.basis)
