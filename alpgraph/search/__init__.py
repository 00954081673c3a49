"""Ranked search with one typing error forgiven, snippets, and near notes (tantivy)."""

from alpgraph.search.index import SearchIndex, open_index, sources_text
from alpgraph.search.query import MAX_CHARACTERS, Query, parse_query, topic_key
from alpgraph.search.snippets import Hit, Piece

__all__ = [
    "MAX_CHARACTERS",
    "Hit",
    "Piece",
    "Query",
    "SearchIndex",
    "open_index",
    "parse_query",
    "sources_text",
    "topic_key",
]
