"""What `alpgraph run` prints: a bar while it computes, then results in words."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alpgraph.check.terminal import escape

if TYPE_CHECKING:
    from alpgraph.experiments.model import Experiment

BAR = 24


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What is to be run: once, or for several values of the parameter `key`."""

    experiment: "Experiment"
    key: str
    questions: Sequence[Mapping[str, Any]]
    replicates: int
    scope: str = ""
    """What a note says that this tests, where that is not its claim."""

    @property
    def width(self) -> int:
        """Characters of the widest value of `key`."""
        return max(len(self.key), *(len(str(question[self.key])) for question in self.questions))


class Progress:
    """A bar with the time left, on standard error when that is a terminal."""

    def __init__(self, label: str) -> None:
        """Start the clock."""
        self.label, self.started = label, time.monotonic()
        self.shown = sys.stderr.isatty()

    def __call__(self, fraction: float, curves: Mapping[str, Any] | None = None) -> None:
        """Draw the share done."""
        if not self.shown:
            return
        spent = time.monotonic() - self.started
        left = f"{spent * (1 - fraction) / fraction:.0f} s left" if fraction > 0.02 else ""
        done = round(BAR * fraction)
        bar = "█" * done + "·" * (BAR - done)
        click.echo(f"\r{self.label} {bar} {fraction:4.0%} {left:<12}", nl=False, err=True)

    def finish(self) -> None:
        """Remove the bar."""
        if self.shown:
            click.echo("\r" + " " * 70 + "\r", nl=False, err=True)


def head(request: RunRequest) -> str:
    """Say what is asked; before a sweep, what its columns are."""
    experiment = request.experiment
    lines = [experiment.title, experiment.hypothesis]
    if request.scope:
        lines.append(f"This does not test the note's claim. It tests {escape(request.scope)}.")
    if request.key:
        lines += [
            f"{experiment.primary.name} ({experiment.primary.unit}): {experiment.treatment.name} "
            f"minus {experiment.control.name}, {request.replicates} replicates each",
            f"{request.key:>{request.width}}  difference       95 % interval        verdict",
        ]
    return "\n".join(lines)


def row(request: RunRequest, result: Mapping[str, Any]) -> str:
    """Tell one point of a sweep."""
    primary, replicates = result["primary"], len(result["replicates"])
    few = f" ({replicates} replicates)" if replicates < request.replicates else ""
    return (
        f"{result['params'][request.key]!s:>{request.width}}  {signed(primary['difference']):>10}  "
        f"{signed(primary['low']):>10} to {signed(primary['high']):<10}  {result['verdict']}{few}"
    )


def summary(request: RunRequest, result: Mapping[str, Any]) -> str:
    """Tell a result in a few lines."""
    primary, experiment = result["primary"], request.experiment
    low, high = (signed(end) for end in primary["bootstrap"])
    return (
        f"{str(result['verdict']).upper()}: {primary['name']} "
        f"{signed(primary['difference'])} {primary['unit']} "
        f"(95 % interval {signed(primary['low'])} to {signed(primary['high'])}, "
        f"{len(result['replicates'])} replicates; bootstrap {low} to {high})\n"
        f"{experiment.control.name} {_plain(primary['control'])}, "
        f"{experiment.treatment.name} {_plain(primary['treatment'])}; "
        f"expected {result['direction']}, smallest effect {result['smallest_effect']:g}"
    )


def signed(value: float | None) -> str:
    """Write a number with its sign; a dash where there is none."""
    return "–" if value is None else f"{value:+.4g}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
