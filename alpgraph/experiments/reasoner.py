"""A net that states two steps and answers from them, and may also answer past them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from alpgraph import trainer
from alpgraph.experiments.data import Array


class Reasoner:
    """R nets: a trunk states two steps of K values each, a head reads both and answers one of K.

    With `bypass`, the trunk's own logits of the answer are added to the head's.
    """

    def __init__(
        self,
        rngs: Sequence[np.random.Generator],
        sizes: tuple[int, int, int],
        *,
        bypass: bool,
        dtype: DTypeLike = np.float32,
    ) -> None:
        """Sizes are inputs, hidden units and K."""
        inputs, hidden, self.values = sizes
        trunk = (inputs, hidden, 3 * self.values)
        self.trunk = trainer.Network(rngs, trunk, activation="tanh", dtype=dtype)
        self.head = trainer.Network(rngs, (self.values**2, self.values), dtype=dtype)
        self.bypass = bypass
        self._stated = np.empty(0)  # probabilities of the steps in the last forward, (R, B, 2, K)

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Return logits of the answer (R, B, K) and of both steps (R, B, 2 K), for `backward`."""
        seen = self.trunk.forward(x)
        self._stated = self._steps(seen)
        answers = self.head.forward(_joint(self._stated))
        steps = 2 * self.values
        return answers + self.bypass * seen[..., steps:], seen[..., :steps]

    def backward(self, of_answers: Array, of_steps: Array) -> tuple[Array, Array]:
        """Return gradients (R, P) of trunk and head, given those of `forward`'s two results."""
        of_head = self.head.backward(of_answers)
        pairs = self.head.input_gradient(of_answers)
        pairs = pairs.reshape(*of_answers.shape[:2], self.values, self.values)
        first, second = self._stated[:, :, 0], self._stated[:, :, 1]
        of_first = (pairs * second[:, :, None, :]).sum(axis=3)
        of_second = (pairs * first[:, :, :, None]).sum(axis=2)
        of_stated = np.stack([of_first, of_second], axis=2)  # (R, B, 2, K)
        through = self._stated * (of_stated - (of_stated * self._stated).sum(-1, keepdims=True))
        of_seen = [through.reshape(of_steps.shape) + of_steps, self.bypass * of_answers]
        return self.trunk.backward(np.concatenate(of_seen, axis=-1)), of_head

    def answer(self, x: Array, *, exchanged: bool = False) -> tuple[Array, Array]:
        """Return answers (R, N) and stated steps (R, N, 2), which rows exchange if told to."""
        seen = self.trunk.predict(x)
        stated = self._steps(seen)
        read = np.roll(stated, 1, axis=1) if exchanged else stated
        logits = self.head.predict(_joint(read)) + self.bypass * seen[..., 2 * self.values :]
        return logits.argmax(axis=-1), stated.argmax(axis=-1)

    def _steps(self, seen: Array) -> Array:
        steps = seen[..., : 2 * self.values]
        return trainer.softmax(steps.reshape(*seen.shape[:2], 2, self.values))


def _joint(steps: Array) -> Array:
    """Probabilities of both steps together, (R, B, K K), from (R, B, 2, K)."""
    pairs = steps[:, :, 0, :, None] * steps[:, :, 1, None, :]
    return pairs.reshape(*steps.shape[:2], -1)
