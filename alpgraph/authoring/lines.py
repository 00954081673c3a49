"""`explain FILE`: what each line of a note became."""

from collections.abc import Iterator

from alpgraph.check.terminal import escape
from alpgraph.notes import Notebook
from alpgraph.notes.model import Mention, Note, Relation

_FORMS = {
    "native": "relation",
    "frontmatter-key": "relation from a key of the front matter",
    "frontmatter-map": "relation from the map `relations`",
    "dataview": "relation from a Dataview field",
    "dataview-inline": "relation from an inline Dataview field",
    "logseq": "relation from a Logseq property",
    "bullet": "relation from a list item that begins with its type",
    "bullet-reason": "relation from a list item with a reason",
    "cosma": "relation from a Cosma link",
    "at-type": "relation from a link with `@type`",
    "link-title": "relation from a link's title",
}


def explain_file(notebook: Notebook, slug: str) -> str:
    """Say of each line that means something what it became, and how each target was found.

    Raises KeyError when there is no such note.
    """
    note = notebook.notes[slug]
    title = f"{escape(note.path)}: {escape(note.title)}"
    explained = sorted({*_fields(note), *_relations(notebook, note), *_mentions(notebook, note)})
    findings = [
        (one.place.line, f"{one.severity.value} {one.code}: {escape(one.message)}")
        for one in notebook.diagnostics
        if one.place.file == note.path
    ]
    width = len(str(max((line for line, _ in [*explained, *findings]), default=1)))
    lines = [f"  {line:>{width}}  {text}" for line, text in sorted(explained + findings)]
    return "\n".join([title, f"slug {escape(slug)}", *lines])


def _fields(note: Note) -> Iterator[tuple[int, str]]:
    typed = {item.written for item in note.relations if item.form == "frontmatter-key"}
    for key, place in note.places.items():
        if key in note.extra:
            if key not in typed:
                yield place.line, escape(f"{key}: kept, not used by alpgraph")
        elif key not in ("relations", "experiment"):
            yield place.line, escape(f"{key}: {_value(note, key)}")
    if note.experiment:
        params = ", ".join(f"{key}={value}" for key, value in note.experiment.params.items())
        text = f"experiment {note.experiment.name}" + (f" with {params}" if params else "")
        if note.experiment.scope:
            text += f", not for the claim but for {note.experiment.scope}"
        yield note.experiment.place.line, escape(text)


def _value(note: Note, key: str) -> str:
    if key == "sources":
        return ", ".join(f"{source.kind} {source.id}" for source in note.sources)
    value = getattr(note, key)
    return value if isinstance(value, str) else ", ".join(value)


def _relations(notebook: Notebook, note: Note) -> Iterator[tuple[int, str]]:
    for relation in note.relations:
        form = _FORMS.get(relation.form, f"relation ({relation.form})")
        reading = notebook.types.readings.get(relation.type)
        written = f"“{relation.written}” (no known type)" if relation.written else "(no type)"
        label = reading.label if reading else written
        why = f", because: {relation.why}" if relation.why else ""
        text = f"{form}: this note {label} {_target(notebook, relation)}{why}"
        yield relation.place.line, escape(text)


def _mentions(notebook: Notebook, note: Note) -> Iterator[tuple[int, str]]:
    for mention in note.mentions:
        what = "embeds" if mention.embed else "mentions"
        heading = f", at #{mention.heading}" if mention.heading else ""
        yield mention.place.line, escape(f"{what} {_target(notebook, mention)}{heading}")


def _target(notebook: Notebook, link: Relation | Mention) -> str:
    if link.target is not None:
        title = notebook.notes[link.target].title
        return f"{link.target} (“{title}”, written “{link.to}”, found by {link.how})"
    if link.candidates:
        return f"“{link.to}”, which fits several notes: {', '.join(link.candidates)}"
    return f"“{link.to}”, to which no note answers"
