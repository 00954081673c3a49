"""Steps downhill, in place, on all replicates at once."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alpgraph.trainer.network import Network

Array = NDArray[Any]


class Optimiser(Protocol):
    """Moves a network's parameters against a gradient."""

    def step(self, gradient: Array) -> None:
        """Change the parameters; `gradient` (R, P) is as `Network.backward` returned it."""


class Sgd:
    """Gradient descent with momentum (Polyak 1964) and L2 weight decay."""

    def __init__(
        self, net: Network, rate: float = 0.1, *, momentum: float = 0.9, decay: float = 0.0
    ) -> None:
        """Start at rest; `decay` times the parameters is added to the gradient."""
        self._columns = net.trainable
        self._parameters = net.parameters[:, self._columns]  # (R, P)
        self._velocity = np.zeros_like(self._parameters)
        self._rate, self._momentum, self._decay = rate, momentum, decay

    def step(self, gradient: Array) -> None:
        """Velocity = momentum * velocity + gradient; parameters -= rate * velocity."""
        self._velocity *= self._momentum
        self._velocity += gradient[:, self._columns]
        if self._decay:
            self._velocity += self._decay * self._parameters
        self._parameters -= self._rate * self._velocity


class Adam:
    """Adam (Kingma and Ba, arXiv:1412.6980), with L2 weight decay in the gradient."""

    def __init__(
        self,
        net: Network,
        rate: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        decay: float = 0.0,
    ) -> None:
        """Start with empty moments; `decay` times the parameters is added to the gradient."""
        self._columns = net.trainable
        self._parameters = net.parameters[:, self._columns]  # (R, P)
        # Both moments are kept without their factors (1 - beta): two passes less per step.
        self._first = np.zeros_like(self._parameters)
        self._second = np.zeros_like(self._parameters)
        self._spare = np.empty_like(self._parameters)
        self._rate, self._betas, self._epsilon, self._decay = rate, betas, epsilon, decay
        self._steps = 0

    def step(self, gradient: Array) -> None:
        """Parameters -= rate * m / (sqrt(v) + epsilon), with both moments freed of their bias."""
        (beta1, beta2), spare = self._betas, self._spare
        self._steps += 1
        gradient = gradient[:, self._columns]
        if self._decay:
            gradient = gradient + self._decay * self._parameters
        self._first *= beta1
        self._first += gradient
        self._second *= beta2
        self._second += np.multiply(gradient, gradient, out=spare)
        scale1 = (1 - beta1) / (1 - beta1**self._steps)
        scale2 = ((1 - beta2) / (1 - beta2**self._steps)) ** 0.5
        np.sqrt(self._second, out=spare)
        spare += self._epsilon / scale2
        np.divide(self._first, spare, out=spare)
        spare *= self._rate * scale1 / scale2
        self._parameters -= spare
