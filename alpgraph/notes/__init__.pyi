from .anchors import (
    heading_anchor as heading_anchor,
    wanted_anchor as wanted_anchor,
)
from .changes import (
    changed_slugs as changed_slugs,
)
from .freshness import (
    is_empty_file as is_empty_file,
    read_digest as read_digest,
    stale_paths as stale_paths,
    state_digest as state_digest,
)
from .inline import (
    render_inline as render_inline,
)
from .lazy import (
    modified as modified,
)
from .lazy import (
    outline as outline,
)
from .model import (
    Basis as Basis,
    ExperimentRef as ExperimentRef,
    Heading as Heading,
    Mention as Mention,
    Note as Note,
    Relation as Relation,
    Source as Source,
)
from .notebook import (
    Notebook as Notebook,
    notebook_of as notebook_of,
    read_notebook as read_notebook,
    update_notebook as update_notebook,
    with_file as with_file,
    with_files as with_files,
)
from .opening import (
    Opening as Opening,
)
from .parsing import (
    digest as digest,
    parse_note as parse_note,
    slug_of as slug_of,
)
from .prose import (
    render_prose as render_prose,
)
from .relation_table import (
    RelationType as RelationType,
)
from .relation_types import (
    Reading as Reading,
    RelationTypes as RelationTypes,
    label_from as label_from,
    types_of as types_of,
)
from .render import (
    render_body as render_body,
)
from .resolve import (
    Resolution as Resolution,
)
from .sanitize import (
    SafeHtml as SafeHtml,
)
