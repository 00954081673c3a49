"""One file's bytes to a `Note`: the steps in their order. Never raises."""

import re
import unicodedata
from hashlib import sha1

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.bodies import Body, read_links
from alpgraph.notes.decoding import decode
from alpgraph.notes.fields import is_native, read_fields
from alpgraph.notes.findings import finding, quoted
from alpgraph.notes.frontmatter import Matter, read_matter
from alpgraph.notes.model import Note
from alpgraph.notes.properties import page_properties
from alpgraph.notes.relation_types import RelationTypes

_ENDING = re.compile(r"\.(md|markdown)$", re.I)
_AWKWARD = re.compile(r"[#|\[\]^\\%?*\"<>\x00-\x1f]")
_ITEM = re.compile(r"\s*(?:[-*+>]|\d+[.)])\s")
_TITLE_LINE = re.compile(r"^title:[ \t]+(\S.*)$", re.M)


def parse_note(path: str, data: bytes, *, types: RelationTypes, modified: float = 0.0) -> Note:
    """Read one file; relations and mentions are not resolved yet.

    `path` is the file's path below the notes folder, with `/`.
    """
    text, findings = decode(path, data)
    matter, matter_findings = read_matter(path, text)
    findings += matter_findings
    fields = read_fields(matter, types, findings)
    if not matter.present:
        properties = page_properties(matter.body)
        fields.aliases = (*properties.get("alias", ()), *properties.get("aliases", ()))
    body = read_links(path, matter.body, matter.body_line, types, fields.title)
    findings += _of_file(path, matter, body) + body.diagnostics
    return Note(
        slug=slug_of(path),
        path=path,
        title=fields.title or _title(path, matter, body),
        summary=fields.summary,
        claim=fields.claim,
        topics=fields.topics,
        aliases=fields.aliases,
        sources=fields.sources,
        relations=(*fields.relations, *body.relations),
        mentions=(*fields.mentions, *body.mentions),
        files=body.files,
        experiment=fields.experiment,
        headings=body.headings,
        blocks=body.blocks,
        body=matter.body,
        body_line=matter.body_line,
        places=fields.places,
        extra=fields.extra,
        diagnostics=tuple(sorted(findings, key=lambda item: (item.place, item.code))),
        digest=digest(data),
        modified=modified,
    )


def digest(data: bytes) -> str:
    """Return the hash by which a file's content is known.

    It is git's own name for it, so that a revision's files are told apart before they are read.
    """
    hasher = sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    hasher.update(data)
    return hasher.hexdigest()


def slug_of(path: str) -> str:
    """Return the slug of a file: its path without `.md`, in composed Unicode.

    A name of dots alone keeps its ending, since `..` in an address means the folder above.

    >>> slug_of("topic/name.md"), slug_of("topic/...md")
    ('topic/name', 'topic/...md')
    """
    slug = _ENDING.sub("", path)
    dots = not slug.rpartition("/")[2].strip(".")
    return unicodedata.normalize("NFC", path if dots else slug)


def _title(path: str, matter: Matter, body: Body) -> str:
    """Return the title of a note whose front matter says none."""
    if matter.table is None and (line := _TITLE_LINE.search(matter.raw)):
        return line[1].rstrip().strip("\"'")
    return _first_heading(matter, body) or name_of(path)


def name_of(path: str) -> str:
    """Return what a note is called whose text does not say it: its file, or an index's folder.

    >>> name_of("a/first.md"), name_of("a/README.md")
    ('first', 'a')
    """
    name = slug_of(path).rsplit("/", 1)[-1]
    folder = path.rpartition("/")[0].rpartition("/")[2]
    if name.lower() in ("index", "_index", "readme") and folder:
        name = folder
    return name.replace("___", "/") or path


def _first_heading(matter: Matter, body: Body) -> str:
    """Return the first heading where it is one of the whole note, not of a section or an item."""
    first = body.headings[0] if body.headings else None
    if first is None or first.level > 1:
        return ""
    line = matter.body.split("\n", first.line - matter.body_line + 1)[first.line - matter.body_line]
    return "" if _ITEM.match(line) else first.text


def _has_title(matter: Matter, body: Body) -> bool:
    return bool(matter.table and matter.table.get("title")) or bool(_first_heading(matter, body))


def _of_file(path: str, matter: Matter, body: Body) -> list[Diagnostic]:
    findings = []
    start = Place(path)
    name = path.rsplit("/", 1)[-1]
    stem = _ENDING.sub("", name)
    if _AWKWARD.search(stem) or not stem.strip(". ") or stem != stem.strip():
        message = f"the file name {quoted(name)} is hard to link to"
        hint = "use letters, digits, spaces and hyphens"
        findings.append(finding("ALP003", message, start, hint=hint))
    if not matter.present:
        hint = "a file without front matter is served, titled by its first heading"
        findings.append(finding("ALP001", "the file has no front matter", start, hint=hint))
    elif matter.table is not None and is_native(matter.table) and not _has_title(matter, body):
        message, place = "the note has no `title`", Place(path, 1, 1, 1, 4)
        findings.append(finding("ALP013", message, place, hint="add `title:` to the front matter"))
    if not matter.body.strip():
        place = Place(path, matter.body_line, 1, matter.body_line, 1)
        findings.append(finding("ALP301", "the note has no body", place, hint="write it"))
    return findings
