"""A folder of notes as one value: parsed, resolved, and patched after a change."""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.cache import Entry
from alpgraph.notes.changes import asks, called, names_changed
from alpgraph.notes.files import FileStamp, attachments, looked_for
from alpgraph.notes.findings import finding
from alpgraph.notes.lazy import LazyNotes
from alpgraph.notes.model import Note
from alpgraph.notes.names import nearest
from alpgraph.notes.packing import Packed, findings_of, pack, targets_of
from alpgraph.notes.parsing import name_of, slug_of
from alpgraph.notes.reading import collector_paused, parse_files, read_folder, read_paths
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.notes.resolve import LinkIndex, Resolution, redirects_of
from alpgraph.processes import Helpers

_CLASH = "ALP005"


@dataclass(frozen=True)
class Notebook:
    """All notes of a folder with their links resolved."""

    root: Path
    notes: Mapping[str, Note]
    """By slug, in order of path."""
    types: RelationTypes
    diagnostics: tuple[Diagnostic, ...]
    """What reading found: in each file, and between files."""
    redirects: Mapping[str, str]
    """Aliases and former slugs that lead to a note."""
    revision: int = 1
    index: LinkIndex = field(repr=False, compare=False, kw_only=True)
    unreadable: Mapping[str, Diagnostic] = field(default_factory=dict, repr=False, kw_only=True)
    """Files that could not be read, by path."""
    others: Sequence[str] | None = field(default=None, repr=False, compare=False, kw_only=True)
    """Paths of the files that are no notes, in order, where they are not those on disk."""

    @cached_property
    def attachments(self) -> Sequence[str]:
        """Paths of the files that are no notes, in order."""
        return attachments(self.root) if self.others is None else self.others

    @cached_property
    def _attachments_called(self) -> Mapping[str, Sequence[str]]:
        """The same by their names in lower case."""
        by_name: dict[str, list[str]] = {}
        for path in self.attachments:
            by_name.setdefault(looked_for(path), []).append(path)
        return by_name

    @cached_property
    def findings_by_file(self) -> Mapping[str, tuple[Diagnostic, ...]]:
        """What reading found, by path."""
        by_file: dict[str, list[Diagnostic]] = {}
        for item in self.diagnostics:
            by_file.setdefault(item.place.file, []).append(item)
        return {path: tuple(items) for path, items in by_file.items()}

    def file(self, path: str, origin: str) -> str | None:
        """Return the path below `root` of the file that `path`, written at `origin`, means."""
        candidates = self.files_meant(path, origin)
        return candidates[0] if len(candidates) == 1 else None

    def files_meant(self, path: str, origin: str) -> Sequence[str]:
        """Return the files among which `path`, written in the note at `origin`, cannot decide.

        It is looked for beside the note, from the root, and then by its name, the nearest common
        folder first; as it is written, then with `%20` and the like read as in an address.
        """
        paths = self._files_called(path, origin)
        return paths if paths or "%" not in path else self._files_called(unquote(path), origin)

    def _files_called(self, path: str, origin: str) -> Sequence[str]:
        path = path.replace("\\", "/")
        folder = posixpath.dirname(origin)
        forms = [path.lstrip("/")]
        if path.startswith(f"/{self.root.name}/"):  # sites and forges begin above the folder
            forms.append(path[len(self.root.name) + 2 :])
        if not path.startswith("/"):
            forms.insert(0, posixpath.normpath(posixpath.join(folder, path)))
        attached = self._attachments_called.get(looked_for(path), ())
        for form in forms:
            if form in attached:
                return (form,)
        ending = "/" + path.lstrip("./").lower()
        named = [name for name in attached if ("/" + name.lower()).endswith(ending)]
        return nearest(named, folder)

    def note_of_file(self, path: str, origin: str) -> str | None:
        """Return the address of the note that `path`, called as a file, means if no file does.

        It is a page's own name, as `Node.js`, or the HTML that a site makes of a note.
        """
        name, dot, ending = path.rpartition(".")
        html = f"{name}.md" if dot and ending.lower() in ("html", "htm") else ""
        spellings = filter(None, [html, path])
        return next((to for to in spellings if self.index.resolve(to, origin).slug), None)

    def resolve(self, to: str, origin: str) -> Resolution:
        """Find the note that a link `to`, written in the note `origin`, means."""
        return self.index.resolve(to, origin)


