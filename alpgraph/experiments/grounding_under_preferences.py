"""Who rates replies one by one pays for no question.

A two-turn game. A person wants one of four things; half of the requests are vague and fit two of
them equally. A net gives one of the four at once or asks, whereupon the request comes again, plain,
and the net gives what it then thinks best. It learns from a rater who compares two replies
(Bradley-Terry). Control: the rater sees how each dialogue ends. Treatment: the rater sees the first
replies alone, and credits a question with a part of what a right reply is worth.
"""

from collections.abc import Iterator, Sequence
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
from alpgraph.experiments.params import Params
from alpgraph.experiments.shares import cut, share

WANTS, ASK, SIZE, NOISE, TURN_COST, SHARPNESS = 4, 4, 8, 0.18, 0.2, 5.0
ROWS, TEST_ROWS, ALLOWED = 4000, 2000, 0.05
DEGREES = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
LABELS = {"asking on vague requests": "share asked", "asking on plain requests": "share asked"}


class GroundingUnderPreferences(Params):
    """What can be turned."""

    first_reply: bool = Field(True, title="The treatment's rater sees the first reply alone")
    credit: float = Field(0.3, ge=0, le=1, title="Credit of a question, a right reply being 1")
    ambiguity: float = Field(1, ge=0, le=1, title="How vague the vague requests are")
    steps: int = Field(1500, ge=10, le=4000, title="Training steps")
    hidden: int = Field(32, ge=4, le=128, title="Hidden units")


