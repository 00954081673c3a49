"""Raise the weight of the few, or drop most of the many?

A net tells odd digits from even ones beside a cue that is mostly right. Its lies make two small
groups. Control: the large groups are cut down to the size of the smallest. Treatment: all rows are
kept, and every group counts the same by weights.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import arm_curves, arm_generators, reporter, series, split
from alpgraph.experiments.cues import (
    GROUPS,
    INPUTS,
    cued_digits,
    group_accuracy,
    worst_group,
)
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

WORST = "accuracy in the worst group"
LABELS = {WORST: "share of rows"}
WIDTHS = (2, 8, 32)


class WeightsOrSubsample(Params):
    """What can be turned."""

    cue: float = Field(
        0.95, ge=0.5, le=0.99, title="Share of training rows in which the cue is right"
    )
    rows: int = Field(1300, ge=200, le=1600, title="Training rows")
    steps: int = Field(800, ge=10, le=3000, title="Training steps")
    decay: float = Field(0, ge=0, le=0.1, title="L2 penalty")
    hidden: int = Field(64, ge=2, le=128, title="Hidden units")


def measure(
    params: WeightsOrSubsample, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train both arms as one ensemble, then again at other widths for the picture."""
    half, rngs = len(seeds), arm_generators(seeds)
    rows, test = cued_digits(trainer.generators(seeds), [(params.rows, params.cue)])
    kept = np.stack([_balanced(rng, group) for rng, group in zip(rngs, rows.group, strict=False)])
    few = np.arange(half)[:, None], kept
    x, y = np.concatenate([rows.x[few], rows.x]), np.concatenate([rows.y[few], rows.y])
    weights = np.concatenate([np.ones(rows.y.shape, np.float32), rows.weights()])
    rows, test = rows.twice(), test.twice()

    def train(
        hidden: int, report: Callable[[float, trainer.Trained], None]
    ) -> tuple[trainer.Network, trainer.Trained]:
        net = trainer.Network(rngs, (INPUTS, hidden, 2))
        return net, trainer.fit(
            net,
            trainer.minibatches(rngs, x, y, weights),
            trainer.log_loss,
            steps=params.steps,
            optimiser=partial(trainer.Adam, rate=2e-3, decay=params.decay),
            watch=lambda net: {WORST: worst_group(net.predict(test.x), test)},
            progress=report,
        )

    net, trained = train(params.hidden, reporter(progress, LABELS, 0, 0.5))
    groups = group_accuracy(net.predict(test.x), test)
    fitted = group_accuracy(net.predict(rows.x), rows)
    by_width = {params.hidden: groups.min(axis=0)}
    for number, width in enumerate(WIDTHS):
        _, other = train(width, lambda share, _: None)
        by_width[width] = other.curves[WORST][-1]
        progress(0.5 + 0.5 * (number + 1) / len(WIDTHS))
    widths = sorted(by_width)
    lines = np.stack([by_width[width] for width in widths])  # (widths, 2R)
    return Measurements(
        *split(groups.min(axis=0)),
        secondary={
            "mean accuracy of the groups": split(groups.mean(axis=0)),
            "worst group of the training rows": split(fitted.min(axis=0)),
        },
        curves=arm_curves(trained, LABELS),
        pictures=[
            Picture(
                "Accuracy in the worst group, by width",
                "lines",
                "hidden units",
                "share of rows",
                {
                    "subsampling": series(widths, lines[:, :half]),
                    "weights": series(widths, lines[:, half:]),
                },
            )
        ],
    )


def _balanced(rng: np.random.Generator, group: Array) -> Array:
    """Choose as many rows of each group as the smallest has, and repeat them to the old length."""
    least = np.bincount(group, minlength=GROUPS).min()
    kept = [rng.permutation(np.flatnonzero(group == g))[:least] for g in range(GROUPS)]
    return np.resize(rng.permutation(np.concatenate(kept)), len(group))


ABOUT = """\
Each replicate draws its own split of the digits, noise and cues, and each arm its own first
weights and minibatches; subsampling draws its rows anew for each replicate, too. The question is
whether a digit is odd. The two groups in which the cue lies are small, about 32 of 1,300 rows
each, so that subsampling keeps some 130 rows and throws nine tenths away.

Seen while exploring, on other seeds: in nets of 2 to 4 hidden units both ways are equal. **The
wider the net, the worse the weights**: the worst group falls from 0.77 to 0.67 from 2 to 64 units
while its training rows are fitted better, up to the last, and subsampling rises from 0.75 to
0.81. Weights do best early, near step 100, and lose with every further step; an L2 penalty of
0.01 halves the loss. On all groups taken alike the difference is small, 0.02.

What it cannot show: that the cause is memorising, although the training rows of the small groups
are fitted to the last while test rows of the same groups are not.
"""

EXPERIMENT = Experiment(
    name="weights-or-subsample",
    title="Raise the weight of the few, or drop most of the many?",
    hypothesis="In a net that can fit all of its rows, weights that make groups equal serve the "
    "worst group less well than dropping rows until groups are equal.",
    control=Arm("subsampling", "Every group is cut down to the size of the smallest."),
    treatment=Arm("weights", "All rows are kept; each group has the same total weight."),
    primary=Metric(WORST, "share of rows", "higher"),
    direction="lower",
    smallest_effect=0.05,
    params=WeightsOrSubsample,
    presets={
        "claim": Preset(
            {"hidden": 64},
            Verdict.SUPPORTED,
            "A net wide enough to fit every row: weights do worse than dropping rows.",
        ),
        "negative-control": Preset(
            {"cue": 0.5},
            Verdict.NO_EFFECT,
            "Groups are equal: weights are 1 and next to nothing is dropped.",
        ),
        "boundary": Preset(
            {"hidden": 2},
            Verdict.NO_EFFECT,
            "Two hidden units cannot fit the few by heart: both ways are equal.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:2005.04345", "arXiv:1911.08731"),
)
