"""What do soft answers carry that labels hide?

A teacher learns digits from many noisy images; a smaller student learns from a hundred others.
Treatment: the student learns the teacher's probabilities, softened by a temperature (Hinton 2015).
Control: it learns labels, or soft targets whose wrong entries are shuffled, or the soft targets of
a teacher that was trained with label smoothing (Müller 2019), or plain soft targets again.
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import series
from alpgraph.experiments.data import Array, split_digits
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

CLASSES, SMOOTHING, TEACHER_ROWS, TEACHER_HIDDEN, TEACHER_STEPS = 10, 0.1, 900, 64, 800
ACCURACY = "accuracy of the student"


class SoftTargets(Params):
    """What can be turned."""

    compared_with: Literal[
        "labels", "shuffled soft targets", "a smoothed teacher", "soft targets"
    ] = Field("labels", title="Compared with a student of")
    temperature: float = Field(8, ge=1, le=20, title="Temperature of the soft targets")
    rows: int = Field(100, ge=20, le=600, title="Rows of the student")
    pixel_noise: float = Field(0.3, ge=0, le=1, title="Noise on every pixel, ink being 1")
    steps: int = Field(800, ge=10, le=4000, title="Steps of the student")
    hidden: int = Field(32, ge=4, le=128, title="Hidden units of the student")


def measure(params: SoftTargets, seeds: Sequence[trainer.Seed], progress: Progress) -> Measurements:
    """Train teacher and student of the control, then those of the treatment."""
    data = trainer.generators(seeds)
    x, y, test_x, test_y = split_digits(data, TEACHER_ROWS + params.rows)
    x, test_x = (
        (part + params.pixel_noise * trainer.normal(data, *part.shape[1:])).astype(np.float32)
        for part in (x, test_x)
    )
    (x, own_x), (y, own_y) = (np.split(part, [TEACHER_ROWS], axis=1) for part in (x, y))

    def train(
        arm: str, rngs: list[np.random.Generator], report: Report
    ) -> tuple[Curve, Array, Array]:
        taught = params.compared_with if arm == "control" else "soft targets"
        smoothing = SMOOTHING if taught == "a smoothed teacher" else 0.0
        teacher = trainer.Network(rngs, (64, TEACHER_HIDDEN, CLASSES))
        labels = (1 - smoothing) * trainer.one_hot(y, CLASSES) + smoothing / CLASSES
        fit = partial(trainer.fit, optimiser=partial(trainer.Adam, rate=2e-3))
        fit(teacher, trainer.minibatches(rngs, x, labels), soft_loss, steps=TEACHER_STEPS)
        softened = trainer.softmax(teacher.predict(own_x).astype(float) / params.temperature)
        targets, temperature = softened, params.temperature
        if taught == "shuffled soft targets":
            targets = shuffled(softened, rngs)
        elif taught == "labels":
            targets, temperature = trainer.one_hot(own_y, CLASSES, float), 1.0
        student = trainer.Network(rngs, (64, params.hidden, CLASSES))
        trained = fit(
            student,
            trainer.minibatches(rngs, own_x, targets.astype(np.float32)),
            partial(soft_loss, temperature=temperature),
            steps=params.steps,
            watch=lambda net: {ACCURACY: trainer.accuracy(net.predict(test_x), test_y)},
            progress=lambda share, seen: report(share, curve_of(arm, seen, ACCURACY, "share")),
        )
        return (
            curve_of(arm, trained, ACCURACY, "share of rows"),
            trainer.accuracy(teacher.predict(test_x), test_y),
            _wrong_entries(targets, softened),
        )

    (control, *of_control), (treatment, *of_treatment) = in_turn(seeds, progress, train)
    return Measurements(
        control.y[-1],
        treatment.y[-1],
        secondary={"accuracy of the teacher": (of_control[0], of_treatment[0])},
        curves=[control, treatment],
        pictures=[
            Picture(
                "What the student is told of wrong answers",
                "lines",
                "wrong answers, in the teacher's order",
                "probability in the target",
                {
                    "compared with": series(range(1, CLASSES), of_control[1]),
                    "soft targets": series(range(1, CLASSES), of_treatment[1]),
                },
            )
        ],
    )


def soft_loss(outputs: Array, targets: Array, temperature: float = 1.0) -> tuple[Array, Array]:
    """Log loss of outputs over a temperature against probabilities. Hinton, arXiv:1503.02531."""
    p = trainer.softmax(outputs / temperature)
    values = -(targets * np.log(np.maximum(p, 1e-30))).sum(axis=-1)
    return values.mean(axis=1), (p - targets) / (temperature * targets.shape[1])


def shuffled(p: Array, rngs: Sequence[np.random.Generator]) -> Array:
    """Return p (R, N, C) with all entries of a row but the largest in random order."""
    top = p.argmax(axis=-1, keepdims=True)
    others = (top + np.arange(1, CLASSES)) % CLASSES  # (R, N, C - 1)
    values = np.take_along_axis(p, others, axis=-1)
    mixed = [rng.permuted(rows, axis=-1) for rng, rows in zip(rngs, values, strict=True)]
    found = p.copy()
    np.put_along_axis(found, others, np.stack(mixed), axis=-1)
    return found


def _wrong_entries(targets: Array, teacher: Array) -> Array:
    """Mean targets (R, N, C) of all but the teacher's first class, in its order: (C - 1, R)."""
    order = np.argsort(-teacher, axis=-1)[..., 1:]
    return np.asarray(np.take_along_axis(targets, order, axis=-1).mean(axis=1).T)


