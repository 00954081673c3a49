"""Text of files in; notes, relations, safe HTML and findings out."""

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
