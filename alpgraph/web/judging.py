"""Verdicts that no stored reference gives: looked for among finished runs, also other servers'."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from alpgraph import runs
from alpgraph.pages import Collection
from alpgraph.pages.state import stored_result
from alpgraph.runs import StoreError
from alpgraph.web.hub import Hub
from alpgraph.web.run_access import RunAccess
from alpgraph.web.run_shapes import is_readable

EVERY = 2.0
"""Seconds between two looks; while every experiment has a reference no database is asked."""


@asynccontextmanager
async def judging(app: FastAPI, hub: Hub) -> AsyncIterator[None]:
    """Follow the answers of runs while the application lives."""
    task = asyncio.create_task(follow_answers(hub, app.state.runs))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def follow_answers(hub: Hub, access: RunAccess) -> None:
    """Let notes whose experiment has no stored reference show their first answer, until cancelled.

    That is the oldest finished run with default seed and replicates (design section 6), so a
    visitor's run never changes a verdict.
    """
    await hub.ready.wait()
    while True:
        collection = hub.collection
        answers = await asyncio.to_thread(_answers, collection, access)
        if answers is None or await hub.judge(collection, answers):
            await asyncio.sleep(EVERY)


def _answers(collection: Collection, access: RunAccess) -> dict[str, Mapping[str, Any]] | None:
    """Return by slug the results that runs give; None when the database cannot be asked."""
    results: dict[str, Mapping[str, Any]] = {}
    for slug in collection.attached:
        note = collection.notes[slug]
        if note.experiment is None or stored_result(note) is not None:
            continue
        try:
            store = access.service().store
            run = runs.answer_for(store, note.experiment.name, note.experiment.params)
        except ValueError:  # parameters out of bounds are a finding of `check`
            continue
        except StoreError:
            return None
        if run is not None and run.result is not None and is_readable(run):
            results[slug] = run.result
    return results
