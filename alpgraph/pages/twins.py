"""What else a note is given as: Markdown, and its sources for reference managers."""

import json
from collections.abc import Callable, Mapping

from alpgraph.pages.citations import bibtex, csl_json
from alpgraph.pages.note import note_markdown
from alpgraph.pages.state import Collection

TWINS: Mapping[str, Callable[[Collection, str], tuple[str, str]]] = {
    ".md": lambda collection, slug: (note_markdown(collection, slug), "text/markdown"),
    ".bib": lambda collection, slug: (bibtex(collection.notes[slug].sources), "text/x-bibtex"),
    ".csl.json": lambda collection, slug: (
        json.dumps(csl_json(collection.notes[slug].sources), indent=1, ensure_ascii=False),
        "application/vnd.citationstyles.csl+json",
    ),
}
"""Ending of the address -> (text, media type)."""
