"""The folder of a site: written beside the old one, then put in its place in one step.

What we made is listed in a manifest inside it. Files that are not listed are somebody else's: they
stay. A folder that has files and no manifest is not ours at all and is refused.
"""

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

MANIFEST = ".alpgraph-site.json"
FORMAT = 1
_AT_CWD, _RENAME_EXCHANGE = -100, 2


class SiteError(ValueError):
    """Why a site cannot be written here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did; paths are below the site."""

    written: tuple[str, ...]
    """New files, and files with another content than before."""
    kept: int
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What we made: by name of a part its key and the paths of its files."""

    parts: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def paths(self) -> set[str]:
        """Every file that we made, but for the manifest."""
        return {path for _, paths in self.parts.values() for path in paths}


def read_manifest(out: Path) -> Manifest:
    """Return what we made in a folder; raises SiteError for a folder that is not ours."""
    if not out.exists():
        return Manifest()
    if not out.is_dir():
        raise SiteError(f"'{out}' is a file; name a folder for the site")
    path = out / MANIFEST
    if not path.is_file():
        if any(out.iterdir()):
            raise SiteError(
                f"'{out}' has files that alpgraph did not make; "
                "name a new folder, or empty this one first"
            )
        return Manifest()
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            return Manifest({"": ("", tuple(p for _, ps in data["parts"].values() for p in ps))})
        return Manifest({name: (key, tuple(ps)) for name, (key, ps) in data["parts"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SiteError(
            f"'{path}' cannot be read ({error}), so what alpgraph made there is not known; "
            "empty the folder"
        ) from None


def read_spare(folder: Path) -> Manifest:
    """Return what we made in a folder that nobody else needs: nothing where that is not known."""
    try:
        return read_manifest(folder)
    except SiteError:
        return Manifest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write what we made into a folder."""
    rows = ",\n".join(
        f"{json.dumps(name)}:{json.dumps([key, paths])}"
        for name, (key, paths) in sorted(manifest.parts.items())
    )
    (folder / MANIFEST).write_text(f'{{"format":{FORMAT},"parts":{{\n{rows}\n}}}}\n', "utf-8")


def listing(out: Path) -> str:
    """Return a hash of what is told of a folder's files and of the names of all that lie there."""
    state = blake2b(digest_size=16)
    with suppress(OSError):
        state.update((out / MANIFEST).read_bytes())
    for folder, names, files in os.walk(out):
        names.sort()  # the order in which they are entered, too
        state.update(repr((folder, names, sorted(files))).encode(errors="surrogatepass"))
    return state.hexdigest()


def is_settled(out: Path) -> bool:
    """Whether nothing lies beside `out` that an interrupted build left, or one that goes on."""
    return not any(folder.exists() for folder in _temporary_paths(out))


def _temporary_paths(out: Path) -> tuple[Path, Path]:
    """Return where a new folder is made, and where the old one may be for a moment."""
    new, old = (out.parent / f".{out.name}.alpgraph-{name}" for name in ("new", "old"))
    return new, old


@contextmanager
def staged(out: Path, spare: Path | None) -> Iterator[Path]:
    """Give a folder beside `out`, which is gone at the end; one build at a time has it.

    It holds what `spare` kept: the site before the last, most of which the next one is, so that few
    files are to be linked or removed. What lies in the folder at the end is kept there, where both
    are on one disk. What an interrupted build left is removed, and a site that it had moved aside
    put back.
    """
    staging, aside = _temporary_paths(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(exist_ok=True)
    with _locked(staging):
        try:
            if aside.exists() and not out.exists():
                aside.rename(out)
            for left in staging.iterdir():
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            new = staging / "site"
            with suppress(OSError):
                if spare is not None:
                    spare.rename(new)
            new.mkdir(exist_ok=True)
            yield new
            with suppress(OSError):
                if spare is not None:
                    new.rename(spare)
        finally:
            for folder in (staging, aside):
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # another builder has just removed it
        raise SiteError(f"another build writes '{folder}' at this moment") from None
    try:
        if not _lock(descriptor, folder):
            raise SiteError(f"another build writes '{folder}' at this moment")
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> bool:
    """Lock an open folder, if nobody has; one that its builder just removed is none."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), folder.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def clear(folder: Path, wanted: Container[str]) -> set[str]:
    """Remove every file below a folder but those wanted; return which of these are there."""
    there = set()
    for place, prefix, names in _walk(folder):
        for name in names:
            if prefix + name in wanted:
                there.add(prefix + name)
            else:
                os.unlink(f"{place}/{name}")  # noqa: PTH108 a third of the time of a Path
        if prefix:
            with suppress(OSError):  # something is left in it
                Path(place).rmdir()
    return there


def keep_foreign(out: Path, staging: Path, own: Iterable[str]) -> None:
    """Take along what others put into the site; raises SiteError where it is in our way."""
    own_names = {*own, MANIFEST}
    for _, prefix, names in _walk(out):
        for name in names:
            if prefix + name not in own_names:
                _take(out / prefix / name, staging / prefix / name)


def _walk(root: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield every folder, what paths in it begin with, and its files and links; the root last."""
    for place, names, files in os.walk(root, topdown=False):
        below = Path(place).relative_to(root).as_posix()
        links = [n for n in names if os.path.islink(f"{place}/{n}")]  # noqa: PTH114 quicker
        yield place, "" if below == "." else f"{below}/", files + links


def _take(source: Path, target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise SiteError(f"'{source}' is not ours and stands where a page has to; move it away")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(source.readlink())
    else:
        link_file(source, target)


def link_file(source: str | Path, target: str | Path) -> None:
    """Give a file a second name, or copy it where the disk knows no such thing."""
    try:
        os.link(source, target)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:
        shutil.copy2(source, target)


def put_in_place(staging: Path, out: Path) -> None:
    """Let a finished folder be the site; the one before is then in its place, if there was one."""
    if not out.exists():
        staging.rename(out)
        return
    shutil.copymode(out, staging)
    if exchange_folders(staging, out):
        return
    _, aside = _temporary_paths(out)
    try:
        out.rename(aside)
    except OSError as error:
        raise SiteError(f"'{out}' cannot be replaced: {error}; build into a folder in it") from None
    staging.rename(out)
    aside.rename(staging)


def exchange_folders(one: Path, other: Path) -> bool:
    """Let two folders change places at once, where the system can."""
    if sys.platform != "linux":
        return False
    with suppress(AttributeError, OSError):
        names = os.fsencode(one), os.fsencode(other)
        rename = ctypes.CDLL(None, use_errno=True).renameat2
        return bool(rename(_AT_CWD, names[0], _AT_CWD, names[1], _RENAME_EXCHANGE) == 0)
    return False
