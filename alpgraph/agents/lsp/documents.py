"""The collection as an editor sees it: texts that lie open stand in place of their files."""

from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from pygls.uris import from_fs_path, to_fs_path

from alpgraph.agents.following import Follower
from alpgraph.diagnostics import Diagnostic
from alpgraph.notes import Note, digest, slug_of, with_files
from alpgraph.notes.decoding import decode
from alpgraph.notes.files import is_note_name, read_file
from alpgraph.pages import Collection, patched


class TextPosition(NamedTuple):
    """A place in a text: line and column from 1, columns in characters."""

    line: int
    column: int


class OpenDocuments:
    """Open texts over a followed folder; safe to ask from any thread."""

    def __init__(self, follower: Follower) -> None:
        """Begin with no text open; reads nothing yet."""
        self._follower = follower
        self._root = follower.location.notes
        self._open: dict[str, tuple[str, bytes]] = {}
        """By path: the editor's address and the text."""
        self._patched: tuple[Collection, dict[str, bytes], Collection] | None = None
        self._last: Collection | None = None
        self._lock = Lock()

    def path_of(self, uri: str) -> str | None:
        """Return the path below the notes folder; None for what could be no note there."""
        file = to_fs_path(uri) if urlsplit(uri).scheme == "file" else None
        if not file or not is_note_name(Path(file).name):
            return None
        place = Path(file).parent.resolve() / Path(file).name
        if not place.is_relative_to(self._root):
            return None
        path = place.relative_to(self._root)
        return None if any(part.startswith(".") for part in path.parts[:-1]) else path.as_posix()

    def uri_of(self, path: str) -> str:
        """Return the address of a path, as the editor wrote it where it has it open."""
        text = self._open.get(path)
        return text[0] if text else str(from_fs_path(str(self._root / path)))

    def set_text(self, uri: str, text: str) -> None:
        """Take a text in place of its file."""
        if path := self.path_of(uri):
            self._open[path] = uri, text.encode("utf-8", "replace")

    def close(self, uri: str) -> None:
        """Let the file count again."""
        self._open.pop(self.path_of(uri) or "", None)

    @property
    def paths(self) -> list[str]:
        """Paths of the open texts."""
        return list(self._open)

    def last_collection(self) -> Collection:
        """Return the collection as it was last asked for: good for names, without a wait."""
        return self._last or self.collection()

    def collection(self) -> Collection:
        """Return the collection as the folder and the open texts stand now."""
        with self._lock:
            self._last = self._current()
            return self._last

    def _current(self) -> Collection:
        base = self._follower.collection()
        documents = self._open.copy()
        texts = {
            path: data for path, (_, data) in documents.items() if not _is_saved(base, path, data)
        }
        if not texts:
            return base
        if self._patched is None or self._patched[0] is not base or self._patched[1] != texts:
            after = patched(base, with_files(base.notebook, texts)).after
            self._patched = base, texts, after
        return self._patched[2]

    def findings(self) -> dict[str, list[Diagnostic]]:
        """Return by path what `check` finds, open texts first."""
        found: dict[str, list[Diagnostic]] = {path: [] for path in self.paths}
        for one in self._follower.findings(self.collection()):
            found.setdefault(one.place.file, []).append(one)
        return found

    def lines(self, path: str) -> list[str]:
        """Return the lines of a text, or of its file; none where it is gone."""
        try:
            return decode(path, self.data(path))[0].split("\n")
        except OSError:
            return []

    def data(self, path: str) -> bytes:
        """Return the content of a text, or of its file; raises OSError where it is gone."""
        text = self._open.get(path)
        return text[1] if text else read_file(self._root, path)[0]


def note_at(collection: Collection, path: str) -> Note | None:
    """Return the note that lies at a path."""
    for slug in (slug_of(path), path):  # `a.md` beside `a.markdown` has its whole path for a slug
        note = collection.notes.get(slug)
        if note is not None and note.path == path:
            return note
    return None


def _is_saved(base: Collection, path: str, data: bytes) -> bool:
    """Whether a file holds just this text."""
    note = base.notebook.index.notes.get(slug_of(path))
    return note is not None and note.path == path and note.digest == digest(data)
