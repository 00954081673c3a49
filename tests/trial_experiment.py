"""An experiment that behaves as it is told."""

import os
import time
from pathlib import Path
from typing import Literal

import numpy as np

from alpgraph.experiments import (
    Arm,
    Curve,
    Experiment,
    Measurements,
    Metric,
    Params,
    Picture,
    Preset,
    Verdict,
)


class TrialParams(Params):
    steps: int = 3
    pause: float = 0.0
    mode: Literal[
        "fine", "raise", "exit", "memory", "spin", "big", "leave", "lines", "loud",
        "gaps", "nan", "shape", "huge", "nothing",
    ] = "fine"  # fmt: skip
    dies: int = 0
    log: str = ""
    label: str = ""
    flag: bool = False
    gate: str = ""


def note(params, word):
    if params.log:
        with Path(params.log).open("a") as log:
            log.write(f"{word} {params.label} {os.getpid()}\n")


def wait(params, step):
    """Begin a step, or end, once the file `gate` holds more bytes than there were steps."""
    while params.gate and Path(params.gate).stat().st_size <= step:
        time.sleep(0.01)


def measure(params, seeds, progress):
    note(params, "began")
    if params.dies and Path(params.log).read_text().count("began") <= params.dies:
        os._exit(7)
    if params.mode == "raise":
        raise ValueError("the dog ate the data")
    if params.mode == "lines":
        raise LookupError("no such row\nrow 7 of 3\n\x00")
    if params.mode == "loud":
        print("\x1b[31mheard", flush=True)
        os.write(2, b"\x1b[31mheard\n")
    if params.mode == "exit":
        os._exit(7)
    if params.mode == "leave":
        raise SystemExit(3)
    if params.mode == "memory":
        sum(len(held) for held in [np.ones(2**24) for _ in range(100)])
    while params.mode == "spin":
        np.sort(np.random.default_rng(0).random(10**7))
    values = [np.random.default_rng(np.random.SeedSequence(seed)).random(2) for seed in seeds]
    control, treatment = np.array(values).T
    x = np.arange(params.steps, dtype=float)
    y = np.outer(x + 1, control)
    for step in range(params.steps):
        wait(params, step)
        time.sleep(params.pause)
        curve = Curve("control", "height", x[: step + 1], y[: step + 1])
        progress((step + 1) / params.steps, {"control height": curve})
    wait(params, params.steps)
    label = "x" * 4_000_000 if params.mode == "big" else "height"
    note(params, "ended")
    if params.mode in ("gaps", "nan", "shape", "huge", "nothing"):
        return odd(params, x, y, control, treatment + 1)
    return Measurements(control, treatment + 1, curves=[Curve("control", label, x, y)])


def odd(params, x, y, control, treatment):
    """Return what no number stands for, or what is no measurement at all."""
    none, some = np.full(control.shape, np.nan), np.where(x == 1, np.nan, x)
    match params.mode:
        case "nan":
            return Measurements(control, none)
        case "shape":
            return Measurements(control[:1], treatment)
        case "huge":
            return Measurements(control, 1e300 * (1 + np.arange(len(treatment))))
        case "nothing":
            return None
    gapped, void = y + (some - x)[:, None], np.full(y.shape, np.nan)
    return Measurements(
        control,
        treatment,
        secondary={"share of no rows": (none, none)},
        curves=[
            Curve(arm, "height", x, each)
            for arm, each in (("control", gapped), ("treatment", void))
        ],
        pictures=[
            Picture(
                "Bars", "bars", "what", "share", {"control": (["a", "b", "c"][: len(y)], gapped)}
            ),
            Picture(
                "Lines", "lines", "step", "share", {"control": (some, y), "treatment": (x, void)}
            ),
            Picture("Void", "lines", "step", "share", {"control": (x, void)}),
        ],
    )


TRIAL = Experiment(
    name="trial",
    title="Does a trial do as it is told?",
    hypothesis="It does.",
    control=Arm("told", "is told"),
    treatment=Arm("not told", "is not told"),
    primary=Metric("height", "m", "lower"),
    direction="higher",
    smallest_effect=0.1,
    params=TrialParams,
    presets={"claim": Preset({}, Verdict.SUPPORTED, "says it all")},
    measure=measure,
    replicates=4,
)
