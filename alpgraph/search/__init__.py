"""Ranked search with one typing error forgiven, snippets, and near notes (tantivy)."""

from alpgraph.search.index import SearchIndex, open_index
from alpgraph.search.query import Query, parse_query, topic_key
from alpgraph.search.snippets import Hit, Piece

__all__ = ["Hit", "Piece", "Query", "SearchIndex", "open_index", "parse_query", "topic_key"]
