"""`alpgraph verify`: do the stored verdicts hold on seeds that nobody used before?"""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any

import click

from alpgraph.cli.options import json_option
from alpgraph.cli.results import Progress, signed
from alpgraph.cli.running import pin_threads, suggestion

if TYPE_CHECKING:
    from alpgraph.experiments import Verification

HOUR = 3600.0


@click.command(epilog="Examples: `alpgraph verify`; `alpgraph verify utility-weighted-loss`.")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--seed", type=int, help="Base seed; a fresh one from the clock unless told.")
@json_option
def verify(names: tuple[str, ...], seed: int | None, as_json: bool) -> int:
    """Re-run stored reference results on fresh seeds; exit 1 when a verdict no longer holds.

    Before a verdict is given up it gets twice the replicates. Ctrl-C ends with 130 and shows what
    is done.
    """
    pin_threads()
    from alpgraph.experiments import all_experiments, references

    experiments = all_experiments()
    for name in names:
        if name not in experiments:
            raise click.UsageError(f"{name!r} is no experiment; {suggestion(name, experiments)}")
    if seed is not None and seed < 0:
        raise click.BadParameter(f"{seed} is below 0", param_hint="--seed")
    base = seed if seed is not None else int(time.time())
    presets = [(name, preset) for name in names or experiments for preset in references(name)]
    rows: list[Verification] = []
    interrupted = False
    try:
        for row in _verified(presets, base):
            rows.append(row)
            if not as_json:
                click.echo(_line(row))
    except KeyboardInterrupt:
        interrupted = True
    if as_json:
        fields = ("experiment", "preset", "holds", "stored", "verdict", "replicates", "result")
        click.echo(json.dumps([{f: getattr(row, f) for f in fields} for row in rows], indent=2))
    failed = sum(not row.holds for row in rows)
    rest = f" ({len(presets) - len(rows)} not run: interrupted)" if interrupted else ""
    click.echo(
        f"{len(rows) - failed} of {len(rows)} verdicts hold on base seed {base}{rest}", err=True
    )
    return 130 if interrupted else int(failed > 0)


def _verified(presets: Sequence[tuple[str, str]], base: int) -> "Iterator[Verification]":
    """Verify presets on every core and give them in their order, as soon as they are known."""
    from alpgraph.experiments import code_hash, references, verify_preset
    from alpgraph.runs import Ended, Job, Limits, RunSpec, open_executor

    executor, numbers = open_executor(), count()
    # a share of all, which those have too that took no time that could be told
    cost = {pair: max(0.01, references(pair[0])[pair[1]]["cpu_seconds"]) for pair in presets}
    shares = dict.fromkeys(presets, 0.0)
    progress, lock = Progress("verify"), threading.Lock()

    def verify_one(pair: tuple[str, str]) -> "Verification":
        def on_progress(share: float, curves: Any) -> None:
            with lock:
                shares[pair] = share
                progress(sum(cost[p] * shares[p] for p in presets) / sum(cost.values()))

        def run(name: str, params: Mapping[str, Any], replicates: int, seed: int) -> Any:
            spec = RunSpec(name, dict(params), replicates, seed, code_hash(name))
            job = Job(f"{next(numbers)}", spec, Limits(seconds=HOUR))
            return json.loads(executor.submit(job, on_progress).result())

        return verify_preset(*pair, base, run)

    pool = ThreadPoolExecutor(executor.slots)
    try:
        for row in pool.map(verify_one, presets):
            progress.finish()
            yield row
    except Ended as ended:
        raise click.ClickException(str(ended)) from None
    finally:
        progress.finish()
        executor.close()
        pool.shutdown(cancel_futures=True)


def _line(row: "Verification") -> str:
    """Tell in a line whether a verdict holds."""
    mark = "holds" if row.holds else "DOES NOT HOLD"
    primary = row.result["primary"]
    return (
        f"{row.experiment} {row.preset}: {mark}; stored {row.stored}, "
        f"now {row.verdict} ({signed(primary['difference'])}, {signed(primary['low'])} to "
        f"{signed(primary['high'])}, {row.replicates} replicates)"
    )
