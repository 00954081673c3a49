"""Hashes of plain values, and of what may be told of a note elsewhere than on its own page."""

import hashlib
import marshal
from typing import Any

from alpgraph.notes.model import Note

Told = tuple[str, str, str]
"""Hashes of what may be told of a note elsewhere, its name and title aside: of itself, its
relations and its mentions. Targets are as they are written: other notes decide what they mean."""
PLAIN = 2
"""Marshal's last format in which equal values always are equal bytes: later ones know objects."""


def digest(*parts: Any) -> str:
    """Return a short hash of plain values: numbers, texts, and lists, tuples and dicts of them.

    >>> digest("a", 1) == digest("a", 1), digest("ab") == digest("a", "b")
    (True, False)
    """
    plain = marshal.dumps(parts, PLAIN)  # a quarter of the time of `repr`
    return hashlib.blake2b(plain, digest_size=12).hexdigest()


def told_of(note: Note) -> Told:
    """Return the hashes of a note, whose links need not be resolved."""
    attached = note.experiment
    # of a note that says in no line what it is about, its beginning is told: the text decides it
    begins = "" if note.claim or note.summary else note.digest
    about = digest(
        begins, note.summary, note.claim, note.topics, note.blocks,
        [heading.anchor for heading in note.headings],
        (attached.name, sorted(map(str, attached.params.items())), attached.scope)
        if attached else None,
        [(source.kind, source.id, source.title, source.authors, source.year)
         for source in note.sources],
        bool(note.diagnostics),
    )  # fmt: skip
    relations = [(r.type, r.written, r.to, r.why, r.basis, r.form) for r in note.relations]
    mentions = [(m.to, m.heading, m.sentence) for m in note.mentions]
    return about, digest(relations), digest(mentions)
