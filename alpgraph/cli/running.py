"""`alpgraph run`: an experiment in the terminal, once or for several values of a parameter."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alpgraph.cli.options import find, json_option, notes_option, read, state_option
from alpgraph.cli.results import Progress, RunRequest, head, row, summary

if TYPE_CHECKING:
    from alpgraph.experiments.model import Experiment


def pin_threads() -> None:
    """Keep linear algebra to one thread, before NumPy is imported: more slow such small work."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@click.command(
    epilog="Examples: `alpgraph run utility-weighted-loss`; "
    "`alpgraph run utility-weighted-loss --preset boundary --replicates 8 --json`; "
    "`alpgraph run utility-weighted-loss --sweep miss_cost=1,10,100`."
)
@click.argument("what", metavar="EXPERIMENT|NOTE")
@click.option("--preset", help="Named parameters; `claim` unless told.")
@click.option("-p", "params", multiple=True, metavar="KEY=VALUE", help="Set one parameter.")
@click.option("--replicates", type=int, help="Pairs of trainings; the experiment's own number.")
@click.option("--seed", type=int, default=0, show_default=True, help="Base seed.")
@click.option(
    "--sweep",
    "sweeps",
    multiple=True,
    metavar="KEY=A,B,C",
    help="Run once for each value of a parameter.",
)
@click.option("--dask", metavar="ADDRESS", help="Dask scheduler that spreads the work.")
@json_option
@notes_option
@state_option
def run(
    what: str,
    preset: str | None,
    params: tuple[str, ...],
    replicates: int | None,
    seed: int,
    sweeps: tuple[str, ...],
    dask: str | None,
    as_json: bool,
    notes: Path | None,
    state: Path | None,
) -> int:
    """Run an experiment in the terminal, with progress and verdict.

    Exit codes: 0 whatever the verdict, 1 failed, 2 wrong use, 130 interrupted (what is done is
    shown).
    """
    pin_threads()
    experiment, start, scope = _experiment_of(what, preset, notes, state)
    assignments = _assignments(params)
    key, values = _sweep(sweeps)
    if key in assignments:
        raise click.BadParameter(f"{key!r} is set with -p, too", param_hint="--sweep")
    chosen = {**start, **assignments}
    questions = [{**chosen, key: value} for value in values] if key else [chosen]
    valid = [_valid(experiment, question) for question in questions]
    count = replicates if replicates is not None else experiment.replicates
    if not 2 <= count <= 1024:
        raise click.BadParameter(f"{count} is not between 2 and 1024", param_hint="--replicates")
    if seed < 0:
        raise click.BadParameter(f"{seed} is below 0", param_hint="--seed")
    request = RunRequest(experiment, key, valid, count, scope)
    progress = Progress(experiment.name)
    if dask:
        from alpgraph.cli.cluster import run_on_dask

        outcomes = run_on_dask(
            dask, experiment, valid, replicates=count, seed=seed, progress=progress
        )
    else:
        outcomes = (
            _run_in_parts(experiment, question, count, seed, _share_of(progress, i, len(valid)))
            for i, question in enumerate(valid)
        )
    try:
        interrupted = _print_results(request, outcomes, progress, as_json=as_json)
    finally:
        progress.finish()
    if interrupted:
        click.echo("interrupted; what was finished is shown", err=True)
        return 130
    return 0


def _print_results(
    request: RunRequest,
    outcomes: Iterable[tuple[dict[str, Any] | None, bool]],
    progress: Progress,
    *,
    as_json: bool,
) -> bool:
    """Print results as they come; whether the last one was interrupted."""
    line_of = row if request.key else summary
    if not as_json:
        click.echo(head(request))
    results = []
    interrupted = False
    for question, (result, interrupted) in zip(request.questions, outcomes, strict=False):
        progress.finish()
        if result is not None:
            results.append({"params": question, "result": result})
            if not as_json:
                click.echo(line_of(request, result))
        if interrupted:
            break
    if as_json:
        one = results[0]["result"] if results else None
        click.echo(json.dumps(results if request.key else one, indent=2, allow_nan=False))
    return interrupted


def _share_of(progress: Progress, index: int, count: int) -> Callable[[float], None]:
    """Return what reports the share of one question out of several."""
    return lambda share: progress((index + share) / count)


