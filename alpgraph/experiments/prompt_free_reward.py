"""A reward model that hardly reads the prompt, and a remedy with a limit.

Pairs of responses to a prompt: which is better depends on prompt and response together, and a
style cue of the responses agrees with it in a share of the training pairs. Control: a reward model
trained on these pairs. Treatment: the same, each pair weighted by how badly a model that never sees
the prompt explains it. Both are tested on pairs whose cue says nothing.
"""

from collections.abc import Sequence
from functools import partial

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
from alpgraph.experiments.pairs import pair_batches
from alpgraph.experiments.params import Params

SIZE, TEST_PAIRS, BATCH = 8, 2000, 128
"""Numbers in a prompt, and in a response without its cue; test pairs; pairs of a batch."""
LABELS = {"accuracy": "share of pairs ranked rightly", "same verdict, other prompt": "share"}
ADAM = partial(trainer.Adam, rate=3e-3, decay=1e-4)


class PromptFreeReward(Params):
    """What can be turned."""

    cue: float = Field(0.95, ge=0.5, le=1, title="Share of pairs whose cue agrees with preference")
    weighted: bool = Field(True, title="The treatment's pairs are weighted")
    pairs: int = Field(2000, ge=100, le=4000, title="Training pairs")
    steps: int = Field(1000, ge=10, le=3000, title="Training steps")
    hidden: int = Field(64, ge=4, le=128, title="Hidden units")


