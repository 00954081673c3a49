"""`alpgraph run` and `alpgraph verify`."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alpgraph.cli.options import find, json_option, notes_option, read

if TYPE_CHECKING:
    from alpgraph.experiments.model import Experiment

BAR = 24


class Progress:
    """A bar with the time left, on standard error when that is a terminal."""

    def __init__(self, label: str) -> None:
        """Start the clock."""
        self.label, self.started = label, time.monotonic()
        self.shown = sys.stderr.isatty()

    def __call__(self, fraction: float, curves: Mapping[str, Any] | None = None) -> None:
        """Draw the share done."""
        if not self.shown:
            return
        spent = time.monotonic() - self.started
        left = f"{spent * (1 - fraction) / fraction:.0f} s left" if fraction > 0.02 else ""
        done = round(BAR * fraction)
        bar = "█" * done + "·" * (BAR - done)
        click.echo(f"\r{self.label} {bar} {fraction:4.0%} {left:<12}", nl=False, err=True)

    def finish(self) -> None:
        """Remove the bar."""
        if self.shown:
            click.echo("\r" + " " * 70 + "\r", nl=False, err=True)


@click.command(
    epilog="Examples: `alpgraph run utility-weighted-loss`; "
    "`alpgraph run utility-weighted-loss -p miss_cost=10 --replicates 8 --json`."
)
@click.argument("what", metavar="EXPERIMENT|NOTE")
@click.option("--preset", help="Named parameters; `claim` unless told.")
@click.option("-p", "params", multiple=True, metavar="KEY=VALUE", help="Set one parameter.")
@click.option("--replicates", type=int, help="Pairs of trainings; the experiment's own number.")
@click.option("--seed", type=int, default=0, show_default=True, help="Base seed.")
@click.option("--sweep", metavar="KEY=A,B,C", help="Run once for each value of a parameter.")
@click.option("--dask", metavar="ADDRESS", help="Dask scheduler that spreads the work.")
@json_option
@notes_option
def run(
    what: str,
    preset: str | None,
    params: tuple[str, ...],
    replicates: int | None,
    seed: int,
    sweep: str | None,
    dask: str | None,
    as_json: bool,
    notes: Path | None,
) -> int:
    """Run an experiment in the terminal, with progress and verdict.

    Exit codes: 0 whatever the verdict, 1 failed, 2 wrong use, 130 interrupted (what is done is
    shown).
    """
    experiment, start = _experiment_of(what, preset, notes)
    chosen = {**start, **dict(_assignment(word) for word in params)}
    key, values = _sweep(sweep)
    questions = [{**chosen, key: value} for value in values] if key else [chosen]
    valid = [_valid(experiment, question) for question in questions]
    count = replicates if replicates is not None else experiment.replicates
    if not 2 <= count <= 1024:
        raise click.BadParameter(f"{count} is not between 2 and 1024", param_hint="--replicates")
    if seed < 0:
        raise click.BadParameter(f"{seed} is below 0", param_hint="--seed")
    if dask:
        from alpgraph.cli.cluster import run_on_dask

        outcomes = run_on_dask(dask, experiment, valid, count, seed, Progress(experiment.name))
    else:
        outcomes = (_run_in_parts(experiment, question, count, seed) for question in valid)
    results = []
    interrupted = False
    for question, (result, interrupted) in zip(valid, outcomes, strict=False):
        if result is not None:
            results.append((question, result))
            if not as_json:
                click.echo(_told(experiment, question if key else {}, result))
        if interrupted:
            break
    if as_json:
        payload = (
            [{"params": q, "result": r} for q, r in results]
            if key
            else (results[0][1] if results else None)
        )
        click.echo(json.dumps(payload, indent=2, allow_nan=False))
    if interrupted:
        click.echo("interrupted; what was finished is shown", err=True)
        return 130
    return 0


def _experiment_of(
    what: str, preset: str | None, notes: Path | None
) -> "tuple[Experiment, dict[str, Any]]":
    """Find an experiment by its name, else by a note that attaches it; with its parameters."""
    from alpgraph.experiments import all_experiments, find_experiment

    experiment = find_experiment(what)
    start: dict[str, Any] = {}
    if experiment is None:
        location, config = find(notes)
        note = read(location, config).notes.get(what.removesuffix(".md").removeprefix("notes/"))
        if note is None:
            names = ", ".join(all_experiments())
            raise click.UsageError(f"{what!r} is neither an experiment nor a note; known: {names}")
        if note.experiment is None:
            raise click.UsageError(f"the note {what!r} attaches no experiment")
        experiment = find_experiment(note.experiment.name)
        start = dict(note.experiment.params)
        if experiment is None:
            raise click.UsageError(f"the note's experiment {note.experiment.name!r} is not known")
    if preset is not None or not start:
        wanted = preset or "claim"
        if wanted not in experiment.presets:
            known = ", ".join(experiment.presets)
            raise click.BadParameter(f"{wanted!r} is none of {known}", param_hint="--preset")
        start = dict(experiment.presets[wanted].params)
    return experiment, start


def _assignment(word: str) -> tuple[str, str]:
    """Split `key=value`."""
    key, mark, value = word.partition("=")
    if not mark or not key:
        raise click.BadParameter(f"{word!r} is not KEY=VALUE", param_hint="-p")
    return key.strip(), value.strip()


def _sweep(word: str | None) -> tuple[str, list[str]]:
    """Split `key=a,b,c`."""
    if word is None:
        return "", []
    key, text = _assignment(word)
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values:
        raise click.BadParameter(f"{word!r} names no values", param_hint="--sweep")
    return key, values


def _valid(experiment: "Experiment", raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters as JSON values, or say which field breaks which limit."""
    from pydantic import ValidationError

    from alpgraph.experiments import validate_params

    try:
        return validate_params(experiment, raw).model_dump(mode="json")
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in fault['loc'])}={fault['input']!r}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise click.BadParameter("; ".join(lines), param_hint="-p") from None


