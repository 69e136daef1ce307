"""Transforms of functions: the gradient of every sample of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_jaxs_functions, with_torchs_names
from .common import on_tinygrad
from .mlp import SMALL, forward, model, numbers, small_target
from .with_numpy import Functions, differentiate_with_numpys_names

SAMPLES = 256


def _program(build: Build, loop: bool = False) -> Step:
    pg, func = build.library, build.library.func
    values, x_values = numbers(SMALL, SAMPLES)
    net = model(build, SMALL, values, "Tanh")
    parameters = {name: p.detach() for name, p in net.named_parameters()}
    targets, x = pg.tensor(small_target(x_values)), pg.tensor(x_values)

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        return pg.nn.functional.mse_loss(func.functional_call(net, parameters, (x,)), y)

    gradient = func.grad(loss)
    batched = build.step(build.forward(func.vmap(gradient, in_dims=(None, 0, 0))))

    def step() -> Any:
        if not loop:
            found = batched(parameters, x, targets)
        else:
            each = [gradient(parameters, x[i], targets[i]) for i in range(SAMPLES)]
            found = {name: pg.stack([one[name] for one in each]) for name in parameters}
        return found["0.weight"][-1].sum()

    return step


def _on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    parameters, x = jax.tree.map(jax.numpy.asarray, numbers(SMALL, SAMPLES))
    targets = jax.numpy.asarray(small_target(x))

    def loss(p: Any, x: Any, y: Any) -> Any:
        return ((forward(p, x, jax.numpy.tanh, jax.numpy.dot) - y) ** 2).mean()

    batched = compiled(jax.vmap(jax.grad(loss), in_axes=(None, 0, 0)))
    return lambda: batched(parameters, x, targets)["0.weight"][-1].sum()


def _copies() -> list[np.ndarray]:
    """Weights and biases seen as if each sample had its own, whose gradients are then those of the samples."""
    return [
        np.broadcast_to(p if p.ndim == 2 else p[:, None], (SAMPLES, len(p), p.shape[1] if p.ndim == 2 else 1))
        for p in numbers(SMALL, SAMPLES)[0].values()
    ]


def _of_copies(matmul: Any, tanh: Any, x: Any, targets: Any, *copies: Any) -> Any:
    x = x.reshape(SAMPLES, -1, 1)
    for weight, bias in zip(copies[::2], copies[1::2], strict=True):
        x = matmul(weight, x) + bias
        x = tanh(x) if weight.shape[1] > 1 else x
    return ((x - targets.reshape(SAMPLES, 1, 1)) ** 2).sum()


def _with_numpys_names(functions: Functions) -> Callable[..., Any]:
    x = numbers(SMALL, SAMPLES)[1]
    lib, targets = functions.numpy, small_target(x)
    return lambda *copies: _of_copies(lib.matmul, lib.tanh, x, targets, *copies)


def _on_tinygrad() -> Step:
    x = numbers(SMALL, SAMPLES)[1]

    def step(x: Any, targets: Any, *parameters: Any) -> list[Any]:
        copies = [p.expand(SAMPLES, *p.shape[1:]) for p in parameters]
        found = _of_copies(lambda x, y: x @ y, lambda x: x.tanh(), x, targets, *copies).gradient(*copies)
        return [found[0][-1].sum(), *found]

    return on_tinygrad(step, x, small_target(x), *[copies[:1] for copies in _copies()])


def _by_hand() -> Step:
    values, x = numbers(SMALL, SAMPLES)
    w1, b1, w2, b2, w3, b3 = values.values()
    targets = small_target(x)
    found = [np.empty((SAMPLES, *value.shape), np.float32) for value in values.values()]
    inputs, hidden = (x, *(np.empty((SAMPLES, 64), np.float32) for _ in range(2))), np.empty((SAMPLES, 64), np.float32)

    def step() -> float:
        first, second = inputs[1:]
        np.matmul(x, w1.T, first)
        first += b1
        np.tanh(first, first)
        np.matmul(first, w2.T, second)
        second += b2
        np.tanh(second, second)
        np.matmul(second, w3.T, found[5])
        found[5] += b3 - targets
        found[5] *= np.float32(2)
        for layer, weight, y in ((2, w3, second), (1, w2, first)):
            g = found[2 * layer - 1]
            np.matmul(found[2 * layer + 1], weight, g)
            np.multiply(y, y, hidden)
            np.subtract(np.float32(1), hidden, hidden)
            np.multiply(g, hidden, g)
        for layer, y in enumerate(inputs):
            np.einsum("bi,bj->bij", found[2 * layer + 1], y, out=found[2 * layer])
        return found[0][-1].sum()

    return step


WORKLOAD = Workload(
    name="samples",
    title="256 gradients, one for each sample, of an MLP 64-64-64-1",
    prepare={
        **with_torchs_names(_program),
        **differentiate_with_numpys_names(_copies, _with_numpys_names, lambda _, gradients: gradients[0][-1].sum()),
        "numpy": _by_hand, "tinygrad": _on_tinygrad,
        **with_jaxs_functions(_on_jax),
        "loop": lambda: _program(Build(library("polygrad")), loop=True),
    },
    repeats=10,
)  # fmt: skip
