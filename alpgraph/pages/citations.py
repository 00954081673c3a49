"""A note's sources in the formats that reference managers read, and a note as linked data."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from alpgraph.notes import Note, Source
from alpgraph.pages.addresses import source_url

_SPECIAL = re.compile(r"[\\{}$&#%_~^]")
# BibTeX counts the brace of `\}` too, so a lone one would end the field, or the entry
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
}
_COMMAND = re.compile(r"[\\{}\s]")
_LINK = re.compile(r"[<>&\u2028\u2029]")


def bibtex(sources: Sequence[Source]) -> str:
    """Return the sources as BibTeX entries with distinct keys.

    >>> from alpgraph.diagnostics import Place
    >>> at, authors = Place("a.md"), ("Jonathon Byrd", "Zachary Lipton")
    >>> print(bibtex([Source("arxiv", "1812.03372", at, "On weights", authors, "2019")]))
    @misc{byrd2019weights,
      title = {On weights},
      author = {Jonathon Byrd and Zachary Lipton},
      year = {2019},
      eprint = {1812.03372},
      archivePrefix = {arXiv},
    }
    <BLANKLINE>
    """
    entries = []
    for key, source in _keyed(sources):
        kind = {"doi": "article", "isbn": "book"}.get(source.kind, "misc")
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(source) if value)
        entries.append(f"@{kind}{{{key},\n{fields}}}\n")
    return "\n".join(entries)


def csl_json(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Return the sources as CSL-JSON (citeproc's data model), with the ids of their BibTeX keys.

    >>> from alpgraph.diagnostics import Place
    >>> work = Source("doi", "10.1/x", Place("a.md"), "T", ("Ada Lovelace",), "1843")
    >>> csl_json([work])[0]["author"]
    [{'family': 'Lovelace', 'given': 'Ada'}]
    """
    items = []
    for key, source in _keyed(sources):
        item: dict[str, Any] = {"id": key, "type": _CSL_TYPES.get(source.kind, "document")}
        if source.title:
            item["title"] = source.title
        if source.authors:
            item["author"] = [_person(name) for name in source.authors]
        if source.year.isdecimal() and len(source.year) <= 4:
            item["issued"] = {"date-parts": [[int(source.year)]]}
        if source.kind in ("doi", "isbn"):
            item[source.kind.upper()] = source.id
        if url := source_url(source.kind, source.id):
            item["URL"] = url
        items.append(item)
    return items


_CSL_TYPES = {"arxiv": "article", "doi": "article-journal", "isbn": "book", "url": "webpage"}


def linked_data(note: Note, url: str) -> Markup:
    """Return a note as JSON-LD (schema.org) that can stand inside a script element."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": note.title,
        "description": note.summary or note.claim,
        "keywords": list(note.topics),
        "citation": [
            {
                "@type": "CreativeWork",
                "name": source.title or source.id,
                "url": source_url(source.kind, source.id),
            }
            for source in note.sources
        ],
    }
    if url:
        data["url"] = url
    stated = {key: value for key, value in data.items() if value}
    text = json.dumps(stated, ensure_ascii=False)
    return Markup(_LINK.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def _fields(source: Source) -> list[tuple[str, str]]:
    fields = [
        ("title", _tex(source.title)),
        ("author", " and ".join(_tex(name) for name in source.authors)),
        ("year", _tex(source.year)),
    ]
    match source.kind:
        case "arxiv":
            fields += [("eprint", _verbatim(source.id)), ("archivePrefix", "arXiv")]
        case "doi" | "isbn":
            fields += [(source.kind, _verbatim(source.id))]
        case "url":
            fields += [("howpublished", f"\\url{{{_verbatim(source.id)}}}")]
    return fields


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], f"\\{match[0]}"), text)


def _verbatim(identifier: str) -> str:
    """Write out what would begin a command or end the field: styles print identifiers as is."""
    return _COMMAND.sub(lambda match: quote(match[0]), identifier)


def _keyed(sources: Sequence[Source]) -> Iterator[tuple[str, Source]]:
    """Yield each source after a key that no other one has."""
    keys_used = set[str]()
    for source in sources:
        key = base = _key(source)
        number = 2
        while key in keys_used:
            key, number = f"{base}-{number}", number + 1
        keys_used.add(key)
        yield key, source


def _key(source: Source) -> str:
    """Return a key as people choose it: family name, year, a telling word of the title."""
    family = _person(source.authors[0]).get("family", "") if source.authors else "anon"
    words = re.findall(r"\w{4,}", source.title)
    word = next(iter(words), "work")
    text = unicodedata.normalize("NFKD", f"{family}{source.year}{word}".lower())
    return re.sub(r"[^a-z0-9]", "", text) or "work"


def _person(name: str) -> dict[str, str]:
    if "," in name:
        family, _, given = name.partition(",")
    else:
        given, _, family = name.rpartition(" ")
    parts = {"family": family.strip(), "given": given.strip()}
    return {key: value for key, value in parts.items() if value}
