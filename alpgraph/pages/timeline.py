"""How the network grew: when each note and relation appeared, changed and went."""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from threading import Lock

from alpgraph.history import Event, HistoryError, commit_id, timeline
from alpgraph.notes import RelationType
from alpgraph.pages.addresses import timeline_url
from alpgraph.pages.frame import frame
from alpgraph.pages.profile import profile_svg
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection

COMMITS = 40
"""Of one page."""
NAMED = 100
"""Notes or relations of one commit that are named."""
MAX_CACHED = 2

_Key = tuple[Path, str]
_cache: OrderedDict[_Key, tuple[Event, ...]] = OrderedDict()
_lock = Lock()

NOTE_SAYS = {
    "note added": "written",
    "note changed": "changed",
    "note removed": "removed",
}
RELATION_SAYS = {
    "relation added": "drawn",
    "relation changed": "told anew",
    "relation removed": "taken back",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A note as it was called then; `slug` is empty where it is no more."""

    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class RelationEvent:
    """A relation as its author wrote it."""

    a: Name
    label: str
    kind: RelationType | None
    b: Name
    why: str


@dataclass(frozen=True, slots=True)
class EventGroup:
    """What a commit did in one way: notes or relations."""

    says: str
    notes: tuple[Name, ...] = ()
    relations: tuple[RelationEvent, ...] = ()
    more: int = 0
    """How many are not named."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What happened at one time."""

    id: str
    date: str
    did: tuple[EventGroup, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How many notes and links there were after a commit."""

    date: str
    notes: int
    links: int


def events_of(collection: Collection) -> tuple[Event, ...]:
    """Return what git knows of the notes, the newest first; kept until the next commit."""
    root = collection.notebook.root
    try:
        key = (root, commit_id(root, "HEAD"))
    except HistoryError:
        return ()
    with _lock:
        if key in _cache:
            return _cache[key]
    events = timeline(root, collection.notebook.types, notes=collection.notes.values())
    with _lock:
        _cache[key] = events
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return events


def growth(commits: Iterable[Sequence[Event]]) -> list[Size]:
    """Count notes and links after each commit, the oldest first.

    Links are counted as written: a relation told from both ends counts twice.

    >>> growth([[Event("2026-01-31T10:00:00Z", "c0ffee", "note added", "a", "A")]])
    [Size(date='2026-01-31T10:00:00Z', notes=1, links=0)]
    """
    grown: list[Size] = []
    notes = links = 0
    for events in sorted(commits, key=lambda events: datetime.fromisoformat(events[0].date)):
        counts = Counter(event.what for event in events)
        notes += counts["note added"] - counts["note removed"]
        links += counts["relation added"] - counts["relation removed"]
        grown.append(Size(events[0].date, max(0, notes), max(0, links)))
    return grown


def timeline_starts(collection: Collection) -> list[str]:
    """Return what each page of the timeline begins before; the first begins now, at ""."""
    ids = list(dict.fromkeys(event.commit for event in events_of(collection)))
    return ["", *ids[COMMITS - 1 : -1 : COMMITS]]


def timeline_page(collection: Collection, before: str = "") -> str | None:
    """Return a page of what happened before a commit, or up to now; None for an unknown one."""
    events = events_of(collection)
    commits = [list(group) for _, group in groupby(events, key=lambda event: event.commit)]
    ids = [group[0].commit for group in commits]
    if before and before not in ids:
        return None
    start = ids.index(before) + 1 if before else 0
    shown = commits[start : start + COMMITS]
    more = start + COMMITS < len(commits)
    grown = growth(commits)
    return render(
        "timeline.html",
        **frame(collection),
        profile=profile_svg(
            [(size.date, size.notes, size.links) for size in grown],
            linked=collection.published is None,
        ),
        first=grown[0].date[:10] if grown else "",
        commits=[_commit(collection, group) for group in shown],
        older=timeline_url(shown[-1][0].commit) if more else "",
        newer=bool(before),
    )


def _commit(collection: Collection, events: Sequence[Event]) -> Commit:
    groups = []
    for what, says in NOTE_SAYS.items():
        notes = [event for event in events if event.what == what]
        if notes:
            thing = "note" if len(notes) == 1 else "notes"
            names = tuple(_name(collection, event.slug, event.title) for event in notes[:NAMED])
            more = len(notes) - len(names)
            groups.append(EventGroup(f"{len(notes)} {thing} {says}", notes=names, more=more))
    for what, says in RELATION_SAYS.items():
        relations = [event for event in events if event.what == what]
        if relations:
            thing = "relation" if len(relations) == 1 else "relations"
            named = tuple(_relation_event(collection, event) for event in relations[:NAMED])
            more = len(relations) - len(named)
            groups.append(
                EventGroup(f"{len(relations)} {thing} {says}", relations=named, more=more)
            )
    return Commit(events[0].commit, events[0].date, tuple(groups))


def _name(collection: Collection, slug: str, title: str) -> Name:
    return Name(title, slug if slug in collection.notes else "")


def _relation_event(collection: Collection, event: Event) -> RelationEvent:
    reading = collection.notebook.types.read(event.type)
    target = collection.notebook.resolve(event.to, event.slug).slug
    title = collection.notes[target].title if target else event.to
    return RelationEvent(
        _name(collection, event.slug, event.title),
        reading.label if reading else event.type,
        reading.type if reading else None,
        Name(title, target or ""),
        event.why,
    )
