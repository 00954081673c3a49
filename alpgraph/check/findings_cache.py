"""Findings of a collection that did not change, kept between runs; safe to delete."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from alpgraph.diagnostics import Diagnostic
from alpgraph.notes.cache import Cache, read_sealed, write_sealed
from alpgraph.notes.files import attachments
from alpgraph.notes.packing import pack_finding, unpack_finding
from alpgraph.notes.relation_types import RelationTypes
from alpgraph.resources import program_stamp

_NAME = "findings.cache"


@dataclass(frozen=True, slots=True)
class CachedFindings:
    """The findings of so many notes."""

    found: list[Diagnostic]
    notes: int


class FindingsCache:
    """What the last run over a folder found, good as long as nothing that it rests on changes."""

    def __init__(
        self, root: Path, folder: Path | None, types: RelationTypes, also: str = ""
    ) -> None:
        """Keep in `folder`, if there is one; `also` names what else findings depend on."""
        self._key = ""
        if folder is None:
            return
        self._path = folder / _NAME
        state = Cache(folder, types).unchanged(root)
        if state is not None:
            files = attachments(root)
            key_text = f"{state}{program_stamp()}{sys.version}{types.types!r}{root}{also}{files}"
            self._key = blake2b(key_text.encode(), digest_size=16).hexdigest()

    def load(self) -> CachedFindings | None:
        """Return the findings, or nothing when they must be looked for."""
        row = read_sealed(self._path) if self._key else None
        if row is None or row[0] != self._key:
            return None
        return CachedFindings([unpack_finding(file, item) for file, item in row[2]], row[1])

    def save(self, findings: Sequence[Diagnostic], notes: int) -> None:
        """Keep the findings; a folder that cannot be written is no fault."""
        if self._key:
            rows = [(one.place.file, pack_finding(one)) for one in findings]
            with suppress(OSError):
                write_sealed(self._path, (self._key, notes, rows))
