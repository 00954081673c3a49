"""Front matter's values to a note's fields: the one list of keys, each with its own reading."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from alpgraph.diagnostics import Diagnostic, Place, Severity
from alpgraph.notes.findings import finding, near, quoted, rewording
from alpgraph.notes.frontmatter import Matter
from alpgraph.notes.identifiers import EXAMPLES, KINDS, bare_identifier, guess_kind, well_formed
from alpgraph.notes.model import ExperimentRef, Mention, Relation, Source
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.notes.relations import RelationReader, kind_of, linked
from alpgraph.notes.values import Items, Scalar, Table, Value, plain

KEYS = ("title", "summary", "claim", "topics", "sources", "relations", "experiment", "aliases")
"""The keys of a note, in the order `fmt` writes them."""
EXPERIMENT_KEYS = ("name", "params", "scope")
UNSAID = "something else"
"""What a run tests whose `scope` cannot be read; its author meant that it is not the claim."""
_NATIVE = frozenset(("summary", "claim", "sources", "relations", "experiment", "topics"))
_LENGTHS = {"title": 200, "summary": 600, "claim": 500, "scope": 300}
SOURCE_KEYS = (*KINDS, "title", "authors", "year")
# keys that other tools define; they are kept, and are no fault of the author's
_FOREIGN = (
    "alias tags tag keywords description desc date created updated modified last_modified lastmod"
    " publishdate expirydate date-created date-modified draft publish published private public"
    " permalink url slug id uid uuid type kind status layout template author authors contributors"
    " category categories series weight order nav_order sidebar_position sidebar_label sidebar"
    " cssclass cssclasses css class comments toc enabletoc hide icon image cover banner thumbnail"
    " socialimage social socialdescription lang language locale link links source nav nav_exclude"
    " nav_title has_children parent grand_parent has_toc search noindex robots canonical subtitle"
    " short_title version since license copyright abstract showtoc math mermaid outputs menu params"
    " cascade markup eip discussions-to requires superseded-by replaces withdrawal-reason"
    " last-call-deadline created-at updated-at mobile public-date duration rating"
    " stub fm fname vault traitids traits config nav-order collapsed hidetitle mobile-banner"
    " linkcolor hide_title displayed_sidebar pagination_next pagination_prev header footer"
    " roam_refs roam_aliases filetags zettelkasten-id transclude quickshare-date quickshare-url"
    " excalidraw-plugin kanban-plugin obsidianUIMode obsidianEditingMode"
)
FOREIGN_KEYS = frozenset(_FOREIGN.lower().split())


@dataclass(slots=True)
class Fields:
    """What front matter says, field by field."""

    title: str = ""
    summary: str = ""
    claim: str = ""
    topics: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    relations: list[Relation] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    experiment: ExperimentRef | None = None
    places: dict[str, Place] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)


def read_fields(matter: Matter, types: RelationTypes, findings: list[Diagnostic]) -> Fields:
    """Read every key; what does not fit is a finding and the rest is kept."""
    fields = Fields()
    if matter.table is None:
        return fields
    reader = _FieldReader(fields, types, findings, matter.table)
    for key, value in matter.table.entries:
        fields.places[key.text] = value.place
        reader.read(key, value)
    reader.finish(matter.table)
    return fields


def is_native(table: Table) -> bool:
    """Tell whether a note is written for alpgraph: other tools' notes owe no claim."""
    keys = {key.text for key, _ in table.entries}
    return bool(_NATIVE & keys) or keys <= {"title"}


