"""The table of relation types: a row each, which a collection may change or add to.

A relation of note A to note B reads "A *label* B, because *reason*". Only the first column's
direction is stored; the other end reads the inverse.
"""

from dataclasses import dataclass


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


BUILT_IN = (
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