ABOUT = """\
Each replicate draws its own split of the digits and noise, and each arm its own teacher, student
and minibatches. The teacher sees 900 images, the student a hundred that the teacher never saw.
All are noisy. Shuffling leaves the largest entry of each target where it is and mixes the nine
others, so that the student is told as much doubt and nothing about which digits look alike.

Seen while exploring, on other seeds: a student of soft targets gets 0.81 right, one of labels
0.69, the teacher itself 0.83. **Shuffled targets teach worse than labels** (0.52): it is the
likeness of digits that helps, not the softness. **Smoothed teachers teach worse** by 0.04 to 0.08
at a temperature of 4, although they are as good themselves, on clean images even better. At
temperature 1 they teach as well, by 0.01 better: what smoothing erases are the small
probabilities that a temperature brings out. With more rows all differences shrink.

Looked at after the results were stored: shuffled targets teach a wrong likeness, so that they are
no neutral control for the doubt alone. Targets that spread the same doubt evenly over the nine
others are: 0.653 on the reference seeds and 0.660 on others, 0.025 ± 0.016 and 0.030 ± 0.012 below
labels. So the doubt alone does not help here, and soft targets lead by 0.166 ± 0.014 and
0.155 ± 0.016.

What it cannot show: large teachers and students, where labels are many and rows are not a
hundred.
"""

EXPERIMENT = Experiment(
    name="soft-targets",
    title="What do soft answers carry that labels hide?",
    hypothesis="A student of a teacher's soft targets gets more right than a student of what it "
    "is compared with.",
    control=Arm(
        "the alternative",
        "Labels; or soft targets with the wrong entries shuffled; or those of a smoothed teacher.",
    ),
    treatment=Arm("soft targets", "Probabilities of a plainly trained teacher, softened."),
    primary=Metric(ACCURACY, "share of rows", "higher"),
    direction="higher",
    smallest_effect=0.04,
    params=SoftTargets,
    presets={
        "claim": Preset(
            {"compared_with": "labels"},
            Verdict.SUPPORTED,
            "A hundred rows: a student of soft targets does better than one of labels.",
        ),
        "negative-control": Preset(
            {"compared_with": "soft targets"},
            Verdict.NO_EFFECT,
            "Soft targets in both arms, each from a teacher of its own: an A/A test.",
        ),
        "boundary": Preset(
            {"compared_with": "a smoothed teacher", "temperature": 1},
            Verdict.NO_EFFECT,
            "Without a temperature, smoothed and plain teachers teach alike.",
        ),
        "shuffled": Preset(
            {"compared_with": "shuffled soft targets"},
            Verdict.SUPPORTED,
            "The wrong entries shuffled: as soft, and far worse to learn from.",
        ),
        "smoothed-teacher": Preset(
            {"compared_with": "a smoothed teacher"},
            Verdict.SUPPORTED,
            "A teacher trained with label smoothing teaches less well.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:1503.02531", "arXiv:1906.02629"),
)
