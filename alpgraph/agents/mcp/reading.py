"""A note as agents read it: what is known of it, its file, its links in both directions."""

import re
from collections.abc import Iterable

from alpgraph.graph import MENTION, Link, links
from alpgraph.notes import Note
from alpgraph.notes.decoding import decode
from alpgraph.notes.files import read_file
from alpgraph.pages import Collection, VerdictInfo
from alpgraph.pages.formats import decimals

MAX_CHARACTERS = 40_000
"""Characters of a file in one answer."""
MAX_LINKS = 100
"""Relations that an answer lists, and as many links in running text."""
MAX_TEXT = 600
"""Characters of a title or a reason."""
_COMMENTS = ("<!--", "%%")
_TICKS = re.compile("`+")


def note_text(collection: Collection, slug: str, start: int = 0) -> str:
    """Return what alpgraph knows of a note and its file from the character `start`.

    What the author wrote stands between fences that the text itself cannot close.
    Raises KeyError when there is no such note, OSError when its file is gone.
    """
    note = collection.notes[slug]
    text, _ = decode(note.path, read_file(collection.notebook.root, note.path)[0])
    shown = text[start : start + MAX_CHARACTERS]
    rest = len(text) - start - len(shown)
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in _TICKS.findall(shown))])
    return "\n".join(
        [
            f"Note `{_line(slug)}`, file `{_line(note.path)}`, {len(text)} characters.",
            *_verdict(collection.verdicts.get(slug)),
            *_scope(note),
            *_findings(collection, note),
            *_comments(text),
            "",
            "## The file, in its author's words",
            f"{fence}markdown",
            shown.rstrip("\n"),
            fence,
            *([f"{rest} characters are left: ask from {start + len(shown)} on."] * (rest > 0)),
            "",
            *_links(collection, links(collection.graph, slug, mentions=True)),
            "",
        ]
    )


def _verdict(verdict: VerdictInfo | None) -> list[str]:
    if verdict is None:
        return []
    ends = (verdict.difference, verdict.low, verdict.high)
    difference, low, high = (f"{end:+.{decimals(ends)}f}" for end in ends)
    numbers = (
        f"{difference} {verdict.unit}, 95 % interval {low} to {high}, "
        f"{verdict.replicates} replicates"
    )
    return [f"Verdict of the experiment `{verdict.experiment}`: {verdict.verdict} ({numbers})."]


def _scope(note: Note) -> list[str]:
    if note.experiment is None or not note.experiment.scope:
        return []
    name = _line(note.experiment.name)
    return [f"The experiment `{name}` tests no claim of the note, but what `scope:` says."]


def _findings(collection: Collection, note: Note) -> list[str]:
    count = sum(one.place.file == note.path for one in collection.notebook.diagnostics)
    return [f"Reading the file made {count} findings; `check_note` tells them."] if count else []


def _comments(text: str) -> list[str]:
    lines = text.split("\n")
    found = [str(n) for n, line in enumerate(lines, 1) if any(mark in line for mark in _COMMENTS)]
    if not found:
        return []
    listed = ", ".join(found[:20])
    return [f"Comments, which readers of the page do not see, may stand on lines {listed}."]


def _links(collection: Collection, found: list[Link]) -> Iterable[str]:
    relations = [link for link in found if link.type != MENTION]
    mentions = [link for link in found if link.type == MENTION]
    yield "## Relations, read from this note"
    yield from _listed(collection, relations) if relations else ["none"]
    if mentions:
        yield ""
        yield "## Links in running text"
        yield from _listed(collection, mentions)


def _listed(collection: Collection, found: list[Link]) -> Iterable[str]:
    for link in found[:MAX_LINKS]:
        yield f"- {link.label} {_other(collection, link)}{_reason(link)}"
    if len(found) > MAX_LINKS:
        yield f"- and {len(found) - MAX_LINKS} more: `neighbours` tells them by type"


def _other(collection: Collection, link: Link) -> str:
    if link.ghost:
        return f"“{_line(link.title)}” (no such note)"
    verdict = collection.verdict_words.get(link.other)
    judged = f"; verdict: {verdict}" if verdict else ""
    return f"`{_line(link.other)}` ({_line(link.title)}{judged})"


def _reason(link: Link) -> str:
    reason = f": {_line(link.why)}" if link.why else ""
    basis = f" [{link.basis}]" if link.basis else ""
    return f"{reason}{basis}{'' if link.authored else ' — told by the other note'}"


def _line(text: str) -> str:
    """Keep an author's words on their line, so that they cannot pass for ours."""
    return " ".join(text.split())[:MAX_TEXT]
