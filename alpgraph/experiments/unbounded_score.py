"""Can a score for confidence make a surely wrong answer the best one?

A policy gives one of three answers and states its confidence. The first is right with chance p,
the second with chance 1 - p, the third never. The reward is 1 for a right answer plus a proper
score of the confidence: the Brier score for the control, the log score for the treatment.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import arm_curves, arm_generators, reporter, series, split
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

LEVELS = np.linspace(0, 1, 11)  # of confidence
ANSWERS, DRAWS = 3, 64
CHANCES = np.linspace(0.5, 0.9, 21)
NEVER, RIGHT = "never-right answers", "right answers"
LABELS = {NEVER: "share of draws", RIGHT: "share of draws"}


class UnboundedScore(Params):
    """What can be turned."""

    chance: float = Field(0.55, ge=0.5, le=1, title="Chance p that the better answer is right")
    weight: float = Field(1, ge=0, le=5, title="Weight of the score, being right counting 1")
    exploration: float = Field(0.1, ge=0, le=0.9, title="Share of answers drawn at random")
    steps: int = Field(2000, ge=10, le=5000, title="Training steps")


def measure(
    params: UnboundedScore, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train both policies by REINFORCE; each is a table, a logit for each answer and level."""
    rngs = arm_generators(seeds)
    net = trainer.Network(rngs, (1, ANSWERS + ANSWERS * len(LEVELS)))
    nothing = np.zeros((1, 1, 1), np.float32)  # as input, so that the biases are all there is
    by_log = np.repeat([False, True], len(seeds))[:, None]

    def draw(rngs: Sequence[np.random.Generator], part: slice) -> tuple[Array, ...]:
        return np.repeat(nothing, len(rngs), axis=0), by_log[part], trainer.uniform(rngs, 3, DRAWS)

    trained = trainer.fit(
        net,
        trainer.fresh(rngs, draw),
        partial(reward_loss, params=params),
        steps=params.steps,
        optimiser=partial(trainer.Adam, rate=0.02),
        watch=lambda net: _shares(net.predict(nothing), params.chance),
        progress=reporter(progress, LABELS),
    )
    last = {name: split(values[-1]) for name, values in trained.curves.items()}
    score = {name: best_reward(scores(name == "log score"), params.weight) for name in ARMS}
    return Measurements(
        *last.pop(NEVER),
        secondary=last,
        curves=arm_curves(trained, LABELS),
        pictures=[
            Picture(
                "What the better answer earns; the never-right one earns 0",
                "lines",
                "chance that it is right",
                "expected reward",
                {
                    name: series(CHANCES.tolist(), np.repeat(values[:, None], len(seeds), axis=1))
                    for name, values in score.items()
                },
            )
        ],
    )


def scores(by_log: Array | bool) -> Array:
    """Return scores (..., 2, L) of each level of confidence for a wrong and a right answer."""
    brier = -np.square(np.stack([LEVELS, 1 - LEVELS]))
    log = np.log(np.maximum(np.stack([1 - LEVELS, LEVELS]), 1e-3))
    return np.where(np.asarray(by_log)[..., None, None], log, brier)


def best_reward(score: Array, weight: float) -> Array:
    """Return what an answer right with each of `CHANCES` earns at its best stated confidence."""
    expected = (1 - CHANCES)[:, None] * score[0] + CHANCES[:, None] * score[1]
    return np.asarray(CHANCES + weight * expected.max(axis=1))


def reward_loss(
    outputs: Array, by_log: Array, u: Array, params: UnboundedScore
) -> tuple[Array, Array]:
    """REINFORCE with 64 draws of answer, confidence and truth from u (R, 3, 64)."""
    replicates = np.arange(len(outputs))[:, None]
    p = trainer.softmax(outputs[:, 0, :ANSWERS])  # (R, A)
    q = trainer.softmax(outputs[:, 0, ANSWERS:].reshape(-1, ANSWERS, len(LEVELS)))  # (R, A, L)
    mixed = (1 - params.exploration) * p + params.exploration / ANSWERS
    answer = _drawn(mixed[:, None], u[:, 0])  # (R, draws)
    level = _drawn(q[replicates, answer], u[:, 1])
    first = u[:, 2] < params.chance
    right = np.where(answer == 0, first, (answer == 1) & ~first)
    score = scores(by_log[:, 0])[replicates, right.astype(int), level]
    reward = right + params.weight * score
    gain = reward - reward.mean(axis=1, keepdims=True)
    of_answers, of_levels = np.zeros_like(p), np.zeros_like(q)
    own = gain * (1 - params.exploration) * (p / mixed)[replicates, answer]
    np.add.at(of_answers, (replicates, answer), own)
    of_answers -= p * of_answers.sum(axis=-1, keepdims=True)
    np.add.at(of_levels, (replicates, answer, level), gain)
    of_levels -= q * of_levels.sum(axis=-1, keepdims=True)
    gradient = np.concatenate([of_answers, of_levels.reshape(len(q), -1)], axis=1)
    return -reward.mean(axis=1), -gradient[:, None] / DRAWS


