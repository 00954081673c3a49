"""The fields of the index, and parsed queries as tantivy takes them."""

from collections.abc import Iterable, Mapping, Sequence

import tantivy

from alpgraph.search.filters import UNTESTED, Filters
from alpgraph.search.query import Query, topic_key
from alpgraph.search.words import ANALYZER

WEIGHTS = {"title": 5.0, "claim": 2.5, "summary": 2.0, "headings": 2.0, "reasons": 1.3, "body": 1.0,
           "sources": 0.7}  # fmt: skip

Clause = tuple[tantivy.Occur, tantivy.Query]


def make_schema() -> tantivy.Schema:
    """Return the fields of a note."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("slug", stored=True, tokenizer_name="raw")
    for name in WEIGHTS:
        builder.add_text_field(name, tokenizer_name=ANALYZER)
    for name in ("topic", "has"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


class QueryCompiler:
    """Turns parsed queries into those of tantivy, for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        """Compile for an index with `schema`."""
        self._schema = schema

    def compile(
        self, query: Query, *, all_words: bool, conditions: Sequence[Clause] = ()
    ) -> tantivy.Query:
        """Ask for notes with all words and phrases of a query, or any, that meet conditions."""
        occur = tantivy.Occur.Must if all_words else tantivy.Occur.Should
        parts = [
            (occur, self._word(word, query.unfinished and word == query.words[-1]))
            for word in query.words
        ]
        parts += [(occur, self._phrase(phrase)) for phrase in query.phrases]
        text = tantivy.Query.boolean_query(parts) if parts else tantivy.Query.all_query()
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, text), *conditions])

    def _word(self, word: str, unfinished: bool) -> tantivy.Query:
        query = tantivy.Query
        options = []
        for field, weight in WEIGHTS.items():
            exact = query.term_query(self._schema, field, word)
            options.append(query.boost_query(exact, weight))
            if unfinished and len(word) > 1:
                begun = query.fuzzy_term_query(self._schema, field, word, distance=0, prefix=True)
                options.append(query.boost_query(query.const_score_query(begun, 1.0), weight / 2))
            if len(word) > 4 and word.isascii() and not word.isdigit():
                near = query.fuzzy_term_query(self._schema, field, word, distance=1)
                options.append(query.boost_query(query.const_score_query(near, 1.0), weight / 4))
        return query.disjunction_max_query(options, tie_breaker=0.3)

    def _phrase(self, words: tuple[str, ...]) -> tantivy.Query:
        query = tantivy.Query
        return query.disjunction_max_query(
            [
                query.boost_query(query.phrase_query(self._schema, name, list(words)), weight)
                for name, weight in WEIGHTS.items()
            ],
            tie_breaker=0.3,
        )

    def conditions(
        self, query: Query, filters: Filters | None, verdicts: Mapping[str, str]
    ) -> list[Clause]:
        """Return what the filters of a query ask of the index."""
        must = tantivy.Occur.Must
        parts = []
        for key, value in query.filters:
            if key in ("topic", "has"):
                parts.append((must, self._term(key, value)))
            elif key != "verdict" and filters is not None:
                slugs = filters.typed(value) if key == "type" else filters.linking(value)
                parts.append((must, self._among(slugs or ())))
        if words := {value for key, value in query.filters if key == "verdict"}:
            parts.append((must, self._judged(words, verdicts)))
        return parts

    def _judged(self, words: set[str], verdicts: Mapping[str, str]) -> tantivy.Query:
        """Ask for notes of any of these verdicts."""
        must, either = tantivy.Occur.Must, tantivy.Occur.Should
        slugs = [slug for slug, verdict in verdicts.items() if topic_key(verdict) in words]
        options = [(either, self._among(slugs))]
        if not words.isdisjoint(UNTESTED):
            untested = [(must, self._term("has", "claim")),
                        (tantivy.Occur.MustNot, self._among(verdicts))]  # fmt: skip
            options.append((either, tantivy.Query.boolean_query(untested)))
        return tantivy.Query.boolean_query(options)

    def _term(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.const_score_query(
            tantivy.Query.term_query(self._schema, field, value), 0.0
        )

    def _among(self, slugs: Iterable[str]) -> tantivy.Query:
        query = tantivy.Query.term_set_query(self._schema, "slug", list(slugs))
        return tantivy.Query.const_score_query(query, 0.0)
