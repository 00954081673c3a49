"""Verdicts that runs give, while the notes that they are for are edited."""

import asyncio
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from alpgraph.config import Config, Location
from alpgraph.experiments import reference_for
from alpgraph.pages.note import note_markdown, note_page
from alpgraph.pages.state import rejudged
from alpgraph.runs import Run, RunSpec, State
from alpgraph.web import Settings
from alpgraph.web.hub import Hub
from alpgraph.web.judging import follow_answers

NAME, KNOWN = "predict-then-decide", {"degree": 6, "decision_aware": True}
"""An experiment and parameters that there is a stored reference of."""


def attaching(degree: int) -> str:
    matter = f"experiment:\n  name: {NAME}\n  params: {{degree: {degree}, decision_aware: true}}"
    return f"---\ntitle: A claim\nclaim: It is so.\n{matter}\n---\nText.\n"


def test_an_answer_looked_up_before_an_edit_is_not_given_to_what_the_note_says_then(
    folder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complete: Any
) -> None:
    root = folder({"a.md": attaching(3), "b.md": attaching(4)})
    stored = reference_for(NAME, KNOWN)
    assert stored is not None
    result = {**stored["result"], "verdict": "contradicted"}
    looking, edited, looks = Event(), Event(), []

    def answer_for(store: object, name: str, params: dict[str, str]) -> Run:
        if params["degree"] == "3":
            looking.set()
            assert edited.wait(60)
        looks.append(params["degree"])
        spec = RunSpec(name, params, 1, 0, "")
        found = {**result, "params": params}
        return Run(id=spec.id, spec=spec, state=State.DONE, result=found)

    monkeypatch.setattr("alpgraph.runs.answer_for", answer_for)
    monkeypatch.setattr("alpgraph.web.judging.EVERY", 0.01)

    async def check() -> None:
        place = Location(root, tmp_path / "state", bundled=False)
        hub = Hub(Settings(place, Config(), watch=False))
        await hub.start()
        access: Any = SimpleNamespace(service=lambda: SimpleNamespace(store=None))
        following = asyncio.create_task(follow_answers(hub, access))
        assert await asyncio.to_thread(looking.wait, 60)
        (root / "a.md").write_text(attaching(6))
        await hub.refresh([root / "a.md"])
        verdict = hub.collection.verdicts["a"]
        assert verdict.verdict == stored["result"]["verdict"] != "contradicted"
        edited.set()
        while looks.count("4") < 4:  # until it has surely been looked at anew
            assert hub.collection.verdicts.get("a") == verdict
            await asyncio.sleep(0.01)
        assert hub.collection.verdicts["b"].verdict == "contradicted"
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await hub.stop()

    complete(check())


def test_no_run_gives_a_verdict_to_a_claim_that_it_does_not_test(
    folder: Any, tmp_path: Path
) -> None:
    scoped = attaching(3).replace("true}", "true}\n  scope: half of it")
    place = Location(folder({"a.md": scoped}), tmp_path / "state", bundled=False)
    hub = Hub(Settings(place, Config(), watch=False))
    hub.open()
    stored = reference_for(NAME, KNOWN)
    assert stored is not None
    patch = rejudged(hub.collection, {"a": stored["result"]})
    assert patch is not None
    assert patch.after.verdicts == {}
    page = note_page(patch.after, "a")  # which still tells how the run ended
    assert "It tests half of it." in page
    assert stored["result"]["verdict"] in page[page.index('id="check"') :]
    hub.close()


def test_a_note_takes_no_verdict_from_differences_that_are_no_number(
    folder: Any, tmp_path: Path
) -> None:
    place = Location(folder({"a.md": attaching(3)}), tmp_path / "state", bundled=False)
    hub = Hub(Settings(place, Config(), watch=False))
    hub.open()
    stored = reference_for(NAME, KNOWN)
    assert stored is not None
    known = stored["result"]
    huge = {**known, "primary": {**known["primary"], "low": None, "high": None}}
    collection = hub.collection
    for result, verdicts in ((known, {"a"}), (huge, set())):
        patch = rejudged(collection, {"a": result})
        assert patch is not None
        assert set(patch.after.verdicts) == verdicts
        assert "check" in note_page(patch.after, "a")
        assert "A claim" in note_markdown(patch.after, "a")
    hub.close()
