"""The marginal likelihood of a Gaussian process with 500 points, and its gradient (Rasmussen and Williams, 2006, 2.30)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, lacking, library, with_jaxs_functions, with_torchs_names

POINTS = 500
#: Logarithms of length, signal and noise.
START = np.array([0, 0, -1], np.float32)


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = np.sort(random.uniform(-3, 3, (POINTS, 1)), axis=0)
    return x.astype(np.float32), (np.sin(2 * x) + 0.3 * random.standard_normal((POINTS, 1))).astype(np.float32)


def likelihood(lib: Any, solve: Any, cholesky: Any, diagonal: Any, eye: Any, log: Any, x: Any, y: Any) -> Any:
    """The negative logarithm for logarithms of length, signal and noise."""
    length, signal, noise = lib.exp(log[0]), lib.exp(log[1]), lib.exp(log[2])
    covariance = signal * lib.exp(-0.5 * ((x - x.T) / length) ** 2) + (noise + 1e-4) * eye
    factor = cholesky(covariance)
    alpha = solve(factor, y)
    return 0.5 * (alpha * alpha).sum() + lib.log(diagonal(factor)).sum()


def program(build: Build) -> Step:
    pg = build.library
    x, y = map(pg.tensor, data())
    log = pg.tensor(START, requires_grad=True)
    eye = pg.eye(POINTS)

    def solve(factor: Any, y: Any) -> Any:
        return pg.linalg.solve_triangular(factor, y, upper=False)

    @build.forward
    def of(log: Any, x: Any, y: Any) -> Any:
        return likelihood(pg, solve, pg.linalg.cholesky, pg.diagonal, eye, log, x, y)

    @build.step
    def step(x: Any, y: Any) -> Any:
        log.grad = None
        loss = of(log, x, y)
        loss.backward()
        return loss + log.grad.sum()

    return lambda: step(x, y)


def on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    jnp = jax.numpy
    x, y = map(jnp.asarray, data())
    log, eye = jnp.asarray(START), jnp.eye(POINTS, dtype=jnp.float32)

    def solve(factor: Any, y: Any) -> Any:
        return jax.scipy.linalg.solve_triangular(factor, y, lower=True)

    @compiled
    def step(log: Any, x: Any, y: Any) -> Any:
        loss, gradient = jax.value_and_grad(
            lambda log: likelihood(jnp, solve, jnp.linalg.cholesky, jnp.diagonal, eye, log, x, y)
        )(log)
        return loss + gradient.sum()

    return lambda: step(log, x, y)


def autograd() -> Step:
    anp, linalg = library("autograd.numpy"), library("autograd.scipy.linalg")
    (x, y), eye = data(), np.eye(POINTS, dtype=np.float32)

    def solve(factor: Any, y: Any) -> Any:
        return linalg.solve_triangular(factor, y, lower=True)

    differentiate = library("autograd").value_and_grad(
        lambda log: likelihood(anp, solve, anp.linalg.cholesky, anp.diag, eye, log, x, y)
    )

    def step() -> Any:
        loss, gradient = differentiate(START)
        return loss + gradient.sum()

    return step


def by_hand() -> Step:
    """The gradient by the inverse of the covariance (Rasmussen and Williams, 5.9), of which LAPACK makes one triangle."""
    lapack = library("scipy.linalg.lapack")
    x, y = data()
    squares, kernel, signals, scratch = np.empty((4, POINTS, POINTS), np.float32)
    covariance = np.empty((POINTS, POINTS), np.float32, order="F")
    diagonal = covariance.reshape(-1, order="F")[:: POINTS + 1]

    def step() -> Any:
        length, signal, noise = np.exp(START)
        np.subtract(x, x.T, squares)
        np.multiply(squares, np.float32(1 / length), squares)
        np.multiply(squares, squares, squares)
        np.multiply(squares, np.float32(-0.5), kernel)
        np.exp(kernel, kernel)
        np.multiply(kernel, signal, signals)
        covariance[:] = signals
        np.add(diagonal, noise + np.float32(1e-4), diagonal)
        lapack.spotrf(covariance, lower=1, clean=0, overwrite_a=1)
        logarithm = np.log(diagonal).sum()
        solution, _ = lapack.spotrs(covariance, y, lower=1)
        lapack.spotri(covariance, lower=1, overwrite_c=1)
        loss = 0.5 * np.vdot(y, solution) + logarithm
        # The lower triangle of half of the inverse without the outer product; symmetric, so that it counts twice.
        np.multiply(solution, -solution.T, scratch)
        np.add(scratch, covariance.T, scratch)
        outer = np.triu(scratch)
        by_noise = 0.5 * noise * np.trace(outer)
        np.multiply(outer, signals, outer)
        by_signal = outer.sum() - 0.5 * np.trace(outer)
        by_length = np.vdot(outer, squares)
        return loss + by_noise + by_signal + by_length

    return step


WORKLOAD = Workload(
    name="process",
    title="Gaussian process: marginal likelihood with gradient, n = 500",
    prepare={
        **with_torchs_names(program), "autograd": autograd, "mygrad": lacking("Cholesky decomposition"), "numpy": by_hand,
        "tinygrad": lacking("Cholesky decomposition"), **with_jaxs_functions(on_jax),
    },
    repeats=3,
)  # fmt: skip
