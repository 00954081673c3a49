"""Notes as nested tuples of plain values: what the cache and the reading processes pass on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from alpgraph.diagnostics import Diagnostic, Edit, Fix, Place, Severity
from alpgraph.notes.digests import Told, told_of
from alpgraph.notes.model import (
    Basis,
    ExperimentRef,
    FileLink,
    Heading,
    Mention,
    Note,
    Relation,
    Source,
)
from alpgraph.notes.values import new

Spot = tuple[int, int, int, int]
Resolved = tuple[str | None, str, tuple[str, ...]]
Resolve = Callable[[str, str], Resolved]
"""From a target as written and the words shown for it to target, how and candidates."""
LinkT = TypeVar("LinkT", Relation, Mention)


class Outline(NamedTuple):
    """What a note is known by among others."""

    title: str
    summary: str
    claim: str
    topics: tuple[str, ...]
    experiment: str
    """Name of the experiment it attaches; empty for none."""


class ResolvedLink(NamedTuple):
    """A relation or a mention in brief, its target looked up."""

    type: str | None
    """Id read from the author's end, empty when the word is not known; None for mentions."""
    to: str
    target: str | None
    why: str
    """The reason, or the sentence of a mention."""
    basis: Basis
    form: str
    file: str
    line: int
    heading: str
    """Heading or block that a mention points at; empty for the whole note."""


class Packed(NamedTuple):
    """A note before it is made; what a link index needs stands first."""

    path: str
    slug: str
    title: str
    aliases: tuple[str, ...]
    anchors: tuple[str, ...]
    """Anchors of headings and blocks."""
    targets: tuple[str, ...]
    """Targets as written, of relations and mentions."""
    digest: str
    told: Told
    findings: tuple[tuple[Any, ...], ...]
    content: list[tuple[Any, ...] | Note]
    """One thing: all else as plain values, or the note made of them, so that none is kept twice."""

    def called(self, path: str, slug: str, title: str) -> "Packed":
        """Return a note of another name that says the same."""
        return self._replace(path=path, slug=slug, title=title, content=[*self.content])


# where these stand among the plain values that `pack` makes and `unpack` takes
_SOURCES, _RELATIONS, _MENTIONS, _FILES, _EXPERIMENT, _BODY = 3, 4, 5, 6, 7, 10


def pack(note: Note) -> Packed:
    """Turn a note whose links are not resolved into plain values."""
    anchors = [heading.anchor for heading in note.headings]
    anchors += [f"b-{name.lower()}" for name in note.blocks]
    targets = [relation.to for relation in note.relations]
    targets += [mention.to for mention in note.mentions]
    experiment = note.experiment
    rest = (
        note.summary,
        note.claim,
        note.topics,
        tuple(
            (item.kind, item.id, item.title, item.authors, item.year, *_spot(item.place))
            for item in note.sources
        ),
        tuple(_packed_relation(item) for item in note.relations),
        tuple(
            (item.to, item.text, item.heading, item.sentence, item.embed, *_spot(item.place))
            for item in note.mentions
        ),
        tuple((item.to, *_spot(item.place)) for item in note.files),
        None
        if experiment is None
        else (
            experiment.name,
            dict(experiment.params),
            _spot(experiment.place),
            {key: _spot(place) for key, place in experiment.param_places.items()},
            experiment.scope,
        ),
        tuple((item.level, item.text, item.anchor, item.line) for item in note.headings),
        note.blocks,
        note.body,
        note.body_line,
        tuple(part for key, place in note.places.items() for part in (key, *_spot(place))),
        dict(note.extra),
    )
    return Packed(
        note.path,
        note.slug,
        note.title,
        note.aliases,
        tuple(anchors),
        tuple(dict.fromkeys(targets)),
        note.digest,
        told_of(note),
        tuple(pack_finding(item) for item in note.diagnostics),
        [rest],
    )


