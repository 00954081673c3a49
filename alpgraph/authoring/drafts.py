"""`new`: a draft becomes a valid note with a slug of its own, written whole or not at all."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from alpgraph.authoring.matter import written
from alpgraph.check.near import close_to
from alpgraph.notes import Notebook
from alpgraph.notes.identifiers import EXAMPLES, KINDS, bare_identifier, guess_kind, well_formed

_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
_SLUG_LENGTH = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.I)


@dataclass(frozen=True, slots=True)
class DraftRelation:
    """A relation a new note is to have."""

    type: str
    to: str
    why: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A work a new note reports on: its kind (`arxiv`, `doi`, `url`, `isbn`) and identifier."""

    kind: str
    id: str
    title: str = ""
    authors: tuple[str, ...] = ()
    year: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A note that is not written yet."""

    path: str
    """Below the notes folder."""
    text: str

    @property
    def slug(self) -> str:
        """Slug the note will have."""
        return self.path.removesuffix(".md")


def new_note(
    notebook: Notebook,
    *,
    title: str,
    claim: str = "",
    summary: str = "",
    topics: Sequence[str] = (),
    sources: Sequence[DraftSource] = (),
    relations: Sequence[DraftRelation] = (),
    body: str = "",
    slug: str = "",
) -> Draft:
    """Return a draft with a free slug; raises ValueError without a title.

    A slug that is asked for must be free.
    """
    title = " ".join(title.split())
    if not title:
        raise ValueError("a note needs a title")
    if slug and slug.casefold() in {known.casefold() for known in notebook.notes}:
        raise ValueError(f"there is a note '{slug}' already")
    name = slug or free_slug(title, notebook.notes)
    fields = field_lines(
        title=title,
        summary=summary,
        claim=claim,
        topics=topics,
        sources=sources,
        relations=relations,
    )
    return Draft(f"{name}.md", note_text(fields, body))


def note_text(fields: Mapping[str, Sequence[str]], body: str) -> str:
    """Return the text of a note with the lines of its fields and its body."""
    lines = [line for lines_of_field in fields.values() for line in lines_of_field]
    return (
        "---\n"
        + "".join(f"{line}\n" for line in lines)
        + "---\n\n"
        + (body.strip() + "\n" if body.strip() else "")
    )


def field_lines(
    *,
    title: str,
    summary: str,
    claim: str,
    topics: Sequence[str],
    sources: Sequence[DraftSource],
    relations: Sequence[DraftRelation],
) -> dict[str, list[str]]:
    """Return the lines of front matter for each field, in order; none for an empty one."""
    texts = {"title": title, "summary": summary, "claim": claim}
    plain = {key: " ".join(value.split()) for key, value in texts.items()}
    listed = ", ".join(written(topic, flow=True) for topic in topics)
    return {
        **{key: [f"{key}: {written(value)}"] if value else [] for key, value in plain.items()},
        "topics": [f"topics: [{listed}]"] if topics else [],
        "sources": _listed("sources", map(source_item, sources)),
        "relations": _listed("relations", map(relation_item, relations)),
    }


def _listed(key: str, items: Iterable[Sequence[str]]) -> list[str]:
    lines = [line for item in items for line in item]
    return [f"{key}:", *lines] if lines else []


def source_item(source: DraftSource) -> list[str]:
    """Return the lines of a source in the list `sources`."""
    if source.kind == "other" and not (source.title or source.authors or source.year):
        return [f"  - {_quoted(source.id)}"]
    return _item(source_lines(source))


def source_lines(source: DraftSource) -> dict[str, str]:
    """Return the line of each key of a source; one of no known kind is named by its title."""
    lines = {}
    if source.kind == "other":
        lines["title"] = f"title: {written(source.title or source.id)}"
    else:
        # always quoted: a number would lose its last zero in other programs
        lines[source.kind] = f"{source.kind}: {_quoted(source.id)}"
        if source.title:
            lines["title"] = f"title: {written(source.title)}"
    if source.authors:
        authors = ", ".join(written(name, flow=True) for name in source.authors)
        lines["authors"] = f"authors: [{authors}]"
    if source.year:
        plain = re.fullmatch(r"[1-9]\d{3}", source.year)
        lines["year"] = f"year: {source.year if plain else written(source.year)}"
    return lines


def _item(lines: Mapping[str, str]) -> list[str]:
    return [f"  {' ' if number else '-'} {line}" for number, line in enumerate(lines.values())]


def _quoted(text: str) -> str:
    value = written(text)
    return value if value[:1] in "\"'" else f'"{value}"'


def relation_item(relation: DraftRelation) -> list[str]:
    """Return the lines of a relation in the list `relations`."""
    return _item(relation_lines(relation))


def relation_lines(relation: DraftRelation) -> dict[str, str]:
    """Return the line of each key of a relation."""
    why = " ".join(relation.why.split())
    values = {"type": relation.type, "to": relation.to, "why": why, "basis": relation.basis}
    shown = {key: value for key, value in values.items() if value or key in ("type", "to")}
    return {key: f"{key}: {written(value)}" for key, value in shown.items()}


def free_slug(title: str, taken: Collection[str]) -> str:
    """Return the slug of a title that differs from all taken ones, also on case-blind systems.

    >>> free_slug("Does Über-fitting hurt?", [])
    'does-uber-fitting-hurt'
    >>> free_slug("A", ["a", "A-2"])
    'a-3'
    """
    folded = {slug.casefold() for slug in taken}
    base = slug_of_title(title)
    name, number = base, 1
    while name.casefold() in folded:
        number += 1
        name = f"{base}-{number}"
    return name


def slug_of_title(title: str) -> str:
    """Reduce a title to letters, digits and hyphens; ASCII where the script has letters like it."""
    text = unicodedata.normalize("NFKD", title.casefold().translate(_LETTERS))
    text = "".join(char for char in text if not unicodedata.combining(char))
    ascii_name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", text)).strip("-")
    name = ascii_name or re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", text)).strip("-")
    if len(name) > _SLUG_LENGTH:
        name = name[: _SLUG_LENGTH + 1].rpartition("-")[0] or name[:_SLUG_LENGTH]
    if not name:
        return "note"  # a name that began with a hyphen would be read as an option
    return f"{name}-note" if _RESERVED.fullmatch(name) else name


def parse_relation(text: str, notebook: Notebook) -> DraftRelation:
    """Read `SLUG:TYPE:WHY`; the target may be a title or an alias too.

    Raises ValueError that says which part is wrong and what is known.
    """
    types = notebook.types.readings
    for match in re.finditer(":", text):  # a title may hold colons
        to, (word, _, why) = text[: match.start()].strip(), text[match.end() :].partition(":")
        found = notebook.resolve(to, "")
        if found.slug and (reading := notebook.types.read(word)):
            return DraftRelation(reading.id, found.slug, why.strip())
    to, _, rest = text.partition(":")
    word = rest.partition(":")[0].strip()
    if not to.strip() or not word:
        raise ValueError(f"'{text}' is not of the form SLUG:TYPE:WHY")
    resolution = notebook.resolve(to.strip(), "")
    if resolution.candidates:
        raise ValueError(f"'{to}' fits several notes: {', '.join(resolution.candidates[:5])}")
    if resolution.slug is None:
        raise ValueError(f"no note answers to '{to}'{_suggestion(to, notebook.notes)}")
    hint = _suggestion(word, types) or f"; known: {', '.join(notebook.types.by_id)}"
    raise ValueError(f"unknown relation type '{word}'{hint}")


def parse_source(text: str) -> DraftSource:
    """Read `KIND:ID`, or an identifier or address whose kind shows.

    Raises ValueError that says what is wrong.

    >>> parse_source("arXiv:2511.07699").kind, parse_source("https://doi.org/10.1000/182").id
    ('arxiv', '10.1000/182')
    """
    text = " ".join(text.split())
    kind, colon, rest = text.partition(":")
    named = next((name for name in KINDS if colon and name == kind.strip().lower()), None)
    known = named or guess_kind(text)
    if known == "other":
        raise ValueError(f"'{text}' is not of the form KIND:ID; kinds are {', '.join(KINDS)}")
    id = bare_identifier(known, rest.strip() if named else text)
    if not well_formed(known, id):
        raise ValueError(f"'{id}' is no {known}; one is like {EXAMPLES[known]}")
    return DraftSource(known, id)


def _suggestion(word: str, words: Collection[str]) -> str:
    near = close_to(word.strip(), words)
    return f"; did you mean '{near[0]}'?" if near else ""


def write_new(root: Path, draft: Draft) -> Path:
    """Write a draft below `root` and return its path.

    Raises FileExistsError when there is such a file, ValueError when it would lie elsewhere,
    OSError naming it when it cannot be written.
    """
    target = (root / draft.path).resolve()
    if not target.is_relative_to(root.resolve()):
        raise ValueError(f"'{draft.path}' does not lie in the notes folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{token_hex(8)}.alpgraph")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(draft.text)
        target.hardlink_to(temporary)  # unlike a rename, it fails where a file is
    except OSError as error:
        # whoever asked knows the note's name, not that of the file it goes through
        raise OSError(error.errno, error.strerror, str(root / draft.path)) from None
    finally:
        temporary.unlink(missing_ok=True)
    return root / draft.path
