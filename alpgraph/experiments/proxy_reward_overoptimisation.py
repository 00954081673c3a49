"""A reward learned from few comparisons, optimised until true value falls.

The true reward ("gold") of an action, a point in six dimensions, is highest some way off. A small
net learns it from preferences between actions near the starting policy; then the policy's mean
climbs the learned reward ("proxy"). Control: it stops after 200 steps. Treatment: it climbs on.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

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
from alpgraph.experiments.pairs import pair_batches
from alpgraph.experiments.params import Params

SIZE, AWAY, RATE, DRAWN, POINTS = 6, 1.5, 0.02, 128, 20
SEEN = 1000
"""Actions from which the rewards of a policy are estimated."""
LABELS = {"gold": "mean true reward", "proxy": "mean learned reward, in deviations at the start"}
Reward = Callable[[Array], Array]


class ProxyRewardOveroptimisation(Params):
    """What can be turned."""

    gold: Literal["point", "direction"] = Field(
        "point", title="Gold grows towards a", description="direction: without end"
    )
    pairs: int = Field(100, ge=20, le=4000, title="Pairs the proxy is learned from")
    climb: int = Field(600, ge=20, le=2000, title="Steps that the treatment climbs")
    stop: int = Field(200, ge=20, le=2000, title="Steps that the control climbs")
    steps: int = Field(1200, ge=10, le=4000, title="Training steps of the proxy")
    hidden: int = Field(48, ge=4, le=128, title="Hidden units of the proxy")


def measure(
    params: ProxyRewardOveroptimisation, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Learn a proxy for each replicate of each arm, and climb it."""
    half, data, rngs = len(seeds), trainer.generators(seeds), arm_generators(seeds)
    goal = trainer.normal(data, 1, SIZE)
    goal *= AWAY / np.linalg.norm(goal, axis=-1, keepdims=True)
    pairs = _pairs(data, _gold(params.gold, goal), params.pairs)
    proxy = trainer.Network(rngs, (SIZE, params.hidden, 1))
    trainer.fit(
        proxy,
        pair_batches(rngs, both(pairs)[0], size=64),
        trainer.preference_loss,
        steps=params.steps,
        optimiser=partial(trainer.Adam, rate=3e-3, decay=1e-3),
        progress=lambda share, _: progress(0.5 * share),
    )
    stops = np.repeat([params.stop, params.climb], half)
    gold = _gold(params.gold, both(goal)[0])
    climbed = _climb(proxy, gold, rngs, stops, reporter(progress, LABELS, 0.5, 1.0))
    end = {name: curve[-1] for name, curve in climbed.curves.items()}
    late = {name: split(climbed.curves[name].T)[1].T for name in LABELS}  # (points, R)
    return Measurements(
        *split(end["gold"]),
        secondary={
            "proxy": split(end["proxy"]),
            "highest gold on the way": split(climbed.curves["gold"].max(axis=0)),
            "distance from the starting policy, square root of KL": split(end["distance"]),
        },
        curves=arm_curves(climbed, LABELS),
        pictures=[
            Picture(
                "What the treatment's proxy says, and what is so",
                "lines",
                "steps uphill",
                "mean reward of the policy",
                {
                    "true reward": series(climbed.steps.tolist(), late["gold"]),
                    "learned reward": series(climbed.steps.tolist(), late["proxy"]),
                },
            )
        ],
    )


def _gold(kind: str, goal: Array) -> Reward:
    """Return the true reward of actions (R, N, D), 0 on average at the start; goal is (R, 1, D)."""

    def towards_a_point(actions: Array) -> Array:
        return np.asarray((SIZE + AWAY**2 - np.square(actions - goal).sum(axis=-1)) / 2)

    def along_a_direction(actions: Array) -> Array:
        return np.asarray((actions * goal).sum(axis=-1))

    return towards_a_point if kind == "point" else along_a_direction


def _pairs(rngs: Sequence[np.random.Generator], gold: Reward, count: int) -> Array:
    """Draw pairs of actions (R, N, 2, D) near the start, the one preferred by gold first."""
    one, other = (trainer.normal(rngs, count, SIZE) for _ in range(2))
    first = trainer.uniform(rngs, count) < trainer.sigmoid(gold(one) - gold(other))
    pairs = np.stack([one, other], axis=2)
    return np.where(first[..., None, None], pairs, pairs[:, :, ::-1]).astype(np.float32)


