"""The page of a note: what it asks and claims, the evidence, and where one may go from it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alpgraph.authoring.forge import find_forge
from alpgraph.diagnostics import Severity
from alpgraph.experiments import find_experiment
from alpgraph.graph import MENTION, links
from alpgraph.notes import Note, render_body
from alpgraph.pages.addresses import TRAIL_CAP, file_url, markdown_url, note_url
from alpgraph.pages.citations import linked_data
from alpgraph.pages.formats import markdown_link, signed_interval
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import rows
from alpgraph.pages.related import MAX_ROWS, groups, next_notes, related_of
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection, stored_result
from alpgraph.pages.trails import trail_steps
from alpgraph.pages.walk import fan_svg

if TYPE_CHECKING:
    from alpgraph.pages.panel import Panel

DOUBTS = {
    "contradicted": "The check attached to this note says the opposite.",
    "no effect": "The check attached to this note finds no effect worth speaking of.",
    "inconclusive": "The check attached to this note cannot tell.",
}
"""What a page says before a claim that its own evidence does not bear out."""


def panel_of(collection: Collection, note: Note, *, may_run: bool) -> "Panel | None":
    """Return the panel of the experiment that a note attaches, when it can be run."""
    if note.experiment is None:
        return None
    experiment = find_experiment(note.experiment.name)
    if experiment is None:
        return None
    from alpgraph.pages.panel import Question, make_panel  # needs NumPy, which most notes do not

    result = stored_result(note) or collection.answers.get(note.slug)
    try:
        return make_panel(experiment, Question(note.experiment.params), result, may_run=may_run)
    except ValueError:  # parameters out of bounds are a finding of `check`
        return None


def note_page(
    collection: Collection,
    slug: str,
    *,
    trail: Sequence[str] = (),
    may_run: bool = True,
    near: Sequence[str] = (),
) -> str:
    """Return the page of the note `slug`; raises KeyError when there is none.

    `near` are notes alike by their words, shown where nothing is linked.
    """
    note = collection.notes[slug]
    related = related_of(collection, slug)
    trail = tuple(step for step in trail if step in collection.notes and step != slug)
    onward = (*trail, slug)[-TRAIL_CAP:] if trail else ()
    verdict = collection.verdicts.get(slug)
    forge = find_forge(
        collection.config.repository,
        kind=collection.config.forge,
        branch=collection.config.branch,
        notes_path=collection.config.notes_path,
    )
    return render(
        "note.html",
        **frame(collection, live=slug),
        note=note,
        body=render_body(collection.notebook, slug, note_url=note_url, file_url=file_url),
        findings=[
            finding
            for finding in collection.notebook.findings_by_file.get(note.path, ())
            if finding.severity is Severity.ERROR
        ],
        verdict=verdict,
        doubt=DOUBTS.get(verdict.verdict, "") if verdict else "",
        fan=fan_svg(collection, slug, trail=trail),
        trail=trail,
        trail_steps=trail_steps(collection, trail),
        forget_url=note_url(slug),
        onward=onward,
        related=groups(collection, related.own[:MAX_ROWS]),
        related_count=len({link.other for link in related.own}),
        against=groups(collection, related.against[:MAX_ROWS]),
        backlinks=groups(collection, related.back[:MAX_ROWS]),
        backlink_count=len({link.other for link in related.back}) + len(related.mentions),
        mentions=related.mentions[:MAX_ROWS],
        hidden_links=related.hidden,
        all_links=related.total,
        near=rows(collection, near),
        next_notes=next_notes(collection, related, {slug, *trail}),
        sources=note.sources,
        dates=collection.dates_of(slug),
        panel=panel_of(collection, note, may_run=may_run),
        scope=note.experiment.scope if note.experiment else "",
        canonical=collection.public(note_url(slug)),
        linked_data=linked_data(note, collection.public(note_url(slug))),
        edit_url=forge.edit_url(note.path) if forge and collection.published else "",
        history_url=forge.history_url(note.path) if forge else "",
    )


def note_markdown(collection: Collection, slug: str) -> str:
    """Return the note as Markdown with its relations and backlinks told as sentences."""
    note, here = collection.notes[slug], markdown_url(slug)
    lines = [f"# {note.title}", ""]
    if note.summary:
        lines += [note.summary, ""]
    if note.claim:
        lines += [f"**Claim:** {note.claim}", ""]
    if verdict := collection.verdicts.get(slug):
        difference, low, high = signed_interval(verdict)
        lines += [
            f"**Verdict of the attached experiment:** {verdict.verdict} "
            f"({verdict.metric} {difference}, 95 % interval {low} to {high}, "
            f"{verdict.replicates} replicates)",
            "",
        ]
    elif note.experiment and note.experiment.scope:
        scope = note.experiment.scope
        lines += [f"**The attached experiment does not test this claim**; it tests {scope}.", ""]
    lines += [note.body.strip(), "", "## Related notes", ""]
    note_links = links(collection.graph, slug, mentions=True)
    for link in note_links:
        if link.type != MENTION:
            address = collection.link(markdown_url(link.other), here)
            target = link.title if link.ghost else markdown_link(link.title, address)
            reason = f": {link.why}" if link.why else ""
            basis = f" ({link.basis})" if link.basis else ""
            lines.append(f"- {link.label} {target}{reason}{basis}")
    mentioned = [link for link in note_links if link.type == MENTION and not link.forward]
    if mentioned:
        lines += ["", "## Mentioned by", ""]
        lines += [
            f"- {markdown_link(link.title, collection.link(markdown_url(link.other), here))}: "
            f"{link.why}"
            for link in mentioned
        ]
    if note.sources:
        lines += ["", "## Sources", ""]
    for source in note.sources:
        parts = [", ".join(source.authors), source.title, source.year, f"{source.kind}:{source.id}"]
        lines.append("- " + ". ".join(part for part in parts if part))
    return "\n".join(lines) + "\n"