def read_notebook(
    root: Path,
    *,
    types: RelationTypes | None = None,
    cache: Path | None = None,
    pool: Helpers | None = None,
    on_progress: Callable[[int], object] = int,
) -> Notebook:
    """Read every note below `root`; raises `FileNotFoundError` when there is no such folder.

    `cache` is a folder for derived data that is safe to delete; `pool` are processes that
    were started before; `told` is called now and then with how many notes are read.
    """
    root = Path(root)
    if not root.is_dir():
        msg = f"there is no folder {str(root)!r}"
        raise FileNotFoundError(msg)
    types = types or RelationTypes()
    read = read_folder(root, types, cache, pool=pool, on_progress=on_progress)
    return _notebook(root, list(read.entries.values()), types, read.unreadable)


def glance(root: Path, paths: Iterable[str], types: RelationTypes) -> Notebook:
    """Make a notebook of files known by their paths alone, to be read by `update_notebook`.

    Links are found by paths and file names, which come before the aliases and titles that nobody
    knows yet: what is found may only change where its case differs or it holds `#` or `%`.
    """
    stamp, unread = FileStamp(0, 0, 0, 0), pack(Note(slug="", path="", title=""))
    with collector_paused():
        entries = [
            Entry(stamp, unread.called(path, slug_of(path), name_of(path))) for path in paths
        ]
    return _notebook(root, entries, types, {})


def notebook_of(
    files: Mapping[str, bytes], *, root: Path, types: RelationTypes | None = None
) -> Notebook:
    """Make a notebook of files that need not lie on disk: another revision's, or a draft's."""
    types = types or RelationTypes()
    return _notebook(root, parse_files(files, types), types, {})


def update_notebook(notebook: Notebook, changed: Iterable[str]) -> Notebook:
    """Read the named paths again, which may be new, changed or gone, and resolve anew.

    Notes that the change does not touch stay the same objects; so does the notebook where there
    were but files that could not be read before either.
    """
    paths = set(changed)
    read = read_paths(notebook.root, sorted(paths), notebook.types)
    problems = {path: what for path, what in notebook.unreadable.items() if path in paths}
    if not read.entries and read.unreadable == problems and paths <= problems.keys():
        return notebook
    return _patched(notebook, paths, list(read.entries.values()), read.unreadable)


def with_file(notebook: Notebook, path: str, data: bytes) -> Notebook:
    """Return the notebook as it would be with `data` at `path`; nothing is written."""
    return with_files(notebook, {path: data})


def with_files(notebook: Notebook, files: Mapping[str, bytes | None]) -> Notebook:
    """Return the notebook as it would be with these files, or without those that are None."""
    if not files:
        return notebook
    present = {path: data for path, data in files.items() if data is not None}
    return _patched(notebook, set(files), parse_files(present, notebook.types), {})


def _patched(
    notebook: Notebook,
    paths: set[str],
    fresh: list[Entry],
    unreadable: Mapping[str, Diagnostic],
) -> Notebook:
    before = notebook.notes
    assert isinstance(before, LazyNotes)
    readable = not unreadable and notebook.unreadable.keys().isdisjoint(paths)
    if readable and len(fresh) == len(paths) and (rewritten := _rewritten(notebook, fresh)):
        return rewritten
    unchanged = [entry for entry in before.entries.values() if entry.packed.path not in paths]
    entries = sorted([*unchanged, *fresh], key=attrgetter("packed.path"))
    problems = {path: problem for path, problem in notebook.unreadable.items() if path not in paths}
    return _notebook(
        notebook.root,
        entries,
        notebook.types,
        problems | dict(unreadable),
        before=notebook,
    )


