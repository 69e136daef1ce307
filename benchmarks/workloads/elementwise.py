"""Arithmetic on large arrays: prices of options with their gradients, and a log-sum-exp."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names

OPTIONS = 1_000_000
ROWS, COLUMNS = 2_000, 1_000
RATE = 0.02


def market() -> tuple[np.ndarray, ...]:
    """Prices now, strikes, years, and volatilities."""
    random = np.random.default_rng(0)
    bounds = ((50, 150), (50, 150), (0.1, 2), (0.1, 0.5))
    return tuple(random.uniform(low, high, OPTIONS).astype(np.float32) for low, high in bounds)


def price(lib: Any, erf: Any, now: Any, strike: Any, years: Any, volatility: Any) -> Any:
    """Calls by the formula of Black and Scholes (1973)."""
    root = volatility * lib.sqrt(years)
    first = (lib.log(now / strike) + (RATE + 0.5 * volatility * volatility) * years) / root
    second = first - root

    def normal(x: Any) -> Any:
        return 0.5 * (1 + erf(x * 0.7071067811865476))

    return now * normal(first) - strike * lib.exp(-RATE * years) * normal(second)


def options(build: Build) -> Step:
    pg = build.library
    inputs = [pg.tensor(x, requires_grad=True) for x in market()]

    @build.step
    def step(*inputs: Any) -> Any:
        for x in inputs:
            x.grad = None
        price(pg, pg.erf, *inputs).sum().backward()
        return sum(x.grad.mean() for x in inputs)

    return lambda: step(*inputs)


def options_on_jax(jit: bool) -> Step:
    jax = library("jax")
    inputs = [jax.numpy.asarray(x) for x in market()]

    def total(*inputs: Any) -> Any:
        return price(jax.numpy, jax.scipy.special.erf, *inputs).sum()

    def step(*inputs: Any) -> Any:
        gradients = jax.grad(total, argnums=(0, 1, 2, 3))(*inputs)
        return sum(g.mean() for g in gradients), gradients

    run = jax.jit(step) if jit else step
    return lambda: run(*inputs)[0]


def matrix() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((ROWS, COLUMNS)).astype(np.float32)


def log_sum(build: Build) -> Step:
    pg = build.library
    x = pg.tensor(matrix(), requires_grad=True)

    @build.step
    def step(x: Any) -> Any:
        x.grad = None
        pg.logsumexp(x, 1).square().sum().backward()
        return x.grad[0].sum()

    return lambda: step(x)


def log_sum_on_jax(jit: bool) -> Step:
    jax = library("jax")
    x = jax.numpy.asarray(matrix())
    gradient = jax.grad(lambda x: (jax.scipy.special.logsumexp(x, axis=1) ** 2).sum())

    def step(x: Any) -> Any:
        g = gradient(x)
        return g[0].sum(), g

    run = jax.jit(step) if jit else step
    return lambda: run(x)[0]


def log_sum_by_hand() -> Step:
    x = matrix()
    g = np.empty_like(x)

    def step() -> Any:
        largest = x.max(1, keepdims=True)
        np.subtract(x, largest, g)
        np.exp(g, g)
        sums = g.sum(1, keepdims=True)
        g.__imul__(2 * (np.log(sums) + largest) / sums)
        return g[0].sum()

    return step


OPTIONS_WORKLOAD = Workload(
    name="options",
    title="Black-Scholes with gradients, 1,000,000 options",
    prepare={
        **with_torchs_names(options), "jax": lambda: options_on_jax(jit=False), "jax.jit": lambda: options_on_jax(jit=True),
    },
    repeats=1,
)  # fmt: skip

SUM_WORKLOAD = Workload(
    name="logsumexp",
    title="log-sum-exp of 2,000 rows of 1,000, with gradient",
    prepare={
        **with_torchs_names(log_sum), "numpy": log_sum_by_hand, "jax": lambda: log_sum_on_jax(jit=False),
        "jax.jit": lambda: log_sum_on_jax(jit=True),
    },
    repeats=3,
)  # fmt: skip
