"""The questions `alpgraph new` asks on a terminal."""

from typing import TYPE_CHECKING, Any

import click

from alpgraph.check.terminal import escape

if TYPE_CHECKING:
    from alpgraph.authoring import DraftRelation
    from alpgraph.config import Location
    from alpgraph.notes import Notebook

REASON = range(20, 501)


def ask(fields: dict[str, Any], location: "Location", notebook: "Notebook") -> dict[str, Any]:
    """Return the fields of a note with what is missing asked for; Enter leaves one out."""
    from alpgraph.authoring import parse_source
    from alpgraph.search import open_index

    index = open_index(notebook, location.cache())
    title = ""
    while not title.strip():
        title = click.prompt("The question the note asks", default="", show_default=False)
    near = _show_near(notebook, [hit.slug for hit in index.near(title)])
    claim = fields["claim"] or _line("Its claim, one sentence that could be false")
    summary = fields["summary"] or _line("Two or three lines for cards")
    sources = list(fields["sources"])
    while word := _line("A source, as arxiv:2511.07699 or url:https://…"):
        try:
            sources.append(parse_source(word))
        except ValueError as error:
            click.echo(f"  {error}")
    slugs = [hit.slug for hit in index.near(f"{title} {claim} {summary}")]
    if set(slugs) - set(near):
        near = _show_near(notebook, list(dict.fromkeys([*near, *slugs])))
    relations = list(fields["relations"])
    while target := _target(notebook, near):
        relations.append(_relation(notebook, target))
    return fields | {
        "title": title,
        "claim": claim,
        "summary": summary,
        "sources": sources,
        "relations": relations,
    }


def _line(question: str) -> str:
    answer: str = click.prompt(f"{question} (Enter: none)", default="", show_default=False)
    return answer.strip()


def _show_near(notebook: "Notebook", slugs: list[str]) -> list[str]:
    if slugs:
        click.echo("near notes; is one of them the same?")
    for number, slug in enumerate(slugs, 1):
        click.echo(f"  {number} {escape(notebook.notes[slug].title)}")
    return slugs


def _target(notebook: "Notebook", near: list[str]) -> str:
    """Ask for a note until there is one such; empty when no more are wanted."""
    while word := _line("Relate it to (a number above, a slug or a title)"):
        if word.isdecimal() and 1 <= int(word) <= len(near):
            return near[int(word) - 1]
        resolution = notebook.resolve(word, "")
        if resolution.slug:
            return resolution.slug
        several = (
            f"; it fits {', '.join(resolution.candidates[:5])}" if resolution.candidates else ""
        )
        click.echo(f"  no note answers to '{escape(word)}'{several}")
    return ""


def _relation(notebook: "Notebook", target: str) -> "DraftRelation":
    from alpgraph.authoring import DraftRelation

    readings = list({reading.id: reading for reading in notebook.types.readings.values()}.values())
    title = escape(notebook.notes[target].title)
    for number, reading in enumerate(readings, 1):
        click.echo(f"  {number:2} this note {reading.label} “{title}”")
    kind = None
    while kind is None:
        word = click.prompt("Which of these (number or word)").strip()
        if word.isdecimal() and 1 <= int(word) <= len(readings):
            kind = readings[int(word) - 1]
        else:
            kind = notebook.types.read(word)
    why = ""
    while len(why) not in REASON:
        why = click.prompt(f"this note {kind.label} it because").strip()
        if len(why) not in REASON:
            click.echo(f"  {len(why)} characters; a reason takes {REASON[0]} to {REASON[-1]}")
    return DraftRelation(kind.id, target, why)