def _climb(
    proxy: trainer.Network,
    gold: Reward,
    rngs: Sequence[np.random.Generator],
    stops: Array,
    report: Callable[[float, trainer.Trained], None],
) -> trainer.Trained:
    """Move each policy's mean up its proxy until its stop; watch gold and proxy on the way."""
    start = proxy.predict(trainer.normal(rngs, SEEN, SIZE))[..., 0]
    level, spread = start.mean(axis=1), start.std(axis=1)
    mean, last = np.zeros((len(rngs), 1, SIZE)), int(stops.max())
    at = np.unique(np.linspace(0, last, POINTS + 1).round().astype(int))
    ones = np.ones((len(rngs), DRAWN, 1), np.float32)
    seen: dict[str, list[Array]] = {"gold": [], "proxy": [], "distance": []}
    for step in range(last + 1):
        if step in at:
            actions = mean + trainer.normal(rngs, SEEN, SIZE)
            said = proxy.predict(actions)[..., 0].mean(axis=1)
            seen["gold"].append(gold(actions).mean(axis=1))
            seen["proxy"].append((said - level) / spread)
            seen["distance"].append(np.sqrt(np.square(mean).sum(axis=(1, 2)) / 2))
            curves = {name: np.stack(rows) for name, rows in seen.items()}
            report(step / last, trainer.Trained(at[: len(seen["gold"])], curves))
        proxy.forward(mean + trainer.normal(rngs, DRAWN, SIZE))
        slope = proxy.input_gradient(ones).mean(axis=1, keepdims=True)  # (2R, 1, D)
        climbing = (step < stops)[:, None, None]
        mean += climbing * RATE * slope / spread[:, None, None]
    return trainer.Trained(at, curves)


ABOUT = """\
Each replicate draws its own goal and comparisons, each arm its own first weights, minibatches and
actions; the interval speaks of such proxies. Gold falls with the squared distance from a point 1.5
deviations off; comparisons are drawn between actions of the starting policy, with Bradley-Terry
noise. The policy is a normal distribution whose mean moves 0.02 a step along the slope of the
proxy, counted in its deviations at the start.

The comparison is with a stop fixed beforehand, at step 200, and not with the peak of each curve:
against its own peak every curve ends lower or level, by construction.

Seen while exploring, on other seeds: from 100 pairs the proxy goes on rising (0.71 to 1.15) while
gold falls from 0.85 to −1.7, a difference of −2.6 (interval −3.6 to −1.6); on yet other seeds −4.6
(−6.7 to −2.4), for a few replicates fall very far. It shrinks with data: −0.9 with 300 pairs, −0.15
with 1,000, −0.10 with 3,000. Where gold grows along a direction without end, the sign **reverses**:
climbing on brings what the proxy promises (+10 to +12), however few the pairs. Differences are
skewed, so read the bootstrap interval beside the t interval. A bounded gold of random waves, tried
in a sketch, only flattened.

What it is, and what it is not: the step *upstream* of reward hacking, a learned measure pushed past
where it was learned. Nothing here is an agent, nothing cheats, nothing generalises to other
conduct. No toy of ours shows emergent misalignment.
"""

EXPERIMENT = Experiment(
    name="proxy-reward-overoptimisation",
    title="When does climbing a learned reward lower the true one?",
    hypothesis="A policy that climbs on up a reward learned from few comparisons ends with less "
    "true reward than one that stops early.",
    control=Arm("stopped early", "The policy climbs the learned reward for 200 steps."),
    treatment=Arm("climbed on", "It climbs on, to 600 steps unless told."),
    primary=Metric("true reward", "half a squared deviation", "higher"),
    direction="lower",
    smallest_effect=0.2,
    replicates=32,
    params=ProxyRewardOveroptimisation,
    presets={
        "claim": Preset(
            {"pairs": 100, "climb": 600},
            Verdict.SUPPORTED,
            "A reward learned from 100 comparisons: the proxy rises, the truth falls.",
        ),
        "negative-control": Preset(
            {"pairs": 100, "climb": 200},
            Verdict.NO_EFFECT,
            "Both stop after 200 steps, each with a proxy of its own: an A/A test.",
        ),
        "boundary": Preset(
            {"pairs": 100, "climb": 600, "gold": "direction"},
            Verdict.CONTRADICTED,
            "Where true reward has no summit, climbing on pays: the sign reverses.",
        ),
        "more-data": Preset(
            {"pairs": 3000, "climb": 600},
            Verdict.NO_EFFECT,
            "From 3,000 comparisons the loss is too small to matter.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:2210.10760", "arXiv:1803.04585"),
)
