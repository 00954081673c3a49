"""The queue with real workers: answers, limits, deaths, watchers."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import event

from alpgraph.experiments import run_experiment
from alpgraph.runs import (
    Event,
    Job,
    Limits,
    LocalExecutor,
    NoSuchRun,
    Run,
    RunService,
    RunSpec,
    State,
    answer_for,
    open_store,
)
from alpgraph.runs.channels import Channels, Watcher

Ask = Callable[..., RunSpec]
Serve = Callable[..., RunService]
Complete = Callable[..., Any]
Finished = Callable[..., Run]


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return value


def workers() -> list[psutil.Process]:
    """Worker processes of this process."""
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
        and "alpgraph.experiments.worker" in " ".join(child.cmdline())
    ]


def warm(service: RunService, trial: Ask, finished: Finished) -> None:
    """Have every worker ready."""
    for seed in range(900, 940, 2):  # one may answer both where the other begins late
        pair = [trial(seed, pause=0.05), trial(seed + 1, pause=0.05)]
        service.submit_all(pair)
        for spec in pair:
            finished(service, spec.id)
        if len(workers()) == 2:
            return
    raise AssertionError("there never were two workers")


def test_a_run_gives_the_experiments_own_result(
    where: str, serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve(where)
    run, new = service.submit(trial(seed=5, replicates=4))
    assert new
    ended = finished(service, run.id)
    assert ended.state is State.DONE
    assert (ended.attempts, ended.progress, ended.version) == (1, 1.0, "0.1.0")
    assert ended.result == run_experiment("trial", {}, 4, 5)
    again, newer = service.submit(trial(seed=5, replicates=4))
    assert (again, newer) == (ended, False)


def test_workers_start_with_the_first_run_and_stay(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve()
    assert workers() == []
    warm(service, trial, finished)
    before = {worker.pid for worker in workers()}
    for seed in range(5):
        finished(service, service.submit(trial(seed, steps=1))[0].id)
    assert {worker.pid for worker in workers()} == before


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("raise", "ValueError: the dog ate the data (trial_experiment.py, line"),
        ("leave", "SystemExit: 3 (trial_experiment.py, line"),
        ("lines", "LookupError: no such row (trial_experiment.py, line"),
        ("nothing", "AttributeError: 'NoneType' object has no attribute 'control' (trial_exp"),
        ("shape", "ValueError: trial: control has shape (1,), not (2,) (trial_experiment.py, line"),
        ("memory", "more memory than the 512 MB"),
        ("big", "bytes; the limit is 2097152"),
    ],
)
def test_a_failing_experiment_says_why(
    serve: Serve, trial: Ask, finished: Finished, mode: str, said: str
) -> None:
    service = serve(workers=1, limits=Limits(memory=512 * 2**20))
    run = finished(service, service.submit(trial(mode=mode))[0].id)
    assert (run.state, run.attempts, run.result) == (State.FAILED, 1, None)
    assert said in run.reason
    after = finished(service, service.submit(trial())[0].id)
    assert after.state is State.DONE


def test_a_worker_that_keeps_dying_is_given_up_after_three_attempts(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve(workers=1)
    run = finished(service, service.submit(trial(mode="exit"))[0].id)
    assert (run.state, run.attempts) == (State.FAILED, 3)
    assert run.reason.startswith("given up after 3 attempts: its worker process ended with code 7")


def test_a_worker_that_dies_once_is_replaced_and_the_run_done(
    serve: Serve, trial: Ask, finished: Finished, log: Any
) -> None:
    service = serve(workers=1)
    run = finished(service, service.submit(trial(dies=1, log=log.path))[0].id)
    assert (run.state, run.attempts) == (State.DONE, 2)
    assert log() == {"began": 2, "ended": 1}


def test_a_killed_idle_worker_is_replaced(serve: Serve, trial: Ask, finished: Finished) -> None:
    service = serve()
    warm(service, trial, finished)
    for worker in workers():
        worker.send_signal(signal.SIGKILL)
    run = finished(service, service.submit(trial(7))[0].id)
    assert run.state is State.DONE


def test_a_listener_that_fails_is_told_and_spoils_no_other_answer(trial: Ask) -> None:
    def hear(share: float, curves: Any) -> None:
        raise OSError("nobody listens")

    executor = LocalExecutor(1)
    first, second = (Job(str(seed), trial(seed, pause=0.1), Limits()) for seed in (1, 2))
    with pytest.raises(OSError, match="nobody listens"):
        executor.submit(first, hear).result(60)
    answer = json.loads(executor.submit(second, lambda *_: None).result(60))
    assert [row["seed"] for row in answer["replicates"]] == [2, 2]
    executor.close()


def test_time_over_the_limit_kills_the_run(serve: Serve, trial: Ask, finished: Finished) -> None:
    service = serve(workers=1, limits=Limits(seconds=1.0))
    run = finished(service, service.submit(trial(mode="spin"))[0].id)
    assert run.state is State.TIMED_OUT
    assert run.reason == "stopped after 1 s, the limit of a run"
    assert run.started is not None
    assert run.finished is not None
    assert run.finished - run.started >= 1.0


@pytest.mark.parametrize("mode", ["spin", "fine"])
def test_cancelling_kills_the_process_that_would_go_on(
    serve: Serve, trial: Ask, log: Any, gate: Any, mode: str
) -> None:
    service = serve()
    run, _ = service.submit(trial(mode=mode, gate=gate.path, log=log.path))
    until(lambda: log().get("began"))
    pid = int(Path(log.path).read_text().split()[-1])
    assert service.cancel(run.id).state is State.CANCELLED
    until(lambda: not psutil.pid_exists(pid))
    until(lambda: not service.running)
    stored = service.get(run.id)
    assert stored is not None
    assert (stored.state, stored.reason) == (State.CANCELLED, "cancelled by a visitor")


def test_a_cancelled_waiting_run_is_never_computed(
    serve: Serve, trial: Ask, finished: Finished, log: Any, gate: Any
) -> None:
    service = serve(workers=1)
    first, _ = service.submit(trial(0, gate=gate.path))
    second, _ = service.submit(trial(1, log=log.path))
    service.cancel(second.id)
    gate.open()
    finished(service, first.id)
    finished(service, service.submit(trial(2))[0].id)
    assert log() == {}


def test_a_stopped_server_puts_its_runs_back_for_the_next(
    where: str, serve: Serve, trial: Ask, log: Any, gate: Any
) -> None:
    service = serve(where)
    run, _ = service.submit(trial(gate=gate.path, log=log.path))
    until(lambda: log().get("began"))
    service.stop()
    stored = service.store.get(run.id)
    assert stored is not None
    assert (stored.state, stored.attempts) == (State.QUEUED, 0)
    second = serve(where)
    until(lambda: log().get("began") == 2)
    second.cancel(run.id)


def test_results_that_cannot_be_stored_yet_are_kept_until_they_can(
    serve: Serve, trial: Ask, finished: Finished, gate: Any, caplog: pytest.LogCaptureFixture
) -> None:
    service = serve(workers=1)
    run, _ = service.submit(trial(gate=gate.path))
    until(lambda: (stored := service.get(run.id)) and stored.state is State.RUNNING)
    full = True

    def lend(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA query_only = {int(full)}")

    event.listen(service.store.engine, "checkout", lend)
    gate.open()
    until(lambda: "readonly" in service.fault)
    full = False
    assert finished(service, run.id).state is State.DONE
    until(lambda: len(caplog.messages) > 1)
    began, ended = caplog.messages
    assert began.startswith("runs wait: the runs database ")
    assert ended == "runs go on again"


def test_a_server_stops_also_where_a_result_cannot_be_stored(
    serve: Serve, trial: Ask, gate: Any
) -> None:
    service = serve(workers=1)
    run, _ = service.submit(trial(gate=gate.path))
    until(lambda: (stored := service.get(run.id)) and stored.state is State.RUNNING)

    def lend(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA query_only = 1")

    event.listen(service.store.engine, "checkout", lend)
    gate.open()
    until(lambda: "readonly" in service.fault)
    service.stop()
    assert "readonly" in service.fault


async def collect(service: RunService, run_id: str, after: int = 0) -> list[Event]:
    return [event async for event in service.events(run_id, after)]


def test_watchers_see_progress_grow_and_then_the_end(
    serve: Serve, trial: Ask, complete: Complete, gate: Any
) -> None:
    service = serve()
    run, _ = service.submit(trial(steps=8, pause=0.3, gate=gate.path))

    async def follow() -> list[Event]:
        events, drawn = [], 0
        gate.open(1)
        async for one in service.events(run.id):
            events.append(one)
            if json.loads(one.data).get("curves") and drawn < 3:  # on once this was seen
                drawn += 1
                gate.open(1 if drawn < 3 else 100)
        return events

    events = complete(follow())
    ids = [event.id for event in events]
    assert ids == sorted(set(ids))
    assert [event.kind for event in events] == ["progress"] * (len(events) - 1) + ["end"]
    told = [json.loads(event.data) for event in events]
    shares = [one["progress"] for one in told]
    assert shares == sorted(shares)
    curves = [one["curves"] for one in told if one.get("curves")]
    assert len(curves[-1][0]["x"]) > len(curves[0][0]["x"])
    assert told[-1]["result"]["verdict"] == "supported"
    assert any(one.get("eta") for one in told)


def test_a_watcher_that_comes_back_goes_on_where_it_was(
    serve: Serve, trial: Ask, complete: Complete, gate: Any
) -> None:
    service = serve()
    run, _ = service.submit(trial(steps=10, pause=0.1, gate=gate.path))

    async def leave_and_return() -> tuple[Event, list[Event]]:
        gate.open(1)
        stream = service.events(run.id)
        async for last in stream:
            if json.loads(last.data)["progress"]:
                break
        await stream.aclose()  # type: ignore[attr-defined]
        gate.open()
        return last, await collect(service, run.id, last.id)

    last, later = complete(leave_and_return())
    assert all(event.id > last.id for event in later)
    assert later[-1].kind == "end"
    assert complete(collect(service, run.id, later[-1].id)) == []


def test_two_hundred_watchers_cost_one_computation(
    serve: Serve, trial: Ask, log: Any, complete: Complete
) -> None:
    service = serve()
    spec = trial(steps=10, pause=0.05, log=log.path)

    async def watch_all() -> list[list[Event]]:
        runs = [service.submit(spec)[0] for _ in range(200)]
        return await asyncio.gather(*(collect(service, run.id) for run in runs))

    seen = complete(watch_all())
    assert {events[-1].kind for events in seen} == {"end"}
    assert len({events[-1].data for events in seen}) == 1
    assert log() == {"began": 1, "ended": 1}


def test_a_waiting_run_tells_its_watchers_its_place(
    serve: Serve, trial: Ask, complete: Complete, tmp_path: Path
) -> None:
    service = serve(workers=1)
    doors = [tmp_path / f"door{number}" for number in range(2)]
    for door in doors:
        door.touch()
    for seed, door in enumerate(doors):
        service.submit(trial(seed, gate=str(door)))
    last, _ = service.submit(trial(2))

    async def follow() -> list[int]:
        places = []
        async for one in service.events(last.id):
            told = json.loads(one.data)
            if told["state"] == "queued":
                places.append(told["position"])
                if told["position"] < 2:  # the first is at work, or the second
                    doors[1 - told["position"]].write_bytes(b"." * 9)
        return places

    places = complete(follow())
    assert places == sorted(places, reverse=True)
    assert places[-2:] == [1, 0]


def test_who_watches_a_run_that_is_asked_again_is_not_told_its_former_end(
    trial: Ask, complete: Complete, tmp_path: Path
) -> None:
    service = RunService(open_store(tmp_path / "runs.sqlite"), LocalExecutor(1))  # computes none

    async def watch_twice() -> list[Any]:
        run, _ = service.submit(trial())
        slow, quick = service.events(run.id), service.events(run.id)
        seen = [await anext(slow)]
        service.cancel(run.id)
        seen.append(await anext(slow))  # and is not heard of again for a while
        service.submit(trial())
        seen.append(await anext(quick))
        return [json.loads(event.data)["state"] for event in seen]

    assert complete(watch_twice()) == ["queued", "cancelled", "queued"]
    service.stop()


def test_a_reader_whose_loop_has_just_ended_does_no_harm() -> None:
    class Ending(asyncio.SelectorEventLoop):
        """A loop that has ended since anybody could ask whether it has."""

        def call_soon_threadsafe(self, *args: Any, **options: Any) -> Any:
            raise RuntimeError("Event loop is closed")

    loop, channels = Ending(), Channels()

    async def join() -> None:
        channels.join("run", Watcher())

    with ThreadPoolExecutor(1) as pool:  # in this thread a browser's loop may turn already
        pool.submit(loop.run_until_complete, join()).result()
    channels.publish("run", "progress", {})
    loop.close()
    event = channels.latest("run")
    assert event is not None
    assert event.kind == "progress"


def test_watching_what_is_not_there_says_so(serve: Serve, complete: Complete) -> None:
    with pytest.raises(NoSuchRun):
        complete(collect(serve(), "feedbeef"))


def test_another_server_is_asked_and_watched_as_well(
    postgres: Callable[[], str], serve: Serve, trial: Ask, gate: Any
) -> None:
    where = postgres()
    worker = serve(where)
    other = RunService(open_store(where), LocalExecutor(1))  # it leaves the work to the first
    gate.open(1)
    run, _ = worker.submit(trial(gate=gate.path))
    until(lambda: (stored := worker.get(run.id)) and stored.state is State.RUNNING)
    until(lambda: (seen := other.get(run.id)) and seen.progress > 0)
    assert other.store.live(run.id)[0]["name"] == "height"
    assert other.cancel(run.id).state is State.CANCELLED
    until(lambda: not worker.running)
    other.stop()


def test_a_verdict_of_a_note_is_the_oldest_run_with_default_seed_and_replicates(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve()
    assert answer_for(service.store, "trial", {}) is None
    finished(service, service.submit(trial(seed=1, replicates=4))[0].id)
    assert answer_for(service.store, "trial", {}) is None
    first = finished(service, service.submit(trial(seed=0, replicates=4))[0].id)
    answer = answer_for(service.store, "trial", {})
    assert answer is not None
    assert (answer.id, answer.verdict) == (first.id, "supported")
    assert answer_for(service.store, "trial", {"steps": 4}) is None
    assert answer_for(service.store, "nonsense", {}) is None


def test_one_run_can_be_computed_in_the_foreground(tmp_path: Path, trial: Ask) -> None:
    service = RunService(open_store(tmp_path / "runs.sqlite"), LocalExecutor(1))
    assert service.run_next() is None
    run, _ = service.submit(trial(9))
    ended = service.run_next()
    assert ended is not None
    assert (ended.id, ended.state) == (run.id, State.DONE)
    service.stop()


def test_workers_are_bounded_to_one_thread_of_linear_algebra(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve(workers=1)
    finished(service, service.submit(trial())[0].id)
    environ: Mapping[str, str] = until(workers)[0].environ()
    assert environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.getpid() == until(workers)[0].ppid()
