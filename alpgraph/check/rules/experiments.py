"""ALP401 to ALP403: the experiment that a note attaches."""

from collections.abc import Iterator

from alpgraph.check.near import close_to
from alpgraph.check.rule import Draft, Fault, Rule, Subject, rule
from alpgraph.diagnostics import Severity
from alpgraph.notes.findings import quoted
from alpgraph.notes.model import ExperimentRef


def unknown_experiment(subject: Subject) -> Iterator[Draft]:
    """A note attaches an experiment that is not installed.

    ## What it does
    Reports an `experiment:` whose name is neither one of alpgraph's own nor one that an
    installed package offers.

    ## Why it matters
    The page has nothing to show, and nobody can run it.

    ## Wrong
    ```yaml
    experiment: {name: utility-weigthed-loss}
    ```

    ## Right
    ```yaml
    experiment: {name: utility-weighted-loss}
    ```

    ## How to fix
    Write one of the names that the page `/experiments` lists. Experiments of other packages are
    found through the entry points `alpgraph.experiments`; install the package.
    """
    if not subject.experiments:
        return
    for reference in _references(subject):
        if reference.name not in subject.experiments:
            near = close_to(reference.name, subject.experiments)
            names = ", ".join(map(quoted, sorted(subject.experiments)))
            hint = (f"did you mean {quoted(near[0])}? " if near else "") + f"known: {names}"
            yield Draft(f"unknown experiment {quoted(reference.name)}", hint, reference.place)


def bad_parameter(subject: Subject) -> Iterator[Draft]:
    """An experiment has no such parameter, or the value is outside its limits.

    ## What it does
    Reads `params:` the way the experiment will and reports each value that it refuses: unknown
    names, values of the wrong kind, numbers beyond the limits.

    ## Why it matters
    A run with these parameters would fail, or would answer another question than the note asks.

    ## Wrong
    ```yaml
    experiment:
      name: utility-weighted-loss
      params: {miss_cost: -30}
    ```

    ## Right
    ```yaml
    experiment:
      name: utility-weighted-loss
      params: {miss_cost: 30}
    ```

    ## How to fix
    Write a value within the limits that the message names; the experiment's own page lists all
    its parameters.
    """
    for reference, fault in _faults(subject):
        if fault.code == "ALP402":
            name = quoted(fault.field) + ": " if fault.field else ""
            place = reference.param_places.get(fault.field, reference.place)
            hint = f"the parameters of {quoted(reference.name)} are on its page"
            yield Draft(f"{name}{fault.message}", hint, place)


def no_expected_verdict(subject: Subject) -> Iterator[Draft]:
    """The parameters are fine, but nothing says which verdict they should give.

    ## What it does
    Reports an `experiment:` whose parameters are those of none of its presets, so that no
    verdict was expected of them before anybody looked and no reference result is stored.

    ## Why it matters
    The page shows no verdict until somebody runs it. A design that is fixed after looking at
    the result proves little.

    ## Wrong
    ```yaml
    experiment:
      name: utility-weighted-loss
      params: {miss_cost: 31}
    ```

    ## Right
    ```yaml
    experiment:
      name: utility-weighted-loss
      params: {data: digits, miss_cost: 30}     # the preset `claim`
    ```

    ## How to fix
    Use the parameters of a preset, or add a preset with its expected verdict to the experiment.
    """
    for reference, fault in _faults(subject):
        if fault.code == "ALP403":
            hint = "use the parameters of a preset, or add one with its expected verdict"
            yield Draft(fault.message, hint, reference.place)


def _references(subject: Subject) -> Iterator[ExperimentRef]:
    return (note.experiment for note in subject.notes_in_scope.values() if note.experiment)


def _faults(subject: Subject) -> Iterator[tuple[ExperimentRef, Fault]]:
    for reference in _references(subject):
        find = subject.experiments.get(reference.name)
        for fault in find(reference.params) if find else ():
            yield reference, fault


RULES: tuple[Rule, ...] = (
    rule("ALP401", Severity.ERROR, unknown_experiment),
    rule("ALP402", Severity.ERROR, bad_parameter),
    rule("ALP403", Severity.WARNING, no_expected_verdict),
)
