"""What an author's word for a relation means, by the table of types and a collection's own rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, get_args

from alpgraph.notes.relation_table import BUILT_IN, RelationType

if TYPE_CHECKING:
    from alpgraph.config import RelationRow


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word for a relation means from the author's end."""

    type: RelationType
    forward: bool
    """True when the author's note is A of the table, False when it is B."""

    @property
    def id(self) -> str:
        """Id as read from the author's end."""
        return self.type.id if self.forward or self.type.symmetric else self.type.inverse

    @property
    def label(self) -> str:
        """Label as read from the author's end."""
        return label_from(self.type, forward=self.forward)


def label_from(kind: RelationType, *, forward: bool) -> str:
    """Label of `kind` read from A (forward) or from B."""
    return kind.label if forward or kind.symmetric else kind.inverse_label


@dataclass(frozen=True)
class RelationTypes:
    """The closed set of types of one collection, in the order they are shown."""

    types: tuple[RelationType, ...] = BUILT_IN
    by_id: Mapping[str, RelationType] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the rows by id."""
        object.__setattr__(self, "by_id", {kind.id: kind for kind in self.types})

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Every id, inverse id and plain word an author may write, with its meaning."""
        table: dict[str, Reading] = {}
        for kind in self.types:
            forward, backward = Reading(kind, True), Reading(kind, False)
            table |= dict.fromkeys(kind.inverse_words, backward) | dict.fromkeys(
                kind.words, forward
            )
            if kind.inverse:
                table[kind.inverse] = backward
        for kind in self.types:  # an id wins over any word
            table[kind.id] = Reading(kind, True)
        return table

    def read(self, word: str) -> Reading | None:
        """Look up an id, an inverse id or a plain word; case, spaces and `_` do not matter.

        >>> RelationTypes().read("Instance").id
        'has-instance'
        >>> RelationTypes().read("explains").forward
        False
        """
        return self.readings.get(word.strip().lower().replace(" ", "-").replace("_", "-"))

    def extended(self, rows: "Iterable[RelationRow]") -> "RelationTypes":
        """Return a table in which `rows` are added, or change the types that have their id.

        A changed type keeps what its row leaves out, its plain words among it; a new one that
        names no line is drawn with one that no type of its colour has. Raises ConfigError when
        two types answer to one id, look alike, or cannot be read from one end.
        """
        merged = dict(self.by_id)
        for row in rows:
            fields = row.model_dump(exclude_unset=True)
            base = merged.get(row.id)
            kind = replace(base, **fields) if base else RelationType(**row.model_dump())
            if not base and "signature" not in fields:
                kind = replace(kind, signature=_free_signature(kind, merged.values()))
            merged[row.id] = kind
        if doubt := next(_doubts(merged.values()), None):
            from alpgraph.config import ConfigError  # late: it takes longer than all of this

            raise ConfigError(f"relation_types: {doubt}")
        return RelationTypes(tuple(merged.values()))


def types_of(rows: "Iterable[RelationRow]") -> RelationTypes:
    """Return the built-in table with the rows of a configuration added; may raise ConfigError."""
    return RelationTypes().extended(rows)


def _free_signature(kind: RelationType, others: Iterable[RelationType]) -> str:
    """Return a line that none of the others draws in the same colour, else the type's own."""
    from alpgraph.config import Signature

    used = {other.signature for other in others if _same_colour(kind, other)}
    return next((one for one in get_args(Signature) if one not in used), kind.signature)


def _same_colour(one: RelationType, other: RelationType) -> bool:
    return one.light.lower() == other.light.lower() or one.dark.lower() == other.dark.lower()


def _doubts(kinds: Iterable[RelationType]) -> Iterator[str]:
    """Yield why a table could not be read or drawn without doubt."""
    owners = {"mention": "links in running text"}
    seen: list[RelationType] = []
    for kind in kinds:
        if kind.inverse and not kind.inverse_label:
            yield f"'{kind.id}' needs `inverse_label` beside `inverse`"
        for name in filter(None, (kind.id, kind.inverse)):
            if name in owners:
                yield f"'{name}' of '{kind.id}' means {owners[name]} already"
            owners[name] = f"one end of '{kind.id}'"
        for other in seen:
            if other.signature == kind.signature and _same_colour(kind, other):
                yield (
                    f"'{kind.id}' and '{other.id}' are drawn alike; give one of them another "
                    f"`signature` than '{kind.signature}', or other colours"
                )
        seen.append(kind)
