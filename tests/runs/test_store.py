"""Runs in a database: the same facts on SQLite and PostgreSQL."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text

from alpgraph.runs import (
    AlreadyFinal,
    Limits,
    NoSuchRun,
    QueueFull,
    RunSpec,
    State,
    Store,
    StoreError,
    open_store,
)
from alpgraph.runs.engine import open_engine

Ask = Callable[..., RunSpec]


def done(store: Store, verdict: str = "supported", owner: str = "me") -> str:
    claim = store.claim(owner)
    assert claim is not None
    result = f'{{"verdict":"{verdict}"}}'
    assert store.finish(claim, State.DONE, version="1", result=result)
    return claim.run.id


def test_the_same_question_is_one_run_whatever_the_order_of_its_parameters(store: Store) -> None:
    first, new = store.add(RunSpec("trial", {"a": 1, "b": 2}, 4, 0, "c"))
    again, newer = store.add(RunSpec("trial", {"b": 2, "a": 1}, 4, 0, "c"))
    assert (new, newer) == (True, False)
    assert first.id == again.id == first.spec.id
    assert store.page().total == 1


def test_changed_code_is_another_question(store: Store) -> None:
    store.add(RunSpec("trial", {}, 4, 0, "c"))
    assert store.add(RunSpec("trial", {}, 4, 0, "d"))[1]


def test_large_seeds_and_odd_text_come_back_as_they_went(store: Store) -> None:
    params = {"label": "ünï \\ ' \" \n %s :x 🎲", "x": 0.1, "flag": True, "none": None}
    spec = RunSpec("trial", params, 4, 2**53 - 1, "c")
    store.add(spec)
    found = store.get(spec.id)
    assert found is not None
    assert found.spec == spec


def test_runs_are_claimed_in_the_order_they_were_asked(store: Store, trial: Ask) -> None:
    ids = [store.add(trial(seed))[0].id for seed in range(3)]
    assert [store.get(run_id).position for run_id in ids] == [0, 1, 2]  # type: ignore[union-attr]
    claims = [store.claim("me") for _ in range(4)]
    assert [claim and claim.run.id for claim in claims] == [*ids, None]
    places = [store.get(run_id).position for run_id in ids]  # type: ignore[union-attr]
    assert places == [None, None, None]


def test_an_attempt_is_counted_before_the_run_starts(store: Store, trial: Ask) -> None:
    store.add(trial())
    claim = store.claim("me")
    assert claim is not None
    stored = store.get(claim.run.id)
    assert stored is not None
    assert (stored.state, stored.attempts) == (State.RUNNING, 1)
    assert stored.started is not None


def test_times_follow_each_other_though_clocks_differ(store: Store, trial: Ask) -> None:
    for seed in range(3):
        store.add(trial(seed))
    with store.engine.begin() as connection:  # asked of a server whose clock is an hour ahead
        connection.execute(text("UPDATE runs SET created = created + 3600"))
    done(store)
    store.claim("me")
    store.cancel(trial(1).id, "enough")
    store.cancel(trial(2).id, "enough")
    for seed in range(3):
        run = store.get(trial(seed).id)
        assert run is not None
        assert run.finished is not None
        assert run.created <= (run.started or run.created) <= run.finished


def test_no_run_is_claimed_twice_by_servers_at_once(where: str, trial: Ask) -> None:
    stores = [open_store(where) for _ in range(4)]
    ids = {stores[0].add(trial(seed))[0].id for seed in range(40)}
    taken: list[str] = []

    def take(store: Store, name: str) -> None:
        while (claim := store.claim(name)) is not None:
            taken.append(claim.run.id)

    threads = [
        threading.Thread(target=take, args=(store, str(i))) for i, store in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert sorted(taken) == sorted(ids)


def test_one_question_asked_by_many_at_once_is_stored_once(where: str, trial: Ask) -> None:
    stores = [open_store(where) for _ in range(6)]
    answers: list[bool] = []
    barrier = threading.Barrier(6)

    def ask(store: Store) -> None:
        barrier.wait()
        answers.append(store.add(trial())[1])

    threads = [threading.Thread(target=ask, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]
    assert stores[0].page().total == 1
    for store in stores:
        store.close()


def test_an_older_start_changes_nothing(store: Store, trial: Ask) -> None:
    store.add(trial())
    old = store.claim("me")
    assert old is not None
    assert store.requeue(old, count_attempt=True, reason="its worker died")
    waiting = store.get(old.run.id)
    assert waiting is not None
    assert waiting.reason == "its worker died"
    new = store.claim("me")
    assert new is not None
    assert (new.run.attempts, new.run.reason) == (2, "")
    assert not store.finish(old, State.FAILED, version="1", reason="late")
    assert not store.requeue(old, count_attempt=True)
    assert not store.note_progress(old, 0.5, None)
    assert store.finish(new, State.DONE, version="1", result="{}")
    assert not store.finish(new, State.FAILED, version="1")
    found = store.get(new.run.id)
    assert found is not None
    assert (found.state, found.reason, found.result) == (State.DONE, "", {})


def test_a_server_that_leaves_puts_its_runs_back_without_their_attempt(
    store: Store, trial: Ask
) -> None:
    first, second = (store.add(trial(seed))[0].id for seed in range(2))
    store.heartbeat("me")
    store.heartbeat("other")
    store.claim("me")
    store.claim("other")
    store.release("me")
    back, kept = store.get(first), store.get(second)
    assert back is not None
    assert kept is not None
    assert (back.state, back.attempts, back.started) == (State.QUEUED, 0, None)
    assert back.reason == "the server that computed it is gone; it starts again"
    assert kept.state is State.RUNNING


def test_a_sweep_takes_the_runs_of_silent_and_unknown_servers_only(
    store: Store, trial: Ask
) -> None:
    ids = [store.add(trial(seed))[0].id for seed in range(3)]
    for owner in ("alive", "silent"):
        store.heartbeat(owner)
    for owner in ("alive", "silent", "unknown"):
        store.claim(owner)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE servers SET seen = seen - 3600 WHERE id = 'silent'"))
    assert store.sweep() == 2
    assert store.sweep() == 0
    states = [store.get(run_id).state for run_id in ids]  # type: ignore[union-attr]
    assert states == [State.RUNNING, State.QUEUED, State.QUEUED]


def test_a_server_that_comes_during_a_sweep_keeps_the_run_it_claims(
    postgres: Callable[[], str], trial: Ask
) -> None:
    address = postgres()
    store, other = open_store(address), open_store(address)
    run = store.add(trial())[0].id
    comes = iter([other])

    def after(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "FROM servers" in statement and (late := next(comes, None)):
            late.heartbeat("late")
            late.claim("late")

    event.listen(Engine, "after_cursor_execute", after)
    try:
        assert store.sweep() == 0
    finally:
        event.remove(Engine, "after_cursor_execute", after)
    assert next(comes, None) is None
    found = store.get(run)
    assert found is not None
    assert found.state is State.RUNNING
    store.close()
    other.close()


def test_cancelling_needs_a_run_that_has_not_ended(store: Store, trial: Ask) -> None:
    waiting = store.add(trial())[0].id
    assert store.cancel(waiting, "enough").state is State.CANCELLED
    with pytest.raises(AlreadyFinal, match="cancelled already"):
        store.cancel(waiting, "again")
    store.add(trial(1))
    with pytest.raises(AlreadyFinal, match="done already"):
        store.cancel(done(store), "late")
    with pytest.raises(NoSuchRun):
        store.cancel("feedbeef", "nothing")


def test_what_ended_badly_may_be_asked_again_at_the_end_of_the_queue(
    store: Store, trial: Ask
) -> None:
    first = store.add(trial(0))[0].id
    store.cancel(first, "enough")
    store.add(trial(1))
    again, new = store.add(trial(0))
    assert new
    assert (again.state, again.position, again.reason, again.attempts) == (State.QUEUED, 1, "", 0)


def test_the_queue_is_bounded_for_all_and_for_each_visitor(store: Store, trial: Ask) -> None:
    limits = Limits(queue=3, per_visitor=2, retry_after=7)
    for seed in range(2):
        store.add(trial(seed), limits=limits, visitor="ann")
    with pytest.raises(QueueFull, match="limit is 2") as refused:
        store.add(trial(2), limits=limits, visitor="ann")
    assert refused.value.retry_after == 7
    store.add(trial(2), limits=limits, visitor="bob")
    with pytest.raises(QueueFull, match="limit is 3"):
        store.add(trial(3), limits=limits)
    assert not store.add(trial(0), limits=limits, visitor="eve")[1]


def test_the_list_is_filtered_and_comes_in_pages(store: Store, trial: Ask) -> None:
    ids = [store.add(trial(seed))[0].id for seed in range(5)]
    done(store)
    first = store.page(limit=2)
    second = store.page(limit=2, before=first.next)
    third = store.page(limit=2, before=second.next)
    seen = [run.id for page in (first, second, third) for run in page.items]
    assert seen == ids[::-1]
    assert (first.total, third.next) == (5, None)
    assert [run.id for run in store.page(state=State.DONE).items] == [ids[0]]
    assert store.page(experiment="other").total == 0
    assert store.page(state=State.DONE).items[0].result is None


def test_several_questions_are_stored_all_or_none(store: Store, trial: Ask) -> None:
    limits = Limits(queue=3)
    store.add_all([trial(seed) for seed in range(2)], limits=limits)
    with pytest.raises(QueueFull):
        store.add_all([trial(seed) for seed in range(1, 4)], limits=limits)
    assert store.page().total == 2
    added = store.add_all([trial(seed) for seed in range(3)], limits=limits)
    assert [new for _, new in added] == [False, False, True]


def test_lists_tell_verdict_and_primary_metric_of_finished_runs(store: Store, trial: Ask) -> None:
    for seed in range(3):
        store.add(trial(seed))
    claims = [store.claim("me") for _ in range(3)]
    for claim, verdict in zip(claims[:2], ("supported", "no effect"), strict=True):
        assert claim is not None
        result = f'{{"verdict":"{verdict}","primary":{{"difference":0.5}},"curves":[]}}'
        assert store.finish(claim, State.DONE, version="1", result=result)
    assert [run.verdict for run in store.answers("trial", 9)] == ["supported", "no effect"]
    assert [run.verdict for run in store.answers("trial", 1)] == ["no effect"]
    assert store.answers("other", 9) == []
    first = store.page(state=State.DONE).items[0]
    assert (first.primary, first.result) == ({"difference": 0.5}, None)


def test_the_oldest_answer_of_a_question_stays_the_answer(store: Store) -> None:
    for code in ("old", "new"):
        store.add(RunSpec("trial", {"x": 1, "a": 2}, 4, 0, code))
    done(store, "supported")
    done(store, "contradicted")
    found = store.oldest_done("trial", {"a": 2, "x": 1}, 4, 0)
    assert found is not None
    assert (found.result, found.progress) == ({"verdict": "supported"}, 1)
    assert store.oldest_done("trial", {"x": 1, "a": 2}, 4, 1) is None


def test_an_older_schema_is_migrated_and_its_runs_are_kept(where: str, trial: Ask) -> None:
    store = open_store(where)
    run_id = store.add(trial())[0].id
    store.add(trial(7))
    answered = done(store)
    with store.engine.begin() as connection:
        for column in ("visitor", "progress", "live", "summary"):
            connection.execute(text(f"ALTER TABLE runs DROP COLUMN {column}"))
        connection.execute(text("UPDATE alpgraph_schema SET version = 1"))
    store.close()
    again = open_store(where)
    assert again.get(trial(7).id) is not None
    assert answered == run_id
    assert [run.verdict for run in again.page(state=State.DONE).items] == ["supported"]
    assert again.add(trial(1), visitor="ann")[1]
    again.close()


def test_a_newer_schema_is_refused_with_what_to_do(where: str) -> None:
    store = open_store(where)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alpgraph_schema SET version = 99"))
    store.close()
    with pytest.raises(StoreError, match="schema 99, this alpgraph knows up to 3; update alpgraph"):
        open_store(where)


def test_a_refused_transaction_leaves_nothing_behind(store: Store, trial: Ask) -> None:
    store.add(trial())
    with pytest.raises(QueueFull):
        store.add_all([trial(1), trial(2)], limits=Limits(queue=2))
    assert store.page().total == 1


def test_a_full_disk_is_said_plainly_and_loses_nothing(tmp_path: Path, trial: Ask) -> None:
    store = open_store(tmp_path / "runs.sqlite")
    kept = [store.add(trial(seed))[0].id for seed in range(5)]
    with store.engine.connect() as connection:  # SQLite then answers as it does on a full disk
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    claim = store.claim("me")
    assert claim is not None
    with pytest.raises(StoreError, match=r"full.*free some space"):
        store.finish(claim, State.DONE, version="1", result=f'{{"pad":"{"x" * 100_000}"}}')
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert store.page().total == len(kept)
    assert store.finish(claim, State.DONE, version="1", result=f'{{"pad":"{"x" * 100_000}"}}')
    store.close()


def test_a_state_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    state = tmp_path / "state"
    state.mkdir(mode=0o555)
    program = (
        "import os, sys\n"
        "from alpgraph.runs import StoreError, open_store\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "for place in sys.argv[1:]:\n"
        "    try: open_store(place)\n"
        "    except StoreError as error: print(error)\n"
    )
    places = [str(state / "runs.sqlite"), str(state / "below" / "runs.sqlite")]
    ended = subprocess.run(
        [sys.executable, "-c", program, *places], capture_output=True, text=True, check=True
    )
    assert [("--state" in line) for line in ended.stdout.splitlines()] == [True, True]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://host/runs", "no database of the kind 'mysql'; use sqlite or postgresql"),
        ("postgresql://u:secret@127.0.0.1:1/x", "is the database running"),
        ("://", "cannot be read"),
    ],
)
def test_an_address_that_leads_nowhere_says_what_to_do(address: str, said: str) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(address)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_bytes(os.urandom(8192))
    with pytest.raises(StoreError, match="move the file away"):
        open_store(tmp_path / "runs.sqlite")


def test_sqlite_writes_survive_power_loss_by_its_settings(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "runs.sqlite")

    def setting(name: str) -> Any:
        with engine.connect() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert setting("journal_mode") == "wal"
    assert setting("synchronous") == 2  # FULL
    engine.dispose()


def test_servers_that_open_a_new_database_together_wait_for_each_other(tmp_path: Path) -> None:
    place = tmp_path / "runs.sqlite"
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # as another that begins to make the tables
    with ThreadPoolExecutor() as pool:
        opening = pool.submit(open_store, place)
        wait([opening], timeout=1)
        other.execute("COMMIT")
        opening.result(60).close()
    other.close()


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["CREATE TABLE cookies (name)"], "a database of another program; move the file away"),
        (["CREATE TABLE runs (a)"], "a database of another program; move the file away"),
        (
            ["CREATE TABLE alpgraph_schema (version)", "INSERT INTO alpgraph_schema VALUES ('x')"],
            "schema 'x', which none is; move the file away",
        ),
    ],
)
def test_a_database_of_something_else_is_left_as_it_is(
    tmp_path: Path, statements: Sequence[str], said: str
) -> None:
    place = tmp_path / "runs.sqlite"
    with contextlib.closing(sqlite3.connect(place)) as other, other:
        for statement in statements:
            other.execute(statement)
    with pytest.raises(StoreError, match=said):
        open_store(place)
    with contextlib.closing(sqlite3.connect(place)) as other:
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


@pytest.mark.parametrize(
    "damage", ["params = '{'", "summary = '[]'", "result = '{'", "state = '<i>odd'"]
)
def test_a_damaged_row_is_said_with_what_to_do(tmp_path: Path, trial: Ask, damage: str) -> None:
    store = open_store(tmp_path / "runs.sqlite")
    run_id = store.add(trial())[0].id
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE runs SET {damage}"))
    with pytest.raises(StoreError, match=f"{run_id}.*cannot be read.*move the database away"):
        store.get(run_id)
    store.close()


def test_an_emptied_database_is_said_and_its_log_stays(
    tmp_path: Path, trial: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    store, place = open_store(tmp_path / "runs.sqlite"), tmp_path / "kept" / "runs.sqlite"
    store.add(trial())
    log = place.with_name("runs.sqlite-wal")
    place.parent.mkdir()
    log.write_bytes((tmp_path / log.name).read_bytes())
    store.close()
    place.touch()
    with pytest.raises(StoreError, match=r"is empty, and its log runs\.sqlite-wal is not; put the"):
        open_store(place)
    assert log.stat().st_size
    log.unlink()
    open_store(place).close()  # it may be one that another server begins
    assert caplog.messages == []
    place.write_bytes(b"")
    os.utime(place, (1, 1))
    open_store(place).close()
    assert caplog.messages == [f"the runs database {place} was empty; runs that it held are lost"]
    open_store(place).close()
    assert len(caplog.messages) == 1


def test_nothing_is_acknowledged_into_a_file_that_is_gone(tmp_path: Path, trial: Ask) -> None:
    state, aside = tmp_path / "state", tmp_path / "aside"
    store = open_store(state / "runs.sqlite")
    asked = store.add(trial(1))[0].id
    state.rename(aside)
    for use in (lambda: store.add(trial(2)), lambda: store.claim("me"), lambda: store.get(asked)):
        with pytest.raises(StoreError, match="moved or deleted while in use; put it back"):
            use()
    aside.rename(state)
    claim = store.claim("me")
    assert claim is not None
    assert claim.run.id == asked
    store.close()


def test_a_database_for_which_too_many_wait_is_said_plainly(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.1}
    monkeypatch.setattr(
        "alpgraph.runs.engine.create_engine", lambda url, **more: create_engine(url, **more | one)
    )
    store = open_store(where)
    with store.engine.connect(), pytest.raises(StoreError, match="too many wait for the runs"):
        store.heartbeat("me")
    store.heartbeat("me")
    store.close()
