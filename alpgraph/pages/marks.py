"""The small signs that pictures share: a verdict's landform, a relation's line."""

from alpgraph.notes import RelationTypes

SHAPES = {
    "supported": '<path d="M8 1.5 15 14H1z"/>',
    "contradicted": '<path d="M8 14.5 1 2h14z"/>',
    "no effect": '<path d="M1 6h14v4H1z"/>',
    "inconclusive": '<circle class="fog" cx="8" cy="8" r="5.4"/>',
}
"""Peak, hollow, plain and fog, in a box of 16 by 16."""

UNSAID = "unsaid"
"""How filters name the basis of a relation that says none."""
BASES = (
    ("paper", "a paper"),
    ("measured", "measured here"),
    ("reading", "our reading"),
    (UNSAID, "not said"),
)
"""What a relation may rest on, as filters name it and as they show it."""


def verdict_sign(verdict: str, x: float, y: float, size: float) -> str:
    """Draw a verdict's landform with its word as title."""
    return (
        f'<svg class="sign v-{verdict.replace(" ", "-")}" x="{x:g}" y="{y:.1f}" width="{size:g}" '
        f'height="{size:g}" viewBox="0 0 16 16"><title>{verdict}</title>{SHAPES[verdict]}</svg>'
    )


def line_path(types: RelationTypes, type_id: str, d: str) -> str:
    """Draw a path in the colour and signature of a relation type; mentions look like `related`."""
    kind = types.by_id.get(type_id) or types.by_id["related"]
    path = f'<path class="r r-{kind.id} s-{kind.signature}" d="{d}"/>'
    return path + f'<path class="s-gap" d="{d}"/>' if kind.signature == "double" else path
