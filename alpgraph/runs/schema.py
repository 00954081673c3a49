"""The tables of the runs database, and how an older one is brought up to date."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
    update,
)

from alpgraph.runs.errors import StoreError

METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("experiment", String(200), nullable=False),
    Column("params", Text, nullable=False),  # canonical JSON
    Column("replicates", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("code", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", Float(53), nullable=False),
    Column("started", Float(53)),
    Column("finished", Float(53)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("owner", String(64), nullable=False, server_default=""),  # the server that runs it
    Column("ticket", String(32), nullable=False, server_default=""),  # of this very start
    Column("reason", Text, nullable=False, server_default=""),
    Column("version", String(40), nullable=False, server_default=""),
    Column("result", Text),
    Column("visitor", String(64), nullable=False, server_default=""),
    Column("progress", Float(53), nullable=False, server_default="0"),
    Column("live", Text),  # curves so far, for other servers' watchers
    Column("summary", Text),  # of the result: verdict and primary, for lists
    Index("runs_by_state", "state", "created", "number"),
    Index("runs_by_question", "experiment", "seed", "replicates"),
)

SERVERS = Table(
    "servers",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("seen", Float(53), nullable=False),  # by the database's clock
)

VERSION = Table("alpgraph_schema", METADATA, Column("version", Integer, nullable=False))

MIGRATIONS: Sequence[tuple[int, Sequence[str]]] = (
    (
        2,
        (
            "ALTER TABLE runs ADD COLUMN visitor VARCHAR(64) NOT NULL DEFAULT ''",
            "ALTER TABLE runs ADD COLUMN progress DOUBLE PRECISION NOT NULL DEFAULT 0",
            "ALTER TABLE runs ADD COLUMN live TEXT",
        ),
    ),
    (3, ("ALTER TABLE runs ADD COLUMN summary TEXT",)),
)
"""Version -> statements that lead to it from the version before."""
CURRENT = MIGRATIONS[-1][0]
OTHER_PLACE = "move the file away, or choose another --state or --database"


def prepare(connection: Connection, place: str) -> None:
    """Create the tables, or migrate older ones; refuse newer and foreign ones with StoreError.

    Runs in the caller's transaction, so that a half-made schema is never seen.
    """
    if connection.dialect.name == "postgresql":  # servers that start together take turns
        connection.execute(text("SELECT pg_advisory_xact_lock(2511076991)"))
    tables = inspect(connection).get_table_names()
    if VERSION.name not in tables:
        if tables and connection.dialect.name == "sqlite":  # others may be shared
            raise StoreError(f"{place} is a database of another program", OTHER_PLACE)
        METADATA.create_all(connection)
        connection.execute(insert(VERSION).values(version=CURRENT))
        return
    found: Any = connection.scalar(select(VERSION.c.version))
    if not isinstance(found, int):
        raise StoreError(f"the runs in {place} have schema {found!r}, which none is", OTHER_PLACE)
    if found > CURRENT:
        raise StoreError(
            f"the runs in {place} have schema {found}, this alpgraph knows up to {CURRENT}",
            "update alpgraph, or choose another --state or --database",
        )
    for version, statements in MIGRATIONS:
        if found < version:
            for statement in statements:
                connection.execute(text(statement))
            if version == 3:
                _summarise(connection)
            connection.execute(update(VERSION).values(version=version))


def summary_of(result: str) -> str:
    """Return what lists tell of a result, from its JSON text to JSON text."""
    data = json.loads(result)
    return json.dumps({key: data.get(key) for key in ("verdict", "primary")})


def _summarise(connection: Connection) -> None:
    """Fill the summaries of results that are there already, one result in memory at a time."""
    finished = select(RUNS.c.id).where(RUNS.c.result.is_not(None))
    for run_id in connection.scalars(finished).all():
        this = RUNS.c.id == run_id
        text_of = connection.scalar(select(RUNS.c.result).where(this))
        connection.execute(update(RUNS).where(this).values(summary=summary_of(str(text_of))))
