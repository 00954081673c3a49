"""Train the prediction, or train it for the decision?

Shortest paths through a grid of 5 x 5 crossings whose road costs depend on features (the generator
of Elmachtoub and Grigas). A linear model predicts the costs, and the path that is cheapest by the
prediction is taken. Control: trained by squared error. Treatment: trained by the SPO+ loss, which
knows the decision. Both start at the least-squares solution and train equally long.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import arm_curves, arm_generators, arm_picture, both, reporter, split
from alpgraph.experiments.data import Array
from alpgraph.experiments.model import (
    Arm,
    Experiment,
    Measurements,
    Metric,
    Preset,
    Progress,
    Verdict,
)
from alpgraph.experiments.params import Params

SIDE, FEATURES, TEST_ROWS = 5, 5, 1000
DEGREES = [1, 2, 4, 6, 8]
LABELS = {"regret": "% above the cheapest path"}


class PredictThenDecide(Params):
    """What can be turned."""

    degree: int = Field(6, ge=1, le=8, title="Degree of the costs in the features")
    decision_aware: bool = Field(True, title="The treatment's loss knows the decision")
    rows: int = Field(100, ge=20, le=2000, title="Training rows")
    noise: float = Field(0.5, ge=0, le=0.9, title="Half-width of the costs' noise, as a share")
    steps: int = Field(600, ge=10, le=3000, title="Training steps")


def measure(
    params: PredictThenDecide, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train both arms at the degree asked for, then at each degree of the picture."""
    trained, error = _train(params, seeds, reporter(progress, LABELS, 0.0, 0.3))
    by_degree = []
    for number, degree in enumerate(DEGREES):
        other = params.model_copy(update={"degree": degree})
        seen = trained if other == params else _train(other, seeds)[0]
        by_degree.append(seen.curves["regret"][-1])
        progress(0.3 + 0.7 * (number + 1) / len(DEGREES))
    return Measurements(
        *split(trained.curves["regret"][-1]),
        secondary={
            "squared error of the costs": split(error),
            "regret at the least-squares start": split(trained.curves["regret"][0]),
        },
        curves=arm_curves(trained, LABELS),
        pictures=[
            arm_picture(
                "Regret, the less a linear model can be right",
                DEGREES,
                np.stack(by_degree),
                x_label="degree of the costs in the features",
                y_label="% above the cheapest path",
            )
        ],
    )


def _train(
    params: PredictThenDecide,
    seeds: Sequence[trainer.Seed],
    report: Callable[[float, trainer.Trained], None] | None = None,
) -> tuple[trainer.Trained, Array]:
    """Train both arms; return the regret along the way and the squared error at the end, (2R,)."""
    half, rngs = len(seeds), arm_generators(seeds)
    x, costs = both(*_roads(params, trainer.generators(seeds)))
    train, test = slice(params.rows), slice(params.rows, None)
    test_x, test_costs = x[:, test], costs[:, test]
    least = (test_costs * cheapest(test_costs)).sum(axis=(1, 2))  # (2R,)
    aware = np.zeros((2 * half, params.rows), bool)
    aware[half:] = params.decision_aware
    net = trainer.Network(rngs, (FEATURES, PATHS.shape[1]))
    net.weights[0][:] = trainer.linear_probe(x[:, train], costs[:, train], ridge=1e-6)

    def regret(net: trainer.Network) -> dict[str, Array]:
        paid = (test_costs * cheapest(net.predict(test_x))).sum(axis=(1, 2))
        return {"regret": 100 * (paid / least - 1)}

    trained = trainer.fit(
        net,
        trainer.minibatches(rngs, x[:, train], costs[:, train], aware, size=50),
        _loss,
        steps=params.steps,
        optimiser=partial(trainer.Adam, rate=5e-4),
        watch=regret,
        progress=report,
    )
    return trained, np.square(net.predict(test_x) - test_costs).mean(axis=(1, 2))


def _loss(outputs: Array, costs: Array, aware: Array) -> tuple[Array, Array]:
    """Squared error, or SPO+ for the replicates that know the decision."""
    value, gradient = trainer.squared_loss(outputs, costs)
    knowing = aware[:, 0]
    if knowing.any():
        value[knowing], gradient[knowing] = trainer.spo_plus_loss(
            outputs[knowing], costs[knowing], cheapest
        )
    return value, gradient


