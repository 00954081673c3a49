"""Opening the database: SQLite in the state folder, or PostgreSQL by URL, told alike."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
)
from sqlalchemy.exc import TimeoutError as NoConnection

from alpgraph.runs.errors import StoreError
from alpgraph.runs.schema import OTHER_PLACE
from alpgraph.state import make_state

LOG = logging.getLogger("alpgraph")
BUSY, TURN = 20.0, 0.02
"""Seconds to wait for another process that writes to the same SQLite file, and to look again."""
HINTS = (
    (("disk is full", "no space left", "quota"), "free some space; nothing stored is lost"),
    (
        ("readonly", "read-only", "unable to open", "permission denied", "disk i/o error"),
        "make its folder writable and see that its disk has room, or choose another with --state",
    ),
    (("locked", "busy"), "another program holds it; try again"),
    (("no such table", "no such column", "has no column"), OTHER_PLACE),
    (("not a database", "malformed"), "move the file away; a new one is made at the next start"),
    (
        ("connection", "authentication", "does not exist", "resolve host"),
        "is the database running, and is --database right?",
    ),
)


def open_engine(where: str | Path) -> Engine:
    """Return an engine for a SQLite path or a database URL; raises StoreError."""
    url = _url_of(where)
    try:
        if url.get_backend_name() == "sqlite":
            return _open_sqlite(url)
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
            return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=20)
    except ModuleNotFoundError:
        raise StoreError(
            "PostgreSQL needs the driver psycopg", "pip install 'alpgraph[postgres]'"
        ) from None
    except NoSuchModuleError:
        pass
    raise StoreError(f"no database of the kind {url.drivername!r}", "use sqlite or postgresql")


def place_of(engine: Engine) -> str:
    """Name the database without its password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.render_as_string(hide_password=True)


def file_of(engine: Engine) -> tuple[int, int] | None:
    """Return what tells a SQLite file from another of its name; nothing where there is no file."""
    if engine.dialect.name != "sqlite":
        return None
    try:
        status = Path(engine.url.database or "").stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def translate_errors(place: str) -> Iterator[None]:
    """Turn what a driver raises into a StoreError that says what to do."""
    try:
        yield
    except IntegrityError:  # says something of the data, not of the database
        raise
    except NoConnection:
        raise StoreError(f"too many wait for the runs database {place}", "try again") from None
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"
        low = reason.lower()
        hint = next((hint for words, hint in HINTS if any(word in low for word in words)), "")
        raise StoreError(f"the runs database {place} cannot be used: {reason}", hint) from error


def _url_of(where: str | Path) -> URL:
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(where))
    try:
        return make_url(where)
    except ArgumentError:
        raise StoreError("the address of the database cannot be read") from None


def _open_sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    try:
        make_state(path.parent)
    except OSError as error:
        raise StoreError(
            f"the folder {path.parent} cannot be made: {error.strerror}",
            "choose another with --state",
        ) from error
    _look_for_loss(path)
    engine = create_engine(url, connect_args={"timeout": BUSY, "check_same_thread": False})
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _look_for_loss(path: Path) -> None:
    """Say that a SQLite file was emptied; raises StoreError where its log still holds something.

    SQLite would begin a new database without a word, and delete the log.
    """
    log = Path(f"{path}-wal")
    try:
        status = path.stat()
        logged = log.stat().st_size if log.exists() else 0
    except OSError:  # there is none yet, or opening it says why it cannot be read
        return
    if status.st_size:
        return
    if logged:
        what = f"the runs database {path} is empty, and its log {log.name} is not"
        raise StoreError(what, "put the database back from a copy, or move both files away")
    if time.time() - status.st_mtime > BUSY:  # else another server may begin it in this moment
        LOG.warning("the runs database %s was empty; runs that it held are lost", path)


def _settle(connection: sqlite3.Connection, _record: Any) -> None:
    # the driver's own habit of opening transactions would begin them too late and too weak
    connection.isolation_level = None
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL").close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have a log written ahead of the file; others may open the new file in this moment, too.

    Here, unlike in all else, SQLite does not wait for them.
    """
    deadline = time.monotonic() + BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(TURN)
        else:
            return


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
