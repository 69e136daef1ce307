"""Arithmetic on large arrays: prices of options with their gradients, and a log-sum-exp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_jaxs_functions, with_torchs_names
from .by_hand import normal
from .common import on_tinygrad, tinygrad
from .with_numpy import differentiate_with_numpys_names

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

    prices = build.forward(lambda *inputs: price(pg, pg.erf, *inputs))

    @build.step
    def step(*inputs: Any) -> Any:
        for x in inputs:
            x.grad = None
        prices(*inputs).sum().backward()
        return sum(x.grad.mean() for x in inputs)

    return lambda: step(*inputs)


def options_on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    inputs = [jax.numpy.asarray(x) for x in market()]

    def total(*inputs: Any) -> Any:
        return price(jax.numpy, jax.scipy.special.erf, *inputs).sum()

    def step(*inputs: Any) -> Any:
        gradients = jax.grad(total, argnums=(0, 1, 2, 3))(*inputs)
        return sum(g.mean() for g in gradients), gradients

    run = compiled(step)
    return lambda: run(*inputs)[0]


def options_on_tinygrad() -> Step:
    tensor = tinygrad().Tensor

    def step(*inputs: Any) -> list[Any]:
        gradients = price(tensor, tensor.erf, *inputs).sum().gradient(*inputs)
        return [sum(g.mean() for g in gradients), *gradients]

    return on_tinygrad(step, *market())


def options_by_hand() -> Step:
    """In blocks that fit the cache; the densities of the gradients are by-products of the distributions."""
    inputs = market()
    prices, *gradients = (np.empty_like(inputs[0]) for _ in range(5))
    size = 10_000
    root, first, second, one, other, density, scratch, discounted = np.empty((8, size), np.float32)

    def block(part: slice) -> None:
        now, strike, years, volatility = (x[part] for x in inputs)
        price, by_now, by_strike, by_years, by_volatility = (x[part] for x in (prices, *gradients))
        np.sqrt(years, by_volatility)
        np.multiply(volatility, by_volatility, root)
        np.divide(now, strike, first)
        np.log(first, first)
        np.multiply(volatility, volatility, second)
        np.multiply(second, np.float32(0.5), second)
        np.add(second, np.float32(RATE), second)
        np.multiply(second, years, second)
        np.add(first, second, first)
        np.divide(first, root, first)
        np.subtract(first, root, second)
        np.multiply(years, np.float32(-RATE), discounted)
        np.exp(discounted, discounted)
        normal(second, other, density, scratch)
        normal(first, one, density, scratch)
        by_now[:] = one
        np.multiply(discounted, other, by_strike)
        np.multiply(discounted, strike, discounted)
        np.multiply(by_strike, strike, other)  # the strike's part of the price
        np.negative(by_strike, by_strike)
        np.multiply(now, one, price)
        price -= other
        np.multiply(density, now, density)  # as the price's derivative by the two arguments is zero beyond this
        np.multiply(density, volatility, by_years)
        by_years /= by_volatility
        by_years *= np.float32(0.5)
        np.multiply(other, np.float32(RATE), other)
        by_years += other
        by_volatility *= density

    def step() -> Any:
        for start in range(0, OPTIONS, size):
            block(slice(start, start + size))
        return sum(g.mean() for g in gradients)

    return step


def matrix() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((ROWS, COLUMNS)).astype(np.float32)


def log_sum(build: Build) -> Step:
    pg = build.library
    x = pg.tensor(matrix(), requires_grad=True)

    squares = build.forward(lambda x: pg.logsumexp(x, 1).square().sum())

    @build.step
    def step(x: Any) -> Any:
        x.grad = None
        squares(x).backward()
        return x.grad[0].sum()

    return lambda: step(x)


def log_sum_on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    x = jax.numpy.asarray(matrix())
    gradient = jax.grad(lambda x: (jax.scipy.special.logsumexp(x, axis=1) ** 2).sum())

    def step(x: Any) -> Any:
        g = gradient(x)
        return g[0].sum(), g

    run = compiled(step)
    return lambda: run(x)[0]


def log_sum_on_tinygrad() -> Step:
    def step(x: Any) -> list[Any]:
        (g,) = x.logsumexp(1).square().sum().gradient(x)
        return [g[0].sum(), g]

    return on_tinygrad(step, matrix())


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
        **with_torchs_names(options),
        **differentiate_with_numpys_names(
            lambda: list(market()),
            lambda functions: lambda *inputs: price(functions.numpy, functions.erf, *inputs).sum(),
            lambda _, gradients: sum(g.mean() for g in gradients),
        ),
        "numpy": options_by_hand, "tinygrad": options_on_tinygrad, **with_jaxs_functions(options_on_jax),
    },
    repeats=1,
)  # fmt: skip

SUM_WORKLOAD = Workload(
    name="logsumexp",
    title="log-sum-exp of 2,000 rows of 1,000, with gradient",
    prepare={
        **with_torchs_names(log_sum),
        **differentiate_with_numpys_names(
            lambda: [matrix()],
            lambda functions: lambda x: (functions.logsumexp(x) ** 2).sum(),
            lambda _, gradients: gradients[0][0].sum(),
        ),
        "numpy": log_sum_by_hand, "tinygrad": log_sum_on_tinygrad, **with_jaxs_functions(log_sum_on_jax),
    },
    repeats=3,
)  # fmt: skip
