"""When does a vote beat one answer?

A model answers questions by drawing one of six answers. Each question has chances of its own,
spread about the same means: those of the right answer, of one popular wrong answer and of four
others. Control: one draw. Treatment: the most frequent of n draws. Nothing is trained: a vote only
chooses.
"""

from collections.abc import Sequence

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

QUESTIONS, ANSWERS = 600, 6  # answer 0 is right, answer 1 the popular wrong one
SPREAD = 50.0  # of the Dirichlet distribution that a question's chances are drawn from
RIGHT = "right answers"
WRONGS = (0.05, 0.12, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55)


class MajorityVote(Params):
    """What can be turned."""

    right: float = Field(0.4, ge=0.05, le=0.4, title="Mean chance of the right answer")
    wrong: float = Field(0.12, ge=0.01, le=0.55, title="Mean chance of the popular wrong answer")
    votes: int = Field(41, ge=1, le=101, title="Votes")


def measure(
    params: MajorityVote, seeds: Sequence[trainer.Seed], progress: Progress
) -> Measurements:
    """Let both arms answer the same questions with draws of their own, by ever more votes."""
    chances = _chances(params.right, params.wrong, trainer.generators(seeds))  # (R, Q, A)
    alone, many = (_answers(chances, seeds, stream, params.votes) for stream in (1, 2))
    counts = np.unique(np.geomspace(1, params.votes, 12).round().astype(int))
    shares: dict[str, list[Array]] = {"control": [], "treatment": []}

    def curves() -> list[Curve]:
        return [
            Curve(arm, RIGHT, votes, np.stack(values), "votes", "share of questions")
            for arm, values in shares.items()
            for votes in (counts[: len(values)].astype(float),)
        ]

    for done, count in enumerate(counts, start=1):
        shares["control"].append((alone[..., :count] == 0).mean(axis=(1, 2)))
        shares["treatment"].append(_right(plurality(many[..., :count])))
        progress(0.5 * done / len(counts), {curve.arm: curve for curve in curves()})
    swept = []
    for done, wrong in enumerate(WRONGS, start=1):
        others = _chances(params.right, wrong, trainer.generators(seeds, 3))
        drawn = _answers(others, seeds, 4, params.votes)
        swept.append([_right(drawn[..., 0]), _right(plurality(drawn))])
        progress(0.5 + 0.5 * done / len(WRONGS))
    one, vote = np.stack(swept, axis=1)  # (wrongs, R) each
    control = _right(alone[..., 0])
    return Measurements(
        control,
        shares["treatment"][-1],
        secondary={
            "a judge that never errs": (control, (many == 0).any(axis=2).mean(axis=1)),
            "answers in the largest camp": (
                np.full(len(seeds), 1 / params.votes),
                (many == plurality(many)[..., None]).mean(axis=(1, 2)),
            ),
        },
        curves=curves(),
        pictures=[
            Picture(
                "Right answers, by how popular one wrong answer is",
                "lines",
                "mean chance of the popular wrong answer",
                "share of questions",
                {"one answer": series(WRONGS, one), "the vote": series(WRONGS, vote)},
            )
        ],
    )


def plurality(answers: Array) -> Array:
    """Return the most frequent of answers (..., n); among equals, the one that came first.

    >>> plurality(np.array([[3, 1, 1], [2, 0, 5]])).tolist()
    [1, 2]
    """
    counts = (answers[..., None] == np.arange(ANSWERS)).sum(axis=-2)  # (..., A)
    votes = np.take_along_axis(counts, answers, axis=-1)  # (..., n), for each answer given
    first = votes.argmax(axis=-1)[..., None]
    return np.take_along_axis(answers, first, axis=-1)[..., 0]


def _right(answers: Array) -> Array:
    return np.asarray((answers == 0).mean(axis=1))


def _chances(right: float, wrong: float, rngs: Sequence[np.random.Generator]) -> Array:
    """Draw chances of the answers to each question, (R, Q, A)."""
    means = np.full(ANSWERS, (1 - right - wrong) / (ANSWERS - 2))
    means[:2] = right, wrong
    return np.stack([rng.dirichlet(SPREAD * means, QUESTIONS) for rng in rngs])


def _answers(chances: Array, seeds: Sequence[trainer.Seed], stream: int, votes: int) -> Array:
    """Draw answers (R, Q, votes)."""
    u = trainer.uniform(trainer.generators(seeds, stream), QUESTIONS, votes)
    below = chances.cumsum(axis=-1)[..., None, :-1] < u[..., None]
    return np.asarray(below.sum(axis=-1))


ABOUT = """\
Each replicate draws its own 600 questions, and each arm its own answers. The chances of a
question come from a Dirichlet distribution about the means that are set (concentration 50), so
that for some questions the mode is another answer than on average. Equal numbers of votes are
settled by who came first.

It is a fact of probability and needs no language model: for many draws a vote returns the
likeliest answer. Seen while exploring, on other seeds: with a right answer of chance 0.4 the vote
of 41 gains 0.5 while wrong answers scatter, nothing when one of them is as likely as the right
one, and **loses 0.1 when one wrong answer has 0.5**; the longer it votes, the more. At least one
of the 41 answers is right practically always, so a judge that never errs would have them all. The
more alike questions are, the sharper the turn.

What it cannot show: how often wrong answers of real models agree. That is what decides.
"""

EXPERIMENT = Experiment(
    name="majority-vote",
    title="When does a vote beat one answer?",
    hypothesis="The most frequent of many answers is right more often than a single answer.",
    control=Arm("one answer", "A single draw."),
    treatment=Arm("the vote", "The most frequent of n draws."),
    primary=Metric(RIGHT, "share of questions", "higher"),
    direction="higher",
    smallest_effect=0.05,
    params=MajorityVote,
    presets={
        "claim": Preset(
            {"wrong": 0.12},
            Verdict.SUPPORTED,
            "Wrong answers scatter and the right one is the mode: the vote wins.",
        ),
        "negative-control": Preset(
            {"wrong": 0.12, "votes": 1}, Verdict.NO_EFFECT, "A vote of one: an A/A test."
        ),
        "boundary": Preset(
            {"wrong": 0.5},
            Verdict.CONTRADICTED,
            "One wrong answer is the mode: the vote is right less often.",
        ),
    },
    measure=measure,
    about=ABOUT,
    sources=("arXiv:2203.11171", "arXiv:2110.14168"),
)
