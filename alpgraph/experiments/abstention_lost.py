"""Refusals lost in tuning: forgotten, or only no longer chosen?

A small net learns to answer questions and to decline those that cannot be answered. Then it is
tuned by reinforcement. Control: questions of both kinds, and a right refusal pays as much as a
right answer. Treatment: only right answers pay. Beside the net's own choice stand two attempts to
bring refusals back: a threshold on its outputs, fitted afterwards, and a fresh linear probe of its
hidden layer.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

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
    Picture,
    Preset,
    Progress,
    Verdict,
)
from alpgraph.experiments.params import Params
from alpgraph.experiments.shares import cut, share

INPUTS, ANSWERS, REFUSE, ALLOWED = 10, 4, 4, 0.05
LEARNT, FITTED, TESTED, TUNED, PRE_STEPS = 3000, 2000, 3000, 6000, 1000
UNANSWERABLE = 0.3
"""Share of unanswerable questions where tuning has them; half elsewhere."""
PRICES = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]
LABELS = {"own choice": "unanswerable declined", "threshold afterwards": "unanswerable declined"}
Make = Callable[[int, float], tuple[Array, Array]]


class AbstentionLost(Params):
    """What can be turned."""

    questions: Literal["answerable", "mixed"] = Field(
        "answerable", title="The treatment's questions", description="mixed: as the control's"
    )
    pays: Literal["answers", "both"] = Field(
        "answers", title="The treatment's reward pays", description="both: right refusals too"
    )
    decay: float = Field(0, ge=0, le=0.01, title="Weight decay while tuning, both arms")
    steps: int = Field(800, ge=10, le=6000, title="Tuning steps")
    hidden: int = Field(48, ge=4, le=128, title="Hidden units")


def measure(
    params: AbstentionLost, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Teach both arms alike, tune each in its way, and ask three times what was lost."""
    half, make = len(seeds), _questions(trainer.generators(seeds))
    x, y = both(*make(LEARNT, 0.5))  # (2R, N, D), (2R, N); y = -1: nobody can know
    fit_x, fit_y, test_x, test_y = both(*make(FITTED, 0.5), *make(TESTED, 0.5))
    tuning_x, tuning_y = both(*make(TUNED, UNANSWERABLE))
    if params.questions == "answerable":
        tuning_x[half:], tuning_y[half:] = make(TUNED, 0.0)
    refusals_pay = np.ones(tuning_y.shape, bool)
    refusals_pay[half:] = params.pays == "both"

    rngs = arm_generators(seeds)
    net = _taught(params.hidden, rngs, x, y, lambda done, _: progress(0.4 * done))

    def declined(net: trainer.Network) -> dict[str, Array]:
        """Shares of the unanswerable test questions that are declined, (2R,) each."""
        outputs = net.predict(test_x)
        limit = cut(_doubt(net.predict(fit_x)), fit_y >= 0, ALLOWED)
        found = (outputs.argmax(axis=-1) == REFUSE, _doubt(outputs) > limit)
        return {name: share(f, test_y < 0) for name, f in zip(LABELS, found, strict=True)}

    asked = trainer.minibatches(rngs, tuning_x, tuning_y, refusals_pay, size=128)
    trained = trainer.fit(
        net,
        trainer.with_chances(rngs, trainer.with_chances(rngs, asked)),
        _reward_loss,
        steps=params.steps,
        optimiser=partial(trainer.Adam, rate=2e-3, decay=params.decay),
        watch=declined,
        progress=reporter(progress, LABELS, 0.4, 1.0),
    )
    own, threshold = declined(net).values()
    probed = share(_probe(net, fit_x, fit_y, test_x), test_y < 0)
    outputs, answerable = net.predict(test_x), test_y >= 0
    chosen, doubt = outputs.argmax(axis=-1), _doubt(outputs)
    by_price = [share(doubt > cut(doubt, answerable, price), ~answerable) for price in PRICES]
    return Measurements(
        *split(own),
        secondary={
            "declined with a threshold fitted afterwards": split(threshold),
            "declined by a fresh probe of the hidden layer": split(probed),
            "answerable questions answered rightly": split(share(chosen == test_y, answerable)),
            "answerable questions declined": split(share(chosen == REFUSE, answerable)),
        },
        curves=arm_curves(trained, LABELS),
        pictures=[
            _picture(
                "What brings the refusals back: threshold and probe at 5 % of answerable questions",
                {"own choice": own, "threshold afterwards": threshold, "fresh probe": probed},
                "asked of",
            ),
            _picture(
                "What a threshold finds, at each price",
                dict(zip(PRICES, by_price, strict=True)),
                "share of answerable questions declined",
            ),
        ],
    )


def _taught(
    hidden: int,
    rngs: Sequence[np.random.Generator],
    x: Array,
    y: Array,
    report: Callable[[float, trainer.Trained], None],
) -> trainer.Network:
    """Return nets that have learnt to answer and to decline."""
    net = trainer.Network(rngs, (INPUTS, hidden, ANSWERS + 1), activation="tanh")
    batches = trainer.minibatches(rngs, x, np.where(y < 0, REFUSE, y), size=128)
    adam = partial(trainer.Adam, rate=3e-3)
    trainer.fit(net, batches, trainer.log_loss, steps=PRE_STEPS, optimiser=adam, progress=report)
    return net


def _picture(title: str, declined: Mapping[Any, Array], x_label: str) -> Picture:
    """Draw shares of the unanswerable questions declined, (2R,) each, over their names."""
    y_label = "share of unanswerable questions declined"
    return arm_picture(
        title, list(declined), np.stack(list(declined.values())), x_label=x_label, y_label=y_label
    )


