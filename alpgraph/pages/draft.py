"""The page of a form: fields, findings at their fields, and the note as it would stand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from alpgraph.authoring import (
    MAX_ROWS,
    DraftedNote,
    FieldFinding,
    Forge,
    Form,
    RelationRow,
    SourceRow,
    find_forge,
)
from alpgraph.diagnostics import Severity
from alpgraph.graph import MENTION, Link, links
from alpgraph.notes import Note, Reading, RelationType, SafeHtml, render_body
from alpgraph.pages.addresses import edit_form_url, file_url, new_form_url, note_url
from alpgraph.pages.formats import message_html
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import rows
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection
from alpgraph.pages.walk import fan_svg

MAX_TITLES = 400
"""Notes up to which all titles go into the page, so that fields complete without scripts."""
NEW = "/new"


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding as it stands below its field."""

    severity: str
    text: Markup
    code: str
    start: int
    end: int
    line: str
    caret: str
    suggests: str = ""
    """Title of the note that was probably meant."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The note as it would stand."""

    note: Note
    body: SafeHtml
    links: Sequence[tuple[Link, RelationType]]
    fan: Markup


@dataclass(frozen=True, slots=True)
class Writing:
    """Whether and how this server may write the file itself."""

    may: bool = False
    token: str = ""
    """Given by the reader and right; empty where it must be asked for."""
    written: str = ""
    """Slug of the note that was written just now."""
    remote: str = ""
    """Where a branch could be pushed to."""
    pull_request: str = ""
    """Address that opens the pull request of what was pushed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the last button."""

    message: str = ""
    fault: bool = False


def draft_page(
    collection: Collection,
    form: Form,
    *,
    slug: str = "",
    digest: str = "",
    raw: str = "",
    drafted: DraftedNote | None = None,
    near: Iterable[str] = (),
    writing: Writing | None = None,
    outcome: Outcome | None = None,
) -> str:
    """Return the page; `slug` is the note that is edited, `raw` its text where fields cannot be."""
    writing, outcome = writing or Writing(), outcome or Outcome()
    found = _by_field(collection, drafted.findings if drafted else (), whole=bool(raw))
    counts = [one.severity for faults in found.values() for one in faults]
    forge = _forge(collection)
    path = drafted.path if drafted else ""
    titles = [note.title for note in collection.notebook.index.notes.values()]
    return render(
        "new.html",
        **frame(collection, NEW if not slug else ""),
        **_choices(collection),
        **_ways(forge, drafted, slug),
        action=edit_form_url(slug) if slug else new_form_url(),
        slug=slug,
        digest=digest,
        raw=raw,
        form=form,
        found=found,
        checked=drafted is not None,
        errors=counts.count("error"),
        warnings=counts.count("warning"),
        preview=_preview(collection, drafted) if drafted and drafted.note.title else None,
        near=rows(collection, near),
        titles=titles if len(titles) <= MAX_TITLES else (),
        text=drafted.text if drafted else "",
        shown_path=f"{collection.config.notes_path.strip('/')}/{path}".lstrip("/"),
        may_write=writing.may,
        writing=("yes" if writing.token else "ask") if writing.may else "",
        token=writing.token,
        written=writing.written,
        remote=writing.remote,
        pull_request=writing.pull_request,
        message=message_html(_sentence(outcome.message) if outcome.fault else outcome.message),
        message_fault=outcome.fault,
    )


def _choices(collection: Collection) -> Mapping[str, Any]:
    """Return what may be chosen in fields."""
    readings: dict[str, Reading] = {}
    for reading in collection.notebook.types.readings.values():
        readings.setdefault(reading.id, reading)
    nodes = collection.graph.nodes
    topics = sorted({topic for slug in collection.notes for topic in nodes[slug]["topics"]})
    return {
        "kinds": list(readings.values()),
        "known_kinds": set(readings),
        "topics": topics[:MAX_TITLES],
        "most_rows": MAX_ROWS,
        "blank_relation": RelationRow(),
        "blank_source": SourceRow(),
    }


def _ways(forge: Forge | None, drafted: DraftedNote | None, slug: str) -> Mapping[str, Any]:
    """Return the addresses at the forge: with the text in it, and for pasting it by hand."""
    if forge is None or drafted is None:
        return {"forge": forge, "prefilled": "", "by_hand": ""}
    if slug:  # no forge lets an address say what an existing file should become
        return {"forge": forge, "prefilled": "", "by_hand": forge.edit_url(drafted.path)}
    prefilled = forge.new_url(drafted.path, drafted.text) or ""
    return {"forge": forge, "prefilled": prefilled, "by_hand": forge.blank_url(drafted.path)}


def _forge(collection: Collection) -> Forge | None:
    config = collection.config
    return find_forge(
        config.repository,
        kind=config.forge,
        branch=config.branch,
        notes_path=config.notes_path,
    )


def _by_field(
    collection: Collection, findings: Iterable[FieldFinding], *, whole: bool
) -> dict[str, list[Fault]]:
    """Group findings by field, hints of level info left out; errors first.

    Where a field is empty, which key to write (the hint of ALP013) is no news below that field.
    """
    by_field: dict[str, list[Fault]] = {}
    weight = {Severity.ERROR: 0, Severity.WARNING: 1}
    shown = [one for one in findings if one.finding.severity in weight]
    for one in sorted(shown, key=lambda one: weight[one.finding.severity]):
        finding = one.finding
        place = f"Line {finding.place.line}: " if whole else ""
        advice = finding.hint if whole or finding.code != "ALP013" else ""
        hint = f" {_sentence(advice)}" if advice else ""
        fault = Fault(
            finding.severity.value,
            message_html(place + _sentence(finding.message) + hint),
            finding.code,
            one.start,
            one.end,
            one.line,
            one.caret,
            _suggested_title(collection, finding.hint) if one.field.endswith("-to") else "",
        )
        by_field.setdefault("text" if whole else one.field, []).append(fault)
    return by_field


def _suggested_title(collection: Collection, hint: str) -> str:
    """Return the title of the first note that a hint names."""
    named = re.findall(r"`([^`]+)`", hint)
    return next((collection.notes[slug].title for slug in named if slug in collection.notes), "")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in '.?!' else '.'}"


def _preview(collection: Collection, drafted: DraftedNote) -> Preview:
    preview = replace(collection, notebook=drafted.notebook, graph=drafted.graph)
    types = drafted.notebook.types
    reasons = [
        (link, types.by_id[link.type])
        for link in links(drafted.graph, drafted.slug)
        if link.type != MENTION and link.authored
    ]
    body = render_body(drafted.notebook, drafted.slug, note_url=note_url, file_url=file_url)
    return Preview(drafted.note, body, reasons, fan_svg(preview, drafted.slug))
