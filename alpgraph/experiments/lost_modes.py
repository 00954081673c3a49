"""Does reinforcement keep more than one way of being right?

A replicate is a hundred questions with twenty answers each, three of them right, and a base policy
that favours some answers at random. Treatment: REINFORCE, paying 1 for a right answer. Control:
what it is compared with, the base policy itself, imitation of right answers, or reinforcement
again. Measured is the share of the right answers that turn up in 64 draws.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import series
from alpgraph.experiments.data import Array
from alpgraph.experiments.model import (
    Arm,
    Curve,
    Experiment,
    Measurements,
    Metric,
    Picture,
    Preset,
    Progress,
    Verdict,
)
from alpgraph.experiments.params import Params
from alpgraph.experiments.turns import Report, in_turn

QUESTIONS, ANSWERS, RIGHT, GROUP, RATE = 100, 20, 3, 8, 0.5
DRAWS, POWERS, POINTS = 64, range(11), 20
FOUND, FIRST, ENTROPY = "right answers found", "right at the first draw", "entropy"
LABELS = {FOUND: "share of right answers", FIRST: "share of questions", ENTROPY: "nats"}


class LostModes(Params):
    """What can be turned."""

    compared_with: Literal["the base policy", "imitation", "reinforcement"] = Field(
        "the base policy", title="Compared with"
    )
    bonus: float = Field(0, ge=0, le=1, title="Bonus for entropy in reinforcement")
    steps: int = Field(400, ge=20, le=2000, title="Training steps")


def measure(params: LostModes, seeds: Sequence[trainer.Seed], progress: Progress) -> Measurements:
    """Train tables of logits, a row for each question, both arms from the same base policy."""
    data = trainer.generators(seeds)
    base = 1.5 * trainer.normal(data, QUESTIONS, ANSWERS)  # (R, Q, A)
    right = trainer.uniform(data, QUESTIONS, ANSWERS).argsort(axis=-1) < RIGHT  # three in each row
    at = np.linspace(0, params.steps, POINTS + 1).round()

    def train(
        arm: str, rngs: list[np.random.Generator], report: Report
    ) -> tuple[dict[str, Curve], Array]:
        how = params.compared_with if arm == "control" else "reinforcement"
        logits = base.copy()
        seen: list[dict[str, Array]] = []

        def curves() -> dict[str, Curve]:
            steps = at[: len(seen)]
            values = {name: np.stack([point[name] for point in seen]) for name in LABELS}
            return {n: Curve(arm, n, steps, values[n], y_label=LABELS[n]) for n in LABELS}

        for step in range(params.steps + 1):
            if step:
                logits += RATE * _push(how, trainer.softmax(logits), right, rngs, params.bonus)
            if step in at:
                seen.append(judge_policy(trainer.softmax(logits), right))
                report(step / params.steps, curves()[FOUND])
        return curves(), trainer.softmax(logits)

    (control, before), (treatment, after) = in_turn(seeds, progress, train)
    secondary = {n: (control[n].y[-1], treatment[n].y[-1]) for n in (FIRST, ENTROPY)}
    secondary["questions solved in 64 draws"] = _solved(before, right), _solved(after, right)
    if params.compared_with != "the base policy":
        secondary["reward explained by exp(entropy)"] = _explained(control), _explained(treatment)
    lines = {"compared with": before, "reinforcement": after}
    return Measurements(
        control[FOUND].y[-1],
        treatment[FOUND].y[-1],
        secondary=secondary,
        curves=[curve for name in LABELS for curve in (control[name], treatment[name])],
        pictures=[
            Picture(
                "Right answers found, by draws",
                "lines",
                "draws, as a power of two",
                "share of right answers",
                {
                    name: series(POWERS, np.stack([share_found(p, right, 2**k) for k in POWERS]))
                    for name, p in lines.items()
                },
            )
        ],
    )


def share_found(p: Array, right: Array, draws: int) -> Array:
    """Return the expected share of right answers seen in so many draws from p (R, Q, A): (R,)."""
    seen = np.where(right, 1 - (1 - p) ** draws, 0).sum(axis=-1) / RIGHT  # (R, Q)
    return np.asarray(seen.mean(axis=-1))


def judge_policy(p: Array, right: Array) -> dict[str, Array]:
    """Return what is watched of policies p (R, Q, A), each (R,)."""
    return {
        FOUND: share_found(p, right, DRAWS),
        FIRST: np.where(right, p, 0).sum(axis=-1).mean(axis=-1),
        ENTROPY: -(p * np.log(p + 1e-12)).sum(axis=-1).mean(axis=-1),
    }


def _solved(p: Array, right: Array) -> Array:
    """Share of questions with at least one right answer in 64 draws, (R,)."""
    hit = np.where(right, p, 0).sum(axis=-1)
    return np.asarray((1 - (1 - hit) ** DRAWS).mean(axis=-1))


def _explained(curves: Mapping[str, Curve]) -> Array:
    """Squared correlation of reward with exp(entropy) along training, (R,)."""
    x, y = np.exp(curves[ENTROPY].y), curves[FIRST].y  # (points, R)
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    both = np.square((x * y).sum(axis=0))
    return np.asarray(both / (np.square(x).sum(axis=0) * np.square(y).sum(axis=0)))


def _push(
    how: str, p: Array, right: Array, rngs: Sequence[np.random.Generator], bonus: float
) -> Array:
    """Return the direction (R, Q, A) in which logits are to go, from eight draws a question."""
    chances = trainer.uniform(rngs, QUESTIONS, GROUP)
    if how == "the base policy":
        return np.zeros_like(p)
    if how == "imitation":
        return _counts(_drawn(right / RIGHT, chances)) / GROUP - p
    drawn = _drawn(p, chances)
    reward = np.take_along_axis(right, drawn, axis=-1).astype(float)
    gain = (reward - reward.mean(axis=-1, keepdims=True)) / GROUP
    logs = np.log(p + 1e-12)
    surprise = p * (logs - (p * logs).sum(axis=-1, keepdims=True))
    push = _counts(drawn, gain) - p * gain.sum(axis=-1, keepdims=True)
    return np.asarray(push - bonus * surprise)


def _drawn(p: Array, chances: Array) -> Array:
    """Draw answers (R, Q, G) from p (R, Q, A), given uniform numbers (R, Q, G)."""
    below = p.cumsum(axis=-1)[..., None, :-1] < chances[..., None]
    return np.asarray(below.sum(axis=-1))


def _counts(drawn: Array, gain: Array | float = 1.0) -> Array:
    """Sum `gain` over the draws of each answer: (R, Q, A)."""
    one = trainer.one_hot(drawn, ANSWERS, float)  # (R, Q, G, A)
    return np.asarray((one * np.asarray(gain)[..., None]).sum(axis=2))


ABOUT = """\
Each replicate draws its own base policies and right answers, and each arm its own draws. Every
question has a table of its own, so nothing is shared between questions. Imitation is log loss on
right answers drawn alike from all three; it keeps what its data hold. Reinforcement draws eight
answers to a question from its policy and moves by reward minus the mean of the eight. All
measures are computed from the policies, not drawn.

