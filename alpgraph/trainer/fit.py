"""The training loop: batches in, loss, gradient, step; replicates spread over threads.

NumPy releases Python's lock inside its loops and products, so threads really run side by side.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alpgraph.trainer.losses import Loss
from alpgraph.trainer.network import Network, with_ones
from alpgraph.trainer.optimisers import Adam, Optimiser
from alpgraph.trainer.seeds import uniform

Array = NDArray[Any]
Batch = tuple[Array, ...]
Batches = Callable[[slice], Iterator[Batch]]
"""For some replicates, batches without end: x (R, B, D), then what the loss takes after outputs."""
Watch = Callable[[Network], Mapping[str, Array]]
"""Measures a network along the way: name -> (R,)."""

WORTH_THREADS = 64
"""Replicates from which two threads beat one: with fewer, handing over Python's lock costs more."""
DRAWN_AHEAD = 64
"""Steps whose rows are drawn at once."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What was seen along the way."""

    steps: Array  # (points,)
    curves: Mapping[str, Array] = field(default_factory=dict)  # name -> (points, R)


def minibatches(
    rngs: Sequence[np.random.Generator], x: Array, *targets: Array, size: int = 64
) -> Batches:
    """Draw rows with replacement from x (R, N, D) and targets (R, N, ...), each replicate its own.

    Arrays may be shared by all replicates when their first axis is 1.
    """
    rows_of = [np.ascontiguousarray(a) for a in (with_ones(x), *targets)]
    length = x.shape[1]
    for target in targets:
        if target.shape[1] != length:
            raise ValueError(f"targets of shape {target.shape} have not the {length} rows of x")
    flat = [a.reshape(-1, *a.shape[2:]) for a in rows_of]

    def batches(part: slice) -> Iterator[Batch]:
        mine = rngs[part]
        first = np.arange(len(rngs))[part, None] * length  # (R, 1)
        starts = [first if len(a) > 1 else np.zeros_like(first) for a in rows_of]
        places = [np.empty((len(mine), size, *a.shape[2:]), a.dtype) for a in rows_of]
        while True:
            drawn = np.stack([rng.integers(length, size=(DRAWN_AHEAD, size)) for rng in mine], 1)
            for chosen in drawn:  # (R, B)
                for source, start, place in zip(flat, starts, places, strict=True):
                    np.take(source, chosen + start, axis=0, out=place, mode="clip")
                yield tuple(places)

    return batches


def with_chances(rngs: Sequence[np.random.Generator], batches: Batches) -> Batches:
    """Add uniform random numbers (R, B) to each batch, for losses that draw: see `sample`."""

    def more(part: slice) -> Iterator[Batch]:
        for batch in batches(part):
            yield *batch, uniform(rngs[part], batch[0].shape[1])

    return more


def fresh(
    rngs: Sequence[np.random.Generator],
    draw: Callable[[Sequence[np.random.Generator], slice], Batch],
) -> Batches:
    """Make new data for each step: `draw(generators, part)` returns x and targets of that part."""

    def batches(part: slice) -> Iterator[Batch]:
        while True:
            yield draw(rngs[part], part)

    return batches


def fit(
    net: Network,
    batches: Batches,
    loss: Loss,
    *,
    steps: int,
    optimiser: Callable[[Network], Optimiser] = Adam,
    watch: Watch | None = None,
    points: int = 20,
    patience: int | None = None,
    progress: Callable[[float, Trained], None] | None = None,
    threads: int | None = None,
) -> Trained:
    """Train every replicate for `steps` steps, in place, and watch it at `points` even places.

    With `patience`, a replicate whose watched `"stop"` (lower is better) has not fallen for that
    many points keeps the parameters it had at its lowest. Numbers do not depend on `threads`:
    two by default from 64 replicates on, where there are two cores.
    """
    at = np.unique(np.linspace(0, steps, points + 1).round().astype(int))
    keeper = _Keeper(net, patience) if patience is not None else None
    seen: dict[str, list[Array]] = {}
    count = len(net.parameters)
    if threads is None:
        threads = 2 if count >= WORTH_THREADS and (os.cpu_count() or 1) > 1 else 1
    ends = [count * i // threads for i in range(threads + 1)]
    parts = [slice(start, end) for start, end in pairwise(ends) if start < end]
    loops = [_loop(net.part(part), batches(part), loss, optimiser) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        for before, after in zip([0, *at[:-1]], at, strict=True):
            list(pool.map(lambda loop, n=after - before: [next(loop) for _ in range(n)], loops))
            for name, values in (watch(net) if watch else {}).items():
                seen.setdefault(name, []).append(np.asarray(values))
            curves = {name: np.stack(rows) for name, rows in seen.items()}
            trained = Trained(at[: at.searchsorted(after) + 1], curves)
            if progress:
                progress(after / max(steps, 1), trained)
            if keeper and keeper.all_stopped(curves["stop"][-1]):
                break
    if keeper:
        net.parameters[:] = keeper.best
    return trained


def _loop(
    net: Network,
    batches: Iterator[Batch],
    loss: Loss,
    optimiser: Callable[[Network], Optimiser],
) -> Iterator[None]:
    """Take one training step at each `next`."""
    moves = optimiser(net)
    for x, *targets in batches:
        _, gradient = loss(net.forward(x), *targets)
        moves.step(net.backward(gradient))
        yield


class _Keeper:
    """Early stopping, replicate by replicate: the best parameters seen before patience ran out."""

    def __init__(self, net: Network, patience: int) -> None:
        self._net, self._patience = net, patience
        self.best = net.parameters.copy()  # (R, P)
        self._lowest = np.full(len(self.best), np.inf)
        self._waited = np.zeros(len(self.best), int)

    def all_stopped(self, values: Array) -> bool:
        """Keep what got better, and say whether every replicate has run out of patience."""
        running = self._waited < self._patience
        better = running & (values < self._lowest)
        self.best[better] = self._net.parameters[better]
        self._lowest[better] = values[better]
        self._waited = np.where(better, 0, self._waited + running)
        return bool((self._waited >= self._patience).all())
