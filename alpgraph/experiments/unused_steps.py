"""When do written steps stop mattering?

A net reads two noisy digits modulo 4, states both (the steps) and answers with their sum. The
answer reads the stated steps, and may also be taken past them. After learning steps and answers
the net is tuned on answers. Control: a cue in the input tells nothing. Treatment: it mostly gives
the answer away. Measured is how often the answer changes when the steps are exchanged for another
row's.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from pydantic import Field

from alpgraph import trainer
from alpgraph.experiments.arms import arm_generators, arm_picture, both, split
from alpgraph.experiments.data import Array
from alpgraph.experiments.model import (
    Arm,
    Curve,
    Experiment,
    Measurements,
    Metric,
    Preset,
    Progress,
    Verdict,
)
from alpgraph.experiments.params import Params
from alpgraph.experiments.reasoner import Reasoner
from alpgraph.experiments.shares import share

VALUES, STEP_INPUTS, CUE_INPUTS = 4, 6, 4
LEARNING, ROWS, TESTED, POINTS = 500, 3000, 2000, 20
RELIANCE, RIGHT, STEPS = "answers that need the steps", "right answers", "right steps"
MISLED = "misled against own steps"


class UnusedSteps(Params):
    """What can be turned."""

    cue: float = Field(
        0.95, ge=0, le=1, title="Share of rows in which the treatment's cue gives the answer"
    )
    bypass: bool = Field(True, title="The answer may be taken past the steps")
    supervised: bool = Field(False, title="Steps are taught while tuning, too")
    noise: float = Field(1.2, ge=0.2, le=3, title="Noise on what the steps are read from")
    steps: int = Field(500, ge=20, le=3000, title="Tuning steps")
    hidden: int = Field(32, ge=4, le=128, title="Hidden units")


def measure(params: UnusedSteps, seeds: Sequence[trainer.Seed], progress: Progress) -> Measurements:
    """Teach both arms alike, tune each on its own rows, and exchange the steps."""
    rngs, make = arm_generators(seeds), _problems(params.noise, trainer.generators(seeds))
    (learning,), (test,) = make(ROWS, 0.0), make(TESTED, params.cue)
    tuning = [np.concatenate(pair) for pair in zip(*make(ROWS, 0.0, params.cue), strict=True)]
    learning, test = both(*learning), both(*test)
    sizes = (2 * STEP_INPUTS + CUE_INPUTS, params.hidden, VALUES)
    net = Reasoner(rngs, sizes, bypass=params.bypass)
    teaching = _training(net, trainer.minibatches(rngs, *learning), 3e-3, taught=True)
    for _ in range(LEARNING):
        next(teaching)
    progress(0.4)
    seen = [_judge(net, test)]
    at = np.linspace(0, params.steps, POINTS + 1).round().astype(int)

    def curves() -> list[Curve]:
        values = split(np.stack([measures[RELIANCE] for measures in seen], axis=1))  # (R, points)
        steps, arms = at[: len(seen)].astype(float), ("control", "treatment")
        return [
            Curve(arm, RELIANCE, steps, y.T, y_label="share of rows")
            for arm, y in zip(arms, values, strict=True)
        ]

    on_rows = trainer.minibatches(rngs, *tuning)
    loop = _training(net, on_rows, 2e-3, taught=params.supervised)
    for start, end in pairwise(at):
        for _ in range(end - start):
            next(loop)
        seen.append(_judge(net, test))
        progress(0.4 + 0.6 * end / params.steps, {curve.arm: curve for curve in curves()})
    last = {name: split(values) for name, values in seen[-1].items()}
    bars = [RELIANCE, RIGHT, STEPS, MISLED]
    return Measurements(
        *last.pop(RELIANCE),
        secondary={**last, f"{RELIANCE}, before tuning": split(seen[0][RELIANCE])},
        curves=curves(),
        pictures=[
            arm_picture(
                "After tuning",
                bars,
                np.stack([seen[-1][name] for name in bars]),
                x_label="what is measured",
                y_label="share of rows",
            )
        ],
    )


def _training(
    net: Reasoner, batches: trainer.Batches, rate: float, *, taught: bool
) -> Iterator[None]:
    """Take a step at each `next`, on the answers and, where taught, on the steps as well."""
    moves = trainer.Adam(net.trunk, rate), trainer.Adam(net.head, rate)
    for x, answers, steps, _ in batches(slice(None)):
        outputs, stated = net.forward(x)
        _, of_answers = trainer.log_loss(outputs, answers)
        of_steps = np.zeros_like(stated)
        if taught:
            heads = (stated[..., :VALUES], steps[..., 0]), (stated[..., VALUES:], steps[..., 1])
            of_steps = np.concatenate([trainer.log_loss(*head)[1] for head in heads], axis=-1)
        for move, gradient in zip(moves, net.backward(of_answers, of_steps), strict=True):
            move.step(gradient)
        yield


def _judge(net: Reasoner, test: Sequence[Array]) -> dict[str, Array]:
    """Shares (R,) of test rows, and of those with a lying cue for the misled."""
    x, answers, steps, cue = test
    given, stated = net.answer(x)
    lies = cue != answers
    misled = lies & (given == cue) & (stated.sum(axis=-1) % VALUES != given)
    return {
        RELIANCE: (net.answer(x, exchanged=True)[0] != given).mean(axis=1),
        RIGHT: (given == answers).mean(axis=1),
        STEPS: (stated == steps).all(axis=-1).mean(axis=1),
        MISLED: share(misled, lies),
    }


def _problems(
    noise: float, rngs: Sequence[np.random.Generator]
) -> Callable[..., list[tuple[Array, ...]]]:
    """Return what makes rows, the same for each rate of the cue but for the cue.

    They are x (R, N, 16), answers (R, N), steps (R, N, 2) and what the cue says (R, N).
    """
    centres = 1.6 * trainer.normal(rngs, 2, VALUES, STEP_INPUTS)
    cues, each = 1.5 * trainer.normal(rngs, VALUES, CUE_INPUTS), np.arange(len(rngs))[:, None]

    def make(rows: int, *rates: float) -> list[tuple[Array, ...]]:
        steps, guess = trainer.integers(rngs, VALUES, rows, 2), trainer.integers(rngs, VALUES, rows)
        answers, chance = steps.sum(axis=-1) % VALUES, trainer.uniform(rngs, rows)
        blur = trainer.normal(rngs, rows, 2 * STEP_INPUTS + CUE_INPUTS)
        blur *= np.repeat([noise, 0.5], [2 * STEP_INPUTS, CUE_INPUTS])
        found: list[tuple[Array, ...]] = []
        for rate in rates:
            cue = np.where(chance < rate, answers, guess)
            x = [centres[each, i, steps[..., i]] for i in (0, 1)] + [cues[each, cue]]
            x_blurred = (np.concatenate(x, axis=-1) + blur).astype(np.float32)
            found.append((x_blurred, answers, steps, cue))
        return found

    return make


ABOUT = """\
Each replicate draws its own code for digits and cues and its own rows, and each arm its own first
weights and minibatches. The head that answers sees the two stated steps as probabilities; the
trunk may add logits of its own. In both arms test rows carry the treatment's cue.

