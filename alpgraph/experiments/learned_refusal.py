"""Is a learned refusal better than a threshold?

Questions with four answers, of which in one region of the inputs the answer is drawn at random. A
share of all questions has to be answered. Control: a net trained by log loss refuses where its top
probability is lowest. Treatment: a net with a head for refusing, trained together with the answers
for that share (SelectiveNet, Geifman 2019).
"""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import NormalDist
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
from alpgraph.experiments.shares import share
from alpgraph.experiments.turns import Report, curve_of, in_turn

INPUTS, ANSWERS, TESTED = 10, 4, 3000
PULL, PLAIN = 32.0, 0.5  # the paper's lambda, and the share of the plain head in the loss
RISK = "errors among answers"
SHARES = (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


class LearnedRefusal(Params):
    """What can be turned."""

    refusal: Literal["reject head", "threshold"] = Field(
        "reject head", title="The treatment refuses by"
    )
    region: float = Field(0.2, ge=0, le=0.5, title="Share of questions answered at random")
    coverage: float = Field(0.8, ge=0.3, le=0.99, title="Share of questions to answer")
    rows: int = Field(1000, ge=100, le=4000, title="Training rows")
    steps: int = Field(1200, ge=10, le=5000, title="Training steps")
    hidden: int = Field(64, ge=2, le=128, title="Hidden units")


def measure(
    params: LearnedRefusal, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train the control, then the treatment; both answer the questions they are surest of."""
    make = _questions(params.region, trainer.generators(seeds))
    (x, y, _), (test_x, test_y, random) = make(params.rows), make(TESTED)

    def train(
        arm: str, rngs: list[np.random.Generator], report: Report
    ) -> tuple[Curve, dict[str, Array], Array]:
        with_head = arm == "treatment" and params.refusal == "reject head"
        loss = partial(selective_loss, coverage=params.coverage) if with_head else trainer.log_loss
        outputs = 2 * ANSWERS + 1 if with_head else ANSWERS
        net = trainer.Network(rngs, (INPUTS, params.hidden, outputs))

        def judge(net: trainer.Network) -> dict[str, Array]:
            return _judge(net.predict(test_x), test_y, random, params.coverage)

        trained = trainer.fit(
            net,
            trainer.minibatches(rngs, x, y, size=128),
            loss,
            steps=params.steps,
            optimiser=partial(trainer.Adam, rate=3e-3),
            watch=judge,
            progress=lambda share, seen: report(share, curve_of(arm, seen, RISK, "share")),
        )
        sure, right = _sure_and_right(net.predict(test_x), test_y)
        by_share = np.stack([trainer.selective_risk(sure, right, part) for part in SHARES])
        return curve_of(arm, trained, RISK, "share of answers"), judge(net), by_share

    (control_curve, control, by_threshold), (curve, treatment, by_treatment) = in_turn(
        seeds, progress, train
    )
    lines = {"threshold": by_threshold, "treatment": by_treatment}
    return Measurements(
        control.pop(RISK),
        treatment.pop(RISK),
        secondary={name: (control[name], treatment[name]) for name in control},
        curves=[control_curve, curve],
        pictures=[
            Picture(
                "Errors by how many questions are answered",
                "lines",
                "share of questions answered",
                "share of answers wrong",
                {name: series(SHARES, values) for name, values in lines.items()},
            )
        ],
    )


def selective_loss(outputs: Array, y: Array, coverage: float) -> tuple[Array, Array]:
    """Risk among what is answered, a pull towards the coverage, and a plain head beside.

    Outputs (R, B, 2 A + 1): answers, the logit of answering, answers of the plain head, which keeps
    the features fed. Geifman and El-Yaniv, arXiv:1901.09192, equations 4 to 7.
    """
    p, taken = trainer.softmax(outputs[..., :ANSWERS]), trainer.sigmoid(outputs[..., ANSWERS])
    share, rows = taken.mean(axis=1, keepdims=True), y.shape[1]
    true = np.take_along_axis(p, y[..., None], axis=-1)[..., 0]  # (R, B)
    losses = -np.log(np.maximum(true, 1e-30))
    risk = (losses * taken).mean(axis=1, keepdims=True) / share
    short = np.maximum(coverage - share, 0)
    value, of_plain = trainer.log_loss(outputs[..., ANSWERS + 1 :], y)
    of_answers = (taken / share)[..., None] * (p - trainer.one_hot(y, ANSWERS)) / rows
    slope = ((losses - risk) / share - 2 * PULL * short) / rows
    of_taken = (slope * taken * (1 - taken))[..., None]
    gradient = np.concatenate(
        [(1 - PLAIN) * of_answers, (1 - PLAIN) * of_taken, PLAIN * of_plain], axis=-1
    )
    selective = (risk + PULL * np.square(short))[:, 0]
    return (1 - PLAIN) * selective + PLAIN * value, gradient.astype(outputs.dtype)


def _sure_and_right(outputs: Array, y: Array) -> tuple[Array, Array]:
    """By what questions are sorted, the head's logit or else the top probability; right answers."""
    p = trainer.softmax(outputs[..., :ANSWERS])
    sure = outputs[..., ANSWERS] if outputs.shape[-1] > ANSWERS else p.max(axis=-1)
    return sure, (p.argmax(axis=-1) == y).astype(float)


def _judge(outputs: Array, y: Array, random: Array, coverage: float) -> dict[str, Array]:
    sure, right = _sure_and_right(outputs, y)
    top = trainer.softmax(outputs[..., :ANSWERS]).max(axis=-1)
    refused = sure <= np.quantile(sure, 1 - coverage, axis=1, keepdims=True)
    return {
        RISK: trainer.selective_risk(sure, right, coverage),
        "errors, sorted by top probability": trainer.selective_risk(top, right, coverage),
        "errors if all are answered": 1 - right.mean(axis=1),
        "random answers among refusals": share(random, refused),
    }


def _questions(
    region: float, rngs: Sequence[np.random.Generator]
) -> Callable[[int], tuple[Array, Array, Array]]:
    """Return what makes questions (R, N, 10), answers, and whether the answer is random (R, N)."""
    inner = 2 * trainer.normal(rngs, INPUTS, 12) / np.sqrt(INPUTS)
    outer = trainer.normal(rngs, 12, ANSWERS)
    towards = trainer.normal(rngs, INPUTS, 1)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    cut = NormalDist().inv_cdf(1 - region) if region else np.inf

    def make(rows: int) -> tuple[Array, Array, Array]:
        x = trainer.normal(rngs, rows, INPUTS)
        answers, guesses = (np.tanh(x @ inner) @ outer).argmax(-1), trainer.integers(rngs, 4, rows)
        random = (x @ towards)[..., 0] > cut
        return x.astype(np.float32), np.where(random, guesses, answers), random

    return make


ABOUT = """\
Each replicate draws its own task and questions, and each arm its own first weights and
minibatches. The right answer is the largest of four scores of a random net; beyond a plane that
cuts off a share of all questions, it is one of four at random. Both arms answer the same share of
test questions, those they are surest of, so they differ in sorting alone and in what they have
learnt.

Seen while exploring, on other seeds: **with a region of random answers the head sorts better**.
It learns where the region lies (four in five of its refusals fall there, against fewer than
half), while a net that has fitted the random answers by heart is often sure of itself there. The
gain, 0.02, grows with width and training and comes from sorting: sorted by top probability, both
nets err alike, so no better features were learnt. With 16 hidden units it is gone. **Without such
a region it reverses**, by 0.06: doubt then lies along the borders between answers, where the top
probability finds it and the head does not. And the head serves the share it was trained for: with
half of the questions answered the threshold is better in either case.

What it cannot show: images, for which the paper reports its gains, and a head trained with more
care for each share.
"""

EXPERIMENT = Experiment(
    name="learned-refusal",
    title="Is a learned refusal better than a threshold?",
    hypothesis="A head for refusing, trained for the share of questions to be answered, leaves "
    "fewer errors among the answers than a threshold on the top probability.",
    control=Arm("a threshold", "Log loss; the lowest top probabilities are refused."),
    treatment=Arm("a reject head", "Answers and refusals trained together for one share."),
    primary=Metric(RISK, "share of answers", "lower"),
    direction="lower",
    smallest_effect=0.01,
    params=LearnedRefusal,
    presets={
        "claim": Preset(
            {"region": 0.2},
            Verdict.SUPPORTED,
            "One question in five is random and lies in one region: the head finds it.",
        ),
        "negative-control": Preset(
            {"refusal": "threshold"},
            Verdict.NO_EFFECT,
            "Both arms refuse by a threshold: an A/A test.",
        ),
        "boundary": Preset(
            {"region": 0},
            Verdict.CONTRADICTED,
            "No such region, doubt lies along borders: the threshold is better.",
        ),
    },
    measure=measure,
    replicates=20,
    about=ABOUT,
    sources=("arXiv:1901.09192", "arXiv:1705.08500"),
)
