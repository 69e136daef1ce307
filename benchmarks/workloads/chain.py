"""A chain of tiny operations: what an engine costs when there is hardly anything to compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_jaxs_functions, with_torchs_names
from .common import on_tinygrad
from .with_numpy import differentiate_with_numpys_names

LENGTH = 999
START = np.linspace(0.01, 0.08, 8, dtype=np.float32)
FACTOR = np.linspace(1.0, 1.0007, 8, dtype=np.float32)
OFFSET = np.linspace(0.0, 7e-5, 8, dtype=np.float32)


def program(build: Build) -> Step:
    pg = build.library
    x = pg.tensor(START, requires_grad=True)
    factor, offset = pg.tensor(FACTOR), pg.tensor(OFFSET)

    total = build.forward(chain(pg.tanh, factor, offset))

    @build.step
    def step() -> Any:
        x.grad = None
        total(x).backward()
        return x.grad.sum()

    return step


def chain(tanh: Callable[[Any], Any], factor: Any, offset: Any) -> Callable[[Any], Any]:
    def function(y: Any) -> Any:
        for _ in range(LENGTH // 3):
            y = tanh(y * factor + offset)
        return y.sum()

    return function


def on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    x, factor, offset = map(jax.numpy.asarray, (START, FACTOR, OFFSET))
    gradient = jax.grad(chain(jax.numpy.tanh, factor, offset))
    total = compiled(lambda x: gradient(x).sum())
    return lambda: total(x)


def tinygrad() -> Step:
    """A kernel for each third operation: fused into one, a chain of 120 takes a minute to compile."""

    def tanh(x: Any) -> Any:
        return x.tanh().contiguous().contiguous_backward()

    def gradient(x: Any, factor: Any, offset: Any) -> list[Any]:
        return [chain(tanh, factor, offset)(x).gradient(x)[0].sum()]

    return on_tinygrad(gradient, START, FACTOR, OFFSET)


def by_hand() -> Step:
    """Forward and backward with nothing kept but what the backward needs, in memory made beforehand."""
    saved = np.empty((LENGTH // 3, len(START)), np.float32)
    g, derivative, one = np.empty_like(START), np.empty_like(START), np.float32(1)
    forward = list(saved)
    backward = forward[::-1]

    def step() -> Any:
        y = START
        for out in forward:
            np.multiply(y, FACTOR, out)
            np.add(out, OFFSET, out)
            np.tanh(out, out)
            y = out
        g.fill(1)
        for y in backward:
            np.multiply(y, y, derivative)
            np.subtract(one, derivative, derivative)
            np.multiply(g, derivative, derivative)
            np.multiply(derivative, FACTOR, g)
        return g.sum()

    return step


WORKLOAD = Workload(
    name="chain",
    title="1,000 tiny operations (multiply, add, tanh on 8 elements), forward and backward",
    prepare={
        **with_torchs_names(program),
        **differentiate_with_numpys_names(
            lambda: [START], lambda functions: chain(functions.numpy.tanh, FACTOR, OFFSET), lambda _, gradients: gradients[0].sum()
        ),
        "numpy": by_hand, "tinygrad": tinygrad, **with_jaxs_functions(on_jax),
    },
    repeats=5,
)  # fmt: skip
