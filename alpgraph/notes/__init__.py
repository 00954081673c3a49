"""Text of files in; notes, relations, safe HTML and findings out.

Each name is imported on first use: what reads kept values needs no parser.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alpgraph.notes.anchors import heading_anchor, wanted_anchor
    from alpgraph.notes.freshness import is_empty_file, stale_paths, state_digest
    from alpgraph.notes.inline import render_inline
    from alpgraph.notes.model import (
        Basis,
        ExperimentRef,
        Heading,
        Mention,
        Note,
        Relation,
        Source,
    )
    from alpgraph.notes.notebook import (
        Notebook,
        changed_slugs,
        notebook_of,
        read_notebook,
        update_notebook,
        with_file,
        with_files,
    )
    from alpgraph.notes.parsing import digest, parse_note, slug_of
    from alpgraph.notes.prose import render_prose
    from alpgraph.notes.relation_types import (
        Reading,
        RelationType,
        RelationTypes,
        label_from,
        types_of,
    )
    from alpgraph.notes.render import render_body
    from alpgraph.notes.resolve import Resolution
    from alpgraph.notes.sanitize import SafeHtml

_LATER = {
    "anchors": ("heading_anchor", "wanted_anchor"),
    "freshness": ("is_empty_file", "stale_paths", "state_digest"),
    "inline": ("render_inline",),
    "model": ("Basis", "ExperimentRef", "Heading", "Mention", "Note", "Relation", "Source"),
    "notebook": (
        "Notebook",
        "changed_slugs",
        "notebook_of",
        "read_notebook",
        "update_notebook",
        "with_file",
        "with_files",
    ),
    "parsing": ("digest", "parse_note", "slug_of"),
    "prose": ("render_prose",),
    "relation_types": ("Reading", "RelationType", "RelationTypes", "label_from", "types_of"),
    "render": ("render_body",),
    "resolve": ("Resolution",),
    "sanitize": ("SafeHtml",),
}
_HOME = {name: module for module, names in _LATER.items() for name in names}

__all__ = [
    "Basis",
    "ExperimentRef",
    "Heading",
    "Mention",
    "Note",
    "Notebook",
    "Reading",
    "Relation",
    "RelationType",
    "RelationTypes",
    "Resolution",
    "SafeHtml",
    "Source",
    "changed_slugs",
    "digest",
    "heading_anchor",
    "is_empty_file",
    "label_from",
    "notebook_of",
    "parse_note",
    "read_notebook",
    "render_body",
    "render_inline",
    "render_prose",
    "slug_of",
    "stale_paths",
    "state_digest",
    "types_of",
    "update_notebook",
    "wanted_anchor",
    "with_file",
    "with_files",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for late."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
