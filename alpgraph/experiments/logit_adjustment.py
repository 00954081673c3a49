"""Fix rare classes in training, or afterwards?

Digits with class sizes from many down to a few; every class is to count the same. Control: all
layers are trained to that aim, by class weights or by drawing rare classes more often. Treatment:
plain training is mended afterwards, by subtracting log class shares from the logits (Menon 2021)
or by fitting the last layer anew with class weights (Kang 2020).
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import series
from alpgraph.experiments.data import Array, digits
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
from alpgraph.experiments.turns import Report, curve_of, in_turn

CLASSES, MOST, TESTED, REFIT = 10, 80, 74, 300
"""Classes, rows of the commonest one, test rows of each, steps of a refitted last layer."""
BALANCED, RAW = "balanced accuracy", "as trained"


class LogitAdjustment(Params):
    """What can be turned."""

    remedy: Literal["adjusted logits", "refitted head"] = Field(
        "adjusted logits", title="Mended afterwards by"
    )
    against: Literal["weights", "resampling"] = Field("weights", title="Balanced in training by")
    imbalance: float = Field(40, ge=1, le=80, title="Size of the commonest class over the rarest")
    pixel_noise: float = Field(0.2, ge=0, le=1, title="Noise on every pixel, ink being 1")
    decay: float = Field(0, ge=0, le=0.1, title="L2 penalty")
    steps: int = Field(1000, ge=10, le=5000, title="Training steps")
    hidden: int = Field(64, ge=4, le=128, title="Hidden units")


def measure(
    params: LogitAdjustment, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train the control with balance and the treatment plainly; read out both in every way."""
    x, y, test_x, test_y = _long_tail(params, trainer.generators(seeds))
    shares = trainer.one_hot(y, CLASSES, float).mean(axis=1)  # (R, C)
    weights = (1 / (CLASSES * np.take_along_axis(shares, y, axis=1))).astype(np.float32)  # mean 1
    prior, common_first = np.log(shares)[:, None], np.argsort(-shares, axis=1, kind="stable")

    def train(
        arm: str, rngs: list[np.random.Generator], report: Report
    ) -> tuple[Curve, Mapping[str, Array]]:
        def judge(scores: Array) -> Array:
            return _by_class(scores, test_y, common_first)  # (C, R)

        adjusted = arm == "treatment" and params.remedy == "adjusted logits"
        net = trainer.Network(rngs, (64, params.hidden, CLASSES))
        trained = trainer.fit(
            net,
            _batches(params.against if arm == "control" else "plain", rngs, x, y, weights),
            trainer.log_loss,
            steps=params.steps,
            optimiser=partial(trainer.Adam, rate=2e-3, decay=params.decay),
            watch=lambda net: {
                BALANCED: judge(net.predict(test_x) - adjusted * prior).mean(axis=0)
            },
            progress=lambda share, seen: report(share, curve_of(arm, seen, BALANCED, "share")),
        )
        anew = _with_new_head(net, _batches("weights", rngs, x, y, weights))
        return curve_of(arm, trained, BALANCED, "share of rows"), {
            RAW: judge(net.predict(test_x)),
            "adjusted logits": judge(net.predict(test_x) - prior),
            "refitted head": judge(anew.predict(test_x)),
        }

    (control_curve, control), (curve, treatment) = in_turn(seeds, progress, train)
    lines = {params.against: control[RAW], params.remedy: treatment[params.remedy]}
    return Measurements(
        control[RAW].mean(axis=0),
        treatment[params.remedy].mean(axis=0),
        secondary={
            f"{BALANCED}, {name}": (control[name].mean(axis=0), treatment[name].mean(axis=0))
            for name in treatment
        },
        curves=[control_curve, curve],
        pictures=[
            Picture(
                "Accuracy by how common the class is",
                "lines",
                "classes, the commonest first",
                "share of the class's rows",
                {name: series(range(1, CLASSES + 1), values) for name, values in lines.items()},
            )
        ],
    )


def _with_new_head(net: trainer.Network, batches: trainer.Batches) -> trainer.Network:
    """Return a copy with its last layer fitted anew."""
    anew = net.copy()
    anew.frozen = 1
    anew.weights[-1][:] = 0
    optimiser = partial(trainer.Adam, rate=5e-3, decay=1e-3)
    trainer.fit(anew, batches, trainer.log_loss, steps=REFIT, optimiser=optimiser)
    return anew