def unpack(packed: Packed, modified: float, resolve: Resolve) -> Note:
    """Make the note, with its links resolved; from now on it is held instead of its values."""
    path, content = packed.path, packed.content[0]
    if isinstance(content, Note):
        return replace(_resolved_anew(content, resolve), slug=packed.slug, modified=modified)
    (
        summary,
        claim,
        topics,
        sources,
        relations,
        mentions,
        files,
        experiment,
        headings,
        blocks,
        body,
        body_line,
        places,
        extra,
    ) = content
    note = Note(
        slug=packed.slug,
        path=path,
        title=packed.title,
        summary=summary,
        claim=claim,
        topics=topics,
        aliases=packed.aliases,
        sources=tuple(
            Source(kind, name, Place(path, *spot), title, authors, year)
            for kind, name, title, authors, year, *spot in sources
        ),
        relations=tuple([_relation(path, item, resolve) for item in relations]),
        mentions=tuple([_mention(path, item, resolve) for item in mentions]),
        files=tuple([FileLink(to, Place(path, *spot)) for to, *spot in files]),
        experiment=_experiment(path, experiment),
        headings=tuple(Heading(*item) for item in headings),
        blocks=blocks,
        body=body,
        body_line=body_line,
        places={
            places[at]: new(Place, (path, *places[at + 1 : at + 5]))
            for at in range(0, len(places), 5)
        },
        extra=extra,
        diagnostics=findings_of(packed),
        digest=packed.digest,
        modified=modified,
    )
    packed.content[0] = note
    return note


def _resolved_anew(note: Note, resolve: Resolve) -> Note:
    """Return a note as it is in another notebook."""
    return replace(
        note,
        relations=tuple(_resolved(note.relations, resolve)),
        mentions=tuple(_resolved(note.mentions, resolve)),
    )


def _resolved(links: Iterable[LinkT], resolve: Resolve) -> Iterator[LinkT]:
    for one in links:
        target, how, candidates = resolve(one.to, one.text)
        yield one._replace(target=target, how=how, candidates=candidates)


def findings_of(packed: Packed) -> tuple[Diagnostic, ...]:
    """Return what reading the file found, without making the note."""
    return tuple([unpack_finding(packed.path, item) for item in packed.findings])


def targets_of(packed: Packed) -> Iterator[tuple[str, str]]:
    """Yield each link's target as written and the words shown for it."""
    yield from relation_targets(packed)
    yield from mention_targets(packed)


def relation_targets(packed: Packed) -> list[tuple[str, str]]:
    """Return each relation's target as written and the words shown for it."""
    content = packed.content[0]
    if isinstance(content, Note):
        return [(one.to, one.text) for one in content.relations]
    return [(row[2], row[6]) for row in content[_RELATIONS]]


def mention_targets(packed: Packed, *, embeds: bool = False) -> list[tuple[str, str]]:
    """Return the same of mentions; with `embeds`, of those that show the note itself."""
    content = packed.content[0]
    if isinstance(content, Note):
        return [(one.to, one.text) for one in content.mentions if one.embed or not embeds]
    return [(row[0], row[1]) for row in content[_MENTIONS] if row[4] or not embeds]


def links_of(note: Note) -> Iterator[ResolvedLink]:
    """Yield each relation, then each mention of a note whose links are resolved."""
    for relation in note.relations:
        file, line, *_ = relation.place
        yield ResolvedLink(
            relation.type,
            relation.to,
            relation.target,
            relation.why,
            relation.basis,
            relation.form,
            file,
            line,
            "",
        )
    for mention in note.mentions:
        file, line, *_ = mention.place
        yield ResolvedLink(
            None, mention.to, mention.target, mention.sentence, "", "", file, line, mention.heading
        )


def outline_of(note: Note) -> Outline:
    """Return what a note is known by."""
    experiment = note.experiment.name if note.experiment else ""
    return Outline(note.title, note.summary, note.claim, note.topics, experiment)


def packed_outline(packed: Packed) -> Outline:
    """Return what a note is known by, without making the note."""
    content = packed.content[0]
    if isinstance(content, Note):
        return outline_of(content)
    summary, claim, topics = content[:_SOURCES]
    return Outline(packed.title, summary, claim, topics, experiment_of(packed))