class _FieldReader:
    def __init__(
        self, fields: Fields, types: RelationTypes, findings: list[Diagnostic], table: Table
    ) -> None:
        self.fields = fields
        self.findings = findings
        self.relations = RelationReader(types, findings)
        self.types = types
        self.keys = frozenset(key.text for key, _ in table.entries)
        self.native = is_native(table)

    def read(self, key: Scalar, value: Value) -> None:
        """Read one key by its name."""
        name = key.text
        if name in ("title", "summary", "claim"):
            setattr(self.fields, name, self._text(name, value))
        elif name in ("topics", "aliases"):
            setattr(self.fields, name, tuple(self._texts(name, value)))
        elif name == "sources":
            self.fields.sources = tuple(self._sources(value))
        elif name == "relations":
            self.fields.relations += self.relations.read(value)
        elif name == "experiment":
            self.fields.experiment = self._experiment(value)
        else:
            self._other(key, value)

    def finish(self, table: Table) -> None:
        """Take what other tools' keys say where our own are silent; report what is missing."""
        keys = {key.text.lower(): value for key, value in table.entries}
        fields = self.fields
        for name in ("tags", "tag", "keywords"):
            fields.topics = fields.topics or tuple(_tags(keys.get(name)))
        for name in ("description", "desc"):
            fields.summary = fields.summary or _scalar(keys.get(name))
        if not fields.aliases and "alias" in keys:
            fields.aliases = tuple(self._texts("alias", keys["alias"]))
        if self.native:
            place = Place(table.place.file, 1, 1, 1, 4)
            for name, value in (
                ("claim", fields.claim),
                ("sources", fields.sources),
                ("summary", fields.summary),
            ):
                entry = name == "sources" and is_entry(table.place.file)
                if not value and not entry and fields.places.get(name) is None:
                    hint = f"add `{name}:` to the front matter"
                    message = f"the note has no `{name}`"
                    self.findings.append(finding("ALP013", message, place, hint=hint))

    def _other(self, key: Scalar, value: Value) -> None:
        self.fields.extra[key.text] = plain(value)
        keyed = self.relations.keyed(key, value)
        self.fields.relations += keyed
        if keyed:
            return
        for to, place in linked(value):
            sentence = f"{key.text}: {to}"
            self.fields.mentions.append(Mention(to, to, "", sentence, place))
        is_known = key.text.lower() in FOREIGN_KEYS or self.types.read(key.text)
        suggestion = near(key.text, KEYS)
        if is_known and (not suggestion or key.text.lower() in FOREIGN_KEYS):
            return
        fix = None if suggestion in self.keys else rewording(key.place, key.text, suggestion)
        hint = (
            (f"did you mean `{suggestion}`? " if suggestion else "")
            + "known: "
            + ", ".join(f"`{name}`" for name in KEYS)
        )
        message = f"unknown key {quoted(key.text)}"
        # other tools' notes have keys that nobody can list
        weight = None if self.native or suggestion else Severity.INFO
        self.findings.append(
            finding("ALP012", message, key.place, hint=hint, fix=fix, severity=weight)
        )

    def _text(self, name: str, value: Value) -> str:
        if not isinstance(value, Scalar):
            self._wrong(f"`{name}`", value, f"write one text, as `{name}: …`")
            return ""
        if value.null:
            return ""
        text = " ".join(value.text.split())
        limit = _LENGTHS[name]
        if len(text) > limit:
            message = f"`{name}` has {len(text)} characters; at most {limit} are meant"
            hint = "say it shorter, and the rest in the body"
            self.findings.append(finding("ALP014", message, value.place, hint=hint))
        return text

    def _texts(self, name: str, value: Value) -> Iterator[str]:
        if isinstance(value, Scalar):
            if not value.null and value.text.strip():
                yield value.text.strip()
        elif isinstance(value, Items):
            for item in value.items:
                if isinstance(item, Scalar):
                    if not item.null and item.text.strip():
                        yield item.text.strip()
                else:
                    self._wrong(f"an entry of `{name}`", item, "write a text")
        else:
            self._wrong(f"`{name}`", value, f"write a list, as `{name}: [one, two]`")

    def _sources(self, value: Value) -> Iterator[Source]:
        if isinstance(value, Scalar) and value.null:
            return
        items: Iterable[Value] = value.items if isinstance(value, Items) else (value,)
        for item in items:
            if isinstance(item, Table):
                source = self._source(item)
            elif isinstance(item, Scalar):
                kind = guess_kind(item.text)
                text = bare_identifier(kind, item.text)
                source = Source(kind, text, item.place)
            else:
                self._wrong("a source", item, 'write `- arxiv: "2511.07699"`')
                continue
            if source and source.id:
                self._check_identifier(source)
            if source:
                yield source

    def _source(self, table: Table) -> Source | None:
        values = {key.text: value for key, value in table.entries}
        for key, _ in table.entries:
            if key.text not in SOURCE_KEYS:
                suggestion = near(key.text, SOURCE_KEYS)
                hint = (
                    (f"did you mean `{suggestion}`? " if suggestion else "")
                    + "known: "
                    + ", ".join(f"`{name}`" for name in SOURCE_KEYS)
                )
                message = f"unknown key {quoted(key.text)} in a source"
                self.findings.append(finding("ALP012", message, key.place, hint=hint))
        title = self._plain("title", values.get("title"))
        year = self._plain("year", values.get("year"))
        authors = values.get("authors")
        names = tuple(self._texts("authors", authors)) if authors else ()
        for kind in KINDS:
            value = values.get(kind)
            if isinstance(value, Scalar):
                text = bare_identifier(kind, value.text)
                return Source(kind, text, value.place, title, names, year)
            if value is not None:
                self._wrong(f"`{kind}`", value, f'write `{kind}: "{EXAMPLES[kind]}"`')
        if not title:
            message = "this source names no work"
            hint = "add `arxiv:`, `doi:`, `url:` or `isbn:`"
            self.findings.append(finding("ALP013", message, table.place, hint=hint))
            return None
        return Source("other", title, table.place, title, names, year)

    def _plain(self, name: str, value: Value | None) -> str:
        if value is None or isinstance(value, Scalar):
            return _scalar(value)
        self._wrong(f"`{name}`", value, "write a text")
        return ""

    def _check_identifier(self, source: Source) -> None:
        if not well_formed(source.kind, source.id):
            name = {"arxiv": "an arXiv id", "doi": "a DOI", "isbn": "an ISBN"}.get(
                source.kind, "a web address"
            )
            message = f"{quoted(source.id)} is not {name}"
            hint = f'write it as `{source.kind}: "{EXAMPLES[source.kind]}"`'
            self.findings.append(finding("ALP305", message, source.place, hint=hint))

    def _experiment(self, value: Value) -> ExperimentRef | None:
        hint = "write `name:` and `params:`, as `{name: …, params: {data: digits}}`"
        if isinstance(value, Scalar):
            return None if value.null else ExperimentRef(value.text.strip(), {}, value.place)
        if isinstance(value, Items):
            self._wrong("`experiment`", value, hint)
            return None
        for key, _ in value.entries:
            if key.text not in EXPERIMENT_KEYS:
                message = f"unknown key {quoted(key.text)} in `experiment`"
                known = "known: " + ", ".join(f"`{name}`" for name in EXPERIMENT_KEYS)
                self.findings.append(finding("ALP012", message, key.place, hint=known))
        name, params = value.get("name"), value.get("params")
        if not isinstance(name, Scalar) or name.null:
            message = "the experiment has no `name`"
            self.findings.append(finding("ALP013", message, value.place, hint=hint))
            return None
        places: dict[str, Place] = {}
        values: dict[str, object] = {}
        if isinstance(params, Table):
            places = {
                key.text: Place(*key.place[:3], *item.place[3:]) for key, item in params.entries
            }
            values = {key.text: plain(item) for key, item in params.entries}
        elif params is not None and not (isinstance(params, Scalar) and params.null):
            self._wrong("`params`", params, "write a mapping, as `params: {data: digits}`")
        scope = self._scope(value.get("scope"))
        return ExperimentRef(name.text.strip(), values, name.place, places, scope)

    def _scope(self, value: Value | None) -> str:
        if value is None or (isinstance(value, Scalar) and value.null):
            return ""
        text = self._text("scope", value)
        if not text and isinstance(value, Scalar):
            hint = "say what the run tests, or leave `scope` out"
            self.findings.append(finding("ALP016", "`scope` is blank", value.place, hint=hint))
        return text or UNSAID

    def _wrong(self, what: str, value: Value, hint: str) -> None:
        message = f"{what} is {kind_of(value)}"
        self.findings.append(finding("ALP016", message, value.place, hint=hint))


def _scalar(value: Value | None) -> str:
    return " ".join(value.text.split()) if isinstance(value, Scalar) and not value.null else ""


def _tags(value: Value | None) -> Iterator[str]:
    """Read other tools' tags: a list, or one text divided by commas."""
    if isinstance(value, Scalar) and not value.null:
        yield from filter(None, (part.strip().lstrip("#") for part in value.text.split(",")))
    elif isinstance(value, Items):
        for item in value.items:
            if isinstance(item, Scalar) and not item.null and item.text.strip("# "):
                yield item.text.strip().lstrip("#")


def is_entry(path: str) -> bool:
    """Whether a note is a way in to others, which needs no source of its own.

    >>> is_entry("area/start-here.md")
    True
    """
    return path.rsplit("/", 1)[-1].startswith("start-")
