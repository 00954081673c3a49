"""The index: kept in the cache folder, brought up to date by digests, rebuilt when damaged."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from threading import Lock

import tantivy

from alpgraph.locks import file_lock
from alpgraph.notes import Note, Notebook
from alpgraph.notes.shown import outside_addresses, shown_text
from alpgraph.search.compiler import WEIGHTS, QueryCompiler, make_schema
from alpgraph.search.damage import no_panic, refuse_pipes
from alpgraph.search.filters import Filters, facts
from alpgraph.search.query import Query, parse_query, topic_key
from alpgraph.search.snippets import Hit, mark, snippet
from alpgraph.search.words import ANALYZER, analyzer, split_cjk
from alpgraph.state import read_regular

VERSION = 4
SPARE = 16
"""Near notes asked for beyond those wanted, since equally near ones come in any order."""
BUSY = "LockBusy"
"""What tantivy says where another writer holds the folder."""


class SearchIndex:
    """Search over one notebook; `update` follows the notebook, `search` and `near` ask."""

    def __init__(self, folder: Path | None) -> None:
        """Open the index in `folder`, or an empty one in memory when `folder` is None."""
        self._schema = make_schema()
        self._compiler = QueryCompiler(self._schema)
        self._folder = folder
        self._digests: dict[str, str] = {}
        self._stamp: tuple[int, int] | None = None
        self._notes: Mapping[str, Note] = {}
        self._filters: Filters | None = None
        self._notebook: Notebook | None = None
        """What it was last brought up to date with."""
        self._mend_lock = Lock()
        self._index = self._open()
        self._index.register_tokenizer(ANALYZER, analyzer())

    def _open(self) -> tantivy.Index:
        if self._folder is None:
            return tantivy.Index(self._schema)
        try:
            self._read_digests(self._folder)
            refuse_pipes(self._folder)
            with no_panic():
                index = tantivy.Index(self._schema, path=str(self._folder))
                if index.searcher().num_docs == len(self._digests):
                    return index
        except (OSError, ValueError):
            pass  # absent, older or damaged: made anew below
        self._digests, self._stamp = {}, None
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return tantivy.Index(self._schema, path=str(self._folder))

    def _read_digests(self, folder: Path) -> None:
        """Learn which texts the folder holds now; raises OSError or ValueError."""
        path = folder / "digests.json"
        status = path.stat()
        if (stamp := (status.st_ino, status.st_mtime_ns)) == self._stamp:
            return
        known = json.loads(read_regular(path))
        try:
            version, digests = known["version"], dict(known["digests"])
        except (KeyError, TypeError):
            raise ValueError(f"{path} is damaged") from None
        if version != VERSION:
            raise ValueError(f"{path} is of version {version!r}")
        self._digests, self._stamp = digests, stamp

    def follows(self, notebook: Notebook) -> bool:
        """Whether the index is that of `notebook`, with nothing left to bring up to date."""
        return notebook is self._notebook

    def update(self, notebook: Notebook) -> int:
        """Index what changed since the last call; return how many notes that was.

        What another process has written meanwhile is not written again. A damaged folder is
        written anew; where that fails, or another process goes on writing there, the index goes
        on in memory.
        """
        if self.follows(notebook):
            return 0
        if self._folder is None:
            return self._update(notebook)
        with file_lock(_lock(self._folder)) as locked:
            if not locked:
                self._start_over(None)
            return self._update(notebook)

    def _update(self, notebook: Notebook) -> int:
        self._notes, self._filters = notebook.notes, Filters(notebook)
        try:
            with no_panic():
                return self._write(notebook)
        except (OSError, ValueError) as error:
            if self._folder is None:
                raise
            self._start_over(None if BUSY in str(error) else self._folder)
        try:
            return self._write(notebook)
        except (OSError, ValueError):
            self._start_over(None)
            return self._write(notebook)

    def _start_over(self, folder: Path | None) -> None:
        """Begin with an empty index in `folder`, or in memory."""
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        self._folder, self._digests, self._stamp = folder, {}, None
        self._index = self._open()
        self._index.register_tokenizer(ANALYZER, analyzer())

    def _write(self, notebook: Notebook) -> int:
        now = {slug: note.digest for slug, note in notebook.index.notes.items()}
        if now != self._digests and self._folder is not None and self._stamp is not None:
            self._read_digests(self._folder)
            self._index.reload()
        removed = [slug for slug in self._digests if slug not in now]
        changed = [slug for slug, digest in now.items() if self._digests.get(slug) != digest]
        if not removed and not changed:
            self._notebook = notebook
            return 0
        writer = self._index.writer(heap_size=50_000_000, num_threads=1)
        for slug in [*removed, *(slug for slug in changed if slug in self._digests)]:
            writer.delete_documents_by_term("slug", slug)
        for slug in changed:
            writer.add_document(self._document(notebook.notes[slug]))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._digests = now
        if self._folder is not None:
            text = json.dumps({"version": VERSION, "digests": now})
            temporary = self._folder / "digests.json.part"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._folder / "digests.json")
            self._read_digests(self._folder)
        self._notebook = notebook
        return len(removed) + len(changed)

    @staticmethod
    def _document(note: Note) -> tantivy.Document:
        document = tantivy.Document()
        texts = {
            "title": f"{note.title} {note.slug} {' '.join(note.aliases)}",
            "claim": note.claim,
            "summary": note.summary,
            "headings": " ".join(heading.text for heading in note.headings),
            "reasons": " ".join(relation.why for relation in note.relations),
            "body": shown_text(note.body),
            "sources": " ".join([sources_text(note), *outside_addresses(note.body)]),
        }
        document.add_text("slug", note.slug)
        for name, text in texts.items():
            document.add_text(name, split_cjk(text))
        raw: dict[str, Iterable[str]] = {
            "topic": map(topic_key, note.topics),
            "has": facts(note),
        }
        for name, values in raw.items():
            for value in values:
                document.add_text(name, value)
        return document

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        verdicts: Mapping[str, str] | None = None,
    ) -> tuple[int, list[Hit]]:
        """Return how many notes match `text` and the hits from `offset`, best first.

        `verdicts` (slug -> verdict) answers the filter `verdict:`.
        """
        query = parse_query(text)
        if query.empty:
            return 0, []
        conditions = self._compiler.conditions(query, self._filters, verdicts or {})
        for all_words in (True, False):
            compiled = self._compiler.compile(query, all_words=all_words, conditions=conditions)
            total, rows = self._run(compiled, max(1, limit), offset)
            if total or len(query.words) + len(query.phrases) < 2:
                break
        notes = self._notes  # `update` in another thread may have put others in their place
        return total, [_hit(notes[slug], score, query) for score, slug in rows if slug in notes]

    def unknown(self, text: str) -> list[str]:
        """Say of each filter in `text` whose value no note can have which values there are."""
        return self._filters.unknown(parse_query(text)) if self._filters else []

    def _run(
        self, query: tantivy.Query, limit: int, offset: int
    ) -> tuple[int, list[tuple[float, str]]]:
        """Ask the index; one that turns out to be damaged is made anew before."""
        index = self._index
        try:
            with no_panic():
                return _hits(index, query, limit, offset)
        except ValueError:
            self._mend(index)
        return _hits(self._index, query, limit, offset)

    def _mend(self, damaged: tantivy.Index) -> None:
        """Go on in memory in place of a damaged folder; who opens that next makes it anew."""
        with self._mend_lock:
            if self._index is damaged and self._folder is not None and self._notebook is not None:
                (self._folder / "digests.json").unlink(missing_ok=True)
                self._start_over(None)
                self._write(self._notebook)

    def absent(self, text: str) -> list[str]:
        """Return the words of a query that stand in no note, as the index holds them.

        What was found for such a word is like it, or was found by the other words. A word that an
        edit has just taken away may still count as there.
        """
        query, searcher = parse_query(text), self._index.searcher()
        last = query.words[-1:] if query.unfinished else ()
        return [
            word
            for word in query.words
            if not any(searcher.doc_freq(field, word) for field in WEIGHTS)
            and not (word in last and any(_begins(searcher, field, word) for field in WEIGHTS))
        ]

    def near(self, text: str, *, limit: int = 5, without: str = "") -> list[Hit]:
        """Return the notes whose words are most like `text` (a draft, or a wrong address)."""
        query = parse_query(" ".join(_telling(text)))
        if not query.words:
            return []
        loose = Query(query.words, unfinished=False)
        _, rows = self._run(self._compiler.compile(loose, all_words=False), limit + SPARE, 0)
        rows.sort(key=lambda row: (-round(row[0], 2), row[1]))  # not by which was indexed first
        notes, empty = self._notes, Query()
        ranked = [(score, notes[slug]) for score, slug in rows if slug != without and slug in notes]
        return [_hit(note, score, empty) for score, note in ranked[:limit]]


def _begins(searcher: tantivy.Searcher, field: str, word: str) -> bool:
    return bool(searcher.terms_with_prefix(field, word, limit=1))


def _hits(
    index: tantivy.Index, query: tantivy.Query, limit: int, offset: int
) -> tuple[int, list[tuple[float, str]]]:
    """Return how many notes match and the score and slug of some, best first."""
    searcher = index.searcher()
    answer = searcher.search(query, limit=limit, offset=offset)
    rows = [(score, str(searcher.doc(at)["slug"][0])) for score, at in answer.hits]
    return int(getattr(answer, "count", 0) or 0), rows


def _hit(note: Note, score: float, query: Query) -> Hit:
    reasons = " · ".join(relation.why for relation in note.relations if relation.why)
    plain = (shown_text(text) for text in (note.body,))  # made only where it is looked at
    texts = chain([note.summary, note.claim], plain, [reasons, sources_text(note)])
    return Hit(note.slug, mark(note.title, query), snippet(texts, query), round(score, 4))


def sources_text(note: Note) -> str:
    """Return what is known of the works that a note cites, by which it may be looked for."""
    works = []
    for source in note.sources:
        named = source.kind in ("url", "other")
        known_as = source.id if named else f"{source.kind}:{source.id}"
        parts = dict.fromkeys([", ".join(source.authors), source.title, source.year, known_as])
        works.append(", ".join(filter(None, parts)))
    return " · ".join(works)


def _telling(text: str) -> list[str]:
    """Return the longest distinct words of `text`, in order, as a short query."""
    words = dict.fromkeys(word for word in re.findall(r"\w{3,}", text[:20_000]))
    longest = sorted(words, key=len, reverse=True)[:16]
    return [word for word in words if word in set(longest)]


def open_index(notebook: Notebook, cache: Path | None = None) -> SearchIndex:
    """Return an index of `notebook`, kept in the folder `cache` (in memory when None)."""
    if cache is not None:
        folder = cache / "search"
        with file_lock(_lock(folder)) as locked, suppress(OSError, ValueError):
            if locked:
                index = SearchIndex(folder)
                index._update(notebook)
                return index
    index = SearchIndex(None)  # nobody is kept from searching by a folder that cannot be used
    index.update(notebook)
    return index


def _lock(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