def _drawn(p: Array, u: Array) -> Array:
    """Draw from p (..., K) with uniform numbers u (...): positions in 0 to K - 1."""
    return np.asarray((p.cumsum(axis=-1)[..., :-1] < u[..., None]).sum(axis=-1))


def _shares(outputs: Array, chance: float) -> dict[str, Array]:
    """What the policy would do without exploring, (2R,) each."""
    p = trainer.softmax(outputs[:, 0, :ANSWERS].astype(float))
    q = trainer.softmax(outputs[:, 0, ANSWERS:].astype(float).reshape(-1, ANSWERS, len(LEVELS)))
    return {
        NEVER: p[:, 2],
        RIGHT: p[:, 0] * chance + p[:, 1] * (1 - chance),
        "stated confidence": (p * (q @ LEVELS)).sum(axis=1),
    }


ABOUT = """\
The policy is a table: a softmax over three answers, and for each answer one over eleven levels of
confidence from 0 to 1 (the log score is cut off at log 0.001). Replicates differ in their draws
alone. One answer in ten is drawn at random, so that the policy goes on hearing of answers it
hardly gives; its measures are those without the random answers.

The arithmetic is exact: at its best confidence an answer that is right with chance p earns p
minus the entropy of p under the log score, which is below 0 for p under 0.65, and p squared under
the Brier score. An answer that is never right, said with confidence 0, earns 0. Seen while
exploring, on other seeds: training finds the never-right answer in all draws for p up to 0.6.
**Optimal is not reached** in general: at 0.62, or at 0.6 without the random answers, it stays
with the better answer, which it learnt first. And **bounded is not enough**: weighted three
times, the Brier score lets the never-right answer win as well. What it takes is a score whose
range does not exceed the point for being right.

What it cannot show: language models, whose answers and confidences come from one network.
"""

ARMS = ("Brier score", "log score")

EXPERIMENT = Experiment(
    name="unbounded-score",
    title="Can a score for confidence make a surely wrong answer the best one?",
    hypothesis="Rewarded for being right plus a log score of its confidence, a policy comes to "
    "give an answer that is never right; with a Brier score it does not.",
    control=Arm(
        "the Brier score", "1 for a right answer, minus the squared miss of the confidence."
    ),
    treatment=Arm(
        "the log score", "1 for a right answer, plus the log of what was claimed for it."
    ),
    primary=Metric(NEVER, "share of draws", "lower"),
    direction="higher",
    smallest_effect=0.1,
    params=UnboundedScore,
    presets={
        "claim": Preset(
            {"chance": 0.55},
            Verdict.SUPPORTED,
            "An answer right with chance 0.55 loses to one that is never right.",
        ),
        "negative-control": Preset(
            {"chance": 0.55, "weight": 0},
            Verdict.NO_EFFECT,
            "The score has no weight: both arms are paid alike, an A/A test.",
        ),
        "boundary": Preset(
            {"chance": 0.75},
            Verdict.NO_EFFECT,
            "Right with chance 0.75, the better answer pays under both scores.",
        ),
        "not-reached": Preset(
            {"chance": 0.6, "exploration": 0},
            Verdict.NO_EFFECT,
            "The never-right answer would be best under the log score, and is not found.",
        ),
        "heavy-brier": Preset(
            {"chance": 0.55, "weight": 3},
            Verdict.NO_EFFECT,
            "Three times its size, the Brier score makes the never-right answer win, too.",
        ),
    },
    measure=measure,
    replicates=12,
    about=ABOUT,
    sources=("arXiv:2507.16806", "doi:10.1198/016214506000001437"),
)
