"""What the implementations on NumPy share: updates of parameters, and steps with HIPS autograd, MyGrad, and by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..harness import Step, library

#: Loss and gradients of parameters, by name.
Differentiate = Callable[[dict[str, np.ndarray]], tuple[Any, dict[str, np.ndarray]]]
#: ``update(values, gradients, state, count)`` changes the values; the gradients are its scratch memory.
Update = Callable[[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, Any], int], None]


def sgd(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    for name, value in values.items():
        gradients[name] *= np.float32(0.01)
        value -= gradients[name]


def momentum(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    for name, value in values.items():
        if name not in state:
            state[name] = np.zeros_like(value)
        velocity = state[name]
        velocity *= np.float32(0.9)
        velocity += gradients[name]
        np.multiply(velocity, np.float32(0.01), gradients[name])
        value -= gradients[name]


def adam(
    values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int, decay: float = 0.0
) -> None:
    """In blocks that fit the cache, with one block of scratch memory; with the decay of AdamW."""
    rate = np.float32(1e-3 / (1 - 0.9**count))
    root = np.float32(1 / np.sqrt(1 - 0.999**count))
    if not state:
        state[""] = np.empty(32_768, np.float32)
    for name, value in values.items():
        if name not in state:
            state[name] = np.zeros(value.size, np.float32), np.zeros(value.size, np.float32)
        first, second = state[name]
        flat, gradient = value.reshape(-1), gradients[name].reshape(-1)
        for start in range(0, value.size, 32_768):
            part = slice(start, start + 32_768)
            p, g, m, v = flat[part], gradient[part], first[part], second[part]
            scratch = state[""][: len(g)]
            np.multiply(g, np.float32(0.1), scratch)
            m *= np.float32(0.9)
            m += scratch
            np.multiply(g, g, scratch)
            scratch *= np.float32(0.001)
            v *= np.float32(0.999)
            v += scratch
            np.sqrt(v, scratch)
            scratch *= root
            scratch += np.float32(1e-8)
            np.divide(m, scratch, scratch)
            scratch *= rate
            if decay:
                p *= np.float32(1 - 1e-3 * decay)
            p -= scratch


def adamw(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    adam(values, gradients, state, count, decay=0.01)


def cross_entropy(logits: np.ndarray, target: np.ndarray, g: np.ndarray) -> Any:
    """The mean cross-entropy of rows, and its gradient in ``g``."""
    rows = np.arange(len(logits))
    np.subtract(logits, logits.max(1, keepdims=True), g)
    picked = g[rows, target]
    np.exp(g, g)
    sums = g.sum(1, keepdims=True)
    loss = (np.log(sums[:, 0]) - picked).mean()
    g *= np.float32(1 / len(g)) / sums
    g[rows, target] -= np.float32(1 / len(g))
    return loss


def normal(x: np.ndarray, distribution: np.ndarray, density: np.ndarray, scratch: np.ndarray) -> None:
    """Distribution and density of the normal, which share an exponential, to 7.5e-8.

    Abramowitz and Stegun (1964), 26.2.17.
    """
    np.abs(x, scratch)
    scratch *= np.float32(0.2316419)
    scratch += np.float32(1)
    np.reciprocal(scratch, scratch)
    np.multiply(scratch, np.float32(1.330274429), distribution)
    for coefficient in (-1.821255978, 1.781477937, -0.356563782, 0.319381530):
        distribution += np.float32(coefficient)
        distribution *= scratch
    np.multiply(x, x, density)
    density *= np.float32(-0.5)
    np.exp(density, density)
    density *= np.float32(1 / np.sqrt(2 * np.pi))
    distribution *= density
    np.subtract(np.float32(0.5), distribution, distribution)
    np.copysign(distribution, x, distribution)
    distribution += np.float32(0.5)


def stepping(values: dict[str, np.ndarray], differentiate: Differentiate, update: Update) -> Step:
    """A training step of ``values``."""
    state: dict[str, Any] = {}
    count = 0

    def step() -> Any:
        nonlocal count
        count += 1
        loss, gradients = differentiate(values)
        update(values, gradients, state, count)
        return loss

    return step


# -- HIPS autograd and MyGrad ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Functions:
    """A library with NumPy's names, and what it has beyond them (or what one writes with it)."""

    numpy: Any
    relu: Callable[[Any], Any]
    sigmoid: Callable[[Any], Any]
    erf: Callable[[Any], Any]
    #: These two over the last axis.
    softmax: Callable[[Any], Any]
    logsumexp: Callable[[Any], Any]
    #: The mean over rows of logits, for integer targets.
    cross_entropy: Callable[[Any, np.ndarray], Any]


