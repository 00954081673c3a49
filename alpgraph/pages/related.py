"""What a note is linked to, as its page lists it: by relation, each row with its reason."""

from collections.abc import Collection as Container
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alpgraph.graph import MENTION, Link, degree, links
from alpgraph.notes import RelationType, label_from
from alpgraph.pages.state import Collection, VerdictInfo

AGAINST = frozenset({"contradicts", "qualified-by"})
"""Types that say, read from a note, what speaks against it or where it ends."""
MAX_ROWS = 50
"""Rows that a section of a note's page holds; the rest has a page of its own."""
MAX_NEXT = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One related note."""

    link: Link
    summary: str
    verdict: VerdictInfo | None
    apart: str
    """What tells it from other notes of its title, where there are any."""


@dataclass(frozen=True, slots=True)
class Group:
    """Related notes under one label."""

    kind: RelationType
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A note whose text links here."""

    slug: str
    title: str
    sentence: str
    apart: str


@dataclass(frozen=True, slots=True)
class Related:
    """Everything that joins a note to others, in the sections of its page."""

    own: tuple[Link, ...]
    """What the note's author wrote, but for what speaks against it."""
    against: tuple[Link, ...]
    """What contradicts it or says where it ends, whoever wrote it."""
    back: tuple[Link, ...]
    """What other authors wrote."""
    mentions: tuple[MentionRow, ...]
    """Notes that link here in running text and by nothing else."""

    @property
    def hidden(self) -> bool:
        """Whether some section holds more than a page shows."""
        return any(
            len(part) > MAX_ROWS for part in (self.own, self.against, self.back, self.mentions)
        )

    @property
    def total(self) -> int:
        """Number of links and mentions."""
        return len(self.own) + len(self.against) + len(self.back) + len(self.mentions)


def related_of(collection: Collection, slug: str) -> Related:
    """Sort the links of a note; raises KeyError when there is no such note."""
    note_links = links(collection.graph, slug)
    against = [link for link in note_links if _is_against(link)]
    rest = [link for link in note_links if not _is_against(link)]
    return Related(
        own=tuple(link for link in rest if link.authored),
        against=tuple(against),
        back=tuple(link for link in rest if not link.authored),
        mentions=tuple(_mentions(collection, slug, {link.other for link in note_links})),
    )


def groups(collection: Collection, links: Iterable[Link]) -> list[Group]:
    """Group links by how they read from the note."""
    by_label: dict[tuple[str, bool], list[Row]] = {}
    types = collection.notebook.types
    for link in links:
        target = collection.notes.get(link.other)
        row = Row(
            link,
            target.summary if target else "",
            collection.verdicts.get(link.other),
            collection.apart(link.other) if target else "",
        )
        forward = link.forward or types.by_id[link.type].symmetric
        by_label.setdefault((link.type, forward), []).append(row)
    return [
        Group(types.by_id[type_id], label_from(types.by_id[type_id], forward=forward), tuple(rows))
        for (type_id, forward), rows in by_label.items()
    ]


def next_notes(collection: Collection, related: Related, seen: Container[str]) -> Sequence[Link]:
    """Return where one may go on: first what follows from the note, then the best connected."""
    fresh = {
        link.other: link
        for link in reversed([*related.own, *related.against, *related.back])
        if link.other not in seen and not link.ghost
    }

    def rank(link: Link) -> tuple[bool, bool, int, str]:
        standing = degree(collection.graph, link.other)
        return link.side != "right", not link.authored, -standing, link.other

    return sorted(fresh.values(), key=rank)[:MAX_NEXT]


def _is_against(link: Link) -> bool:
    return link.type in AGAINST and (link.forward or link.type == "contradicts")


def _mentions(collection: Collection, slug: str, joined: set[str]) -> list[MentionRow]:
    rows = []
    for other, keyed in collection.graph.pred[slug].items():
        if other == slug or other in joined or MENTION not in keyed:
            continue
        sentence = keyed[MENTION].get("sentence", "")
        title = collection.graph.nodes[other]["title"]
        rows.append(MentionRow(other, title, sentence, collection.apart(other)))
    return sorted(rows, key=lambda row: (row.title.casefold(), row.slug))
