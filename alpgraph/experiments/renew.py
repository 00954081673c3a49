"""Compute stored results anew: `python -m alpgraph.experiments.renew [NAME ...] [--stale]`."""

import os
import sys
from collections.abc import Sequence

from alpgraph.experiments.code import code_hash
from alpgraph.experiments.references import make_reference, references, store_reference
from alpgraph.experiments.registry import all_experiments, get_experiment
from alpgraph.experiments.running import silent


def is_stale(name: str, preset: str) -> bool:
    """Whether a preset has no stored result, or one that other code or parameters gave."""
    stored = references(name).get(preset)
    if stored is None or stored["code"] != code_hash(name):
        return True
    experiment = get_experiment(name)
    params = experiment.params.model_validate(dict(experiment.presets[preset].params))
    return bool(
        stored["params"] != params.model_dump(mode="json")
        or stored["expected"] != experiment.presets[preset].expected.value
        or stored["replicates"] != experiment.replicates
    )


def renew(names: Sequence[str], *, only_stale: bool = False) -> None:
    """Run and store every preset of these experiments (all, if none is named), saying what came."""
    for name in names or list(all_experiments()):
        for preset in get_experiment(name).presets:
            if only_stale and not is_stale(name, preset):
                continue
            reference = make_reference(name, preset, silent)
            path = store_reference(reference)
            primary = reference["result"]["primary"]
            print(
                f"{name} {preset}: {reference['result']['verdict']}"
                f" (expected {reference['expected']}), {primary['difference']:+.4g}"
                f" [{primary['low']:+.4g}, {primary['high']:+.4g}],"
                f" {reference['cpu_seconds']} s; stored as {path}",
                flush=True,
            )


if __name__ == "__main__":
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # NumPy has read it by now, so start again
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.execv(sys.executable, sys.orig_argv)
    renew([a for a in sys.argv[1:] if a != "--stale"], only_stale="--stale" in sys.argv)