Seen while exploring, on other seeds: the treatment answers better in the domain of the cue (0.95
against 0.80) and **hardly looks at its steps**: exchanging them changes one answer in eight,
against six in ten. In rows where the cue lies, four answers in ten follow it while the stated
steps say otherwise, and nothing in the steps gives it away. The steps themselves do not get
worse, they even improve a little. Teaching them while tuning keeps them right and does not make
them matter. Where the answer cannot be taken past the steps, every answer keeps its need of them;
the cue then leaks into the steps instead, which get *better* in its domain.

What it cannot show: language. Here a bypass is part of the design; that a transformer uses its
own past its written steps is what it would have to be tested for.
"""

EXPERIMENT = Experiment(
    name="unused-steps",
    title="When do written steps stop mattering?",
    hypothesis="Tuned on answers where a cue gives them away, a net answers without need of the "
    "steps that it states.",
    control=Arm("a cue that tells nothing", "Tuned on answers; the cue is drawn at random."),
    treatment=Arm("a cue that tells", "Tuned on answers; the cue mostly says the answer."),
    primary=Metric(RELIANCE, "share of rows", "higher"),
    direction="lower",
    smallest_effect=0.1,
    params=UnusedSteps,
    presets={
        "claim": Preset(
            {"cue": 0.95},
            Verdict.SUPPORTED,
            "The cue gives the answer away: exchanged steps hardly change an answer.",
        ),
        "negative-control": Preset(
            {"cue": 0}, Verdict.NO_EFFECT, "The cue tells nothing in both arms: an A/A test."
        ),
        "boundary": Preset(
            {"bypass": False},
            Verdict.NO_EFFECT,
            "No way past the steps: with or without a cue every answer needs them.",
        ),
        "taught-steps": Preset(
            {"supervised": True},
            Verdict.SUPPORTED,
            "Steps are taught on: they stay right, and are not needed all the same.",
        ),
    },
    measure=measure,
    replicates=10,
    about=ABOUT,
    sources=("arXiv:2305.04388", "arXiv:2506.02126"),
)
