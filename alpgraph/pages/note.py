"""The page of a note."""

from collections.abc import Sequence
from dataclasses import dataclass

from alpgraph.authoring.forge import find_forge
from alpgraph.diagnostics import Severity
from alpgraph.experiments import find_experiment, reference_for
from alpgraph.graph import MENTION, Link, links
from alpgraph.notes import Note, RelationType, label_from, render_body
from alpgraph.pages.addresses import file_url, note_url, walk_url
from alpgraph.pages.frame import frame
from alpgraph.pages.panel import Panel, make_panel
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection, VerdictInfo
from alpgraph.pages.walk import fan_svg

AGAINST = frozenset({"contradicts", "qualified-by"})
MOST_BACKLINKS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One related note."""

    link: Link
    summary: str
    verdict: VerdictInfo | None


@dataclass(frozen=True, slots=True)
class Group:
    """Related notes under one label."""

    kind: RelationType
    label: str
    rows: tuple[Row, ...]
    against: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A note passed on the walk."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A note whose text links here."""

    slug: str
    title: str
    sentence: str


def groups(collection: Collection, found: Sequence[Link]) -> list[Group]:
    """Group links by how they read from the note."""
    by_label: dict[tuple[str, bool], list[Row]] = {}
    types = collection.notebook.types
    for link in found:
        target = collection.notes.get(link.other)
        row = Row(link, target.summary if target else "", collection.verdicts.get(link.other))
        forward = link.forward or types.by_id[link.type].symmetric
        by_label.setdefault((link.type, forward), []).append(row)
    return [
        Group(
            types.by_id[type_id],
            label_from(types.by_id[type_id], forward=forward),
            tuple(rows),
            type_id in AGAINST and forward,
        )
        for (type_id, forward), rows in by_label.items()
    ]


def trail_steps(collection: Collection, trail: Sequence[str]) -> list[Step]:
    """Return the notes of a trail that exist, each with the way back to it."""
    steps = []
    for index, slug in enumerate(trail):
        if slug in collection.notes:
            title = collection.notes[slug].title
            steps.append(Step(title, walk_url(slug, trail=trail[:index])))
    return steps


def panel_of(note: Note, *, may_run: bool) -> Panel | None:
    """Return the panel of the experiment that a note attaches, when it can be run."""
    if note.experiment is None:
        return None
    experiment = find_experiment(note.experiment.name)
    if experiment is None:
        return None
    try:
        stored = reference_for(experiment.name, note.experiment.params)
        result = stored["result"] if stored else None
        return make_panel(experiment, note.experiment.params, result, may_run=may_run)
    except ValueError:  # parameters out of bounds are a finding of `check`
        return None


def note_page(
    collection: Collection, slug: str, *, trail: Sequence[str] = (), may_run: bool = True
) -> str:
    """Return the page of the note `slug`; raises KeyError when there is none."""
    note = collection.notes[slug]
    found = [link for link in links(collection.graph, slug) if link.type != MENTION]
    own = [link for link in found if link.authored]
    back = [link for link in found if not link.authored]
    against = [
        link
        for link in back
        if link.type in AGAINST and (link.forward or link.type == "contradicts")
    ]
    rest = [link for link in back if link not in against]
    mentions = _mentions(collection, slug, {link.other for link in found})
    forge = find_forge(
        collection.config.repository,
        kind=collection.config.forge,
        branch=collection.config.branch,
        notes_path=collection.config.notes_path,
    )
    return render(
        "note.html",
        **frame(collection),
        note=note,
        body=render_body(collection.notebook, slug, note_url=note_url, file_url=file_url),
        findings=[
            finding
            for finding in collection.notebook.diagnostics
            if finding.place.file == note.path and finding.severity is Severity.ERROR
        ],
        verdict=collection.verdicts.get(slug),
        fan=fan_svg(collection, slug, trail=trail),
        trail=trail,
        trail_steps=trail_steps(collection, trail),
        forget_url=note_url(slug),
        related=groups(collection, own),
        related_count=len({link.other for link in own}),
        against=groups(collection, against),
        backlinks=groups(collection, rest[:MOST_BACKLINKS]),
        backlink_count=len({link.other for link in back} | {row.slug for row in mentions}),
        mentions=mentions[:MOST_BACKLINKS],
        sources=note.sources,
        dates=collection.dates.get(note.path),
        panel=panel_of(note, may_run=may_run),
        edit_url=forge.edit_url(note.path) if forge else "",
        history_url=forge.history_url(note.path) if forge else "",
    )


def _mentions(collection: Collection, slug: str, joined: set[str]) -> list[MentionRow]:
    """Return the notes that link here in running text and by nothing else."""
    rows = []
    for other, keyed in collection.graph.pred[slug].items():
        if other == slug or other in joined or MENTION not in keyed:
            continue
        sentence = keyed[MENTION].get("sentence", "")
        rows.append(MentionRow(other, collection.graph.nodes[other]["title"], sentence))
    return sorted(rows, key=lambda row: row.title.casefold())


def note_markdown(collection: Collection, slug: str) -> str:
    """Return the note as Markdown with its relations and backlinks told as sentences."""
    note = collection.notes[slug]
    lines = [f"# {note.title}", ""]
    if note.summary:
        lines += [note.summary, ""]
    if note.claim:
        lines += [f"**Claim:** {note.claim}", ""]
    if verdict := collection.verdicts.get(slug):
        lines += [
            f"**Verdict of the attached experiment:** {verdict.verdict} "
            f"({verdict.difference:+.3f}, 95 % interval {verdict.low:+.3f} to "
            f"{verdict.high:+.3f}, {verdict.replicates} replicates)",
            "",
        ]
    lines += [note.body.strip(), "", "## Related notes", ""]
    for link in links(collection.graph, slug):
        if link.type != MENTION:
            basis = f" ({link.basis})" if link.basis else ""
            target = f"[{link.title}]({note_url(link.other)}.md)"
            lines.append(f"- {link.label} {target}: {link.why}{basis}")
    lines += ["", "## Sources", ""]
    for source in note.sources:
        parts = [", ".join(source.authors), source.title, source.year, f"{source.kind}:{source.id}"]
        lines.append("- " + ". ".join(part for part in parts if part))
    return "\n".join(lines) + "\n"