def _rewritten(notebook: Notebook, fresh: list[Entry]) -> Notebook | None:
    """Return the notebook with other texts for some files, nothing where a name differs too.

    After most edits that is all, and it need not look at all notes.
    """
    old = notebook.notes
    assert isinstance(old, LazyNotes)
    entries, stale = dict(old.entries), []
    for entry in fresh:
        note = entry.packed
        earlier = entries.get(note.slug)
        if (
            earlier is None
            or earlier.packed.path != note.path
            or called(earlier.packed) != called(note)
        ):
            return None
        entries[note.slug] = entry
        stale.append(earlier.packed)
    packed = [entry.packed for entry in fresh]
    index = notebook.index.updated(stale, packed)
    notes = LazyNotes(entries, index)
    notes.made.update(_untouched(notebook, index, stale, packed))
    paths = {note.path for note in packed}
    findings = [
        item
        for item in notebook.diagnostics
        if item.place.file not in paths or item.code == _CLASH  # it is of the names
    ]
    findings += [item for note in packed for item in findings_of(note)]
    return replace(
        notebook,
        notes=notes,
        diagnostics=_in_order(findings),
        revision=notebook.revision + 1,
        index=index,
    )


def _in_order(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(findings, key=lambda item: (item.place, item.code)))


def _notebook(
    root: Path,
    entries: list[Entry],
    types: RelationTypes,
    unreadable: Mapping[str, Diagnostic],
    *,
    before: Notebook | None = None,
) -> Notebook:
    with collector_paused():
        by_slug, clashes = _distinct(entries)
        packed = [entry.packed for entry in by_slug.values()]
        if before is None:
            index = LinkIndex(packed, root.name)
        else:
            earlier = before.index.notes
            fresh = [note for note in packed if earlier.get(note.slug) is not note]
            stale = [earlier[note.slug] for note in fresh if note.slug in earlier]
            stale += [earlier[slug] for slug in earlier.keys() - by_slug.keys()]
            index = before.index.updated(stale, fresh)
        notes = LazyNotes(by_slug, index)
        if before is not None:
            notes.made.update(_untouched(before, index, stale, fresh))
        findings = [item for note in packed if note.findings for item in findings_of(note)]
    findings += [*unreadable.values(), *clashes]
    return Notebook(
        root=root,
        notes=notes,
        types=types,
        diagnostics=_in_order(findings),
        redirects=MappingProxyType(redirects_of(packed, by_slug)),
        revision=before.revision + 1 if before else 1,
        index=index,
        unreadable=unreadable,
        others=before.others if before else None,
    )


def _untouched(
    before: Notebook, index: LinkIndex, stale: list[Packed], fresh: list[Packed]
) -> dict[str, Note]:
    """Return the notes already made whose links mean what they meant."""
    old = before.notes
    assert isinstance(old, LazyNotes)
    if before.index.mostly_dotted != index.mostly_dotted:
        return {}
    same = dict(old.made)
    for note in (*stale, *fresh):
        same.pop(note.slug, None)
    names = names_changed(stale, fresh)
    if not names:
        return same
    sure = before.index.sure & index.sure
    packed = index.notes
    return {s: note for s, note in same.items() if not asks(targets_of(packed[s]), names, sure)}


def _distinct(entries: list[Entry]) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """Give every note a slug of its own and report slugs that are equal but for case."""
    by_slug: dict[str, Entry] = {}
    slugs: list[str] = []
    for entry in entries:
        packed = entry.packed
        own = _own_slug(packed)
        slugs.append(own)
        if own in by_slug:  # `a.md` beside `a.markdown`
            own = packed.path
        if own != packed.slug:
            entry = entry._replace(packed=packed._replace(slug=own))
        by_slug[own] = entry
    if len(set(map(str.casefold, slugs))) == len(slugs):
        return by_slug, []
    folded: dict[str, list[str]] = {}
    for slug, entry in zip(slugs, entries, strict=True):
        folded.setdefault(slug.casefold(), []).append(entry.packed.path)
    findings = []
    for paths in folded.values():
        for path in paths if len(paths) > 1 else ():
            others = ", ".join(f"`{other}`" for other in paths if other != path)
            message = f"`{path}` and {others} have the same address but for case"
            hint = "rename one of them; some file systems cannot hold both"
            findings.append(finding(_CLASH, message, Place(path), hint=hint))
    return by_slug, findings


def _own_slug(packed: Packed) -> str:
    return packed.slug if packed.slug != packed.path else slug_of(packed.path)
