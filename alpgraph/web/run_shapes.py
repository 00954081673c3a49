"""The bodies of the runs API: what may be asked, and what is answered, with examples."""

from collections.abc import Sized
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from alpgraph.runs import Run, State, run_json

MAX_LETTERS = 200
"""Of a parameter that is text."""
T = TypeVar("T")
Value = bool | int | float | Annotated[str, Field(max_length=MAX_LETTERS)]
MAX_POINTS = 64
"""Points of one sweep."""
Verdict = Literal["supported", "contradicted", "no effect", "inconclusive"]
CLAIM: dict[str, Any] = {
    "experiment": "utility-weighted-loss",
    "params": {"data": "digits", "miss_cost": 30},
    "replicates": 16,
    "seed": 0,
}
SWEEP: dict[str, Any] = {**CLAIM, "vary": "miss_cost", "values": [1, 3, 10, 30]}


RUN: dict[str, Any] = {
    **CLAIM,
    "id": "7c31e0a4d2b1f0a9",
    "state": "running",
    "progress": 0.42,
    "position": None,
    "created": 1795651200.0,
    "started": 1795651200.1,
    "finished": None,
    "attempts": 1,
    "reason": "",
    "version": "",
    "code": "2109c8bd18eef337",
    "verdict": None,
    "primary": None,
    "url": "/runs/7c31e0a4d2b1f0a9",
    "result": None,
}


class Question(BaseModel):
    """What is asked of an experiment."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": CLAIM})

    experiment: str = Field(max_length=200, description="Name of an experiment.")
    params: dict[str, Value] = Field(
        default_factory=dict, max_length=64, description="Parameters; the others by default."
    )
    replicates: int | None = Field(
        None, strict=True, description="Pairs of trainings; the experiment's own number."
    )
    seed: int | None = Field(None, strict=True, description="Base seed; 0 unless told.")


class SweepQuestion(Question):
    """Several questions that differ in one parameter."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": SWEEP})

    vary: str = Field(max_length=100, description="The parameter that differs.")
    values: list[Value] = Field(
        min_length=1, max_length=MAX_POINTS, description="Its values, one run each."
    )


class ListQuery(BaseModel):
    """Which runs to list."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    experiment: str | None = Field(None, max_length=200)
    limit: int = Field(50, ge=1, le=200)
    before: int | None = Field(
        None, ge=0, le=2**31 - 1, description="Taken from `next` of the page before."
    )


class Asked(BaseModel):
    """A run that was asked for: stored, whatever happens next."""

    id: str
    state: State
    url: str = Field(description="The run's page.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "7c31e0a4d2b1f0a9",
                "state": "queued",
                "url": "/runs/7c31e0a4d2b1f0a9",
            }
        }
    )


class Point(Asked):
    """One point of a sweep."""

    value: Value


class SweepAsked(BaseModel):
    """The runs of a sweep, in the order of its values."""

    vary: str
    items: list[Point]


class Primary(BaseModel):
    """The primary metric: mean of each arm, and treatment minus control with its interval."""

    name: str
    unit: str
    better: Literal["lower", "higher", "neither side"]
    control: float | None
    treatment: float | None
    difference: float | None
    low: float | None
    high: float | None
    level: float

    model_config = ConfigDict(extra="allow")


class Replicate(BaseModel):
    """The primary metric of one pair of trainings."""

    seed: int
    replicate: int
    control: float
    treatment: float


Numbers = list[float | None]


class Curve(BaseModel):
    """A quantity along training: mean over replicates and its interval, one arm."""

    arm: str
    name: str
    x: Numbers = Field(min_length=1)
    mean: Numbers
    low: Numbers
    high: Numbers
    x_label: str
    y_label: str

    @model_validator(mode="after")
    def _even(self) -> Self:
        return _as_long_as(self, self.x, self.mean, self.low, self.high)


class Series(BaseModel):
    """The points of one name in a picture."""

    name: str
    x: Numbers | list[str]
    y: Numbers
    half_width: Numbers

    @model_validator(mode="after")
    def _even(self) -> Self:
        return _as_long_as(self, self.x, self.y, self.half_width)


class Picture(BaseModel):
    """What an experiment shows beside its curves."""

    title: str
    kind: str
    x_label: str
    y_label: str
    series: list[Series]


class Secondary(BaseModel):
    """A metric beside the primary one."""

    name: str
    control: float | None
    treatment: float | None
    difference: float | None
    low: float | None
    high: float | None


class Result(BaseModel):
    """What a finished run found."""

    params: dict[str, Any]
    verdict: Verdict
    smallest_effect: float
    primary: Primary
    replicates: list[Replicate] = Field(min_length=1)
    secondary: list[Secondary]
    curves: list[Curve]
    pictures: list[Picture]

    model_config = ConfigDict(extra="allow")


class RunShape(BaseModel):
    """A run; times are seconds since 1970-01-01 UTC."""

    model_config = ConfigDict(json_schema_extra={"example": RUN})

    id: str
    experiment: str
    params: dict[str, Any]
    replicates: int
    seed: int
    state: State
    progress: float = Field(ge=0, le=1)
    position: int | None = Field(description="Runs ahead of it in the queue.")
    created: float
    started: float | None
    finished: float | None
    attempts: int
    reason: str = Field(description="Why it failed, ended early or waits.")
    version: str = Field(description="Version of alpgraph that computed it.")
    code: str = Field(description="Hash of the code that answers.")
    verdict: Verdict | None
    primary: Primary | None = Field(description="The result's primary metric; lists have it too.")
    url: str
    result: Result | None = Field(description="Null until it is done, and in lists.")


class RunList(BaseModel):
    """A page of runs, newest first, without results."""

    total: int
    items: list[RunShape]
    next: str | None = Field(description="The address of the next page.")
    trouble: str = Field(description="What keeps every run waiting; empty when all is well.")


def is_readable(run: Run) -> bool:
    """Whether a stored run has the shape of one: a state folder may come from anybody."""
    try:
        shape = RunShape.model_validate(run_json(run))
    except ValidationError:
        return False
    return shape.result is None or shape.result.params == shape.params


def _as_long_as(shape: T, first: Sized, *others: Sized) -> T:
    """Return `shape`; raises ValueError where its lists differ in length."""
    if any(len(other) != len(first) for other in others):
        raise ValueError("the lists differ in length")
    return shape
