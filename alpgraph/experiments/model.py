"""What an experiment is: said before it looks, measured in pairs, judged by one rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

Array = NDArray[np.float64]


class Verdict(StrEnum):
    """What the measurements say of the hypothesis."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NO_EFFECT = "no effect"
    INCONCLUSIVE = "inconclusive"


class Progress(Protocol):
    """Called as an experiment goes on."""

    def __call__(self, fraction: float, curves: Mapping[str, "Curve"] | None = None) -> None:
        """Report the share done, 0 to 1, and the curves so far."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the two things compared."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that is measured on each replicate of each arm."""

    name: str
    unit: str
    better: str  # a diagnosis has `neither side`; the line below counts in the hash of the code
    """`lower` or `higher`."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A quantity along training, for all replicates of one arm."""

    arm: str
    """`control` or `treatment`."""
    name: str
    x: Array  # (points,)
    y: Array  # (points, replicates)
    x_label: str = "training steps"
    y_label: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One telling picture beyond the curves: series of points with names, drawn by the pages.

    It keeps each replicate's values, so that parts of the replicates can be put together.
    """

    title: str
    kind: str
    """`lines`, `bars` or `dots`."""
    x_label: str
    y_label: str
    series: Mapping[str, tuple[Sequence[float | str], Array]]
    """Name -> (x, y), y of shape (points, replicates)."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What one call of an experiment saw, replicate by replicate."""

    control: Array  # (replicates,) primary metric
    treatment: Array  # (replicates,)
    secondary: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    """Exploratory metrics: name -> (control, treatment), each (replicates,)."""
    curves: Sequence[Curve] = ()
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """Named parameters with the verdict they are expected to give."""

    params: Mapping[str, Any]
    expected: Verdict
    says: str
    """What it shows, in a line."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """A design, fixed before the reference seeds are run."""

    name: str
    title: str
    hypothesis: str
    control: Arm
    treatment: Arm
    primary: Metric
    direction: str
    """`higher` or `lower`: where the hypothesis expects the treatment's primary metric."""
    smallest_effect: float
    """Smallest difference worth speaking of, in the primary metric's unit, above 0."""
    params: type[BaseModel]
    presets: Mapping[str, Preset]
    measure: Callable[[Any, Sequence[tuple[int, int]], Progress], Measurements]
    """`measure(params, seeds, progress)`; seeds are pairs (base, replicate)."""
    replicates: int = 16
    about: str = ""
    """Markdown: what is simulated, what was seen while exploring, what it cannot show."""
    sources: Sequence[str] = ()
    """Works it follows, as `arXiv:2511.07699`."""
