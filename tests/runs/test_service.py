"""The queue with real workers: answers, limits, deaths, watchers."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import event

from alpgraph.experiments import run_experiment
from alpgraph.runs import Event, Limits, NoSuchRun, Run, RunService, RunSpec, State

Ask = Callable[..., RunSpec]
Serve = Callable[..., RunService]
Complete = Callable[..., Any]
Finished = Callable[..., Run]


def until(condition: Callable[[], Any], seconds: float = 15) -> Any:
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
    for seed in (901, 902):
        service.submit(trial(seed, pause=0.05))
    for seed in (901, 902):
        finished(service, trial(seed, pause=0.05).id)
    until(lambda: len(workers()) == 2)


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
        ("leave", "SystemExit: 3"),
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


def test_time_over_the_limit_kills_the_run(serve: Serve, trial: Ask, finished: Finished) -> None:
    service = serve(workers=1, limits=Limits(seconds=1.0))
    run = finished(service, service.submit(trial(mode="spin"))[0].id)
    assert run.state is State.TIMED_OUT
    assert run.reason == "stopped after 1 s, the limit of a run"
    assert run.started is not None
    assert run.finished is not None
    assert 1.0 <= run.finished - run.started < 30.0


@pytest.mark.parametrize("mode", ["spin", "fine"])
def test_cancelling_kills_the_process_long_before_it_would_end(
    serve: Serve, trial: Ask, finished: Finished, log: Any, mode: str
) -> None:
    service = serve()
    warm(service, trial, finished)
    run, _ = service.submit(trial(mode=mode, pause=5.0, log=log.path))
    until(lambda: log().get("began"))
    pid = int(Path(log.path).read_text().split()[-1])
    began = time.monotonic()
    assert service.cancel(run.id).state is State.CANCELLED
    until(lambda: not psutil.pid_exists(pid))
    assert time.monotonic() - began < 5.0
    time.sleep(0.2)
    stored = service.get(run.id)
    assert stored is not None
    assert (stored.state, stored.reason) == (State.CANCELLED, "cancelled by a visitor")


def test_a_cancelled_waiting_run_is_never_computed(
    serve: Serve, trial: Ask, finished: Finished, log: Any
) -> None:
    service = serve(workers=1)
    first, _ = service.submit(trial(0, pause=0.2))
    second, _ = service.submit(trial(1, log=log.path))
    service.cancel(second.id)
    finished(service, first.id)
    finished(service, service.submit(trial(2))[0].id)
    assert log() == {}


def test_a_stopped_server_puts_its_runs_back_for_the_next(
    where: str, serve: Serve, trial: Ask, finished: Finished, log: Any
) -> None:
    service = serve(where)
    run, _ = service.submit(trial(pause=30.0 / 3, log=log.path))
    until(lambda: log().get("began"))
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 2
    stored = service.store.get(run.id)
    assert stored is not None
    assert (stored.state, stored.attempts) == (State.QUEUED, 0)
    second = serve(where)
    until(lambda: log().get("began") == 2)
    second.cancel(run.id)


def test_results_that_cannot_be_stored_yet_are_kept_until_they_can(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve(workers=1)
    run, _ = service.submit(trial(steps=60, pause=0.02))
    until(lambda: (stored := service.get(run.id)) and stored.state is State.RUNNING)
    full = True

    def lend(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA query_only = {int(full)}")

    event.listen(service.store._engine, "checkout", lend)
    until(lambda: service.fault)
    assert "readonly" in service.fault
    full = False
    assert finished(service, run.id).state is State.DONE


async def collect(service: RunService, run_id: str, after: int = 0) -> list[Event]:
    return [event async for event in service.events(run_id, after)]


def test_watchers_see_progress_grow_and_then_the_end(
    serve: Serve, trial: Ask, complete: Complete
) -> None:
    service = serve()
    run, _ = service.submit(trial(steps=8, pause=0.1))
    events = complete(collect(service, run.id))
    ids = [event.id for event in events]
    assert ids == sorted(set(ids))
    assert [event.kind for event in events] == ["progress"] * (len(events) - 1) + ["end"]
    told = [json.loads(event.data) for event in events]
    shares = [one["progress"] for one in told]
    assert shares == sorted(shares)
    assert len(shares) >= 3  # a busy machine tells of several steps at once
    curves = [one["curves"] for one in told if one.get("curves")]
    assert len(curves[-1][0]["x"]) > len(curves[0][0]["x"])
    assert told[-1]["result"]["verdict"] == "supported"
    assert any(one.get("eta") for one in told)


def test_a_watcher_that_comes_back_goes_on_where_it_was(
    serve: Serve, trial: Ask, complete: Complete
) -> None:
    service = serve()
    run, _ = service.submit(trial(steps=10, pause=0.1))

    async def leave_and_return() -> tuple[Event, list[Event]]:
        stream = service.events(run.id)
        for _ in range(3):
            last = await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
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
    serve: Serve, trial: Ask, complete: Complete
) -> None:
    service = serve(workers=1)
    specs = [trial(seed, steps=2, pause=0.3) for seed in range(3)]
    runs = [service.submit(spec)[0] for spec in specs]
    told = [json.loads(event.data) for event in complete(collect(service, runs[2].id))]
    places = [one["position"] for one in told if one["state"] == "queued"]
    assert places == sorted(places, reverse=True)
    assert places[-1] == 0
    assert len(set(places)) >= 2


def test_watching_what_is_not_there_says_so(serve: Serve, complete: Complete) -> None:
    with pytest.raises(NoSuchRun):
        complete(collect(serve(), "feedbeef"))


def test_another_server_is_asked_and_watched_as_well(
    postgres: Callable[[], str], serve: Serve, trial: Ask
) -> None:
    where = postgres()
    worker, other = serve(where), serve(where)
    other.executor.close()
    other._stopping = True  # it serves, and leaves the work to the first
    run, _ = worker.submit(trial(steps=30, pause=0.1))
    until(lambda: (stored := worker.get(run.id)) and stored.state is State.RUNNING)
    until(lambda: (seen := other.get(run.id)) and seen.progress > 0)
    assert other.store.live(run.id)[0]["name"] == "height"
    assert other.cancel(run.id).state is State.CANCELLED
    until(lambda: not worker._running, 2)


def test_a_verdict_of_a_note_is_the_oldest_run_with_default_seed_and_replicates(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve()
    assert service.verdict_for("trial", {}) is None
    finished(service, service.submit(trial(seed=1, replicates=4))[0].id)
    assert service.verdict_for("trial", {}) is None
    finished(service, service.submit(trial(seed=0, replicates=4))[0].id)
    assert service.verdict_for("trial", {}) == "supported"
    assert service.verdict_for("trial", {"steps": 4}) is None
    assert service.verdict_for("nonsense", {}) is None
    asked = [("trial", {}), ("trial", {"steps": 4}), ("nonsense", {})]
    assert service.verdicts_for(asked) == ["supported", None, None]


def test_a_stored_reference_decides_before_any_run(serve: Serve) -> None:
    service, name = serve(), "utility-weighted-loss"
    params = [{"miss_cost": 30}, {"miss_cost": 1}, {"miss_cost": 7}]
    verdicts = ["supported", "no effect", None]
    assert [service.verdict_for(name, one) for one in params] == verdicts
    assert service.verdicts_for([(name, one) for one in params]) == verdicts


def test_one_run_can_be_computed_in_the_foreground(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve()
    service._stopping = True
    until(lambda: service._thread is not None and not service._thread.is_alive())
    service._stopping = False
    assert service.run_next() is None
    run, _ = service.submit(trial(9))
    ended = service.run_next()
    assert ended is not None
    assert (ended.id, ended.state) == (run.id, State.DONE)


def test_workers_are_bounded_to_one_thread_of_linear_algebra(
    serve: Serve, trial: Ask, finished: Finished
) -> None:
    service = serve(workers=1)
    finished(service, service.submit(trial())[0].id)
    environ: Mapping[str, str] = until(workers)[0].environ()
    assert environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.getpid() == until(workers)[0].ppid()