def measure(
    params: PromptFreeReward, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Weigh the pairs by a model without prompts, then train both arms as one ensemble."""
    data, half = trainer.generators(seeds), len(seeds)
    pairs, _ = _pairs(data, params.pairs, params.cue)  # (R, N, 2, D), the better first
    tests, agree = both(*_pairs(data, TEST_PAIRS, 0.5))
    swapped = tests.copy()
    swapped[..., :SIZE] = np.roll(tests[..., :SIZE], 1, axis=1)  # the prompt of another pair
    weights = np.ones((2 * half, params.pairs), np.float32)
    if params.weighted:
        weights[half:] = _weights(params, pairs, trainer.generators(seeds, 3), progress)

    rngs = arm_generators(seeds)
    net = trainer.Network(rngs, (2 * SIZE + 1, params.hidden, 1))

    def ranked(net: trainer.Network) -> dict[str, Array]:
        right, other = _lead(net, tests) > 0, _lead(net, swapped) > 0
        return {
            "accuracy": right.mean(axis=1),
            "same verdict, other prompt": (right == other).mean(axis=1),
        }

    trained = trainer.fit(
        net,
        pair_batches(rngs, both(pairs)[0], weights, size=BATCH),
        trainer.preference_loss,
        steps=params.steps,
        optimiser=ADAM,
        watch=ranked,
        progress=reporter(progress, LABELS, 0.3 if params.weighted else 0.0, 1.0),
    )
    right, (accuracy, same) = _lead(net, tests) > 0, ranked(net).values()
    where = {
        "cue agrees": (right & agree).sum(axis=1) / agree.sum(axis=1),
        "cue disagrees": (right & ~agree).sum(axis=1) / (~agree).sum(axis=1),
        "same verdict, other prompt": same,
    }
    return Measurements(
        *split(accuracy),
        secondary={name: split(values) for name, values in where.items()},
        curves=arm_curves(trained, LABELS),
        pictures=[
            arm_picture(
                "Where the model is right, and whether it reads the prompt",
                list(where),
                np.stack(list(where.values())),
                x_label="test pairs",
                y_label="share ranked rightly; share ranked alike",
            )
        ],
    )


def _pairs(rngs: Sequence[np.random.Generator], rows: int, cue: float) -> tuple[Array, Array]:
    """Make pairs (R, N, 2, D) of prompt, response and cue, the better first; where cues agree."""
    prompt = trainer.normal(rngs, rows, 1, SIZE)
    responses = trainer.normal(rngs, rows, 2, SIZE)
    order = np.argsort(-(prompt * responses).sum(axis=-1), axis=-1)[..., None]
    responses = np.take_along_axis(responses, order, axis=2)
    agree = trainer.uniform(rngs, rows) < cue
    lead = (0.2 + np.abs(trainer.normal(rngs, rows))) * np.where(agree, 1, -1)
    style = trainer.normal(rngs, rows, 1) + lead[..., None] * np.array([1, -1])
    prompts = np.broadcast_to(prompt, responses.shape)
    pairs = np.concatenate([prompts, responses, style[..., None]], axis=-1)
    return pairs.astype(np.float32), agree


def _weights(
    params: PromptFreeReward,
    pairs: Array,
    rngs: Sequence[np.random.Generator],
    progress: Progress,
) -> Array:
    """Train a model that sees no prompt; a pair weighs as much as that model doubts it, mean 1."""
    seen = np.ascontiguousarray(pairs[..., SIZE:])
    net = trainer.Network(rngs, (seen.shape[-1], params.hidden, 1))
    trainer.fit(
        net,
        pair_batches(rngs, seen, size=BATCH),
        trainer.preference_loss,
        steps=params.steps,
        optimiser=ADAM,
        progress=lambda share, _: progress(0.3 * share),
    )
    doubt = trainer.sigmoid(-_lead(net, seen))
    return np.asarray(doubt / doubt.mean(axis=1, keepdims=True))


def _lead(net: trainer.Network, pairs: Array) -> Array:
    """By how much the better response is scored above the other, (R, N)."""
    better, other = (net.predict(pairs[:, :, i])[..., 0] for i in (0, 1))
    return np.asarray(better - other)


ABOUT = """\
Each replicate draws its own pairs, and each arm its own first weights and minibatches; the interval
speaks of such data and such nets. Which response is better is the product of prompt and response
and nothing else; the cue is a habit of the data, absent from the test in the sense that it agrees
with the preference in half the pairs.

Seen while exploring, on other seeds: with a cue that agrees in 95 % of the training pairs, plain
training ranks 0.74 of the balanced pairs rightly, against 0.91 with a cue that agrees in half of
them, and 0.65 of its verdicts stay the same when the prompt is another pair's (0.51 by chance).
Where the cue misleads, it is right half the time. Weighting gives 0.08 back, most of it there
(+0.17), and costs 0.01 where the cue agrees. At a rate of 0.8 it gives 0.02 back, at 0.5 nothing
(0.004, interval −0.002 to 0.010). Training twice as long lets plain training catch up a little
(0.75 against 0.81).

Its **limit**: with a cue that always agrees, both arms follow the cue alone (0.999 of the verdicts
ignore the prompt) and the remedy does nothing (0.000). What the data never show, no weighting
teaches. The way of weighing is a simple stand-in for the decomposition of Mao and co-authors, who
estimate the prompt-free part from the reward model itself.

What it cannot show: how much of real reward models' scores is free of the prompt, or that
preferences without a prompt are faults. Here the cue is worthless by construction.
"""

EXPERIMENT = Experiment(
    name="prompt-free-reward",
    title="Does a reward model read the prompt, and can weighting make it?",
    hypothesis="Weighting pairs that a prompt-free model explains badly makes a reward model rank "
    "more pairs rightly where the style cue says nothing.",
    control=Arm("plain training", "Every pair counts the same."),
    treatment=Arm("weighted pairs", "A pair counts as much as a prompt-free model doubts it."),
    primary=Metric("accuracy", "share of pairs, cue balanced", "higher"),
    direction="higher",
    smallest_effect=0.02,
    params=PromptFreeReward,
    presets={
        "claim": Preset(
            {"cue": 0.95, "weighted": True},
            Verdict.SUPPORTED,
            "The cue agrees with 95 % of the preferences: weighting wins back part of the loss.",
        ),
        "negative-control": Preset(
            {"cue": 0.95, "weighted": False},
            Verdict.NO_EFFECT,
            "No pair is weighted in either arm: an A/A test.",
        ),
        "boundary": Preset(
            {"cue": 1.0, "weighted": True},
            Verdict.NO_EFFECT,
            "The cue always agrees: nothing in the data can teach the difference.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:2504.06020", "doi:10.2307/2334029"),
)
