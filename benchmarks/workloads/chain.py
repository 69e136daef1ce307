"""A chain of tiny operations: what an engine costs when there is hardly anything to compute."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names

LENGTH = 999
START = np.linspace(0.01, 0.08, 8, dtype=np.float32)
FACTOR = np.linspace(1.0, 1.0007, 8, dtype=np.float32)
OFFSET = np.linspace(0.0, 7e-5, 8, dtype=np.float32)


def program(build: Build) -> Step:
    pg = build.library
    x = pg.tensor(START, requires_grad=True)
    factor, offset = pg.tensor(FACTOR), pg.tensor(OFFSET)

    @build.step
    def step() -> Any:
        x.grad = None
        y = x
        for _ in range(LENGTH // 3):
            y = pg.tanh(y * factor + offset)
        y.sum().backward()
        return x.grad.sum()

    return step


def on_jax(jit: bool) -> Step:
    jax = library("jax")
    x, factor, offset = map(jax.numpy.asarray, (START, FACTOR, OFFSET))

    def chain(y: Any) -> Any:
        for _ in range(LENGTH // 3):
            y = jax.numpy.tanh(y * factor + offset)
        return y.sum()

    gradient = jax.grad(chain)
    total = jax.jit(lambda x: gradient(x).sum()) if jit else lambda x: gradient(x).sum()
    return lambda: total(x)


def autograd() -> Step:
    anp, gradient_of = library("autograd.numpy"), library("autograd").grad

    def chain(x: Any) -> Any:
        for _ in range(LENGTH // 3):
            x = anp.tanh(x * FACTOR + OFFSET)
        return anp.sum(x)

    gradient = gradient_of(chain)
    return lambda: gradient(START).sum()


def by_hand() -> Step:
    """Forward and backward with nothing kept but what the backward needs."""

    def step() -> Any:
        y, saved = START, []
        for _ in range(LENGTH // 3):
            y = np.tanh(y * FACTOR + OFFSET)
            saved.append(y)
        g = np.ones_like(y)
        for y in reversed(saved):
            derivative = np.multiply(y, y)
            np.subtract(np.float32(1), derivative, derivative)
            np.multiply(g, derivative, derivative)
            g = np.multiply(derivative, FACTOR)
        return g.sum()

    return step


WORKLOAD = Workload(
    name="chain",
    title="1,000 tiny operations (multiply, add, tanh on 8 elements), forward and backward",
    prepare={
        **with_torchs_names(program), "autograd": autograd, "numpy": by_hand, "jax": lambda: on_jax(jit=False),
        "jax.jit": lambda: on_jax(jit=True),
    },
    repeats=5,
)  # fmt: skip
