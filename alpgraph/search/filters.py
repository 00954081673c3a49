"""What the filters of a query let through, in one state of a notebook."""

from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from functools import cached_property
from itertools import takewhile

from alpgraph.notes import Note, Notebook, outline
from alpgraph.notes.lazy import links
from alpgraph.search.query import Query, topic_key

HAS = ("experiment", "claim", "source", "relation", "finding")
VERDICTS = ("supported", "contradicted", "no effect", "inconclusive", "not tested")
UNTESTED = ("not-tested", "none")
"""What a claim is that no check tests."""
_KNOWN_VERDICTS = {*map(topic_key, VERDICTS), *UNTESTED}
MAX_NEAR = 5

Slugs = AbstractSet[str]


class Filters:
    """Answers the filters that depend on more than a note's own text.

    What a note is linked to changes with the other notes, which an index kept by digests of texts
    does not see.
    """

    def __init__(self, notebook: Notebook) -> None:
        """Answer for `notebook`."""
        self._notebook = notebook

    def typed(self, word: str) -> Slugs | None:
        """Return the notes at either end of relations of a type; None for an unknown word."""
        kind = self.types.get(_spaced(word))
        return None if kind is None else self._typed.get(kind, frozenset())

    def linking(self, name: str) -> Slugs | None:
        """Return the notes with a link to the note called `name`; None where there is none."""
        slug = self._notebook.resolve(name, "").slug
        return None if slug is None else self._linking.get(slug, frozenset())

    def unknown(self, query: Query) -> list[str]:
        """Say of each filter whose value no note can have which values there are."""
        messages = []
        for key, value in query.filters:
            if key == "has" and value not in HAS:
                messages.append(f"“has:” knows {_listed(HAS)}; not “{value}”.")
            elif key == "verdict" and value not in _KNOWN_VERDICTS:
                messages.append(f"A verdict is {_listed(VERDICTS, 'or')}; not “{value}”.")
            elif key == "type" and self.typed(value) is None:
                types = [kind.id for kind in self._notebook.types.types]
                messages.append(f"A type of relation is {_listed(types, 'or')}; not “{value}”.")
            elif key == "topic" and value not in self._topics:
                messages.append(self._no_topic(value))
            elif key == "links" and self.linking(value) is None:
                messages.append(f"“links:” takes a note's name; none answers to “{value}”.")
        return messages

    def _no_topic(self, value: str) -> str:
        """Say which topics may have been meant; static/found.js has the same rule."""
        holding = sorted(key for key in self._topics if value in key)
        near = dict.fromkeys([*holding, *get_close_matches(value, self._topics, MAX_NEAR)])
        names = [f"“{key}”" for key in near][:MAX_NEAR]
        if not names:
            return f"No topic is called “{value}”."
        verb = "is" if len(names) == 1 else "are"
        return f"No topic is called “{value}”; nearest {verb} {_listed(names)}."

    @cached_property
    def types(self) -> dict[str, str]:
        """Types of relations by their names: ids, words, and how they read from either end."""
        readings = self._notebook.types.readings
        labels = {_spaced(reading.label): reading.type.id for reading in readings.values()}
        return labels | {_spaced(word): reading.type.id for word, reading in readings.items()}

    @cached_property
    def _topics(self) -> frozenset[str]:
        notes = self._notebook.notes
        return frozenset(
            topic_key(topic) for slug in notes for topic in outline(notes, slug).topics
        )

    @cached_property
    def _typed(self) -> dict[str, set[str]]:
        """The notes at the ends of relations, by type."""
        types, notes = self._notebook.types, self._notebook.notes
        kinds = {reading.id: reading.type.id for reading in types.readings.values()}
        by_type: dict[str, set[str]] = {}
        for slug in notes:
            for link in takewhile(lambda link: link.type is not None, links(notes, slug)):
                if kind := kinds.get(link.type or ""):
                    by_type.setdefault(kind, set()).update({slug, link.target or slug})
        return by_type

    @cached_property
    def _linking(self) -> dict[str, set[str]]:
        """The notes that link to another, by the other's slug."""
        notes = self._notebook.notes
        by_target: dict[str, set[str]] = {}
        for slug in notes:
            for link in links(notes, slug):
                if link.target:
                    by_target.setdefault(link.target, set()).add(slug)
        return by_target


def facts(note: Note) -> list[str]:
    """Return what `has:` finds a note by."""
    values = note.experiment, note.claim, note.sources, note.relations, note.diagnostics
    return [name for name, value in zip(HAS, values, strict=True) if value]


def _spaced(label: str) -> str:
    return " ".join(label.lower().replace("-", " ").replace("_", " ").split())


def _listed(names: "list[str] | tuple[str, ...]", joint: str = "and") -> str:
    """Write names one after the other.

    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    first, last = names[:-1], names[-1]
    return f"{', '.join(first)} {joint} {last}" if first else last
