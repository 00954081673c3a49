"""What the stored evidence says of each note's claim, now or as of a revision."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from alpgraph.experiments import Verdict, find_experiment, references, validate_params
from alpgraph.experiments.references import FOLDER
from alpgraph.graph.model import Notes
from alpgraph.history import HistoryError
from alpgraph.history.git import commit_id, list_blobs, read_blobs, run_git
from alpgraph.notes.model import ExperimentRef

Stored = Mapping[str, list[tuple[Mapping[str, Any], str]]]
"""By experiment: parameters and verdict of each stored result."""
_VERDICTS = {verdict.value for verdict in Verdict}


def stored_now(names: Iterable[str]) -> Stored:
    """Return the results that came with this alpgraph."""
    return {
        name: [(found["params"], found["result"]["verdict"]) for found in references(name).values()]
        for name in names
    }


def stored_at(root: Path, revision: str) -> Stored:
    """Return the results as of a revision of the repository of the notes below `root`.

    Empty where that repository does not hold alpgraph itself: results then come with the
    installed alpgraph, whatever the revision of the notes.
    """
    try:
        if _repository(root) != _repository(FOLDER):
            return {}
        blobs = list_blobs(FOLDER, commit_id(FOLDER, revision))
        contents = read_blobs(FOLDER, (blob.id for blob in blobs if blob.kind == "file"))
    except HistoryError:
        return {}
    found: dict[str, list[tuple[Mapping[str, Any], str]]] = {}
    for data in contents.values():
        try:
            stored = json.loads(data)
            name, params = str(stored["experiment"]), dict(stored["params"])
            verdict = str(stored["result"]["verdict"])
        except (ValueError, TypeError, KeyError, RecursionError):
            continue  # a contribution may hold anything
        if verdict in _VERDICTS:
            found.setdefault(name, []).append((params, verdict))
    return found


def verdicts_of(notebook: Notes, stored: Stored) -> dict[str, str]:
    """Return the verdict of each note whose claim an experiment with a stored result tests."""
    tests = {slug: note.claim_test for slug, note in notebook.notes.items() if note.claim_test}
    verdicts = {slug: _verdict(ref, stored.get(ref.name, [])) for slug, ref in tests.items()}
    return {slug: verdict for slug, verdict in verdicts.items() if verdict}


def _repository(folder: Path) -> bytes:
    return run_git(folder, "rev-parse", "--absolute-git-dir")


def _verdict(reference: ExperimentRef, results: list[tuple[Mapping[str, Any], str]]) -> str:
    experiment = find_experiment(reference.name)
    if experiment is None:
        return ""
    try:
        wanted = validate_params(experiment, reference.params).model_dump(mode="json")
    except ValueError:
        return ""
    return next((verdict for params, verdict in results if params == wanted), "")
