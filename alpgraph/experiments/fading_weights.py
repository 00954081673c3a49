"""Do importance weights matter once the data are separated?

Nets learn to tell the digits 3 and 8 apart by full-batch descent. Control: every row counts the
same. Treatment: the rows of 8 count w times. Both are then asked what the other eight digits are,
and the weight shows in how many of them are called 8. Measured is how much that share changes from
a tenth of training, when the rows have just been fitted, to its end.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import arm_curves, arm_generators, both, reporter, series, split
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
from alpgraph.experiments.strangers import called_eight, pair_of_digits, whole

CALLED, FITTED, TESTED = "other digits called 8", "training accuracy", "test accuracy"
LABELS = {CALLED: "share of images", FITTED: "share of rows"}
POINTS = 20


class FadingWeights(Params):
    """What can be turned."""

    weight: float = Field(100, ge=1, le=1000, title="Weight of the rows of 8")
    decay: float = Field(0, ge=0, le=0.03, title="L2 penalty")
    rows: int = Field(100, ge=20, le=250, title="Training rows")
    steps: int = Field(3000, ge=100, le=6000, title="Training steps")
    hidden: int = Field(32, ge=2, le=128, title="Hidden units")


def measure(
    params: FadingWeights, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train both arms as one ensemble and ask about strangers along the way."""
    pair, half = pair_of_digits(trainer.generators(seeds), params.rows), len(seeds)
    x, y, test_x, test_y = both(pair.x, pair.y, pair.test_x, pair.test_y)
    (strangers,) = both(pair.strangers)
    weights = np.where(y == 1, params.weight, 1).astype(np.float32)
    weights[:half] = 1
    weights /= weights.mean(axis=1, keepdims=True)
    net = trainer.Network(arm_generators(seeds), (64, params.hidden, 1))
    net.weights[-1][:] *= 0.1

    def watch(net: trainer.Network) -> dict[str, Array]:
        return {
            CALLED: called_eight(net, strangers),
            FITTED: ((net.predict(x)[..., 0] > 0) == y).mean(axis=1),
            TESTED: ((net.predict(test_x)[..., 0] > 0) == test_y).mean(axis=1),
        }

    trained = trainer.fit(
        net,
        whole(x, y, weights),
        trainer.binary_log_loss,
        steps=params.steps,
        optimiser=partial(trainer.Sgd, rate=0.3, decay=params.decay),
        watch=watch,
        points=POINTS,
        progress=reporter(progress, LABELS),
    )
    called, early = trained.curves[CALLED], POINTS // 10
    ends = {"at a tenth": early, "at the end": -1}
    log_steps = np.log2(trained.steps[1:]).round(3).tolist()
    return Measurements(
        *split(called[-1] - called[early]),
        secondary={
            f"{name} {when}": split(trained.curves[name][point])
            for name in (CALLED, FITTED, TESTED)
            for when, point in ends.items()
        },
        curves=arm_curves(trained, LABELS),
        pictures=[
            Picture(
                "What the weight is worth: weighted minus equal rows",
                "lines",
                "training steps, as a power of two",
                "share of the other digits",
                {"worth of the weight": series(log_steps, called[1:, half:] - called[1:, :half])},
            )
        ],
    )


ABOUT = """\
Each replicate draws its own 100 rows of 3 and 8 and each arm its own first weights; descent uses
all rows at every step (rate 0.3, momentum 0.9). The images of the other eight digits are nobody's
error, so what a net calls them shows where its boundary lies, not how well it does.

Seen while exploring, on other seeds: with a weight of 100 the nets at first call *everything* 8
and do not fit their rows; by a tenth of training they do. From there on the worth of the weight
shrinks, 0.14 to 0.08 from step 300 to step 3,000, ever more slowly: along the logarithm of the
steps the line is nearly straight. **It fades, it does not vanish.** A weight of 10 is worth 0.03
at the end. With an L2 penalty of 0.003 the worth stays at 0.24; the rows of 3 are then not all
fitted, so there are errors left to trade. With Adam it fades too.

What it cannot show: batch normalisation and dropout, of which the paper speaks as well, and deep
networks.
"""

EXPERIMENT = Experiment(
    name="fading-weights",
    title="Do importance weights matter once the data are separated?",
    hypothesis="Once a net fits all its rows, the effect that a weight has on its boundary "
    "shrinks as training goes on.",
    control=Arm("equal rows", "Log loss, every row counting the same."),
    treatment=Arm("weighted rows", "Log loss, rows of 8 counting w times."),
    primary=Metric("change in other digits called 8", "share of images", "neither side"),
    direction="lower",
    smallest_effect=0.02,
    params=FadingWeights,
    presets={
        "claim": Preset(
            {"weight": 100},
            Verdict.SUPPORTED,
            "A weight of 100: what it is worth when the rows are fitted shrinks later.",
        ),
        "negative-control": Preset(
            {"weight": 1}, Verdict.NO_EFFECT, "A weight of 1: both arms are trained alike, A/A."
        ),
        "boundary": Preset(
            {"weight": 100, "decay": 0.003},
            Verdict.NO_EFFECT,
            "An L2 penalty keeps some rows unfitted, and the weight keeps its worth.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:1812.03372", "arXiv:1710.10345"),
)