def measure(
    params: GroundingUnderPreferences, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Train both arms as one ensemble and count who asks, and where."""
    half, data = len(seeds), trainer.generators(seeds)
    meaning = 2 * trainer.normal(data, WANTS, SIZE) / np.sqrt(SIZE)
    x, want, _ = both(*_requests(data, meaning, ROWS, params.ambiguity))
    test_x, test_want, vague = both(*_requests(data, meaning, TEST_ROWS, params.ambiguity))
    alone = np.zeros(want.shape, bool)
    alone[half:] = params.first_reply
    rngs = arm_generators(seeds)
    net = trainer.Network(rngs, (SIZE, params.hidden, WANTS + 1))

    def asked(net: trainer.Network) -> dict[str, Array]:
        asking = net.predict(test_x[:, :, 0]).argmax(axis=-1) == ASK
        return dict(zip(LABELS, (share(asking, vague), share(asking, ~vague)), strict=True))

    trained = trainer.fit(
        net,
        _comparisons(rngs, x, want, alone),
        partial(_loss, credit=params.credit),
        steps=params.steps,
        optimiser=partial(trainer.Adam, rate=3e-3),
        watch=asked,
        progress=reporter(progress, LABELS),
    )
    said = net.predict(test_x[:, :, 0])
    again = net.predict(test_x[:, :, 1])[..., :WANTS].argmax(axis=-1) == test_want
    ended = np.where(said.argmax(axis=-1) == ASK, again, said.argmax(axis=-1) == test_want)
    best = np.sort(said[..., :WANTS], axis=-1)
    close = best[..., -2] - best[..., -1]  # the nearer to 0, the less is one reply preferred
    limit = cut(close, ~vague, ALLOWED)
    by_degree = []
    for degree in DEGREES:
        other_x, _, unclear = both(*_requests(data, meaning, TEST_ROWS, degree))
        by_degree.append(share(net.predict(other_x[:, :, 0]).argmax(axis=-1) == ASK, unclear))
    return Measurements(
        *split(asked(net)["asking on vague requests"]),
        secondary={
            "asking on plain requests": split(asked(net)["asking on plain requests"]),
            "vague requests that end well": split(share(ended, vague)),
            "plain requests that end well": split(share(ended, ~vague)),
            "vague requests found by close scores": split(share(close > limit, vague)),
        },
        curves=arm_curves(trained, LABELS),
        pictures=[
            arm_picture(
                "Who asks, the vaguer a request is",
                DEGREES,
                np.stack(by_degree),
                x_label="how vague: 0 plain, 1 fits two wants equally",
                y_label="share asked",
            )
        ],
    )


def _requests(
    rngs: Sequence[np.random.Generator], meaning: Array, rows: int, ambiguity: float
) -> tuple[Array, Array, Array]:
    """Make requests (R, N, 2, D), as said and as said again, what is wanted, who is vague."""
    want = trainer.integers(rngs, WANTS, rows)
    other = (want + 1 + trainer.integers(rngs, WANTS - 1, rows)) % WANTS
    vague = trainer.uniform(rngs, rows) < 0.5
    towards = np.where(vague, ambiguity / 2, 0)[..., None]
    mine, its = (np.take_along_axis(meaning, k[..., None], axis=1) for k in (want, other))
    x = np.stack([(1 - towards) * mine + towards * its, mine], axis=2)
    x += NOISE * trainer.normal(rngs, rows, 2, SIZE)
    return x.astype(np.float32), want, vague


def _comparisons(
    rngs: Sequence[np.random.Generator], x: Array, want: Array, alone: Array
) -> trainer.Batches:
    """Stack requests as said (R, B, D) before the same said again; chances draw the comparison."""
    drawn = trainer.minibatches(rngs, x, want, alone)

    def batches(part: slice) -> Iterator[tuple[Array, ...]]:
        for rows, wants, single in drawn(part):
            stacked = rows.swapaxes(1, 2).reshape(len(rows), -1, rows.shape[-1])
            yield stacked, wants, single, trainer.uniform(rngs[part], wants.shape[1], 3)

    return batches


def _loss(
    outputs: Array, want: Array, alone: Array, chances: Array, *, credit: float
) -> tuple[Array, Array]:
    """Draw two different replies, let the rater prefer one, push their scores apart."""
    said, again = np.split(outputs, 2, axis=1)  # (R, B, 5) each
    first = (chances[..., 0] * (WANTS + 1)).astype(int)
    second = (first + 1 + (chances[..., 1] * WANTS).astype(int)) % (WANTS + 1)
    ends_well = again[..., :WANTS].argmax(axis=-1) == want
    asking = np.where(alone, credit, ends_well - TURN_COST)
    worth = [np.where(reply == ASK, asking, reply == want) for reply in (first, second)]
    wins = chances[..., 2] < trainer.sigmoid(SHARPNESS * (worth[0] - worth[1]))
    ranked = [np.where(wins, first, second)[..., None], np.where(wins, second, first)[..., None]]
    scores = [np.take_along_axis(said, reply, axis=-1) for reply in ranked]
    value, slopes = trainer.preference_loss(np.concatenate(scores, axis=1))
    gradient = np.zeros_like(outputs)
    for reply, slope in zip(ranked, np.split(slopes, 2, axis=1), strict=True):
        np.put_along_axis(gradient[:, : want.shape[1]], reply, slope, axis=-1)
    return value, gradient


ABOUT = """\
Each replicate draws its own four meanings, requests and test requests, and each arm its own first
weights and minibatches; the interval speaks of such games and such nets. At every step two
different replies to a request are drawn, the rater prefers one (Bradley-Terry, sharpness 5), and
their scores are pushed apart. Where the dialogue is rated, a question is worth what the net then
makes of the plain request, less 0.2 for the turn: the second turn is learned along with the first.

Seen while exploring, on other seeds: asking on vague requests falls from 0.97 to 0.07. How a rater
credits a question decides it. The difference is −0.90 at a credit of 0.3, −0.68 at 0.4, −0.40 at
0.5, −0.17 at 0.6, −0.05 at 0.7 and 0.00 at 0.8, where a question is credited with what it brings in
the end. A guess at a vague request is right half the time, so this is arithmetic made visible: a
question is worth asking when its credit is above the chance of guessing right. What the game adds
is that nets follow it smoothly, and that **choosing is lost while learning is not**: by how close
the two best replies are scored, vague requests are told from plain ones as well after one training
as after the other (0.996 of them, at 5 % of the plain ones). Every second vague request ends badly
all the same.

What it cannot show: that the raters of real preference data credit questions so little, or that
this is why language models ask seldom. The credit is put in by hand; wants are four, the person
repeats a request without fail, and nobody is annoyed by questions beyond the cost of a turn.
"""

EXPERIMENT = Experiment(
    name="grounding-under-preferences",
    title="Does rating single replies unlearn asking?",
    hypothesis="A net trained on preferences between first replies asks back on vague requests "
    "less often than the same net trained on how the dialogues end.",
    control=Arm("dialogue rated", "Two replies are compared by how the dialogue ends."),
    treatment=Arm("first reply rated", "Two replies are compared by themselves."),
    primary=Metric("asking on vague requests", "share of vague requests", "higher"),
    direction="lower",
    smallest_effect=0.05,
    params=GroundingUnderPreferences,
    presets={
        "claim": Preset(
            {"first_reply": True, "credit": 0.3},
            Verdict.SUPPORTED,
            "A question is credited with 0.3 of a right reply: asking all but stops.",
        ),
        "negative-control": Preset(
            {"first_reply": False},
            Verdict.NO_EFFECT,
            "Both arms are rated by how dialogues end: an A/A test.",
        ),
        "boundary": Preset(
            {"first_reply": True, "credit": 0.8},
            Verdict.NO_EFFECT,
            "A rater who credits a question with what it brings loses nothing.",
        ),
        "no-ambiguity": Preset(
            {"first_reply": True, "credit": 0.3, "ambiguity": 0},
            Verdict.NO_EFFECT,
            "Where no request is vague there is nothing to ask, and neither arm does.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:2311.09144", "doi:10.2307/2334029"),
)
