"""The collection of a folder as it stands: what changed on disk is read again before an answer."""

from threading import Lock

from alpgraph.check import check_notebook
from alpgraph.config import Config, Location
from alpgraph.diagnostics import Diagnostic
from alpgraph.experiments import fault_finders
from alpgraph.notes import stale_paths, update_notebook
from alpgraph.pages import Collection, build_collection, patched
from alpgraph.search import SearchIndex, open_index


class Follower:
    """Reads a folder when first asked, and what changed in it when asked again."""

    def __init__(self, location: Location, config: Config) -> None:
        """Take where the notes lie and what their settings are; reads nothing yet."""
        self.location, self.config = location, config
        self._collection: Collection | None = None
        self._index: SearchIndex | None = None
        self._checked: tuple[Collection, list[Diagnostic]] | None = None
        self._lock = Lock()

    def collection(self) -> Collection:
        """Return the collection as the folder holds it now; safe to call from any thread."""
        with self._lock:
            before = self._collection
            if before is None:
                after = build_collection(self.location.notes, self.location.state, self.config)
            else:
                stale = stale_paths(before.notebook)
                notebook = update_notebook(before.notebook, stale) if stale else before.notebook
                same = notebook is before.notebook
                after = before if same else patched(before, notebook).after
            self._collection = after
            return after

    def search(self, collection: Collection) -> SearchIndex:
        """Return the search index of a collection that `collection` gave."""
        with self._lock:
            if self._index is None:
                self._index = open_index(collection.notebook, self.location.cache())
            else:
                self._index.update(collection.notebook)
            return self._index

    def findings(self, collection: Collection) -> list[Diagnostic]:
        """Return what `check` finds in a collection; kept until another one is asked about."""
        with self._lock:
            if self._checked is None or self._checked[0] is not collection:
                found = check_notebook(collection.notebook, collection.graph, fault_finders())
                self._checked = collection, found
            return self._checked[1]
