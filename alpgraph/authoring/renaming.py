"""`rename`: a note gets another name, and every link goes on meaning what it meant.

Links that would lead elsewhere are written anew, in the way they were written, and each changed
note is read again: it must say what it said. The former slug stays as an alias.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import dirname, normpath, relpath

from alpgraph.authoring.matter import BOM, written
from alpgraph.authoring.rewriting import rewritten
from alpgraph.authoring.spelling import as_address, as_written, find_target, names_like
from alpgraph.check.fixes import refused, unified_diff
from alpgraph.check.offsets import line_starts, offset_at, replaced
from alpgraph.check.terminal import counted, escape
from alpgraph.diagnostics import Place
from alpgraph.notes import Mention, Note, Notebook, Relation, digest, slug_of, with_files
from alpgraph.notes.files import is_note_name
from alpgraph.notes.resolve import is_place

Span = tuple[int, int, str]
Link = Relation | Mention
_MOST_LISTED = 20


class RenamingError(ValueError):
    """Why a note cannot have a name; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is to become of files, by their paths before."""

    moves: Mapping[str, str]
    texts: Mapping[str, tuple[bytes, bytes]]
    """Content before and after, of every file whose content changes."""
    links: int
    """Links written anew."""
    remarks: tuple[str, ...]

    @property
    def diff(self) -> str:
        """The change, as a terminal can show it."""
        names = [f"rename {escape(old)} => {escape(new)}\n" for old, new in self.moves.items()]
        return "".join(names + [unified_diff(path, *text) for path, text in self.texts.items()])

    @property
    def summary(self) -> str:
        """What was done, in a line, and a line for each remark."""
        moved = ", ".join(f"{escape(old)} to {escape(new)}" for old, new in self.moves.items())
        links = f"; {counted(self.links, 'link')} written anew" if self.links else ""
        return "\n".join([f"{moved}{links}", *self.remarks])


def path_named(name: str, old: str) -> str:
    """Return the path that the note at `old` gets by a name: a slug, a path, or a `folder/`.

    >>> path_named("b", "x/a.md"), path_named("b.md", "x/a.md"), path_named("y/", "x/a.md")
    ('b.md', 'b.md', 'y/a.md')
    """
    if name.endswith("/"):
        return normpath(name + old.rpartition("/")[2])
    return normpath(name if is_note_name(name) else name + PurePosixPath(old).suffix)


def plan_renaming(
    notebook: Notebook, moves: Mapping[str, str], read: Callable[[str], bytes]
) -> Renaming:
    """Return what becomes of all notes when files move, by path below the notes folder.

    `read` returns the content that a path had when the notebook was read. Raises RenamingError
    for a name that cannot be, and where a link would lead elsewhere and cannot be written anew.
    """
    for old, new in moves.items():
        _refuse(notebook, old, new)
    plan = _Plan(notebook, moves, read)
    after = plan.settle()
    lost = list(plan.lost(after))
    if lost:
        listed = "".join(f"\n  {line}" for line in lost[:_MOST_LISTED])
        more = f"\n  and {len(lost) - _MOST_LISTED} more" if len(lost) > _MOST_LISTED else ""
        raise RenamingError(
            f"{counted(len(lost), 'link')} would lead elsewhere and cannot be written anew with "
            f"certainty; name the note by its slug there first:{listed}{more}"
        )
    texts = {path: (read(path), new) for path, new in plan.contents.items() if new != read(path)}
    links = sum(len(plan.spans[path]) for path in texts if path in plan.spans)
    return Renaming(dict(moves), texts, links, tuple(plan.remarks(after)))


def _refuse(notebook: Notebook, old: str, new: str) -> None:
    paths = {note.path for note in notebook.index.notes.values()}
    if old not in paths:
        raise RenamingError(f"there is no note at '{old}'")
    parts = PurePosixPath(new).parts
    inside = not new.startswith("/") and ".." not in parts and "\\" not in new
    if not inside or any(part.startswith(".") for part in parts):
        raise RenamingError(f"'{new}' is no path of a note below the notes folder")
    if not is_note_name(parts[-1] if parts else "") or not new.isprintable():
        raise RenamingError(f"'{new}' is no name of a note; one is like 'folder/name.md'")
    if new == old:
        raise RenamingError(f"'{old}' is its name already")
    folded = {path.casefold(): path for path in paths if path != old}
    if taken := folded.get(new.casefold()):
        raise RenamingError(f"there is a note at '{taken}' already")


class _Plan:
    """Contents of files that have to change, tried from the best to what they hold now."""

    def __init__(
        self, notebook: Notebook, moves: Mapping[str, str], read: Callable[[str], bytes]
    ) -> None:
        self.before, self.moves, self.read = notebook, moves, read
        known = notebook.index.notes.values()
        self.slugs = {note.slug: slug_of(moves[note.path]) for note in known if note.path in moves}
        """Slugs of the notes that move: before, and after."""
        self.contents = {path: read(path) for path in moves}
        self.spans: dict[str, list[Span]] = {}
        """By path: what is replaced to keep links."""
        moved = self._notebook()
        found = {slug: list(self._choices(moved, note)) for slug, note in notebook.notes.items()}
        self.choices = {slug: choices for slug, choices in found.items() if choices}

    def settle(self) -> Notebook:
        """Choose for each file the first content that says what it said; return the notes then."""
        notes = self.before.notes
        while True:
            self.contents |= {notes[slug].path: left[0] for slug, left in self.choices.items()}
            after = self._notebook()
            wrong = [
                left
                for slug, left in self.choices.items()
                if len(left) > 1 and not self._says_the_same(notes[slug], after)
            ]
            if not wrong:
                return after
            for left in wrong:
                del left[0]

    def lost(self, after: Notebook) -> Iterator[str]:
        """Tell where links are that would lead elsewhere."""
        for slug, note in self.before.notes.items():
            now = _links(after.notes[self.slugs.get(slug, slug)])
            for link, other in zip(_links(note), now, strict=False):
                if self._wanted(link) not in (None, other.target):
                    place = link.place
                    yield escape(f"{place.file}:{place.line}:{place.column}: '{link.to}'")

    def remarks(self, after: Notebook) -> Iterator[str]:
        """Tell which former addresses lead nowhere."""
        for old, new in self.slugs.items():
            if after.redirects.get(old) != new:
                yield f"{escape(old)}: `aliases:` could not be added, so this address is gone"

    def _wanted(self, link: Link) -> str | None:
        """Return the slug that a link has to lead to; any for one that leads nowhere."""
        return self.slugs.get(link.target, link.target) if link.target else None

    def _notebook(self) -> Notebook:
        files: dict[str, bytes | None] = dict.fromkeys(self.moves)
        files |= {self.moves.get(path, path): data for path, data in self.contents.items()}
        return with_files(self.before, files)

    def _choices(self, moved: Notebook, note: Note) -> Iterator[bytes]:
        """Yield what a file may hold afterwards; none where that is what it holds now."""
        stale = list(self._stale(moved, note))
        if not stale and note.path not in self.moves:
            return
        data = self.read(note.path)
        text = _text(data) if digest(data) == note.digest else None
        new = data
        if text is not None:
            starts = line_starts(text)
            spans = [span for one in stale for span in _spans(text, starts, *one)]
            self.spans[note.path] = spans = list(dict.fromkeys(spans))
            new = _encoded(data, replaced(text, spans))
        if note.path in self.moves and (aliased := self._aliased(note, new)):
            yield aliased
        yield new
        if new != data:
            yield data

    def _stale(self, moved: Notebook, note: Note) -> Iterator[tuple[Place, str, list[str]]]:
        """Yield place and target of each link that has to be written anew, and what it may say."""
        path, index = self.moves.get(note.path, note.path), moved.index
        slug = self.slugs.get(note.slug, note.slug)
        for link in _links(note):
            wanted = self._wanted(link)
            found = index.resolve(link.to, slug, label=link.text)
            unchanged = found.slug == wanted and is_place(found.how) >= is_place(link.how)
            if not wanted or unchanged:
                continue
            swapped = link.how.startswith("label-first")  # `[[words|note]]`
            target = link.text.partition("#")[0] if swapped else link.to
            old = self.before.index.notes[link.target or ""].path
            likely = names_like(target, old, self.moves.get(old, old), path)
            names = [name for name in likely if index.resolve(name, slug).slug == wanted]
            yield link.to_place if isinstance(link, Relation) else link.place, target, names
        for file in note.files if note.path in self.moves else ():
            candidates = self.before.files_meant(file.to, note.path)
            if len(candidates) == 1 and moved.files_meant(file.to, path) != candidates:
                yield file.place, file.to, [relpath(candidates[0], dirname(path) or ".")]

    def _aliased(self, note: Note, data: bytes) -> bytes | None:
        """Return a note's content with its slug among its aliases, where that can be written."""
        aliases = [alias for alias in note.aliases if alias not in self.slugs.values()]
        listed = ", ".join(
            written(name, flow=True) for name in dict.fromkeys([*aliases, note.slug])
        )
        return rewritten(data, {"aliases": [f"aliases: [{listed}]"]})

    def _says_the_same(self, note: Note, after: Notebook) -> bool:
        """Whether a note has its relations, links and title, each leading where it has to."""
        now = after.notes[self.slugs.get(note.slug, note.slug)]
        links, others = list(_links(note)), list(_links(now))
        return (
            len(links) == len(others)
            and len(note.files) == len(now.files)
            and all(
                self._wanted(link) in (None, other.target) and _said(link) == _said(other)
                for link, other in zip(links, others, strict=True)
            )
            and (now.title == note.title or "title" not in note.places)
        )


