"""The relation types: a table, not code. A collection may add to it or override it.

A relation of note A to note B reads "A *label* B, because *reason*". Only the first column's
direction is stored; the other end reads the inverse.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, get_args

if TYPE_CHECKING:
    from alpgraph.config import RelationRow


@dataclass(frozen=True, slots=True)
class RelationType:
    """One row: how a relation reads from both ends and how it is drawn."""

    id: str
    label: str
    meaning: str
    """What a relation of A to B says, in terms of A and B."""
    inverse: str = ""
    """Id of the same relation read from B; empty when symmetric."""
    inverse_label: str = ""
    words: tuple[str, ...] = ()
    """Plain words for `type:` that say what the target is; they mean `id`."""
    inverse_words: tuple[str, ...] = ()
    """Plain words that mean the inverse id."""
    signature: str = "solid"
    """Line style: solid, double, long, short, dots, dashdot, ticks, heavy."""
    light: str = "#676b62"
    dark: str = "#b4b1a4"
    rests_on: bool = False
    """Whether B is ground A stands on (drawn left of A) rather than what follows (right)."""
    weight: float = 1.0
    """Cost of a step along it when paths are sought; small is strong."""
    orders: bool = False
    """Whether a cycle of it is a fault."""
    cito: str = ""
    """CURIE of the forward relation, as `cito:extends`."""
    cito_inverse: str = ""

    @property
    def symmetric(self) -> bool:
        """Whether it reads the same from both ends."""
        return not self.inverse


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


_BUILT_IN = (
    RelationType(
        "parallels",
        "parallels",
        "the same mechanism in a different setting",
        words=("parallel", "analogue"),
        signature="double",
        light="#0f6b46",
        dark="#6fd3a0",
        cito="cito:citesAsRelated",
        cito_inverse="cito:citesAsRelated",
    ),
    RelationType(
        "has-instance",
        "has the case",
        "B is a particular case of the general A",
        "instance-of",
        "is a case of",
        words=("instance", "example", "case"),
        signature="long",
        light="#5b3fb0",
        dark="#b3a0ff",
        cito="skos:narrower",
        cito_inverse="skos:broader",
    ),
    RelationType(
        "framed-by",
        "is framed by",
        "B gives the theory or terms A is put in",
        "frames",
        "frames",
        words=("framework", "theory"),
        light="#0b5f8a",
        dark="#6fc0f5",
        rests_on=True,
        cito="cito:obtainsBackgroundFrom",
        cito_inverse="cito:givesBackgroundTo",
    ),
    RelationType(
        "leads-to",
        "leads to",
        "if A holds, B follows downstream",
        "results-from",
        "results from",
        words=("consequence",),
        signature="dashdot",
        light="#a8114e",
        dark="#ff8fae",
        orders=True,
    ),
    RelationType(
        "explained-by",
        "is explained by",
        "B gives A's mechanism or cause",
        "explains",
        "explains",
        words=("mechanism", "cause"),
        light="#7a4b00",
        dark="#e8b45c",
        rests_on=True,
    ),
    RelationType(
        "supported-by",
        "is supported by",
        "B makes A more credible",
        "supports",
        "supports",
        words=("evidence",),
        signature="heavy",
        light="#1d4fc4",
        dark="#9ab8ff",
        rests_on=True,
        cito="cito:isSupportedBy",
        cito_inverse="cito:supports",
    ),
    RelationType(
        "contradicts",
        "contradicts",
        "A and B cannot both hold as stated",
        words=("contradiction", "counterexample"),
        signature="ticks",
        light="#b3261e",
        dark="#ff9a8c",
        cito="cito:disagreesWith",
        cito_inverse="cito:disagreesWith",
    ),
    RelationType(
        "qualified-by",
        "holds only within",
        "B says when A holds or fails",
        "qualifies",
        "limits",
        words=("limit", "boundary"),
        signature="short",
        light="#94420a",
        dark="#f5a45f",
        rests_on=True,
        cito="cito:isQualifiedBy",
        cito_inverse="cito:qualifies",
    ),
    RelationType(
        "remedied-by",
        "is remedied by",
        "B removes or softens the problem in A",
        "remedies",
        "is a remedy for",
        words=("remedy", "fix"),
        signature="dots",
        light="#004b52",
        dark="#4fd0dc",
    ),
    RelationType(
        "extends",
        "extends",
        "A carries B further",
        "extended-by",
        "is extended by",
        inverse_words=("extension",),
        signature="dashdot",
        light="#2c55a8",
        dark="#9fc0ff",
        rests_on=True,
        orders=True,
        cito="cito:extends",
        cito_inverse="cito:isExtendedBy",
    ),
    RelationType(
        "depends-on",
        "depends on",
        "A needs B to be true or known",
        "needed-by",
        "is needed by",
        words=("prerequisite", "background"),
        signature="short",
        light="#3a3f9e",
        dark="#a9b2ff",
        rests_on=True,
        orders=True,
        cito="cito:usesConclusionsFrom",
        cito_inverse="cito:providesConclusionsFor",
    ),
    RelationType(
        "tested-by",
        "is tested by",
        "B is an experiment or study that checks A",
        "tests",
        "tests",
        words=("test",),
        signature="ticks",
        light="#872a8f",
        dark="#e79bee",
        rests_on=True,
    ),
    RelationType(
        "part-of",
        "is part of",
        "B is the whole or the parent note of A",
        "has-part",
        "has the part",
        words=("parent", "up", "whole"),
        inverse_words=("child", "down", "part"),
        signature="heavy",
        light="#8a2f5e",
        dark="#f0a3c8",
        rests_on=True,
        orders=True,
        cito="dcterms:isPartOf",
        cito_inverse="dcterms:hasPart",
    ),
    RelationType(
        "supersedes",
        "replaces",
        "read A instead of B",
        "superseded-by",
        "is replaced by",
        words=("replaced", "older"),
        signature="long",
        light="#5c5300",
        dark="#d3c65a",
        orders=True,
        cito="cito:updates",
        cito_inverse="dcterms:isReplacedBy",
    ),
    RelationType(
        "related",
        "is related to",
        "a link whose kind nobody said",
        words=("see", "see-also"),
        signature="dots",
        light="#676b62",
        dark="#b4b1a4",
        weight=2.0,
        cito="skos:related",
        cito_inverse="skos:related",
    ),
)


@dataclass(frozen=True)
class RelationTypes:
    """The closed set of types of one collection, in the order they are shown."""

    types: tuple[RelationType, ...] = _BUILT_IN
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
