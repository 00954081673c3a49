"""A write that fails, whichever it is: nothing acknowledged is lost and nothing is half done."""

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, event
from sqlalchemy.exc import OperationalError

from alpgraph.runs import AlreadyFinal, RunSpec, State, Store, StoreError, open_store
from alpgraph.runs.schema import RUNS

Ask = Callable[..., RunSpec]
WRITES = ("INSERT", "UPDATE", "DELETE")
RESULT = json.dumps({"verdict": "supported", "primary": {}, "curves": list(range(2000))})


@contextmanager
def failing(store: Store, number: int) -> Iterator[list[int]]:
    """Let the write or commit with this number fail, as on a dying disk; gives whether it came."""
    seen = itertools.count(1)
    struck: list[int] = []

    def strike() -> None:
        if next(seen) == number:
            struck.append(number)
            raise OperationalError("", {}, sqlite3.OperationalError("disk I/O error"))

    def executed(*args: Any) -> None:
        if args[2].lstrip().upper().startswith(WRITES):
            strike()

    def committed(*args: Any) -> None:
        strike()

    event.listen(store.engine, "before_cursor_execute", executed)
    event.listen(store.engine, "commit", committed)
    yield struck
    event.remove(store.engine, "before_cursor_execute", executed)
    event.remove(store.engine, "commit", committed)


class Story:
    """All that a server does with its runs; remembers what it was told has been done."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: set[str] = set()
        self.done: set[str] = set()

    def tried(self, change: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Return what a change returns, or None when the database refused it."""
        try:
            return change(*args, **options)
        except (StoreError, AlreadyFinal):
            return None

    def tell(self, trial: Ask) -> None:
        self.tried(self.store.heartbeat, "me")
        for seed in range(4):
            if added := self.tried(self.store.add, trial(seed)):
                self.asked.add(added[0].id)
        for _ in range(2):
            if claim := self.tried(self.store.claim, "me"):
                self.tried(self.store.note_progress, claim, 0.5, "[]")
                if self.tried(self.store.finish, claim, State.DONE, version="1", result=RESULT):
                    self.done.add(claim.run.id)
        if claim := self.tried(self.store.claim, "me"):
            self.tried(self.store.requeue, claim, count_attempt=True)
        if claim := self.tried(self.store.claim, "me"):
            self.tried(self.store.cancel, claim.run.id, "enough")
        self.tried(self.store.release, "me")
        self.tried(self.store.sweep)


def test_whichever_write_fails_nothing_acknowledged_is_lost(where: str, trial: Ask) -> None:
    for number in itertools.count(1):
        story = Story(open_store(where))
        with story.store.engine.begin() as connection:
            connection.execute(delete(RUNS))
        with failing(story.store, number) as struck:
            story.tell(trial)
        story.store.close()
        again = open_store(where)
        runs = {run.id: again.get(run.id) for run in again.page().items}
        assert story.asked <= runs.keys()
        for run_id, run in runs.items():
            assert run is not None
            assert (run.state is State.DONE) == (run.result is not None), number
            assert (run.finished is not None) == run.state.final, number
            assert run.attempts <= 2, number
            if run_id in story.done:
                assert run.result == json.loads(RESULT)
        again.sweep()
        while claim := again.claim("next"):
            assert again.finish(claim, State.DONE, version="1", result=RESULT)
        states = {run.state for run in again.page().items}
        assert states <= {State.DONE, State.CANCELLED}, number
        again.close()
        if not struck:
            break
    assert number > 20
