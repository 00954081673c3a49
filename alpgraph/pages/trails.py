"""The way one came: notes passed on a walk, kept in the address."""

from collections.abc import Sequence
from dataclasses import dataclass

from alpgraph.pages.addresses import walk_url
from alpgraph.pages.state import Collection


@dataclass(frozen=True, slots=True)
class Step:
    """A note passed on the walk."""

    title: str
    url: str
    apart: str
    """What tells it from other notes of its title, where there are any."""


def trail_steps(collection: Collection, trail: Sequence[str]) -> list[Step]:
    """Return the notes of a trail, each with the way back to it."""
    return [
        Step(
            collection.notes[slug].title,
            walk_url(slug, trail=trail[:index]),
            collection.apart(slug),
        )
        for index, slug in enumerate(trail)
        if slug in collection.notes
    ]