def _said(link: Link) -> tuple[str, ...]:
    if isinstance(link, Relation):
        return link.type, link.why, link.basis, link.form
    return (link.heading,)


def _links(note: Note) -> Iterator[Link]:
    yield from note.relations
    yield from note.mentions


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError:
        return None


def _encoded(data: bytes, text: str) -> bytes:
    bom = BOM if data.startswith(BOM.encode()) else ""
    return (bom + text).encode("utf-8")


def _spans(
    text: str, starts: list[int], place: Place, target: str, names: Sequence[str]
) -> Iterator[Span]:
    """Yield what to replace, so that a link at a place has the first of these names for target."""
    start = offset_at(starts, text, place.line, place.column)
    end = offset_at(starts, text, place.end_line, place.end_column)
    if start is None or end is None or not names:
        return
    markup = text[start:end]
    if known := find_target(markup, target):
        yield start + known.start, start + known.end, as_written(markup, known, names[0])
        return
    # the address of `[words][label]` stands elsewhere
    label = re.compile(rf"^ {{0,3}}\[[^\]\n]+\]:[ \t]*<?({re.escape(target)})(?=[>#\s]|\Z)", re.M)
    for match in label.finditer(text):
        begin, end = match.span(1)
        yield begin, end, as_address(names[0], before=text[begin - 1])


def apply_renaming(root: Path, renaming: Renaming) -> list[str]:
    """Write a renaming; return why files were left alone, in a line each.

    Links are written first and files moved then, so that what is cut short can be done again.
    """
    problems = []
    for path, (before, after) in renaming.texts.items():
        if why := refused(root / path, after, expected=before):
            problems.append(f"{escape(path)}: left alone, {why}")
    for old, new in renaming.moves.items():
        try:
            _move(root, root / old, root / new)
        except OSError as error:
            problems.append(f"{escape(old)}: not moved to {escape(new)}: {error.strerror}")
    return problems


def _move(root: Path, old: Path, new: Path) -> None:
    """Give a file another name, which no other file has; a folder that is left empty goes."""
    new.parent.mkdir(parents=True, exist_ok=True)
    if new.exists() and new.samefile(old):  # it differs in case alone, where that is no difference
        old.rename(new)
    else:
        try:
            os.link(old, new)  # unlike a renaming it never replaces a file
            old.unlink()
        except FileExistsError:
            raise
        except OSError:  # the disk knows no second names
            old.rename(new)
    with suppress(OSError):
        for folder in old.parents:
            if folder == root:
                break
            folder.rmdir()
