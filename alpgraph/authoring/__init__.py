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
from alpgraph.authoring.form import (
    MAX_ROWS,
    Form,
    RelationRow,
    SourceRow,
    fits_form,
    form_of,
    read_form,
    rewritten_by_form,
    text_of_form,
)
from alpgraph.authoring.formatting import FormatOutcome, format_folder, format_matter, format_note
from alpgraph.authoring.importing import ImportOutcome, import_folder
from alpgraph.authoring.lines import explain_file
from alpgraph.authoring.propose import Proposal, ProposalError, propose
from alpgraph.authoring.renaming import (
    Renaming,
    RenamingError,
    apply_renaming,
    path_named,
    plan_renaming,
)
from alpgraph.authoring.rewriting import retyped, shown_whole
from alpgraph.authoring.schema import note_schema
from alpgraph.authoring.starting import starter_files, write_starters
from alpgraph.authoring.trying import DraftedNote, FieldFinding, try_draft

__all__ = [
    "MAX_ROWS",
    "Draft",
    "DraftRelation",
    "DraftSource",
    "DraftedNote",
    "FieldFinding",
    "Forge",
    "Form",
    "FormatOutcome",
    "ImportOutcome",
    "Proposal",
    "ProposalError",
    "RelationRow",
    "Renaming",
    "RenamingError",
    "SourceRow",
    "apply_renaming",
    "explain_file",
    "find_forge",
    "fits_form",
    "form_of",
    "format_folder",
    "format_matter",
    "format_note",
    "free_slug",
    "import_folder",
    "new_note",
    "note_schema",
    "parse_relation",
    "parse_source",
    "path_named",
    "plan_renaming",
    "propose",
    "read_form",
    "retyped",
    "rewritten_by_form",
    "shown_whole",
    "starter_files",
    "text_of_form",
    "try_draft",
    "write_new",
    "write_starters",
]