def _roads(params: PredictThenDecide, rngs: Sequence[np.random.Generator]) -> tuple[Array, Array]:
    """Draw features (R, N, 5) and road costs (R, N, 40), of mean square 1 in the training rows."""
    mix = (trainer.uniform(rngs, FEATURES, PATHS.shape[1]) < 0.5) / np.sqrt(FEATURES)
    rows = params.rows + TEST_ROWS
    x = trainer.normal(rngs, rows, FEATURES)
    noise = 1 + params.noise * (2 * trainer.uniform(rngs, rows, PATHS.shape[1]) - 1)
    costs = ((x @ mix + 3) ** params.degree + 1) * noise
    costs /= np.sqrt(np.square(costs[:, : params.rows]).mean(axis=(1, 2), keepdims=True))
    return x.astype(np.float32), costs.astype(np.float32)


def _paths() -> Array:
    """Return every way right and down through the grid, (70, 40): 1 at the roads it takes."""
    places = [(i, j) for i in range(SIDE) for j in range(SIDE)]
    steps = [((i, j), (i + a, j + b)) for i, j in places for a, b in ((0, 1), (1, 0))]
    roads = [(start, end) for start, end in steps if end in places]
    ways = []
    for down in combinations(range(2 * SIDE - 2), SIDE - 1):  # when the way goes down
        place, way = (0, 0), np.zeros(len(roads), np.float32)
        for number in range(2 * SIDE - 2):
            i, j = place
            place = (i + 1, j) if number in down else (i, j + 1)
            way[roads.index(((i, j), place))] = 1
        ways.append(way)
    return np.stack(ways)


PATHS = _paths()


def cheapest(costs: Array) -> Array:
    """Return the cheapest path by these costs as the roads it takes: both (..., 40)."""
    return np.asarray(PATHS[(costs @ PATHS.T).argmin(axis=-1)])


ABOUT = """\
Each replicate draws its own roads and days, and each arm its own minibatches; the interval speaks
of such problems. Costs are a power of a linear function of five features, times noise; the model is
linear. At degree 1 it can be right but for the noise, at degree 8 it cannot. Regret is what the
chosen paths cost above the cheapest ones, over 1,000 new days.

Seen while exploring, on other seeds, with 100 training rows: training for the decision wins by 12
points of regret at degree 8 and by 4 at degree 6, with a *higher* squared error in both. Near
degree 4 the two are almost level (−0.4). Where the linear model is right, the sign **reverses**:
+0.7 to +0.9 at degree 1. A loss that looks at decisions alone then throws away what the costs say
beyond them; with 1,000 rows that costs only 0.1. At degree 8 a few roads are so dear that even two
equal arms differ by 0.3 now and then, so the claim's case is degree 6.

This is the counterweight to
[weighing costs while training or afterwards](/experiments/utility-weighted-loss), which says: learn
first, decide afterwards. There the net is flexible and the decision is a threshold on one
probability; here the model is too poor to be right everywhere, and something has to say where being
wrong matters. Neither is the rule; misspecification decides which advice to follow.

What it cannot show: decisions in sequence, which the theorem of Anand and co-authors is about;
flexible models; other problems than paths.
"""

EXPERIMENT = Experiment(
    name="predict-then-decide",
    title="Train the prediction, or train it for the decision?",
    hypothesis="A linear model trained by a loss that knows the decision chooses cheaper paths "
    "than the same model trained by squared error.",
    control=Arm("squared error", "Trained to predict the costs; the path is chosen afterwards."),
    treatment=Arm("decision-aware", "Trained by SPO+, an upper bound of the decision's regret."),
    primary=Metric("regret", "% above the cheapest path", "lower"),
    direction="lower",
    smallest_effect=0.5,
    replicates=32,
    params=PredictThenDecide,
    presets={
        "claim": Preset(
            {"degree": 6, "decision_aware": True},
            Verdict.SUPPORTED,
            "Costs are far from linear: a loss that knows the decision pays less for its paths.",
        ),
        "negative-control": Preset(
            {"degree": 6, "decision_aware": False},
            Verdict.NO_EFFECT,
            "Squared error in both arms, each with its own minibatches: an A/A test.",
        ),
        "boundary": Preset(
            {"degree": 1, "decision_aware": True},
            Verdict.CONTRADICTED,
            "The linear model is right: the sign reverses, and plain prediction decides better.",
        ),
        "degree-8": Preset(
            {"degree": 8, "decision_aware": True},
            Verdict.SUPPORTED,
            "The further the truth is from linear, the more it pays to know the decision.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:1710.08005", "arXiv:2501.06086"),
)