def _questions(rngs: Sequence[np.random.Generator]) -> Make:
    """Return what makes questions: unanswerable where two directions have opposite signs.

    No linear rule tells the two kinds apart, so a trunk has to learn it.
    """
    weights = 3 * trainer.normal(rngs, INPUTS, ANSWERS) / np.sqrt(INPUTS)
    plane = np.linalg.qr(trainer.normal(rngs, INPUTS, 2))[0]  # (R, D, 2), orthonormal

    def make(rows: int, unanswerable: float) -> tuple[Array, Array]:
        x = trainer.normal(rngs, rows, INPUTS)
        none = trainer.uniform(rngs, rows) < unanswerable
        side = np.where(trainer.uniform(rngs, rows) < 0.5, -1, 1)
        signs = np.stack([side, np.where(none, -side, side)], axis=-1)
        there = (0.5 + np.abs(trainer.normal(rngs, rows, 2))) * signs
        x += (there - x @ plane) @ plane.transpose(0, 2, 1)
        return x.astype(np.float32), np.where(none, -1, (x @ weights).argmax(axis=-1))

    return make


def _reward_loss(
    outputs: Array, y: Array, refusals_pay: Array, chances: Array, luck: Array
) -> tuple[Array, Array]:
    """REINFORCE: a right answer pays 1, and so does one in four guesses at what nobody knows."""
    actions = trainer.sample(outputs, chances)
    unknown = np.where(actions == REFUSE, refusals_pay, luck < 1 / ANSWERS)
    reward = np.where(y < 0, unknown, actions == y).astype(np.float32)
    return trainer.policy_loss(outputs, actions, reward - reward.mean(axis=1, keepdims=True))


def _doubt(outputs: Array) -> Array:
    """By how much refusing is scored above the best answer, (2R, N)."""
    return np.asarray(outputs[..., REFUSE] - outputs[..., :REFUSE].max(axis=-1))


def _probe(net: trainer.Network, x: Array, y: Array, test_x: Array) -> Array:
    """Fit a linear readout of "nobody can know" on x; return which test rows it declines."""
    features = net.features(x)
    probe = trainer.linear_probe(features, (y < 0)[..., None].astype(float))
    known, tested = (trainer.with_ones(f) @ probe for f in (features, net.features(test_x)))
    return np.asarray(tested[..., 0] > cut(known[..., 0], y >= 0, ALLOWED))


ABOUT = """\
Each replicate draws its own kind of questions, and each arm its own first weights and minibatches;
the interval speaks of such nets. A question is ten numbers: two directions of them say whether it
can be answered (when their signs agree), the rest which of four answers is right. A probe of an
untrained net declines 0.07 of the unanswerable questions at the price of 0.05 of the answerable
ones, so whatever a probe finds later was learned. After its first training every net declines 0.98
by its own choice.

What was lost is asked three times: what the net *chooses*; what a threshold on its outputs finds,
fitted on other questions so that 5 % of the answerable ones are declined; what a fresh linear probe
of the hidden layer finds at the same price. Seen while exploring, on other seeds:

| tuned on | own choice | threshold | probe |
|-|-|-|-|
| both kinds, refusals paid (control) | 0.98 | 1.00 | 1.00 |
| answerable questions, 800 steps | 0.48 | 0.95 | 1.00 |
| the same, 2,000 steps | 0.16 | 0.82 | 0.99 |
| both kinds, only answers paid, 2,000 steps | 0.00 | 0.51 | 1.00 |
| the same with weight decay 0.003 | 0.00 | 0.06 | 0.35 |

So *choosing* goes first, and a threshold brings it back; then the outputs lose what the hidden
layer still holds; and only where something wears unused weights away is *learning* itself lost. The
control, with the same decay, keeps all three. This corrects an earlier sketch of ours, which read
the failing threshold as lost learning without having probed the layer below: in that sketch one
direction told the kinds apart, which even an untrained layer holds. Answering gains next to nothing
by the loss: 0.01 of accuracy on answerable questions.

What it cannot show: which of these befalls a large model tuned for reasoning. Unanswerable here is
a property of the question alone; the threshold needs questions of which one knows the kind.
"""

EXPERIMENT = Experiment(
    name="abstention-lost",
    title="Are refusals forgotten, or only no longer chosen?",
    hypothesis="A net tuned on a reward for right answers alone declines fewer of the questions "
    "that cannot be answered than one whose right refusals are paid as well.",
    control=Arm("refusals paid", "Questions of both kinds; right answers and right refusals pay."),
    treatment=Arm("answers paid", "Only right answers pay."),
    primary=Metric("unanswerable questions declined", "share, by own choice", "higher"),
    direction="lower",
    smallest_effect=0.05,
    replicates=12,
    params=AbstentionLost,
    presets={
        "claim": Preset(
            {"questions": "answerable", "steps": 800},
            Verdict.SUPPORTED,
            "Choosing is lost: refusals go, and a threshold afterwards brings them back.",
        ),
        "negative-control": Preset(
            {"questions": "mixed", "pays": "both", "steps": 800},
            Verdict.NO_EFFECT,
            "Both arms see both kinds and are paid for both: an A/A test.",
        ),
        "boundary": Preset(
            {"questions": "answerable", "steps": 20},
            Verdict.NO_EFFECT,
            "After 20 steps hardly anything has been lost.",
        ),
        "readout-lost": Preset(
            {"questions": "mixed", "steps": 2000},
            Verdict.SUPPORTED,
            "Guessing pays more than declining: a threshold finds half, a fresh probe all.",
        ),
        "learning-lost": Preset(
            {"questions": "mixed", "steps": 2000, "decay": 0.003},
            Verdict.SUPPORTED,
            "With weight decay what is not paid for is forgotten: no threshold brings it back.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:2506.09038", "arXiv:2509.04664", "doi:10.1109/TIT.1970.1054406"),
)