def _batches(
    how: str, rngs: Sequence[np.random.Generator], x: Array, y: Array, weights: Array
) -> trainer.Batches:
    """Minibatches of rows as they come, with weights, or of rows drawn by weight."""
    if how == "weights":
        return trainer.minibatches(rngs, x, y, weights)
    if how == "resampling":
        count = x.shape[1]
        chances = weights / weights.sum(axis=1, keepdims=True, dtype=float)
        drawn = [rng.choice(count, 10 * count, p=p) for rng, p in zip(rngs, chances, strict=True)]
        rows = np.arange(len(x))[:, None], np.stack(drawn)
        x, y = x[rows], y[rows]
    return trainer.minibatches(rngs, x, y)


def _by_class(scores: Array, labels: Array, order: Array) -> Array:
    """Accuracy of scores (R, N, C) in each class, in the order (R, C) given: (C, R)."""
    classes = trainer.one_hot(labels, CLASSES, float)  # (R, N, C)
    right = (scores.argmax(axis=-1) == labels)[..., None] * classes
    return np.take_along_axis(right.sum(axis=1) / classes.sum(axis=1), order, axis=1).T


def _long_tail(
    params: LogitAdjustment, rngs: Sequence[np.random.Generator]
) -> tuple[Array, Array, Array, Array]:
    """Rows with class sizes that fall geometrically, which class is common left to chance."""
    images, labels = digits()
    sizes = np.round(MOST * params.imbalance ** -np.linspace(0, 1, CLASSES)).astype(int)
    train, test = [], []
    for rng in rngs:
        order = rng.permutation(len(labels))
        rows = [order[labels[order] == c] for c in rng.permutation(CLASSES)]
        train.append(np.concatenate([r[:size] for r, size in zip(rows, sizes, strict=True)]))
        test.append(np.concatenate([r[MOST : MOST + TESTED] for r in rows]))
    found: list[Array] = []
    for chosen in (np.stack(train), np.stack(test)):
        blur = params.pixel_noise * trainer.normal(rngs, chosen.shape[1], 64)
        found += [(images[chosen] + blur).astype(np.float32), labels[chosen]]
    return found[0], found[1], found[2], found[3]


ABOUT = """\
Each replicate draws its own rows, its own order of common and rare classes and its own noise, and
each arm its own first weights and minibatches. The commonest class has 80 rows, the rarest two.

Seen while exploring, on other seeds: logits adjusted after plain training beat weights by about
0.02 on clean images and 0.04 to 0.05 on noisy ones. **The sign depends on the length of
training**: after 60 steps, before the probabilities mean anything, weights are ahead by 0.04. And
it depends on what keeps the net from fitting its rows: on clean images with an L2 penalty of 0.01
both are equal, and with 0.03 weights win. A last layer refitted with class weights does as well
as weights or resampling in all layers, and a little better. With the same refitted last layer,
features from plain and from balanced training do not differ (exploratory table): what is to be
mended is the readout. Best of all was a combination that nobody proposed beforehand, weights in
training *and* the adjustment: in nets that fit all their rows neither corrects in full.

What it cannot show: that plain sampling learns *better* features, for digits may be too easy to
tell; and long tails with thousands of classes.
"""

EXPERIMENT = Experiment(
    name="logit-adjustment",
    title="Fix rare classes in training, or afterwards?",
    hypothesis="With rare classes, plain training mended afterwards reaches a higher balanced "
    "accuracy than training that balances the classes.",
    control=Arm(
        "balanced training", "Class weights in the loss, or rare classes drawn more often."
    ),
    treatment=Arm(
        "mended afterwards",
        "Plain training; then log class shares subtracted from the logits, or a new last layer.",
    ),
    primary=Metric(BALANCED, "mean share over classes", "higher"),
    direction="higher",
    smallest_effect=0.01,
    params=LogitAdjustment,
    presets={
        "claim": Preset(
            {"remedy": "adjusted logits", "against": "weights"},
            Verdict.SUPPORTED,
            "Subtracting log class shares afterwards beats class weights in the loss.",
        ),
        "negative-control": Preset(
            {"imbalance": 1},
            Verdict.NO_EFFECT,
            "Classes are equal: no weights, no shift, an A/A test.",
        ),
        "boundary": Preset(
            {"steps": 60},
            Verdict.CONTRADICTED,
            "Stopped after 60 steps, the sign reverses: there are no probabilities to adjust yet.",
        ),
        "regularised": Preset(
            {"pixel_noise": 0, "decay": 0.03},
            Verdict.CONTRADICTED,
            "A strong L2 penalty keeps weights alive, and they do better.",
        ),
        "refitted-head": Preset(
            {"remedy": "refitted head", "against": "resampling", "steps": 2000},
            Verdict.SUPPORTED,
            "A last layer fitted anew does as well as balance in all layers, and a little better.",
        ),
    },
    measure=measure,
    replicates=20,
    about=ABOUT,
    sources=("arXiv:2007.07314", "arXiv:1910.09217"),
)