def _experiment_of(
    what: str, preset: str | None, notes: Path | None, state: Path | None
) -> "tuple[Experiment, dict[str, Any], str]":
    """Find an experiment by name, else by a note that attaches it; with parameters and scope."""
    from alpgraph.experiments import all_experiments, find_experiment

    experiment = find_experiment(what)
    start: dict[str, Any] | None = None
    scope = ""
    if experiment is None:
        location, config = find(notes, state)
        notebook = read(location, config)
        note = notebook.notes.get(what.removesuffix(".md").removeprefix("notes/"))
        if note is None:
            raise click.UsageError(
                f"{what!r} is neither an experiment nor a note; "
                + suggestion(what, all_experiments(), notebook.notes)
            )
        if note.experiment is None:
            raise click.UsageError(f"the note {what!r} attaches no experiment")
        experiment = find_experiment(note.experiment.name)
        start, scope = dict(note.experiment.params), note.experiment.scope
        if experiment is None:
            raise click.UsageError(f"the note's experiment {note.experiment.name!r} is not known")
    if preset is not None or start is None:
        name = preset or "claim"
        if name not in experiment.presets:
            names = ", ".join(experiment.presets)
            raise click.BadParameter(f"{name!r} is none of {names}", param_hint="--preset")
        start = dict(experiment.presets[name].params)
    return experiment, start, scope


def suggestion(what: str, experiments: Iterable[str], notes: Iterable[str] = ()) -> str:
    """Say which experiment or note was probably meant, else which experiments there are."""
    from alpgraph.check.near import close_to

    names = list(experiments)
    near = close_to(what, names) or close_to(what, notes)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"


def _assignments(words: Sequence[str]) -> dict[str, str]:
    """Split each `key=value`; no key may be given twice."""
    values: dict[str, str] = {}
    for word in words:
        key, value = _assignment(word)
        if key in values:
            message = f"{key!r} is set twice, to {values[key]!r} and to {value!r}"
            raise click.BadParameter(message, param_hint="-p")
        values[key] = value
    return values


def _assignment(word: str, option: str = "-p", form: str = "KEY=VALUE") -> tuple[str, str]:
    """Split `key=value`."""
    key, mark, value = word.partition("=")
    if not mark or not key:
        raise click.BadParameter(f"{word!r} is not {form}", param_hint=option)
    return key.strip(), value.strip()


def _sweep(words: Sequence[str]) -> tuple[str, list[str]]:
    """Split `key=a,b,c`."""
    if not words:
        return "", []
    if len(words) > 1:
        names = " and ".join(words)
        raise click.BadParameter(
            f"{names} are {len(words)} sweeps, and only one parameter can vary: "
            "set the others with -p",
            param_hint="--sweep",
        )
    word = words[0]
    key, text = _assignment(word, "--sweep", "KEY=A,B,C")
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values:
        raise click.BadParameter(f"{word!r} names no values", param_hint="--sweep")
    return key, values


def _valid(experiment: "Experiment", raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters as JSON values, or say which field breaks which limit."""
    from pydantic import ValidationError

    from alpgraph.experiments import validate_params
    from alpgraph.experiments.faults import refusal

    try:
        return validate_params(experiment, raw).model_dump(mode="json")
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in fault['loc'])!r} {refusal(experiment, fault)}"
            for fault in error.errors()
        ]
        raise click.UsageError("; ".join(lines)) from None


def _run_in_parts(
    experiment: "Experiment",
    params: Mapping[str, Any],
    replicates: int,
    seed: int,
    progress: Callable[[float], None],
) -> tuple[dict[str, Any] | None, bool]:
    """Run part by part, so that an interruption keeps the replicates that are done."""
    from alpgraph.experiments import merge_measurements, result_of, validate_params

    model = validate_params(experiment, params)
    parts, done = [], 0
    size = max(2, min(8, replicates))
    interrupted = False
    try:
        while done < replicates:
            count = replicates - done if replicates - done < size + 2 else size
            seeds = [(seed, done + index) for index in range(count)]

            def report(
                fraction: float, curves: Any = None, *, start: int = done, count: int = count
            ) -> None:
                progress((start + fraction * count) / replicates)

            # what it prints does not stand in the result
            with _as_failure(experiment), redirect_stdout(sys.stderr):
                parts.append(experiment.measure(model, seeds, report))
            done += count
    except KeyboardInterrupt:
        interrupted = True
    if not parts:
        return None, interrupted
    seeds = [(seed, index) for index in range(done)]
    with _as_failure(experiment):
        result = result_of(experiment, model, seeds, merge_measurements(parts))
    return result, interrupted


@contextmanager
def _as_failure(experiment: "Experiment") -> Iterator[None]:
    """End with 1 and say whose fault it is when an experiment, of whoever, does not do its part."""
    from alpgraph.experiments.failures import failure

    try:
        yield
    except (Exception, SystemExit) as error:
        hint = "\nhint: ALPGRAPH_DEBUG=1 shows the way there"
        if os.environ.get("ALPGRAPH_DEBUG"):
            traceback.print_exception(error)
            hint = ""
        message = f"the experiment {experiment.name!r} failed: {failure(error, experiment)}{hint}"
        raise click.ClickException(message) from None
