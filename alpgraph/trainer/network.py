"""An ensemble of multilayer perceptrons: R networks of one shape, trained in one pass.

Every array carries the replicate axis first. R replicates, B rows of a batch, D inputs, H hidden
units, O outputs. The bias of a layer is the last row of its matrix, and every layer's input ends in
a column of ones: one matrix product then does both, forward and backward.

A linear model has no hidden layer. Two heads on a shared trunk are two blocks of columns of the
last matrix: slice the outputs, and put the gradients of the heads side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


class Network:
    """R multilayer perceptrons with `sizes` (inputs, *hidden, outputs) and ReLU or tanh between.

    `parameters` (R, P) holds everything; `weights[l]` (R, D+1, H) are views into it.
    """

    def __init__(
        self,
        rngs: Sequence[np.random.Generator],
        sizes: Sequence[int],
        *,
        activation: str = "relu",
        dtype: DTypeLike = np.float32,
    ) -> None:
        """Draw first weights: variance 2/D before a ReLU, 1/D elsewhere; biases are zero."""
        if activation not in ("relu", "tanh"):
            raise ValueError(f"activation {activation!r} is neither 'relu' nor 'tanh'")
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes {tuple(sizes)} are not (inputs, *hidden, outputs)")
        shapes = [(d + 1, h) for d, h in pairwise(sizes)]
        parameters = np.zeros((len(rngs), sum(d * h for d, h in shapes)), dtype)
        self._adopt(parameters, tuple(sizes), activation)
        for layer, weight in enumerate(self.weights):
            inputs = sizes[layer]
            gain = 2.0 if activation == "relu" and layer < len(shapes) - 1 else 1.0
            for replicate, rng in enumerate(rngs):
                drawn = rng.standard_normal((inputs, sizes[layer + 1]))
                weight[replicate, :-1] = drawn * np.sqrt(gain / inputs)

    def _adopt(self, parameters: Array, sizes: tuple[int, ...], activation: str) -> None:
        self.parameters = parameters  # (R, P)
        self.gradient = np.zeros_like(parameters)  # (R, P), what backward() fills
        self.sizes = sizes
        self.activation = activation
        self.weights = _views(parameters, sizes)
        self.frozen = 0
        """Number of first layers that training leaves alone."""
        self._gradients = _views(self.gradient, sizes)
        self._inputs: list[Array] = []  # of each layer, (R, B, D+1), with the column of ones
        self._errors: list[Array] = []  # gradients with respect to them, same shapes
        self._active: list[NDArray[np.bool_]] = []  # where a ReLU let through
        self._outputs = parameters[:, :0]  # (R, B, O)

    def part(self, rows: slice) -> Network:
        """Return the replicates `rows` as a network that shares these parameters."""
        part = object.__new__(Network)
        part._adopt(self.parameters[rows], self.sizes, self.activation)
        part.frozen = self.frozen
        return part

    def copy(self) -> Network:
        """Return a network with the same parameters that can be trained on its own."""
        twin = object.__new__(Network)
        twin._adopt(self.parameters.copy(), self.sizes, self.activation)
        twin.frozen = self.frozen
        return twin

    @property
    def trainable(self) -> slice:
        """The columns of `parameters` behind the frozen layers."""
        start = sum((d + 1) * h for d, h in list(pairwise(self.sizes))[: self.frozen])
        return slice(start, self.parameters.shape[1])

    def forward(self, x: Array) -> Array:
        """Return outputs (R, B, O) for x (R, B, D), or (R, B, D+1) when it ends in ones already.

        Activations stay in buffers for `backward`; the next call overwrites outputs and buffers.
        """
        self._prepare(x.shape[1])
        if x.shape[2] == self.sizes[0]:
            self._inputs[0][:, :, :-1] = x
        else:
            self._inputs[0] = x
        for layer, weight in enumerate(self.weights[:-1]):
            hidden = self._inputs[layer + 1]  # (R, B, H+1); its last column stays 1
            np.matmul(self._inputs[layer], weight, out=hidden[:, :, :-1])
            if self.activation == "relu":
                np.greater(hidden, 0, out=self._active[layer])
                hidden *= self._active[layer]
            else:
                np.tanh(hidden, out=hidden)
                hidden[:, :, -1] = 1
        return np.matmul(self._inputs[-1], self.weights[-1], out=self._outputs)

    def backward(self, gradient: Array) -> Array:
        """Return the gradient (R, P) of the parameters, given that of the outputs (R, B, O)."""
        error = gradient
        for layer in range(len(self.weights) - 1, self.frozen - 1, -1):
            np.matmul(self._inputs[layer].transpose(0, 2, 1), error, out=self._gradients[layer])
            if layer > self.frozen:
                error = self._through(layer, error)
        return self.gradient

    def input_gradient(self, gradient: Array) -> Array:
        """Return the gradient (R, B, D) of the last forward's x, given that of the outputs."""
        error = gradient
        for layer in range(len(self.weights) - 1, -1, -1):
            error = self._through(layer, error)
        return error

    def _through(self, layer: int, error: Array) -> Array:
        """Carry the error back through one layer's matrix and the activation before it."""
        back = self._errors[layer]  # (R, B, D+1); contiguous, so the column of ones comes along
        columns = self.weights[layer].transpose(0, 2, 1)  # (R, H, D+1)
        # One output needs no product of matrices: twice as fast.
        (np.multiply if error.shape[2] == 1 else np.matmul)(error, columns, out=back)
        if layer and self.activation == "relu":
            back *= self._active[layer - 1]
        elif layer:
            back *= 1 - np.square(self._inputs[layer])
        return back[:, :, :-1]

    def predict(self, x: Array) -> Array:
        """Return outputs (R, N, O) for x (R, N, D), or (N, D) shared by all; keeps no buffers."""
        return with_ones(self.features(x)) @ self.weights[-1]

    def features(self, x: Array) -> Array:
        """Return what the last layer reads, (R, N, H), for x (R, N, D) or (N, D)."""
        x = np.asarray(x, self.parameters.dtype)
        for weight in self.weights[:-1]:
            x = with_ones(x) @ weight
            x = np.maximum(x, 0) if self.activation == "relu" else np.tanh(x)
        return x

    def _prepare(self, rows: int) -> None:
        if self._outputs.ndim == 3 and self._outputs.shape[1] == rows:
            return
        replicates, dtype = len(self.parameters), self.parameters.dtype
        shapes = [(replicates, rows, size + 1) for size in self.sizes[:-1]]
        self._inputs = [np.ones(shape, dtype) for shape in shapes]
        self._errors = [np.empty(shape, dtype) for shape in shapes]
        self._active = [np.empty(shape, np.bool_) for shape in shapes[1:]]
        self._outputs = np.empty((replicates, rows, self.sizes[-1]), dtype)


def with_ones(x: Array) -> Array:
    """Return x with a last column of ones.

    >>> with_ones(np.zeros((1, 2)))
    array([[0., 0., 1.]])
    """
    ones = np.ones((*x.shape[:-1], 1), x.dtype)
    return np.concatenate([x, ones], axis=-1)


def _views(flat: Array, sizes: tuple[int, ...]) -> list[Array]:
    """Cut (R, P) into one matrix (R, D+1, H) per layer, without copying."""
    views, start = [], 0
    for inputs, outputs in pairwise(sizes):
        end = start + (inputs + 1) * outputs
        views.append(flat[:, start:end].reshape(len(flat), inputs + 1, outputs))
        start = end
    return views
