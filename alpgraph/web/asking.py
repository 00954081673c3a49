"""What an address or a form asks of an experiment."""

from collections.abc import Mapping

from alpgraph import experiments, pages, runs

_OTHERS = ("experiment", "replicates", "seed")


def question_of(name: str, raw: Mapping[str, str]) -> "pages.Question":
    """Read parameters, replicates and seed, with what is wrong with each of them.

    `experiment` is passed over: the form that makes a link names it beside the address.
    """
    experiment = experiments.find_experiment(name)
    claim = dict(experiment.presets["claim"].params) if experiment else {}
    params = {key: value for key, value in raw.items() if key not in _OTHERS}
    counts = {key: whole(raw.get(key, "")) for key in ("replicates", "seed")}
    faults: dict[str, str] = {}
    try:
        spec = runs.make_spec(name, claim | params, counts["replicates"], counts["seed"])
    except runs.SpecError as error:
        faults = {fault.field.removeprefix("params."): fault.message for fault in error.faults}
        seed = counts["seed"] if counts["seed"] is not None else runs.DEFAULT_SEED
        return pages.Question(claim | params, counts["replicates"], seed, faults)
    return pages.Question(spec.params, spec.replicates, spec.seed)


def whole(text: str) -> int | None:
    """Read a whole number of a form; what is none is refused later, by name."""
    text = text.strip()
    if not text:
        return None
    return int(text) if len(text) <= 20 and text.lstrip("-").isdecimal() else -1