def packed_links(packed: Packed, resolve: Resolve) -> Iterator[ResolvedLink]:
    """Yield each relation, then each mention, without making the note."""
    content = packed.content[0]
    if isinstance(content, Note):
        yield from links_of(_resolved_anew(content, resolve))
        return
    file = packed.path
    for kind, _, to, why, basis, form, text, line, *_ in content[_RELATIONS]:
        target = resolve(to, text)[0]
        yield new(ResolvedLink, (kind, to, target, why, basis, form, file, line, ""))
    for to, text, heading, sentence, _, line, *_ in content[_MENTIONS]:
        target = resolve(to, text)[0]
        yield new(ResolvedLink, (None, to, target, sentence, "", "", file, line, heading))


def whys_of(packed: Packed) -> Iterator[str]:
    """Yield the reasons of a note's relations."""
    content = packed.content[0]
    if isinstance(content, Note):
        return (relation.why for relation in content.relations)
    return (row[3] for row in content[_RELATIONS])


def works_of(packed: Packed) -> Iterator[tuple[str, str, str]]:
    """Yield kind, identifier and title of each source of a note."""
    content = packed.content[0]
    if isinstance(content, Note):
        return ((source.kind, source.id, source.title) for source in content.sources)
    return (row[:3] for row in content[_SOURCES])


def files_of(packed: Packed) -> Iterator[str]:
    """Yield the other files that a note shows or links to, as written."""
    content = packed.content[0]
    if isinstance(content, Note):
        return (link.to for link in content.files)
    return (row[0] for row in content[_FILES])


def body_of(packed: Packed) -> str:
    """Return the Markdown of a note without its front matter."""
    content = packed.content[0]
    return content.body if isinstance(content, Note) else str(content[_BODY])


def experiment_of(packed: Packed) -> str:
    """Return the name of the experiment that a note attaches; empty for none."""
    content = packed.content[0]
    if isinstance(content, Note):
        return content.experiment.name if content.experiment else ""
    attached = content[_EXPERIMENT]
    return str(attached[0]) if attached else ""


def _spot(place: Place) -> Spot:
    return place[1:]


def _packed_relation(item: Relation) -> tuple[Any, ...]:
    return (
        item.type,
        item.written,
        item.to,
        item.why,
        item.basis,
        item.form,
        item.text,
        *_spot(item.place),
        *_spot(item.type_place),
        *_spot(item.to_place),
        *(() if item.why_place is None else _spot(item.why_place)),
    )


def _relation(path: str, item: tuple[Any, ...], resolve: Resolve) -> Relation:
    kind, written, to, why, basis, form, text, *spots = item
    row = (
        kind,
        written,
        to,
        why,
        basis,
        form,
        new(Place, (path, *spots[:4])),
        new(Place, (path, *spots[4:8])),
        new(Place, (path, *spots[8:12])),
        new(Place, (path, *spots[12:])) if len(spots) > 12 else None,
        *resolve(to, text),
        text,
    )
    return new(Relation, row)


def _mention(path: str, item: tuple[Any, ...], resolve: Resolve) -> Mention:
    to, text, heading, sentence, embed, *spot = item
    place = new(Place, (path, *spot))
    return new(Mention, (to, text, heading, sentence, place, embed, *resolve(to, text)))


def _experiment(path: str, item: tuple[Any, ...] | None) -> ExperimentRef | None:
    if item is None:
        return None
    name, params, spot, spots, scope = item
    places: Mapping[str, Place] = {key: Place(path, *value) for key, value in spots.items()}
    return ExperimentRef(name, params, Place(path, *spot), places, scope)


def pack_finding(item: Diagnostic) -> tuple[Any, ...]:
    """Turn a finding into plain values, its file left out."""
    fix = None
    if item.fix is not None:
        fix = (
            item.fix.title,
            tuple((_spot(edit.place), edit.text, edit.old) for edit in item.fix.edits),
        )
    severity = str(item.severity)
    return item.code, item.name, severity, item.message, item.hint, _spot(item.place), fix


def unpack_finding(path: str, item: tuple[Any, ...]) -> Diagnostic:
    """Make a finding of the file `path` again."""
    code, name, severity, message, hint, spot, fix = item
    mended = None
    if fix is not None:
        edits = tuple(Edit(Place(path, *place), text, old) for place, text, old in fix[1])
        mended = Fix(fix[0], edits)
    return Diagnostic(code, name, Severity(severity), message, hint, Place(path, *spot), mended)
