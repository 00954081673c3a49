"""What is known of an experiment: its stored results, and the finished runs of a server."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alpgraph.experiments import Experiment, references
from alpgraph.pages.addresses import experiment_url, run_url

if TYPE_CHECKING:  # a site, which has no runs, need not load their database
    from alpgraph.runs import Run


@dataclass(frozen=True, slots=True)
class Answer:
    """A result beside others."""

    key: str
    """Id of a run, or name of a preset."""
    name: str
    url: str
    params: Mapping[str, Any]
    replicates: int
    seed: int
    primary: Mapping[str, Any]
    verdict: str


def stored_answers(experiment: Experiment) -> list[Answer]:
    """Return the stored results of an experiment."""
    return [
        Answer(
            preset,
            f"stored: {preset.replace('-', ' ')}",
            experiment_url(experiment.name, found["params"]),
            found["params"],
            found["replicates"],
            found["seed"],
            found["result"]["primary"],
            found["result"]["verdict"],
        )
        for preset, found in references(experiment.name).items()
    ]


def run_answers(runs: "Iterable[Run]") -> list[Answer]:
    """Return the results of those runs that have one."""
    return [
        Answer(
            run.id,
            f"run {run.id[:8]}",
            run_url(run.id),
            run.spec.params,
            run.spec.replicates,
            run.spec.seed,
            run.primary,
            run.verdict,
        )
        for run in runs
        if run.primary is not None and run.verdict is not None
    ]
