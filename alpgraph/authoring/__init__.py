"""Writing notes: new ones, tidy ones, imported ones, proposals. Files are written whole or not."""

from alpgraph.authoring.drafts import (
    Draft,
    DraftRelation,
    DraftSource,
    free_slug,
    new_note,
    parse_relation,
    parse_source,
    write_new,
)
from alpgraph.authoring.forge import Forge, find_forge
from alpgraph.authoring.formatting import FormatOutcome, format_folder, format_matter, format_note
from alpgraph.authoring.importing import ImportOutcome, import_folder
from alpgraph.authoring.lines import explain_file
from alpgraph.authoring.propose import Proposal, ProposalError, propose
from alpgraph.authoring.schema import note_schema
from alpgraph.authoring.starting import starter_files, write_starters

__all__ = [
    "Draft",
    "DraftRelation",
    "DraftSource",
    "Forge",
    "FormatOutcome",
    "ImportOutcome",
    "Proposal",
    "ProposalError",
    "explain_file",
    "find_forge",
    "format_folder",
    "format_matter",
    "format_note",
    "free_slug",
    "import_folder",
    "new_note",
    "note_schema",
    "parse_relation",
    "parse_source",
    "propose",
    "starter_files",
    "write_new",
    "write_starters",
]
