"""The index that a browser searches: words of notes, as MiniSearch 7 keeps them (its `toJSON`).

static/search.js reads it; its words are cut and folded by the same rule as here.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from alpgraph.notes import Note
from alpgraph.notes.packing import body_of
from alpgraph.notes.shown import outside_addresses, shown_text
from alpgraph.pages import Collection
from alpgraph.search import sources_text
from alpgraph.search.filters import HAS, VERDICTS, Filters, facts

FIELDS = ("title", "claim", "summary", "topics", "why", "body", "sources")
MAX_TEXT = 4_000_000
"""Characters of all bodies up to which they are searched too; more would be slow to load."""
SHOWN = 200
"""Characters shown of a note that was found."""
SHOWN_OF = 2 * SHOWN
"""Characters of a body, which has line breaks and spaces, that are looked at for these."""
LONGEST = 60
"""Characters of a word that are kept."""
VERSION = 2
"""Of MiniSearch's serialisation."""
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_ASCII_RUN = re.compile("[a-z0-9]+")
"""The same as the next for texts of ASCII, in a third of the time."""
_RUN = re.compile(f"[{_CJK}]+|(?:(?![{_CJK}])[^\\W_])+")
_MARKS = re.compile("[\u0300-\u036f]")


def words(text: str) -> Iterable[str]:
    """Return the words of a text as they are kept: folded, CJK runs as pairs of characters.

    >>> list(words("Über-Kalibrierung, 知識図"))
    ['uber', 'kalibrierung', '知識', '識図']
    """
    folded = text.lower()
    if folded.isascii():
        return [run[:LONGEST] for run in _ASCII_RUN.findall(folded)]
    return _any_words(folded)


def _any_words(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text)))
    for run in _RUN.findall(folded):
        if run[0] >= "\u3040" and len(run) > 1 and re.match(f"[{_CJK}]", run):
            yield from (run[i : i + 2] for i in range(len(run) - 1))
        else:
            yield run[:LONGEST]


def whole_text(collection: Collection) -> bool:
    """Whether the bodies of the notes are searched too."""
    notes = collection.notebook.index.notes.values()
    return sum(len(body_of(note)) for note in notes) <= MAX_TEXT


def search_data(collection: Collection) -> bytes:
    """Return the index and what is shown of each note, as JSON."""
    bodies = whole_text(collection)
    found: list[dict[str, dict[int, int]]] = [{} for _ in FIELDS]
    lengths: dict[int, list[int]] = {}
    for number, note in enumerate(collection.notes.values()):
        lengths[number] = []
        for postings, text in zip(found, _texts(note, bodies=bodies), strict=True):
            counts = Counter(words(text))
            lengths[number].append(len(counts))
            for word, count in counts.items():
                if word in postings:
                    postings[word][number] = count
                else:
                    postings[word] = {number: count}
    index: dict[str, dict[int, dict[int, int]]] = {}
    for field, postings in enumerate(found):
        for word, notes in postings.items():
            index.setdefault(word, {})[field] = notes
    total = len(lengths)
    averages = (
        [sum(row[i] for row in lengths.values()) / total for i in range(len(FIELDS))]
        if (total)
        else []
    )
    stored = {
        "documentCount": total,
        "nextId": total,
        "documentIds": {number: number for number in lengths},
        "fieldIds": {name: i for i, name in enumerate(FIELDS)},
        "fieldLength": lengths,
        "averageFieldLength": averages,
        "storedFields": {},
        "dirtCount": 0,
        "index": sorted(index.items()),
        "serializationVersion": VERSION,
    }
    filters = Filters(collection.notebook)
    kinds = {kind: filters.typed(kind) or () for kind in collection.notebook.types.by_id}
    shown = [
        (*_shown(collection, slug, note), _numbers(HAS, facts(note)),
         _numbers(kinds, [kind for kind, slugs in kinds.items() if slug in slugs]))
        for slug, note in collection.notes.items()
    ]  # fmt: skip
    values = {"has": HAS, "verdict": VERDICTS, "type": list(kinds), "names": filters.types}
    data = {"whole": bodies, "filters": values, "notes": shown, "index": stored}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _texts(note: Note, *, bodies: bool) -> tuple[str, ...]:
    why = " ".join(relation.why for relation in note.relations)
    body = shown_text(note.body) if bodies else ""
    addresses = outside_addresses(note.body) if bodies else ()
    sources = " ".join([sources_text(note), *addresses])
    return note.title, note.claim, note.summary, " ".join(note.topics), why, body, sources


def _numbers(names: Iterable[str], keys: list[str]) -> list[int]:
    """Return where in `names` those that were found stand."""
    return [number for number, name in enumerate(names) if name in keys]


def _lead(note: Note) -> str:
    """Return what says in a line what a note is about."""
    return note.claim or note.summary or shown_text(note.body)[:SHOWN_OF]


def _shown(collection: Collection, slug: str, note: Note) -> tuple[str, str, str, str, list[str]]:
    """Return slug, title, a line, verdict (`-` where nothing is attached), topics."""
    info = collection.verdicts.get(slug)
    verdict = info.verdict if info else "" if note.experiment else "-"
    line = " ".join(_lead(note).split())
    shown = line if len(line) <= SHOWN else line[:SHOWN].rpartition(" ")[0] + " …"
    return slug, note.title, shown, verdict, list(note.topics)