Seen while exploring, on other seeds: after 400 steps reinforcement and imitation are right at the
first draw equally often (0.98), and **imitation finds all three right answers in 64 draws where
reinforcement finds 1.15 of them**. Against the base policy 0.26 of the right answers are lost.
Along the way reward is very nearly a straight line in the exponential of the entropy (0.98 of the
variance), but just as nearly one in the entropy. A bonus for entropy of 0.1 keeps two thirds of
what is lost; with 0.3 more right answers are found than before, at the price of being right less
often at the first draw.

What it cannot show: a base policy that overtakes at many draws. Here one right answer is enough
to solve a question, and it is hardly ever lost: the share of questions solved in 64 draws
*rises*. See `pass-at-k` for a policy that answers questions it was not tuned on.
"""

EXPERIMENT = Experiment(
    name="lost-modes",
    title="Does reinforcement keep more than one way of being right?",
    hypothesis="Reinforcement with a reward for being right finds fewer of the right answers in 64 "
    "draws than what it is compared with.",
    control=Arm(
        "the other policy",
        "The base policy as it was; or trained by imitation of right answers; or by reinforcement.",
    ),
    treatment=Arm("reinforcement", "REINFORCE: 1 for a right answer, minus the mean of its group."),
    primary=Metric(FOUND, "share of right answers", "higher"),
    direction="lower",
    smallest_effect=0.05,
    params=LostModes,
    presets={
        "claim": Preset(
            {"compared_with": "the base policy"},
            Verdict.SUPPORTED,
            "After reinforcement fewer of the right answers turn up than before.",
        ),
        "negative-control": Preset(
            {"compared_with": "reinforcement"},
            Verdict.NO_EFFECT,
            "Reinforcement twice, with other draws: an A/A test.",
        ),
        "boundary": Preset(
            {"compared_with": "the base policy", "bonus": 0.3},
            Verdict.CONTRADICTED,
            "A bonus for entropy: more of the right answers turn up than before.",
        ),
        "imitation": Preset(
            {"compared_with": "imitation"},
            Verdict.SUPPORTED,
            "Imitation is right as often at the first draw, and keeps all right answers.",
        ),
    },
    measure=measure,
    replicates=12,
    about=ABOUT,
    sources=("arXiv:2505.22617", "arXiv:2310.06452", "doi:10.1007/BF00992696"),
)
