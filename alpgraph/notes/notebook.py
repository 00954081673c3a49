"""A folder of notes as one value: parsed, resolved, and patched after a change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from alpgraph.diagnostics import Diagnostic, Place
from alpgraph.notes.files import attachments, read_file, walk
from alpgraph.notes.findings import finding
from alpgraph.notes.model import Mention, Note, Relation
from alpgraph.notes.parsing import parse_note
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.notes.resolve import LinkIndex, Resolution, redirects_of


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

    @cached_property
    def attachments(self) -> Mapping[str, list[str]]:
        """Paths of the files that are no notes, by their names in lower case."""
        return attachments(self.root)

    def resolve(self, to: str, origin: str) -> Resolution:
        """Find the note that a link `to`, written in the note `origin`, means."""
        return self.index.resolve(to, origin)


def read_notebook(
    root: Path, *, types: RelationTypes | None = None, cache: Path | None = None
) -> Notebook:
    """Read every note below `root`; raises `FileNotFoundError` when there is no such folder.

    `cache` is a folder for derived data that is safe to delete.
    """
    root = Path(root)
    if not root.is_dir():
        msg = f"there is no folder {str(root)!r}"
        raise FileNotFoundError(msg)
    types = types or RelationTypes()
    parsed: list[Note] = []
    unreadable: dict[str, Diagnostic] = {}
    for path, _ in walk(root):
        _read(root, path, types, parsed, unreadable)
    return _notebook(root, parsed, types, unreadable, 1)


def notebook_of(
    files: Mapping[str, bytes], *, root: Path, types: RelationTypes | None = None
) -> Notebook:
    """Make a notebook of files that need not lie on disk: another revision's, or a draft's."""
    types = types or RelationTypes()
    parsed = [parse_note(path, data, types=types) for path, data in sorted(files.items())]
    return _notebook(root, parsed, types, {}, 1)


def update_notebook(notebook: Notebook, changed: Iterable[str]) -> Notebook:
    """Read the named paths again, which may be new, changed or gone, and resolve what they affect."""
    paths = dict.fromkeys(changed)
    parsed = [note for note in notebook.index.notes.values() if note.path not in paths]
    unreadable = {
        path: problem for path, problem in notebook.unreadable.items() if path not in paths
    }
    for path in paths:
        _read(notebook.root, path, notebook.types, parsed, unreadable)
    parsed.sort(key=lambda note: note.path)
    return _notebook(notebook.root, parsed, notebook.types, unreadable, notebook.revision + 1)


def _read(
    root: Path,
    path: str,
    types: RelationTypes,
    parsed: list[Note],
    unreadable: dict[str, Diagnostic],
) -> None:
    try:
        data, stamp = read_file(root, path)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        unreadable[path] = finding("ALP004", f"the file cannot be read: {reason}", Place(path))
        return
    parsed.append(parse_note(path, data, types=types, modified=stamp.modified_ns / 1e9))


def _notebook(
    root: Path,
    parsed: list[Note],
    types: RelationTypes,
    unreadable: Mapping[str, Diagnostic],
    revision: int,
) -> Notebook:
    parsed, clashes = _distinct(parsed)
    index = LinkIndex(parsed)
    notes = {note.slug: _resolved(note, index) for note in parsed}
    found = [item for note in parsed for item in note.diagnostics]
    found += [*unreadable.values(), *clashes]
    found.sort(key=lambda item: (item.place, item.code))
    return Notebook(
        root=root,
        notes=MappingProxyType(notes),
        types=types,
        diagnostics=tuple(found),
        redirects=MappingProxyType(redirects_of(notes)),
        revision=revision,
        index=index,
        unreadable=unreadable,
    )


def _distinct(parsed: list[Note]) -> tuple[list[Note], list[Diagnostic]]:
    """Give every note a slug of its own and report slugs that are equal but for case."""
    taken: dict[str, Note] = {}
    kept = []
    by_folded: dict[str, list[Note]] = {}
    for note in parsed:
        if note.slug in taken:  # `a.md` beside `a.markdown`
            note = replace(note, slug=note.path)
        taken[note.slug] = note
        kept.append(note)
        by_folded.setdefault(note.slug.casefold(), []).append(note)
        if note.slug == note.path:
            by_folded.setdefault(note.path.rpartition(".")[0].casefold(), []).append(note)
    found = []
    for group in by_folded.values():
        for note in group if len(group) > 1 else ():
            others = ", ".join(f"`{other.path}`" for other in group if other is not note)
            found.append(
                finding(
                    "ALP005",
                    f"`{note.path}` and {others} have the same address but for case",
                    Place(note.path),
                    hint="rename one of them; some file systems cannot hold both",
                )
            )
    return kept, found


def _resolved(note: Note, index: LinkIndex) -> Note:
    if not note.relations and not note.mentions:
        return note
    return replace(
        note,
        relations=tuple(_resolved_relation(item, note.slug, index) for item in note.relations),
        mentions=tuple(_resolved_mention(item, note.slug, index) for item in note.mentions),
    )


def _resolved_relation(relation: Relation, origin: str, index: LinkIndex) -> Relation:
    found = index.resolve(relation.to, origin)
    return replace(relation, target=found.slug, how=found.how, candidates=found.candidates)


def _resolved_mention(mention: Mention, origin: str, index: LinkIndex) -> Mention:
    found = index.resolve(mention.to, origin, label=mention.text)
    return replace(mention, target=found.slug, how=found.how, candidates=found.candidates)