def with_autograd() -> Functions:
    anp, special = library("autograd.numpy"), library("autograd.scipy.special")

    def softmax(x: Any) -> Any:
        x = anp.exp(x - anp.max(x, axis=-1, keepdims=True))
        return x / anp.sum(x, axis=-1, keepdims=True)

    def cross_entropy(x: Any, y: np.ndarray) -> Any:
        x = x - anp.max(x, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(x), axis=1)) - x[np.arange(len(y)), y])

    return Functions(
        anp, relu=lambda x: anp.maximum(x, 0), sigmoid=lambda x: 0.5 * anp.tanh(0.5 * x) + 0.5,
        erf=special.erf, softmax=softmax, logsumexp=lambda x: special.logsumexp(x, axis=-1), cross_entropy=cross_entropy,
    )  # fmt: skip


def with_mygrad() -> Functions:
    mygrad, nnet = library("mygrad"), library("mygrad.nnet")
    special = library("scipy.special")
    mygrad.turn_memory_guarding_off()  # as its documentation advises for speed

    class Erf(mygrad.operation_base.Operation):
        """What MyGrad does not have, as its documentation adds an operation."""

        def __call__(self, x: Any) -> Any:
            self.variables = (x,)
            return special.erf(x.data)

        def backward_var(self, g: Any, index: int, **settings: Any) -> Any:
            (x,) = self.variables
            return g * np.float32(2 / np.sqrt(np.pi)) * np.exp(-(x.data * x.data))

    def logsumexp(x: Any) -> Any:
        largest = x.data.max(-1, keepdims=True)
        return mygrad.log(mygrad.sum(mygrad.exp(x - largest), axis=-1)) + largest[..., 0]

    return Functions(
        mygrad, relu=nnet.activations.relu, sigmoid=nnet.activations.sigmoid,
        erf=lambda x: mygrad.execute_op(Erf, x), softmax=nnet.activations.softmax, logsumexp=logsumexp,
        cross_entropy=nnet.losses.softmax_crossentropy,
    )  # fmt: skip


#: From the functions of a library to a loss of parameters.
Objective = Callable[[Functions], Callable[[dict[str, Any]], Any]]


def train_with_numpys_names(
    values: Callable[[], dict[str, np.ndarray]], objective: Objective, update: Update
) -> dict[str, Callable[[], Step]]:
    """The implementations of a training step whose loss has NumPy's names."""

    def autograd() -> Step:
        differentiate = library("autograd").value_and_grad(objective(with_autograd()))
        return stepping(values(), differentiate, update)

    def mygrad() -> Step:
        functions = with_mygrad()
        loss_of = objective(functions)
        tensors = {name: functions.numpy.tensor(value) for name, value in values().items()}

        def differentiate(_: dict[str, np.ndarray]) -> tuple[Any, dict[str, np.ndarray]]:
            loss = loss_of(tensors)
            loss.backward()
            return loss.data, {name: tensor.grad for name, tensor in tensors.items()}

        return stepping({name: tensor.data for name, tensor in tensors.items()}, differentiate, update)

    return {"autograd": autograd, "mygrad": mygrad}


def differentiate_with_numpys_names(
    arguments: Callable[[], list[np.ndarray]], function: Callable[[Functions], Callable[..., Any]],
    result: Callable[[Any, Any], Any],
) -> dict[str, Callable[[], Step]]:  # fmt: skip
    """The implementations of a value and its gradients for all arguments; ``result`` is of the value and the gradients."""

    def autograd() -> Step:
        inputs = arguments()
        differentiate = library("autograd").value_and_grad(function(with_autograd()), tuple(range(len(inputs))))
        return lambda: result(*differentiate(*inputs))

    def mygrad() -> Step:
        functions = with_mygrad()
        call, inputs = function(functions), [functions.numpy.tensor(x) for x in arguments()]

        def step() -> Any:
            value = call(*inputs)
            value.backward()
            return result(value.data, [x.grad for x in inputs])

        return step

    return {"autograd": autograd, "mygrad": mygrad}