def _run_in_parts(
    experiment: "Experiment", params: Mapping[str, Any], replicates: int, seed: int
) -> tuple[dict[str, Any] | None, bool]:
    """Run part by part, so that an interruption keeps the replicates that are done."""
    from alpgraph.experiments import merge_measurements, result_of, validate_params

    model = validate_params(experiment, params)
    parts, done = [], 0
    size = max(2, min(8, replicates))
    progress = Progress(experiment.name)
    interrupted = False
    try:
        while done < replicates:
            count = replicates - done if replicates - done < size + 2 else size
            seeds = [(seed, done + index) for index in range(count)]

            def report(
                fraction: float, curves: Any = None, *, start: int = done, count: int = count
            ) -> None:
                progress((start + fraction * count) / replicates)

            parts.append(experiment.measure(model, seeds, report))
            done += count
    except KeyboardInterrupt:
        interrupted = True
    progress.finish()
    if not parts:
        return None, interrupted
    seeds = [(seed, index) for index in range(done)]
    return result_of(experiment, model, seeds, merge_measurements(parts)), interrupted


def _told(experiment: "Experiment", swept: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Tell a result in a few lines."""
    primary = result["primary"]
    head = f"{experiment.title}\n" if not swept else ""
    changed = f"{json.dumps(dict(swept))}: " if swept else ""
    return (
        f"{head}{changed}{str(result['verdict']).upper()}: {primary['name']} "
        f"{primary['difference']:+.4g} {primary['unit']} "
        f"(95 % interval {primary['low']:+.4g} to {primary['high']:+.4g}, "
        f"{len(result['replicates'])} replicates); "
        f"{experiment.control.name} {primary['control']:.4g}, "
        f"{experiment.treatment.name} {primary['treatment']:.4g}"
    )


@click.command(epilog="Examples: `alpgraph verify`; `alpgraph verify utility-weighted-loss`.")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--seed", type=int, help="Base seed; a fresh one from the clock unless told.")
@json_option
def verify(names: tuple[str, ...], seed: int | None, as_json: bool) -> int:
    """Re-run stored reference results on fresh seeds; exit 1 when a verdict no longer holds."""
    from alpgraph.experiments import all_experiments
    from alpgraph.experiments import verify as verify_reference

    known = all_experiments()
    for name in names:
        if name not in known:
            raise click.UsageError(f"{name!r} is no experiment; known: {', '.join(known)}")
    base = seed if seed is not None else int(time.time())
    rows = []
    for name in names or known:
        for row in verify_reference(name, base):
            rows.append(row)
            if not as_json:
                mark = "holds" if row.holds else "DOES NOT HOLD"
                primary = row.result["primary"]
                click.echo(
                    f"{row.experiment} {row.preset}: {mark}; stored {row.stored}, "
                    f"now {row.verdict} ({primary['difference']:+.4g}, {primary['low']:+.4g} to "
                    f"{primary['high']:+.4g}, {row.replicates} replicates)"
                )
    if as_json:
        fields = ("experiment", "preset", "holds", "stored", "verdict", "replicates", "result")
        click.echo(json.dumps([{f: getattr(row, f) for f in fields} for row in rows], indent=2))
    lost = sum(not row.holds for row in rows)
    click.echo(f"{len(rows) - lost} of {len(rows)} verdicts hold on base seed {base}", err=True)
    return int(lost > 0)
