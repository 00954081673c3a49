"""A walk read as one page: what each note claims, and why one leads to the next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from alpgraph.config import Tour as NamedTour
from alpgraph.notes import Note
from alpgraph.pages.addresses import markdown_url, network_url, trail_url
from alpgraph.pages.formats import markdown_link, signed_interval
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import NoteRow, entry_notes, rows
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection, VerdictInfo
from alpgraph.pages.ways import Passage, passage_between, shortest

MAX_NOTES = 50
"""Notes of a walk that is retold."""
DETOUR = 3
"""Notes between two of a walk up to which the way round is told."""
PARTS = "has-part"

Linked = Callable[[str, str], str]
"""A link in Markdown to a note: from its title and slug."""


@dataclass(frozen=True, slots=True)
class Tour:
    """A walk worth beginning with."""

    title: str
    slugs: tuple[str, ...]
    says: str
    url: str


@dataclass(frozen=True, slots=True)
class Transition:
    """What leads from a note of a walk to the next: a link, a way round, or nothing."""

    passage: Passage | None
    round: tuple[NoteRow, ...] = ()
    """Notes between the two, where no link joins them."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A note of a walk."""

    slug: str
    note: Note | None
    """None where no note answers to the slug."""
    verdict: VerdictInfo | None
    onward: Transition | None
    """None at the end, and beside a note that is not there."""


def tours(collection: Collection) -> list[Tour]:
    """Return the walks to begin with: those of the configuration, else those of entry notes.

    An entry note is a walk to the notes that it says are its parts, in the order written, else to
    the notes that its text links to.
    """
    named = [_configured(collection, tour) for tour in collection.config.tours]
    configured = [tour for tour in named if len(tour.slugs) > 1]
    if configured:
        return configured
    entries = (_entry(collection, slug) for slug in entry_notes(collection))
    return [tour for tour in entries if len(tour.slugs) > 1]


def retell(collection: Collection, slugs: Iterable[str]) -> list[Stop]:
    """Return the stops of a walk; former slugs are followed."""
    names = [collection.notebook.redirects.get(slug, slug) for slug in slugs]
    transitions = [_transition(collection, one, other) for one, other in pairwise(names)]
    return [
        Stop(slug, collection.notes.get(slug), collection.verdicts.get(slug), transition)
        for slug, transition in zip_longest(names, transitions)
    ]


def trail_page(collection: Collection, slugs: Sequence[str]) -> str:
    """Return the page of a walk; without notes, of the walks to begin with."""
    stops = retell(collection, slugs)
    return render(
        "trail_page.html",
        **frame(collection),
        stops=stops,
        heading=_heading(collection, stops),
        tours=tours(collection) if not stops else (),
        lost=[stop.slug for stop in stops if stop.note is None],
        map_url=network_url(path=[stop.slug for stop in stops if stop.note]),
        markdown_url=f"{trail_url(slugs)}&format=md",
    )


def trail_markdown(collection: Collection, slugs: Sequence[str]) -> str:
    """Return the same as Markdown."""
    stops, here = retell(collection, slugs), f"{trail_url(slugs)}&format=md"

    def linked(title: str, slug: str) -> str:
        return markdown_link(title, collection.link(markdown_url(slug), here))

    if not stops:
        lines = ["# Walks to begin with", ""]
        lines += [
            f"- {markdown_link(tour.title, collection.link(f'{tour.url}&format=md', here))}"
            for tour in tours(collection)
        ]
        return "\n".join(lines) + "\n"
    lines = [f"# {_heading(collection, stops)}", ""]
    for number, stop in enumerate(stops, 1):
        lines += _stop_lines(number, stop, linked)
        if stop.onward:
            lines += [_leading(stop.onward, linked), ""]
    return "\n".join(lines)


def _configured(collection: Collection, tour: NamedTour | tuple[str, ...]) -> Tour:
    names = tour if isinstance(tour, tuple) else tour.notes
    slugs = (collection.notebook.redirects.get(name, name) for name in names)
    present = tuple(slug for slug in slugs if slug in collection.notes)
    titles = [collection.notes[slug].title for slug in (*present[:1], *present[-1:])]
    title = "" if isinstance(tour, tuple) else tour.title
    says = f"{len(present)} notes, from “{titles[0]}” to “{titles[-1]}”" if present else ""
    return Tour(title or says, present, says if title else "", trail_url(present))


def _entry(collection: Collection, slug: str) -> Tour:
    note = collection.notes[slug]
    parts = [relation.target for relation in note.relations if relation.type == PARTS]
    linked = parts or [mention.target for mention in note.mentions]
    present = dict.fromkeys(other for other in linked if other and other in collection.notes)
    slugs = (slug, *(other for other in present if other != slug))[:MAX_NOTES]
    title = note.title.removeprefix("Start here: ")
    return Tour(title[:1].upper() + title[1:], slugs, note.summary, trail_url(slugs))


def _transition(collection: Collection, one: str, other: str) -> Transition | None:
    if one not in collection.notes or other not in collection.notes:
        return None
    if direct := passage_between(collection, one, other):
        return Transition(direct)
    path = shortest(collection, one, other)
    between = [step.to for step in path.steps[:-1]] if path else []
    return Transition(None, tuple(rows(collection, between)) if len(between) <= DETOUR else ())


def _heading(collection: Collection, stops: Sequence[Stop]) -> str:
    if not stops:
        return "Walks to begin with"
    slugs = tuple(stop.slug for stop in stops)
    title = next((tour.title for tour in tours(collection) if tour.slugs == slugs), "")
    return title or f"A walk of {len(stops)} note{'s' if len(stops) != 1 else ''}"


def _stop_lines(number: int, stop: Stop, linked: Linked) -> list[str]:
    if stop.note is None:
        return [f"## {number}. {stop.slug}", "", "No note answers to this name.", ""]
    lines = [f"## {number}. {linked(stop.note.title, stop.slug)}", ""]
    if stop.note.claim:
        lines += [f"> {stop.note.claim}", ""]
    elif stop.note.summary:
        lines += [stop.note.summary, ""]
    if verdict := stop.verdict:
        difference, low, high = signed_interval(verdict)
        lines += [
            f"Verdict: {verdict.verdict}, {verdict.metric} {difference} (95 % interval "
            f"{low} to {high}, {verdict.replicates} replicates).",
            "",
        ]
    return lines


def _leading(onward: Transition, linked: Linked) -> str:
    if onward.passage:
        why = f", because: {onward.passage.why.rstrip(' .')}" if onward.passage.why else ""
        basis = f" ({onward.passage.basis})" if onward.passage.basis else ""
        return f"↓ *{onward.passage.label}* the next{why}{basis}."
    if onward.round:
        names = ", ".join(linked(row.title, row.slug) for row in onward.round)
        return f"↓ no link joins the two; the way round leads by {names}."
    return "↓ no link joins the two."
