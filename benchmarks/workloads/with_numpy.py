"""Steps with HIPS autograd and with MyGrad, which have NumPy's names; parameters are updated by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..harness import Step, library
from .by_hand import Update, stepping


@dataclass(frozen=True)
class Functions:
    """A library with NumPy's names, and what it has beyond them (or what one writes with it)."""

    numpy: Any
    relu: Callable[[Any], Any]
    sigmoid: Callable[[Any], Any]
    erf: Callable[[Any], Any]
    #: These over the last axis; `split(x, count)` into equal parts.
    split: Callable[[Any, int], Any]
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
        erf=special.erf, split=lambda x, count: anp.split(x, count, axis=-1), softmax=softmax,
        logsumexp=lambda x: special.logsumexp(x, axis=-1), cross_entropy=cross_entropy,
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

    def split(x: Any, count: int) -> Any:
        size = x.shape[-1] // count
        return [x[..., part * size : (part + 1) * size] for part in range(count)]

    return Functions(
        mygrad, relu=nnet.activations.relu, sigmoid=nnet.activations.sigmoid,
        erf=lambda x: mygrad.execute_op(Erf, x), split=split, softmax=nnet.activations.softmax, logsumexp=logsumexp,
        cross_entropy=nnet.losses.softmax_crossentropy,
    )  # fmt: skip


#: From the functions of a library to a loss of parameters.
Objective = Callable[[Functions], Callable[[dict[str, Any]], Any]]


def train_with_autograd(values: dict[str, np.ndarray], objective: Objective, update: Update) -> Step:
    differentiate = library("autograd").value_and_grad(objective(with_autograd()))
    return stepping(values, differentiate, update)


def train_with_mygrad(values: dict[str, np.ndarray], objective: Objective, update: Update) -> Step:
    functions = with_mygrad()
    loss_of = objective(functions)
    tensors = {name: functions.numpy.tensor(value) for name, value in values.items()}

    def differentiate(_: dict[str, np.ndarray]) -> tuple[Any, dict[str, np.ndarray]]:
        loss = loss_of(tensors)
        loss.backward()
        return loss.data, {name: tensor.grad for name, tensor in tensors.items()}

    return stepping({name: tensor.data for name, tensor in tensors.items()}, differentiate, update)


def train_with_numpys_names(
    values: Callable[[], dict[str, np.ndarray]], objective: Objective, update: Update
) -> dict[str, Callable[[], Step]]:
    """The implementations of a training step whose loss has NumPy's names."""
    return {
        "autograd": lambda: train_with_autograd(values(), objective, update),
        "mygrad": lambda: train_with_mygrad(values(), objective, update),
    }


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
