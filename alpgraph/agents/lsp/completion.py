"""The words that fit a gap: notes, headings, types, topics, experiments, keys."""

from dataclasses import dataclass
from typing import get_args

from alpgraph.agents.lsp.gaps import Gap
from alpgraph.authoring.matter import written
from alpgraph.experiments import all_experiments
from alpgraph.notes import Basis, RelationTypes
from alpgraph.pages import Collection
from alpgraph.pages.lists import topics

MAX_CANDIDATES = 500
"""Words of one answer; where there are more, those that hold what is typed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be written."""

    name: str
    text: str
    """What is written: the name, quoted and closed as the place needs it."""
    detail: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may be written, the likeliest first."""

    items: tuple[Candidate, ...] = ()
    complete: bool = True
    """Whether there are no others, so that the editor may narrow them down by itself."""


Row = tuple[str, str, str]
"""Name, detail, and what is said about it."""


def candidates_for(collection: Collection, path: str, gap: Gap) -> Candidates:
    """Return what fits a gap in the text at `path`."""
    if gap.kind == "note":
        return _notes(collection, gap)
    rows = _rows(collection, path, gap)
    return Candidates(
        tuple(_candidate(gap, row) for row in rows[:MAX_CANDIDATES]), len(rows) <= MAX_CANDIDATES
    )


def _rows(collection: Collection, path: str, gap: Gap) -> list[Row]:
    match gap.kind:
        case "key":
            return [(key, "", "") for key in gap.among if key not in gap.taken]
        case "type":
            return _types(collection.notebook.types)
        case "basis":
            return [(basis, "", "") for basis in get_args(Basis) if basis]
        case "topic":
            return [(name, f"{len(slugs)} notes", "") for name, slugs in topics(collection)]
        case "experiment":
            return [(one.name, one.title, one.hypothesis) for one in all_experiments().values()]
    slug = collection.notebook.resolve(gap.to, path.rpartition(".")[0]).slug
    headings = collection.notes[slug].headings if slug else ()
    return [(heading.text, "", "") for heading in headings]


def _types(types: RelationTypes) -> list[Row]:
    """Every word of a type in the order of the table, ids first, with the sentence it makes."""
    ids = {kind.id for kind in types.types} | {kind.inverse for kind in types.types}
    rank = {kind.id: number for number, kind in enumerate(types.types)}
    words = sorted(
        types.readings.items(), key=lambda pair: (pair[0] not in ids, rank[pair[1].type.id])
    )
    return [
        (word, f"this note {reading.label} the other", reading.type.meaning)
        for word, reading in words
    ]


def _notes(collection: Collection, gap: Gap) -> Candidates:
    titles = {slug: note.title for slug, note in collection.notebook.index.notes.items()}
    slugs = (
        list(titles) if len(titles) <= MAX_CANDIDATES else _matching(titles, gap.typed.casefold())
    )
    notes = [collection.notes[slug] for slug in slugs[:MAX_CANDIDATES]]
    rows = [(note.slug, note.title, note.claim or note.summary) for note in notes]
    return Candidates(
        tuple(_candidate(gap, row) for row in rows), complete=len(titles) <= MAX_CANDIDATES
    )


def _matching(titles: dict[str, str], typed: str) -> list[str]:
    """Return slugs where slug or title hold all words that are typed, those begun so first."""
    words = typed.split()
    named = {slug: f"{slug} {title}".casefold() for slug, title in titles.items()}
    found = [slug for slug, name in named.items() if all(word in name for word in words)]
    return sorted(found, key=lambda slug: not slug.casefold().startswith(typed))


def _candidate(gap: Gap, row: Row) -> Candidate:
    name, detail, about = row
    if gap.kind == "key":
        text = f"{name}: "
    else:
        text = name if gap.style == "raw" else written(name, flow=gap.style == "flow")
    return Candidate(name, text + gap.tail, detail, about)
