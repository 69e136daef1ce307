"""The marginal likelihood of a Gaussian process with 500 points, and its gradient (Rasmussen and Williams, 2006, 2.30)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names

POINTS = 500


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = np.sort(random.uniform(-3, 3, (POINTS, 1)), axis=0)
    return x.astype(np.float32), (np.sin(2 * x) + 0.3 * random.standard_normal((POINTS, 1))).astype(np.float32)


def likelihood(lib: Any, solve: Any, cholesky: Any, eye: Any, log: Any, x: Any, y: Any) -> Any:
    """The negative logarithm for logarithms of length, signal and noise."""
    length, signal, noise = lib.exp(log[0]), lib.exp(log[1]), lib.exp(log[2])
    covariance = signal * lib.exp(-0.5 * ((x - x.T) / length) ** 2) + (noise + 1e-4) * eye
    factor = cholesky(covariance)
    alpha = solve(factor, y)
    return 0.5 * (alpha * alpha).sum() + lib.log(lib.diagonal(factor)).sum()


def program(build: Build) -> Step:
    pg = build.library
    x, y = map(pg.tensor, data())
    log = pg.tensor([0.0, 0.0, -1.0], requires_grad=True)
    eye = pg.eye(POINTS)

    def solve(factor: Any, y: Any) -> Any:
        return pg.linalg.solve_triangular(factor, y, upper=False)

    @build.step
    def step(x: Any, y: Any) -> Any:
        log.grad = None
        loss = likelihood(pg, solve, pg.linalg.cholesky, eye, log, x, y)
        loss.backward()
        return loss + log.grad.sum()

    return lambda: step(x, y)


def on_jax(jit: bool) -> Step:
    jax = library("jax")
    jnp = jax.numpy
    x, y = map(jnp.asarray, data())
    log, eye = jnp.asarray([0.0, 0.0, -1.0], jnp.float32), jnp.eye(POINTS, dtype=jnp.float32)

    def solve(factor: Any, y: Any) -> Any:
        return jax.scipy.linalg.solve_triangular(factor, y, lower=True)

    def step(log: Any, x: Any, y: Any) -> Any:
        loss, gradient = jax.value_and_grad(lambda log: likelihood(jnp, solve, jnp.linalg.cholesky, eye, log, x, y))(
            log
        )
        return loss + gradient.sum()

    run = jax.jit(step) if jit else step
    return lambda: run(log, x, y)


WORKLOAD = Workload(
    name="process",
    title="Gaussian process: marginal likelihood with gradient, n = 500",
    prepare={**with_torchs_names(program), "jax": lambda: on_jax(jit=False), "jax.jit": lambda: on_jax(jit=True)},
    repeats=3,
)
