"""Does a sure cue starve the harder feature?

Nets learn to tell odd digits from even ones beside a cue. Control: the cue tells nothing.
Treatment: it is right at some rate, up to always. Then both trunks get a fresh linear readout,
fitted alike to rows in which the cue tells nothing: what it gets right beyond an untrained trunk
was learnt.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import arm_curves, arm_generators, reporter, series, split
from alpgraph.experiments.cues import INPUTS, Cued, cued_digits, group_accuracy, probed
from alpgraph.experiments.data import Array
from alpgraph.experiments.model import (
    Arm,
    Experiment,
    Measurements,
    Metric,
    Picture,
    Preset,
    Progress,
    Verdict,
)
from alpgraph.experiments.params import Params

READOUT, OWN = "accuracy of a fresh readout", "accuracy of the net itself"
LABELS = {READOUT: "share of rows", OWN: "share of rows"}
RATES = (0.8, 0.95, 0.99, 1.0)
PROBED = 400


class StarvedFeatures(Params):
    """What can be turned."""

    cue: float = Field(
        1, ge=0.5, le=1, title="Share of the treatment's rows in which the cue is right"
    )
    rows: int = Field(1000, ge=100, le=1200, title="Training rows")
    steps: int = Field(800, ge=10, le=3000, title="Training steps")
    decay: float = Field(0, ge=0, le=0.01, title="L2 penalty")
    hidden: int = Field(32, ge=2, le=128, title="Hidden units")


def measure(
    params: StarvedFeatures, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train both arms as one ensemble, then the treatment at other rates for the picture."""
    useless, probe, test = _data(0.5, params, seeds)
    telling, _, _ = _data(params.cue, params, seeds)

    def train(
        rngs: Sequence[np.random.Generator],
        parts: Sequence[Cued],
        report: Callable[[float, trainer.Trained], None],
    ) -> trainer.Trained:
        x, y = (np.concatenate([getattr(part, name) for part in parts]) for name in "xy")
        probes, tests = (rows.twice() if len(parts) == 2 else rows for rows in (probe, test))

        def watch(net: trainer.Network) -> dict[str, Array]:
            own = group_accuracy(net.predict(tests.x), tests)  # (4, 2R)
            readout = group_accuracy(probed(net, probes, tests), tests)
            return {READOUT: readout.mean(axis=0), OWN: own.mean(axis=0)}

        return trainer.fit(
            trainer.Network(rngs, (INPUTS, params.hidden, 2)),
            trainer.minibatches(rngs, x, y),
            trainer.log_loss,
            steps=params.steps,
            optimiser=partial(trainer.Adam, rate=2e-3, decay=params.decay),
            watch=watch,
            progress=report,
        )

    trained = train(arm_generators(seeds), [useless, telling], reporter(progress, LABELS, 0, 0.5))
    last = {name: split(values[-1]) for name, values in trained.curves.items()}
    swept = {name: [values[0]] for name, values in last.items()}
    for number, rate in enumerate(RATES):
        part, _, _ = _data(rate, params, seeds)
        other = train(trainer.generators(seeds, 3), [part], lambda share, _: None)
        for name, values in other.curves.items():
            swept[name].append(values[-1])
        progress(0.5 + 0.5 * (number + 1) / len(RATES))
    return Measurements(
        *last.pop(READOUT),
        secondary={**last, "readout of the untrained net": split(trained.curves[READOUT][0])},
        curves=arm_curves(trained, LABELS),
        pictures=[
            Picture(
                "Learnt and used, by how often the cue is right",
                "lines",
                "share of rows in which the cue is right",
                "accuracy where it tells nothing",
                {
                    name.removeprefix("accuracy of "): series((0.5, *RATES), np.stack(values))
                    for name, values in swept.items()
                },
            )
        ],
    )


def _data(rate: float, params: StarvedFeatures, seeds: Sequence[trainer.Seed]) -> list[Cued]:
    """Training rows, rows for the readout and test rows: the same for all rates but for the cue."""
    return cued_digits(trainer.generators(seeds), [(params.rows, rate), (PROBED, 0.5)])


ABOUT = """\
Each replicate draws its own split of the digits and noise, the same for both arms but for the
cue, and each arm its own first weights and minibatches. The question is whether a digit is odd.
The fresh readout is a ridge regression on the hidden layer from 400 rows in which the cue tells
nothing. An untrained layer already allows 0.77, as random features do; training without a cue
brings 0.93.

Seen while exploring, on other seeds: it is a matter of degree. Of what training adds to the
readout, a cue that is right in 8 rows of 10 takes nothing to speak of, in 9 of 10 an eighth, in
95 of 100 a quarter, in 99 of 100 half, and a cue that is always right two thirds. Meanwhile the
net's own accuracy where the cue tells nothing falls from 0.93 to 0.50: it *uses* the cue alone.
**Used is not the same as learnt**: in between, most of the harder feature is there and unread. An
L2 penalty makes starving worse, a wider net less so.

What it cannot show: data in which the harder feature is not linear in a net's random features;
there the untrained layer would allow nothing, and starving could be complete.
"""

EXPERIMENT = Experiment(
    name="starved-features",
    title="Does a sure cue starve the harder feature?",
    hypothesis="A net trained beside a cue that is always right learns less of the harder "
    "feature, as a fresh readout shows, than one trained beside a cue that tells nothing.",
    control=Arm("a cue that tells nothing", "Trained on rows in which the cue is right by chance."),
    treatment=Arm("a cue that tells", "Trained on the same rows with a cue that is mostly right."),
    primary=Metric(READOUT, "share of rows", "higher"),
    direction="lower",
    smallest_effect=0.03,
    params=StarvedFeatures,
    presets={
        "claim": Preset(
            {"cue": 1}, Verdict.SUPPORTED, "The cue is always right: the digit is learnt far less."
        ),
        "negative-control": Preset(
            {"cue": 0.5}, Verdict.NO_EFFECT, "The cue tells nothing in both arms: an A/A test."
        ),
        "boundary": Preset(
            {"cue": 0.8},
            Verdict.NO_EFFECT,
            "The cue lies in one row of five: the digit is learnt as well as without it.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:2006.07710", "arXiv:2011.09468", "arXiv:1610.01644"),
)
