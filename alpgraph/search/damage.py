"""What a damaged folder makes of tantivy: it panics, or waits for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def no_panic() -> Iterator[None]:
    """Raise ValueError where tantivy panics, as over a damaged file: that is no Exception."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(f"the search index is damaged: {error}") from None


def refuse_pipes(folder: Path) -> None:
    """Raise OSError where tantivy would wait for what a pipe never gives."""
    for path in folder.iterdir():
        if not path.is_file():
            raise OSError(f"{path} is not a regular file")
