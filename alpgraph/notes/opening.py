"""A large folder while it is being read: known by its file names, note by note as asked for."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from alpgraph.notes.files import is_note_name, walk
from alpgraph.notes.lazy import links
from alpgraph.notes.notebook import Notebook, glance, read_notebook, update_notebook
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.processes import Helpers

MAX_LINKED = 200
"""Linked notes that are read for the page of one."""
MOMENT = 0.05
"""Seconds that reading a few hundred notes waits for pages at most, so that it comes to an end."""


class Opening:
    """The reading of a folder, which goes on in a thread while pages are made of a glance at it."""

    def __init__(self, root: Path, types: RelationTypes, cache: Path | None) -> None:
        """Look which files there are; `cache` is a folder for what is safe to delete."""
        self._root, self._types, self._cache = root, types, cache
        self._pool: Helpers | None = None
        self._paths = [path for path, _ in walk(root) if is_note_name(path.rpartition("/")[2])]
        self.total = len(self._paths)
        """Notes there are."""
        self.done = 0
        """Notes that are read."""
        self._pages = 0
        """Pages that are being made."""
        self._quiet = Event()
        self._quiet.set()

    def prepare(self) -> None:
        """Start the processes that will help: while this one has one thread they are forks."""
        self._pool = Helpers()

    def glance(self) -> Notebook:
        """Return a notebook in which no note is read."""
        return glance(self._root, self._paths, self._types)

    def read_note(self, notebook: Notebook, slug: str) -> Notebook:
        """Return the notebook, begun as a glance, with a note and those it links to read."""
        notebook = _with(notebook, [slug])
        if slug not in notebook.notes:  # it is gone meanwhile
            return notebook
        targets = dict.fromkeys(link.target for link in links(notebook.notes, slug))
        return _with(notebook, [target for target in targets if target][:MAX_LINKED])

    def read(self) -> Notebook:
        """Read all notes; may be called once."""
        try:
            return read_notebook(
                self._root,
                types=self._types,
                cache=self._cache,
                pool=self._pool,
                on_progress=self._on_progress,
            )
        finally:
            self.cancel()

    def cancel(self) -> None:
        """End the other processes, and so the reading."""
        if self._pool is not None:
            self._pool.end()

    @contextmanager
    def pages_first(self) -> Iterator[None]:
        """Have the reading wait, for moments, while a page is made; for use in one thread."""
        self._pages += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._pages -= 1
            if not self._pages:
                self._quiet.set()

    def _on_progress(self, done: int) -> None:
        self.done = done
        self._quiet.wait(MOMENT)


def _with(notebook: Notebook, slugs: Iterable[str]) -> Notebook:
    notes = notebook.index.notes
    unread = [notes[slug].path for slug in slugs if not notes[slug].digest]
    return update_notebook(notebook, unread) if unread else notebook
